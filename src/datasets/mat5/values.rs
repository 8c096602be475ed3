//! The numbers and characters of one element.

use super::element::{Element, Elements, Endian, kind};
use super::error::MatError;

/// Reads `count` real parts; if the array is complex, as many imaginary parts are read and left
/// out.
pub(super) fn read_real(
    parts: &mut Elements<'_>,
    count: usize,
    complex: bool,
) -> Result<Vec<f64>, MatError> {
    let real = read_numbers(parts, count)?;
    if complex {
        read_numbers(parts, count)?;
    }
    Ok(real)
}

/// Reads `count` numbers of any storage type: MATLAB stores doubles as the smallest integers that
/// hold them.
fn read_numbers(parts: &mut Elements<'_>, count: usize) -> Result<Vec<f64>, MatError> {
    let element = parts.next()?;
    let (data, endian) = (element.data, parts.endian());
    let (values, width) = match element.kind {
        kind::INT8 => (decode(data, endian, |b| i8::from_le_bytes(b).into()), 1),
        kind::UINT8 => (decode(data, endian, |b| u8::from_le_bytes(b).into()), 1),
        kind::INT16 => (decode(data, endian, |b| i16::from_le_bytes(b).into()), 2),
        kind::UINT16 => (decode(data, endian, |b| u16::from_le_bytes(b).into()), 2),
        kind::INT32 => (decode(data, endian, |b| i32::from_le_bytes(b).into()), 4),
        kind::UINT32 => (decode(data, endian, |b| u32::from_le_bytes(b).into()), 4),
        kind::SINGLE => (decode(data, endian, |b| f32::from_le_bytes(b).into()), 4),
        kind::DOUBLE => (decode(data, endian, f64::from_le_bytes), 8),
        kind::INT64 => (decode(data, endian, |b| i64::from_le_bytes(b) as f64), 8),
        kind::UINT64 => (decode(data, endian, |b| u64::from_le_bytes(b) as f64), 8),
        found => {
            return Err(MatError::ElementType {
                offset: element.offset,
                found,
                expected: "numbers (1 to 7, 9, 12, 13)",
                inflated: parts.inflated(),
            });
        }
    };
    if count.checked_mul(width) == Some(data.len()) {
        return Ok(values);
    }
    Err(wrong_length(&element, count.saturating_mul(width), parts))
}

/// Reads `count` characters in any of the encodings that MATLAB has used.
pub(super) fn read_text(parts: &mut Elements<'_>, count: usize) -> Result<String, MatError> {
    let element = parts.next()?;
    let (units, text) = decode_text(&element, parts)?;
    // Writers differ in whether the dimensions count characters, UTF-16 units or stored units.
    let counts = [units, text.chars().count(), text.encode_utf16().count()];
    match counts.contains(&count) {
        true => Ok(text),
        false => Err(MatError::Characters {
            offset: element.offset,
            found: units,
            expected: count,
            inflated: parts.inflated(),
        }),
    }
}

/// The number of stored units and the text that they spell.
fn decode_text(element: &Element<'_>, parts: &Elements<'_>) -> Result<(usize, String), MatError> {
    let (data, endian) = (element.data, parts.endian());
    let (width, text) = match element.kind {
        kind::INT8 | kind::UINT8 | kind::UTF8 => (1, String::from_utf8_lossy(data).into_owned()),
        kind::UINT16 | kind::UTF16 => {
            let units = decode(data, endian, u16::from_le_bytes);
            (2, String::from_utf16_lossy(&units))
        }
        kind::UTF32 => {
            let characters = decode(data, endian, u32::from_le_bytes).into_iter();
            let valid = |c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
            (4, characters.map(valid).collect())
        }
        found => {
            return Err(MatError::ElementType {
                offset: element.offset,
                found,
                expected: "characters (1, 2, 4, 16, 17, 18)",
                inflated: parts.inflated(),
            });
        }
    };
    match data.len() % width {
        0 => Ok((data.len() / width, text)),
        rest => Err(wrong_length(element, data.len() - rest, parts)),
    }
}

/// Numbers of N bytes each. Incomplete bytes at the end are left out; the caller refuses them.
pub(super) fn decode<const N: usize, T>(
    data: &[u8],
    endian: Endian,
    from_le: fn([u8; N]) -> T,
) -> Vec<T> {
    let number = |chunk: &[u8]| {
        let mut bytes = [0; N];
        bytes.copy_from_slice(chunk);
        from_le(endian.to_little(bytes))
    };
    data.chunks_exact(N).map(number).collect()
}

pub(super) fn wrong_length(
    element: &Element<'_>,
    expected: usize,
    parts: &Elements<'_>,
) -> MatError {
    MatError::Length {
        offset: element.offset,
        found: element.data.len(),
        expected,
        inflated: parts.inflated(),
    }
}
