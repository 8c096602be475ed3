//! The USPS digits of Sam Roweis's data page.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::{FILE_BYTES, SHAPE, whole_file};
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::{image_dataset, transpose};
use crate::datasets::mat_set::MatSet;
use crate::datasets::source::Source;
use crate::datasets::value_range::ValueRange;

/// Number of images of each class.
const PER_CLASS: usize = 1100;
const CLASSES: usize = 10;
const BYTE: ValueRange = ValueRange {
    low: 0.0,
    high: 255.0,
};

/// USPS digits from Sam Roweis's data page: 1,100 images of 16 x 16 pixels of each class, records
/// (11000 x 256) in [0, 1], targets 0 to 9.
///
/// `folder`, or its subfolder `usps`, holds `usps_all.mat`, plain or ending in `.gz` or `.bz2`: a
/// MAT-file with the array `data` of 256 pixels x 1,100 images x 10 classes, values 0 to 255. The
/// rows keep the order of the file: all images of 1, then those of 2 and so on, at last those of 0.
/// The shape of the images is [`ImageShape::USPS`](crate::ImageShape::USPS).
///
/// There are no official training and test sets, and these are not the parts of
/// [`usps`](super::usps()): [`Split::stratified`](crate::datasets::Split::stratified) makes two.
///
/// The file itself says neither which class stands where nor how an image lies in its column. Both
/// rest on public programs that draw the images or train with other digits beside them, which
/// agree: the tenth class is 0 (labels `[1:9 0]`), and the pixels are in MATLAB's order, column by
/// column (`reshape(data(:,j,k), 16, 16)` is upright). Among them is the R package Rdimtools, whose
/// data set `usps` has as many images of each class in this order.
///
/// Source: "USPS Handwritten Digits" (8-bit grayscale images, 1100 examples of each class), Sam
/// Roweis's data page at New York University.
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
/// use linfa_fisher::datasets::{self, ImageShape, Split};
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let dataset = datasets::usps_all::<f32>(folder)?;
/// assert_eq!((dataset.records.dim(), dataset.targets[0]), ((11000, 256), 1));
/// println!("{}", ImageShape::USPS.draw(dataset.records.row(0)));
/// let split = Split::stratified(dataset, 0.8, 42)?;
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn usps_all<F: Float>(folder: impl AsRef<Path>) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let file = whole_file(
        "usps_all.mat",
        &["usps"],
        "Sam Roweis's data page at New York University (\"USPS Handwritten Digits\")",
    );
    let path = file.find(folder.as_ref())?;
    read(&Source::open(&path, FILE_BYTES)?.read_all()?, &path)
}

/// Reads the bytes of `usps_all.mat`; errors call it by `path`.
pub(super) fn read<F: Float>(
    bytes: &[u8],
    path: &Path,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let set = MatSet::of(bytes, path, FILE_BYTES)?;
    let size = [SHAPE.pixels(), PER_CLASS, CLASSES];
    let values = set.pixels::<F>("data", &size, BYTE);
    let mut values = values.map_err(|fault| DataError::mat_set(path, fault))?;
    for image in values.chunks_exact_mut(SHAPE.pixels()) {
        transpose(image, SHAPE);
    }
    let class = |image| (image / PER_CLASS + 1) % CLASSES;
    let labels = (0..PER_CLASS * CLASSES).map(class).collect();
    Ok(image_dataset(SHAPE, values, labels))
}

#[cfg(test)]
mod tests;
