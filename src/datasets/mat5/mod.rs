//! A reader of MAT-files of level 5 (MATLAB's `save -v6` and `save -v7`), for numeric, character and cell arrays.
//!
//! A file is a 128-byte header and then one element a variable. An element is a tag (type and number of bytes) with
//! its data; arrays are elements made of elements; `-v7` compresses each variable with zlib. Both byte orders, small
//! elements and every numeric storage type are read. Structures, objects and sparse matrices are passed over.
//!
//! The reader is made for files from anywhere: it takes memory in proportion to bytes that exist, never what a header
//! claims; it decompresses up to a limit, reads and nests arrays up to limits, and does not panic. With `limit` bytes
//! decompressed and 2^16 arrays at most, it takes up to 16 bytes of memory for each byte of the file and of `limit`, and up to
//! 16 MB for the arrays themselves. Bytes that belong to nothing are faults.
//!
//! Source: MathWorks, "MAT-File Format", chapter 1, Level 5 MAT-Files.
//!
//! # Example
//!
//! ```
//! use linfa_fisher::datasets::mat5::{self, MatArray};
//!
//! // The header, then x = uint8([7 8; 9 1]), which MATLAB stores column by column.
//! let mut file = vec![b' '; 124];
//! file.extend(b"\x00\x01IM");
//! file.extend([14, 0, 0, 0, 48, 0, 0, 0]); // array of 48 bytes
//! file.extend([6, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]); // class uint8
//! file.extend([5, 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0]); // 2 x 2
//! file.extend([1, 0, 1, 0, b'x', 0, 0, 0]); // name
//! file.extend([2, 0, 4, 0, 7, 9, 8, 1]); // values
//!
//! let variables = mat5::read(&file, 1 << 20)?;
//! assert_eq!(variables[0].name, "x");
//! let MatArray::Numeric { dims, values } = &variables[0].array else { unreachable!() };
//! assert_eq!((dims.as_slice(), values.as_slice()), ([2, 2].as_slice(), [7.0, 9.0, 8.0, 1.0].as_slice()));
//! # Ok::<(), mat5::MatError>(())
//! ```

mod array;
mod element;
mod error;
#[cfg(test)]
pub(super) mod tests;

use std::io::Read;

use flate2::bufread::ZlibDecoder;

pub use self::array::MatArray;
pub use self::error::MatError;

use self::array::Arrays;
use self::element::{kind, Element, Elements, Endian};

const HEADER_BYTES: usize = 128;
const VERSION: u16 = 0x0100;

/// A named array of a MAT-file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its content.
    pub array: MatArray,
}

/// Reads the variables of a MAT-file, in file order.
///
/// `limit` is the most bytes that the compressed variables may hold together when decompressed.
///
/// # Errors
///
/// [`MatError`] when the bytes are not a well-formed MAT-file of level 5, or hold more than `limit` allows.
pub fn read(bytes: &[u8], limit: usize) -> Result<Vec<Variable>, MatError> {
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

/// Byte order of the file, once its version is known to be right.
fn read_header(header: &[u8]) -> Result<Endian, MatError> {
    let tail: [u8; 4] = [header[124], header[125], header[126], header[127]];
    let endian = match &tail[2..] {
        b"IM" => Endian::Little,
        b"MI" => Endian::Big,
        _ => {
            return Err(MatError::Endianness {
                found: [tail[2], tail[3]],
            })
        }
    };
    let version = u16::from_le_bytes(endian.to_little([tail[0], tail[1]]));
    if version != VERSION {
        return Err(MatError::Version { found: version });
    }
    Ok(endian)
}

/// The decompressed bytes of a variable, `budget` at most.
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
