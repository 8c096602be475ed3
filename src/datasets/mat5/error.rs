//! Why bytes are not a level-5 MAT-file.

/// A fault in the structure of a MAT-file.
///
/// Offsets count from the start of the file or, within a compressed variable (`inflated` is true),
/// from the start of its decompressed bytes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatError {
    /// The file ends inside its 128-byte header.
    #[error("{found} bytes, expected a MAT-file header of 128 bytes")]
    Header {
        /// Bytes of the file.
        found: usize,
    },
    /// The endianness indicator is neither of the two that exist.
    #[error(
        "bytes 126 and 127 are {found:?}, expected \"IM\" or \"MI\" as in a MAT-file of level 5"
    )]
    Endianness {
        /// The two bytes found.
        found: [u8; 2],
    },
    /// A file of the format's level 4, which holds matrices only.
    #[error(
        "a MAT-file of level 4 (`save -v4`), expected level 5: save it again in MATLAB by `save -v7`"
    )]
    Level4,
    /// Another version of the format; 0x0200 is the version based on HDF5 that `save -v7.3` writes.
    #[error("MAT-file version {found:#06x}{}, expected 0x0100: save it again in MATLAB by `save -v7`", version(*found))]
    Version {
        /// Version found.
        found: u16,
    },
    /// An element is longer than the bytes that are left.
    #[error(
        "the element at byte {offset} needs {needed} bytes, but {available} are left: the file is cut short (inflated: {inflated})"
    )]
    Truncated {
        /// Where the element starts.
        offset: usize,
        /// Bytes it needs, tag included.
        needed: usize,
        /// Bytes that are left.
        available: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// An element of another type than the format asks for at this place.
    #[error(
        "the element at byte {offset} is of type {found}, expected {expected} (inflated: {inflated})"
    )]
    ElementType {
        /// Where the element starts.
        offset: usize,
        /// Type found.
        found: u32,
        /// Types that may stand there.
        expected: &'static str,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// An element whose number of bytes is not the one that its type or the dimensions of the array
    /// require.
    #[error(
        "the element at byte {offset} has {found} bytes, expected {expected} (inflated: {inflated})"
    )]
    Length {
        /// Where the element starts.
        offset: usize,
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// Negative dimensions, fewer than two dimensions, or a product that no memory could hold.
    #[error(
        "the array at byte {offset} has the dimensions {found:?}, expected at least two, not negative, of a \
             product below 2^48 (inflated: {inflated})"
    )]
    Dimensions {
        /// Where the dimensions stand.
        offset: usize,
        /// The first eight dimensions found.
        found: Vec<i32>,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// Cell arrays nested deeper than any dataset needs.
    #[error(
        "the array at byte {offset} is nested deeper than the {limit} levels allowed (inflated: {inflated})"
    )]
    Depth {
        /// Where the innermost array starts.
        offset: usize,
        /// Levels allowed.
        limit: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// A compressed variable that is corrupt or cut short.
    #[error(
        "the compressed variable at byte {offset} is corrupt after {inflated} decompressed bytes, get the file again"
    )]
    Zlib {
        /// Where the variable starts.
        offset: usize,
        /// Bytes that could be decompressed.
        inflated: usize,
    },
    /// The compressed variables hold more than was allowed.
    #[error(
        "the compressed variable at byte {offset} holds more than {limit} bytes, expected at most {limit}"
    )]
    Inflated {
        /// Where the variable starts.
        offset: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Bytes after the end of the variable, compressed variable or array that holds them.
    #[error(
        "{found} bytes at byte {offset} are beyond the end of their array, expected none (inflated: {inflated})"
    )]
    Trailing {
        /// Where these bytes start; for bytes after the end of a compressed stream, where its
        /// variable starts.
        offset: usize,
        /// Number of bytes.
        found: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// A number of characters that is not the one that the dimensions require.
    #[error(
        "the element at byte {offset} has {found} characters, expected {expected} (inflated: {inflated})"
    )]
    Characters {
        /// Where the element starts.
        offset: usize,
        /// Characters found.
        found: usize,
        /// Characters expected.
        expected: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
    /// More arrays, cells included, than any dataset needs.
    #[error(
        "the array at byte {offset} is one more than the {limit} allowed (inflated: {inflated})"
    )]
    Arrays {
        /// Where the array starts.
        offset: usize,
        /// Arrays allowed.
        limit: usize,
        /// Whether the offset is within a decompressed variable.
        inflated: bool,
    },
}

/// What is known of a version.
fn version(found: u16) -> &'static str {
    match found {
        0x0200 => " (7.3, which is HDF5)",
        _ => "",
    }
}
