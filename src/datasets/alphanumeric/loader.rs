//! The loader of "Binary Alphadigits".

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::content::{Alphadigits, LABELS};
use crate::ImageShape;
use crate::datasets::dataset_file::DatasetFile;
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::image_dataset;
use crate::datasets::mat_set::MatSet;
use crate::datasets::source::Source;

/// Greater than the number of bytes that the arrays take up as doubles.
pub(in crate::datasets) const FILE_BYTES: u64 = 1 << 23;

/// 1,404 binary images of 20 x 16 pixels, 39 of each class: records (1404 x 320) of 0 and 1,
/// targets 0 to 35.
///
/// Classes 0 to 9 are the digits, classes 10 to 35 the letters A to Z ([`alphanumeric_label`]); the
/// rows are ordered by class. The shape of the images is [`ImageShape::ALPHANUMERIC`]. `folder`, or
/// its subfolder `alphanumeric`, holds `binaryalphadigs.mat`, plain or ending in `.gz`. The file is
/// recognised by its content, so that MATLAB may have stored it in any way: compressed or not, as
/// integers or doubles, in either byte order.
///
/// Source: "Binary Alphadigits", Sam Roweis's data page at New York University.
///
/// # Errors
///
/// - [`DataError::Missing`] when the file does not exist;
/// - [`DataError::Foreign`] when it is something else, a MAT-file of version 7.3 for example;
/// - [`DataError::Mat`] when it is not a MAT-file of level 5;
/// - [`DataError::MatSet`] when it holds something else.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::{self, ImageShape};
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let dataset = datasets::alphanumeric::<f32>(folder)?;
/// println!("{}", ImageShape::ALPHANUMERIC.draw(dataset.records.row(0)));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn alphanumeric<F: Float>(
    folder: impl AsRef<Path>,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    read(&dataset_file().find(folder.as_ref())?)
}

pub(in crate::datasets) fn read<F: Float>(
    path: &Path,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let bytes = Source::open(path, FILE_BYTES)?.read_all()?;
    alphanumeric_from_bytes(&bytes, path)
}

pub(in crate::datasets) fn dataset_file() -> DatasetFile {
    DatasetFile {
        names: ["binaryalphadigs.mat", "binaryalphadigs.mat.gz"]
            .map(String::from)
            .to_vec(),
        subfolders: &["alphanumeric"],
        origin: "Sam Roweis's data page at New York University (\"Binary Alphadigits\")",
    }
}

/// The dataset of [`alphanumeric`] from the bytes of `binaryalphadigs.mat`; errors call them by
/// `name`.
///
/// # Errors
///
/// As [`alphanumeric`], but for [`DataError::Missing`].
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{alphanumeric_from_bytes, DataError};
///
/// let fault = alphanumeric_from_bytes::<f32>(b"<html>", "page.mat").unwrap_err();
/// assert_eq!(
///     fault.to_string(),
///     "page.mat is a web page, expected a file of images: its download has failed, get it again"
/// );
/// ```
pub fn alphanumeric_from_bytes<F: Float>(
    bytes: &[u8],
    name: impl AsRef<Path>,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let path = name.as_ref();
    let set = MatSet::of(bytes, path, FILE_BYTES)?;
    let images = Alphadigits { set }.images();
    let (values, labels) = images.map_err(|fault| DataError::mat_set(path, fault))?;
    Ok(image_dataset(ImageShape::ALPHANUMERIC, values, labels))
}

/// The character of a class of [`alphanumeric`]: '0' to '9' for 0 to 9, 'A' to 'Z' for 10 to 35,
/// otherwise `None`.
///
/// ```
/// use linfa_fisher::datasets::alphanumeric_label;
///
/// assert_eq!(alphanumeric_label(7), Some('7'));
/// assert_eq!(alphanumeric_label(10), Some('A'));
/// assert_eq!(alphanumeric_label(36), None);
/// ```
pub fn alphanumeric_label(class: usize) -> Option<char> {
    LABELS.get(class).map(|&label| label.into())
}
