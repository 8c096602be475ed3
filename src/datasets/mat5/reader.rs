//! The variables of a MAT-file, plain or compressed.

use std::io::Read;

use flate2::bufread::ZlibDecoder;

use super::array::{Arrays, MatArray};
use super::element::{Element, Elements, Endian, kind};
use super::error::MatError;

/// Length of the header.
const HEADER_BYTES: usize = 128;
/// Version of the format in the header.
pub(super) const VERSION: u16 = 0x0100;

/// A named array of a MAT-file, as [`read`] returns it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Variable {
    /// Name of the variable.
    pub name: String,
    /// Content of the variable.
    pub array: MatArray,
}

/// Reads the variables of a MAT-file, in file order.
///
/// `limit` is the greatest number of bytes that the compressed variables may hold together when
/// decompressed.
///
/// # Errors
///
/// [`MatError`] when the bytes are not a well-formed MAT-file of level 5, or hold more bytes than
/// `limit`.
pub fn read(bytes: &[u8], limit: usize) -> Result<Vec<Variable>, MatError> {
    if is_level_4(bytes) {
        return Err(MatError::Level4);
    }
    let (header, body) = bytes
        .split_at_checked(HEADER_BYTES)
        .ok_or(MatError::Header { found: bytes.len() })?;
    let endian = read_header(header)?;
    let mut elements = Elements::new(body, HEADER_BYTES, endian, false);
    let (mut variables, mut arrays) = (Vec::new(), Arrays::default());
    let mut budget = limit;
    while !elements.is_empty() {
        let element = elements.expect(
            &[kind::MATRIX, kind::COMPRESSED],
            "an array (14) or a compressed one (15)",
        )?;
        let (name, array) = if element.kind == kind::COMPRESSED {
            let inflated = inflate(&element, budget, limit)?;
            budget -= inflated.len();
            read_inflated(&inflated, endian, &mut arrays)?
        } else {
            arrays.read(&elements, &element, 0)?
        };
        variables.push(Variable { name, array });
    }
    Ok(variables)
}

/// Whether a file starts by a matrix of level 4: the type 1000 M + 10 P + T, the numbers of rows
/// and of columns, a flag for imaginary parts, and the length of a name with its final zero.
///
/// The text that a file of level 5 starts by is no such number.
fn is_level_4(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<20>() else {
        return false;
    };
    let (words, _) = header.as_chunks();
    let holds = |read: fn([u8; 4]) -> u32| {
        let [kind, imaginary, name] = [words[0], words[3], words[4]].map(read);
        let digits = [kind / 1000, kind / 100 % 10, kind / 10 % 10, kind % 10];
        let known = digits[0] <= 4 && digits[1] == 0 && digits[2] <= 5 && digits[3] <= 2;
        known && imaginary <= 1 && (1..=64).contains(&name)
    };
    holds(u32::from_le_bytes) || holds(u32::from_be_bytes)
}

/// The byte order of the file; an error when its version is another one.
fn read_header(header: &[u8]) -> Result<Endian, MatError> {
    let tail: [u8; 4] = [header[124], header[125], header[126], header[127]];
    let endian = match &tail[2..] {
        b"IM" => Endian::Little,
        b"MI" => Endian::Big,
        _ => {
            return Err(MatError::Endianness {
                found: [tail[2], tail[3]],
            });
        }
    };
    let version = u16::from_le_bytes(endian.to_little([tail[0], tail[1]]));
    if version != VERSION {
        return Err(MatError::Version { found: version });
    }
    Ok(endian)
}

/// The decompressed bytes of a variable; an error when they are more than `budget`.
fn inflate(element: &Element<'_>, budget: usize, limit: usize) -> Result<Vec<u8>, MatError> {
    let mut inflated = Vec::new();
    let mut decoder = ZlibDecoder::new(element.data);
    let outcome = (&mut decoder)
        .take((budget as u64).saturating_add(1))
        .read_to_end(&mut inflated);
    if inflated.len() > budget {
        return Err(MatError::Inflated {
            offset: element.offset,
            limit,
        });
    }
    match (outcome, decoder.get_ref().len()) {
        (Ok(_), 0) => Ok(inflated),
        (Ok(_), found) => Err(MatError::Trailing {
            offset: element.offset,
            found,
            inflated: false,
        }),
        (Err(_), _) => Err(MatError::Zlib {
            offset: element.offset,
            inflated: inflated.len(),
        }),
    }
}

fn read_inflated(
    bytes: &[u8],
    endian: Endian,
    arrays: &mut Arrays,
) -> Result<(String, MatArray), MatError> {
    let mut elements = Elements::new(bytes, 0, endian, true);
    let matrix = elements.expect(&[kind::MATRIX], "an array (14)")?;
    let variable = arrays.read(&elements, &matrix, 0)?;
    elements.expect_end()?;
    Ok(variable)
}
