//! One array in NumPy's format, read where it lies in memory:
//!
//! ```text
//! 0  "\x93NUMPY", version (2 bytes), length of the header (2 bytes, from version 2 on 4)
//!    the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 28, 28), }
//!    the values
//! ```
//!
//! Source: NumPy's `numpy.lib.format`. A parser of Python's literals, as others use for the header,
//! takes time and memory that a short file can make as great as it likes.

use crate::datasets::arrays::{ArrayError, Element, Kind, Numbers};

/// How every file starts.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Length of the longest header that NumPy reads by itself.
const LONGEST_HEADER: usize = 10_000;
/// Characters of a faulty header that an error repeats.
const EXCERPT: usize = 64;

/// The array that the bytes of a file hold.
pub(super) fn numbers(bytes: &[u8]) -> Result<Numbers<'_>, ArrayError> {
    let (header, data) = split(bytes).ok_or_else(|| format_fault("no header of an array"))?;
    let fault = || format_fault(header.chars().take(EXCERPT).collect::<String>());
    let element = element(field(header, "descr").ok_or_else(fault)?)?;
    let order = field(header, "fortran_order").ok_or_else(fault)?;
    let dims = field(header, "shape").and_then(dims).ok_or_else(fault)?;
    let numbers = Numbers::new(dims.clone(), element, data);
    let numbers = numbers.map(|numbers| numbers.fortran(order.starts_with("True")));
    numbers.ok_or_else(|| {
        let found = format!("{} bytes of values for the shape {dims:?}", data.len());
        format_fault(found)
    })
}

/// The type that a description such as `'<f4'` names.
fn element(description: &str) -> Result<Element, ArrayError> {
    let text = description.strip_prefix(['\'', '"']).unwrap_or_default();
    let text = text.split(['\'', '"']).next().unwrap_or_default();
    let (big_endian, code) = match text.strip_prefix(['<', '|', '=']) {
        Some(code) => (false, code),
        None => (true, text.strip_prefix('>').unwrap_or_default()),
    };
    let (kind, bytes) = match code {
        "b1" => (Kind::Boolean, 1),
        "u1" => (Kind::Unsigned, 1),
        "u2" => (Kind::Unsigned, 2),
        "u4" => (Kind::Unsigned, 4),
        "u8" => (Kind::Unsigned, 8),
        "i1" => (Kind::Signed, 1),
        "i2" => (Kind::Signed, 2),
        "i4" => (Kind::Signed, 4),
        "i8" => (Kind::Signed, 8),
        "f4" => (Kind::Float, 4),
        "f8" => (Kind::Float, 8),
        _ => {
            let found = description.chars().take(EXCERPT).collect();
            return Err(ArrayError::Element { found });
        }
    };
    Ok(Element {
        kind,
        bytes,
        big_endian,
    })
}

/// The header and the values of a file.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (&[version, _], rest) = rest.split_first_chunk()?;
    let (length, rest) = match version {
        1 => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_le_bytes(length)), rest)
        }
        _ => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::try_from(u32::from_le_bytes(length)).ok()?, rest)
        }
    };
    let (header, values) = rest.split_at_checked(length)?;
    let header = (length <= LONGEST_HEADER).then_some(header)?;
    Some((std::str::from_utf8(header).ok()?, values))
}

/// The text that follows a key of the header.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(key)?;
    let rest = rest.strip_prefix(['\'', '"'])?.trim_start();
    Some(rest.strip_prefix(':')?.trim_start())
}

/// The lengths in a tuple such as `(3, 28, 28)`.
fn dims(text: &str) -> Option<Vec<usize>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let lengths = inside.trim_end().trim_end_matches(',').split(',');
    match inside.trim() {
        "" => Some(Vec::new()),
        _ => lengths.map(|length| length.trim().parse().ok()).collect(),
    }
}

fn format_fault(found: impl Into<String>) -> ArrayError {
    ArrayError::Format {
        found: found.into(),
        expected: "an array as numpy.save writes it",
    }
}
