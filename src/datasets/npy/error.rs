//! Faults in files of NumPy.

/// A `.npy` or `.npz` file that does not hold images or their labels. Images, pixels and labels
/// count from 0.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{DataError, NpyError, NpyImages};
///
/// let error = NpyImages::new(10).read_from::<f32>((b"x", "x.npy"), (b"y", "y.npy")).unwrap_err();
/// assert!(matches!(error, DataError::Npy { fault: NpyError::Format { .. }, .. }));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// Bytes that are not an array in NumPy's format.
    #[error("{found}, expected an array as numpy.save writes it")]
    Format {
        /// What the reader of the format said.
        found: String,
    },
    /// An array of elements that are not numbers of the usual kinds.
    #[error(
        "the elements are of type {found}, expected integers, booleans, or floats of 4 or 8 bytes: \
         store array.astype(\"float32\")"
    )]
    Element {
        /// NumPy's description of the type.
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
        "pixel {pixel} of image {image} is {found}, expected a value in [{low}, {high}]: set the range by \
         NpyImages::values"
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
    /// Bytes that are not a zip archive, as `.npz` files are.
    #[error("{found}, expected an archive as numpy.savez writes it")]
    Archive {
        /// What the reader of archives said.
        found: String,
    },
    /// An archive without an array of a name.
    #[error("the arrays are {found:?}, expected one called {expected}")]
    Member {
        /// Names of the arrays found, ten at most.
        found: Vec<String>,
        /// Name of the missing array.
        expected: String,
    },
}
