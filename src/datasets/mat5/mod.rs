//! A reader of MAT-files of level 5 (MATLAB's `save -v6` and `save -v7`): numeric, character and
//! cell arrays.
//!
//! A file consists of a header of 128 bytes and one element for each variable. An element is a tag
//! (type and number of bytes) with its data; an array is an element made of elements; `-v7`
//! compresses each variable with zlib. Both byte orders, small elements and every numeric storage
//! type are read. The content of structures, objects and sparse matrices is not read.
//!
//! The reader can be given files from untrusted sources. It takes memory in proportion to the bytes
//! that exist, whatever a header claims; it limits the decompressed bytes, the number of arrays and
//! the depth of nesting; and it does not panic. For a file with `limit` decompressed bytes it takes
//! up to 16 bytes of memory for each byte of the file and of `limit`, and up to 16 MB for the
//! arrays themselves, of which it allows 2^16. Bytes that belong to nothing are faults.
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
//! assert_eq!(dims, &[2, 2]);
//! assert_eq!(values, &[7.0, 9.0, 8.0, 1.0]);
//! # Ok::<(), mat5::MatError>(())
//! ```

mod array;
mod element;
mod error;
mod reader;
#[cfg(test)]
pub(super) mod tests;
mod values;

pub use self::array::MatArray;
pub use self::error::MatError;
pub use self::reader::{Variable, read};
