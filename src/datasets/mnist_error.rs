//! Faults of what the crate `mnist` reads.

/// Images or labels in the vectors of the crate `mnist` that are not those of a set of digits.
/// Images and labels count from 0.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{DataError, MnistError, Split};
/// use mnist::Mnist;
///
/// let (trn_img, trn_lbl) = (vec![0; 784], vec![11]);
/// let none = Vec::new;
/// let mine = Mnist {
///     trn_img, trn_lbl, val_img: none(), val_lbl: none(), tst_img: none(), tst_lbl: none(),
/// };
/// let error = Split::<f32>::try_from(mine).unwrap_err();
/// assert!(matches!(
///     error,
///     DataError::Mnist { fault: MnistError::Label { index: 0, found: 11 }, .. }
/// ));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MnistError {
    /// Numbers of values and of labels that do not belong together.
    #[error(
        "{values} pixels and {labels} labels, expected 784 pixels and one label (or ten, one-hot) for each image"
    )]
    Lengths {
        /// Pixels found.
        values: usize,
        /// Labels found.
        labels: usize,
    },
    /// A label that is no digit, or a one-hot label that does not mark one class.
    #[error("label {index} is {found}, expected 0 to 9 (or, one-hot, a single 1 among ten)")]
    Label {
        /// Place of the image.
        index: usize,
        /// Label found; of a one-hot label, the number of marks.
        found: u8,
    },
    /// A pixel outside [0, 1].
    #[error("pixel {pixel} of image {image} is {found}, expected a value in [0, 1]")]
    Pixel {
        /// Image.
        image: usize,
        /// Pixel in the image, row by row.
        pixel: usize,
        /// Value found.
        found: f32,
    },
}
