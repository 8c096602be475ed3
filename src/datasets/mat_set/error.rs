//! Faults in the arrays of a MAT-file.

/// A MAT-file whose arrays are not those of the dataset.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{alphanumeric_from_bytes, DataError, MatSetError};
///
/// // A header and no variables.
/// let mut file = vec![b' '; 124];
/// file.extend(b"\x00\x01IM");
/// let error = alphanumeric_from_bytes::<f32>(&file, "empty.mat").unwrap_err();
/// let expected = "empty.mat: the variables are [], expected one called classlabels";
/// assert_eq!(error.to_string(), expected);
/// assert!(matches!(
///     error,
///     DataError::MatSet { fault: MatSetError::Variable { .. }, .. }
/// ));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatSetError {
    /// A MAT-file that lacks a variable of the dataset.
    #[error("the variables are {found:?}, expected one called {expected}")]
    Variable {
        /// Names of the variables found, ten at most.
        found: Vec<String>,
        /// Name of the missing variable.
        expected: &'static str,
    },
    /// An array of a MAT-file whose kind or size is not that of the dataset.
    #[error("{name} is a {found}, expected a {expected}")]
    Array {
        /// Name of the variable, with the index of the cell (from 1, as MATLAB counts).
        name: String,
        /// Kind and size found.
        found: String,
        /// Kind and size expected.
        expected: String,
    },
    /// A pixel outside the range of values.
    #[error("pixel {pixel} of {name} is {found}, expected {expected}")]
    Pixel {
        /// Name of the image, with its index (from 1, as MATLAB counts).
        name: String,
        /// Index of the pixel in the stored array (from 0).
        pixel: usize,
        /// Value found.
        found: f64,
        /// Values expected.
        expected: String,
    },
    /// A column of labels that does not mark one class.
    #[error("column {column} of {name} is {found:?}, expected one 1, and -1 for every other class")]
    Marks {
        /// Name of the variable.
        name: &'static str,
        /// Index of the column (from 1, as MATLAB counts).
        column: usize,
        /// Values found.
        found: Vec<f64>,
    },
    /// A class whose label is not that of the dataset.
    #[error("class {class} is called {found:?}, expected {expected:?}")]
    ClassLabel {
        /// Index of the class.
        class: usize,
        /// Label found.
        found: String,
        /// Label expected.
        expected: char,
    },
    /// A class whose number of images is not that of the dataset.
    #[error("class {class} counts {found} images, expected {expected}")]
    ClassCount {
        /// Index of the class.
        class: usize,
        /// Count found.
        found: f64,
        /// Count expected.
        expected: usize,
    },
}
