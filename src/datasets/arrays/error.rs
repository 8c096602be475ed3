//! Faults in files of arrays.

/// A file of arrays (`.npy`, `.npz` or HDF5) that does not hold images or their labels. Images,
/// pixels and labels count from 0.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{ArrayError, DataError};
///
/// # #[cfg(feature = "npy")]
/// let error = linfa_fisher::datasets::NpyImages::new(10)
///     .read_from::<f32>((b"x", "x.npy"), (b"y", "y.npy"))
///     .unwrap_err();
/// # #[cfg(feature = "npy")]
/// assert!(matches!(error, DataError::Array { fault: ArrayError::Format { .. }, .. }));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// Bytes that are not of the format.
    #[error("{found}, expected {expected}")]
    Format {
        /// What the reader of the format said.
        found: String,
        /// The format.
        expected: &'static str,
    },
    /// An array of elements that are not numbers of the usual kinds.
    #[error(
        "the elements are of type {found}, expected integers, booleans, or floats of 4 or 8 bytes: \
         store array.astype(\"float32\")"
    )]
    Element {
        /// The type, as the format describes it.
        found: String,
    },
    /// An array of another number of dimensions, or with images of another shape.
    #[error("the array is of shape {found:?}, expected {expected}")]
    Shape {
        /// Shape found.
        found: Vec<usize>,
        /// Shape expected.
        expected: String,
    },
    /// A header that claims an array of more bytes than its file can hold.
    #[error(
        "the array is of shape {found:?} in a file of {file} bytes, expected at most {limit} bytes of \
         values: the file is damaged"
    )]
    Size {
        /// Shape found: that of the array, or of a part by which it is stored.
        found: Vec<u64>,
        /// Bytes of the file.
        file: u64,
        /// Greatest number of bytes that such a file can hold, decompressed.
        limit: u64,
    },
    /// No images, or more than the reader was set to take.
    #[error("{found} images, expected 1 to {limit}: raise max_images to read more")]
    Images {
        /// Number of images found.
        found: usize,
        /// Greatest number of images allowed.
        limit: usize,
    },
    /// A pixel outside the range of values.
    #[error(
        "pixel {pixel} of image {image} is {found}, expected a value in [{low}, {high}]: set the \
         reader's values"
    )]
    Range {
        /// Image.
        image: usize,
        /// Pixel in the image, row by row.
        pixel: usize,
        /// Value found.
        found: f64,
        /// Least value allowed.
        low: f64,
        /// Greatest value allowed.
        high: f64,
    },
    /// A label that belongs to no class of the dataset.
    #[error("label {index} is {found}, expected one of {classes} whole numbers from {first}")]
    Label {
        /// Place of the label.
        index: usize,
        /// Label found.
        found: f64,
        /// Label of the first class.
        first: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A file without an array of a name.
    #[error("the arrays are {found:?}, expected one called {expected}")]
    Member {
        /// Names of the arrays found, ten at most.
        found: Vec<String>,
        /// Name of the missing array.
        expected: String,
    },
}
