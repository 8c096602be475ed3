//! Faults in text files that hold one image a line.

/// A fault in a text file of images. Lines and fields count from 1.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{CsvImages, DataError, ImageShape, TextError};
///
/// let reader = CsvImages::new(ImageShape::new(1, 2), 10);
/// let error = reader.read_from::<f32>("0,255,7\n0,7\n".as_bytes(), "x.csv").unwrap_err();
/// assert_eq!(error.to_string(), "x.csv: line 2 has 2 fields, expected 3");
/// assert!(matches!(error, DataError::Text { fault: TextError::Fields { line: 2, .. }, .. }));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// A line whose number of fields is not that of an image and its label.
    #[error("line {line} has {found} fields, expected {expected}")]
    Fields {
        /// Line in the file.
        line: u64,
        /// Fields found.
        found: usize,
        /// Fields expected.
        expected: usize,
    },
    /// A field that is not a number.
    #[error("line {line}, field {field} is {found:?}, expected a number")]
    Number {
        /// Line in the file.
        line: u64,
        /// Field in the line.
        field: usize,
        /// Start of the field's text.
        found: String,
    },
    /// A pixel outside the range of values.
    #[error("line {line}, field {field} is {found}, expected a value in [{low}, {high}]")]
    Range {
        /// Line in the file.
        line: u64,
        /// Field in the line.
        field: usize,
        /// Value found.
        found: f64,
        /// Least value allowed.
        low: f64,
        /// Greatest value allowed.
        high: f64,
    },
    /// A label that belongs to no class of the dataset.
    #[error(
        "line {line} has the label {found:?}, expected one of {classes} whole numbers from {first}"
    )]
    Label {
        /// Line in the file.
        line: u64,
        /// Start of the label's text.
        found: String,
        /// Label of the first class.
        first: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A field of a one-hot label that is neither 0 nor 1.
    #[error("line {line}, field {field} is {found:?}, expected 0 or 1 in a one-hot label")]
    Mark {
        /// Line in the file.
        line: u64,
        /// Field in the line.
        field: usize,
        /// Start of the field's text.
        found: String,
    },
    /// A one-hot label that marks no class, or more than one.
    #[error("line {line} marks {found} of {classes} classes by 1, expected one")]
    OneHot {
        /// Line in the file.
        line: u64,
        /// Number of classes marked.
        found: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A field of a sparse format that is not a pair.
    #[error("line {line}, field {field} is {found:?}, expected index:value")]
    Pair {
        /// Line in the file.
        line: u64,
        /// Field in the line.
        field: usize,
        /// Start of the field's text.
        found: String,
    },
    /// An index of a sparse format that does not ascend, or that is beyond the image.
    #[error(
        "line {line}, field {field} has the index {found}, expected one from {least} to {greatest}"
    )]
    Index {
        /// Line in the file.
        line: u64,
        /// Field in the line.
        field: usize,
        /// Index found.
        found: usize,
        /// Least index allowed, beyond the one before it.
        least: usize,
        /// Number of pixels.
        greatest: usize,
    },
    /// A line longer than any that holds an image.
    #[error("line {line} is longer than {limit} bytes, expected at most {limit}")]
    LongLine {
        /// Line in the file.
        line: u64,
        /// Greatest number of bytes allowed.
        limit: usize,
    },
    /// More images than the dataset has, or than the reader was set to take.
    #[error(
        "line {line} holds one more image than the {limit} expected at most: raise max_images to read more"
    )]
    Images {
        /// Line in the file.
        line: u64,
        /// Greatest number of images allowed.
        limit: usize,
    },
    /// A file without a single line.
    #[error("no lines, expected one for each image")]
    NoLines,
}
