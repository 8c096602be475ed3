//! Faults of IDX files.

use std::ops::Range;

use crate::ImageShape;

/// A fault in an IDX file. Offsets count bytes from the start of the (decompressed) file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The file ends within its header.
    #[error("the file ends at byte {found}, expected a header of {expected} bytes")]
    Header {
        /// Bytes found.
        found: usize,
        /// Bytes of the header.
        expected: usize,
    },
    /// The first four bytes do not announce unsigned bytes in the expected number of dimensions.
    #[error("the magic number at byte 0 is {found:#010x}, expected {expected:#010x}")]
    Magic {
        /// Magic number found.
        found: u32,
        /// Magic number expected.
        expected: u32,
    },
    /// The header announces no values, or more than any set of its kind holds.
    #[error("the dimensions at byte 4 are {found:?}, expected a product from 1 to {limit}")]
    Dimensions {
        /// Dimensions found.
        found: Vec<u32>,
        /// Greatest product of the dimensions.
        limit: u64,
    },
    /// Images whose shape is not that of the dataset.
    #[error("the images are of shape {found} by the dimensions at byte 8, expected {expected}")]
    Shape {
        /// Shape found.
        found: ImageShape,
        /// Shape expected.
        expected: ImageShape,
    },
    /// Images of more pixels than any dataset has.
    #[error(
        "the images are of shape {found} by the dimensions at byte 8, expected at most {limit} pixels"
    )]
    Pixels {
        /// Shape found.
        found: ImageShape,
        /// Greatest number of pixels allowed.
        limit: usize,
    },
    /// More images than the dataset has, or than the reader was set to take.
    #[error("{found} images by the dimension at byte 4, expected at most {limit}")]
    Images {
        /// Number of images found.
        found: u32,
        /// Greatest number of images allowed.
        limit: usize,
    },
    /// A range of images to keep that is empty or goes beyond the last image.
    #[error("images {found:?} are to be kept, expected at least one of 0..{expected}")]
    Rows {
        /// Range asked for.
        found: Range<usize>,
        /// Number of images in the file.
        expected: usize,
    },
    /// Fewer bytes than the header announces.
    #[error("the file ends at byte {found}, expected {expected} bytes by its header: get it again")]
    Truncated {
        /// Bytes found.
        found: u64,
        /// Bytes that the header asks for.
        expected: u64,
    },
    /// More bytes than the header announces.
    #[error("the file goes on at byte {expected}, expected its end there by its header")]
    Trailing {
        /// Bytes that the header asks for.
        expected: u64,
    },
    /// A label that belongs to no class of the dataset.
    #[error("the label at byte {offset} is {found}, expected {first} to {last}")]
    Label {
        /// Where the label stands.
        offset: u64,
        /// Label found.
        found: u8,
        /// Label of the first class.
        first: usize,
        /// Label of the last class.
        last: usize,
    },
}
