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
mod reader;
#[cfg(test)]
pub(super) mod tests;

pub use self::array::MatArray;
pub use self::error::MatError;
pub use self::reader::{read, Variable};
