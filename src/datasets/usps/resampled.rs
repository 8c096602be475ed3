//! The USPS digits of *Gaussian Processes for Machine Learning*.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::{FILE_BYTES, SHAPE, whole_file};
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::image_dataset;
use crate::datasets::mat_set::{MatSet, MatSetError};
use crate::datasets::source::Source;
use crate::datasets::split::Split;
use crate::datasets::value_range::ValueRange;

/// Number of images of each part.
const IMAGES: usize = 4649;
const CLASSES: usize = 10;
const RANGE: ValueRange = ValueRange {
    low: -1.0,
    high: 1.0,
};

/// USPS digits, split anew for *Gaussian Processes for Machine Learning*: 4,649 + 4,649 images of
/// 16 x 16 pixels, records in [0, 1], targets 0 to 9.
///
/// `folder`, or its subfolder `usps` or `usps_resampled`, holds `usps_resampled.mat`, plain or
/// ending in `.gz` or `.bz2`. It is a MAT-file with `train_patterns` and `test_patterns`
/// (256 x 4649, values from -1 to 1, which become 0 to 1), `train_labels` and `test_labels`
/// (10 x 4649, where 1 marks the class and -1 the others). The shape of the images is
/// [`ImageShape::USPS`](crate::ImageShape::USPS).
///
/// The authors pooled the two parts of [`usps`](super::usps()), whose test images are harder than
/// the training images, shuffled them and split them in two halves. They say that a column of
/// patterns is a raster scan of the image, which public programs draw upright row by row, and their
/// program `loadBinaryUSPS.m` that the first row of labels is the digit 0.
///
/// Source: C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006,
/// data `usps_resampled`.
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
/// use linfa_fisher::datasets;
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let split = datasets::usps_resampled::<f32>(folder)?;
/// assert_eq!(split.train.records.dim(), (4649, 256));
/// assert_eq!(split.test.records.dim(), (4649, 256));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn usps_resampled<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let file = whole_file(
        "usps_resampled.mat",
        &["usps", "usps_resampled"],
        "http://www.gaussianprocess.org/gpml/data/ (usps_resampled.tar.bz2)",
    );
    let path = file.find(folder.as_ref())?;
    read(&Source::open(&path, FILE_BYTES)?.read_all()?, &path)
}

/// Reads the bytes of `usps_resampled.mat`; errors call it by `path`.
pub(super) fn read<F: Float>(bytes: &[u8], path: &Path) -> Result<Split<F>, DataError> {
    let set = MatSet::of(bytes, path, FILE_BYTES)?;
    let part = |patterns, labels| {
        let part = read_part(&set, patterns, labels);
        part.map_err(|fault| DataError::mat_set(path, fault))
    };
    Ok(Split {
        train: part("train_patterns", "train_labels")?,
        test: part("test_patterns", "test_labels")?,
    })
}

fn read_part<F: Float>(
    set: &MatSet,
    patterns: &'static str,
    labels: &'static str,
) -> Result<Dataset<F, usize, Ix1>, MatSetError> {
    let values = set.pixels(patterns, &[SHAPE.pixels(), IMAGES], RANGE)?;
    let marks = set.numbers(labels, &[CLASSES, IMAGES])?;
    let columns = marks.chunks_exact(CLASSES).zip(1..);
    let class = |(marks, column): (&[f64], _)| {
        marked(marks).ok_or_else(|| MatSetError::Marks {
            name: labels,
            column,
            found: marks.to_vec(),
        })
    };
    let classes = columns.map(class).collect::<Result<_, _>>()?;
    Ok(image_dataset(SHAPE, values, classes))
}

/// The class that is marked by 1, where all others have -1.
fn marked(marks: &[f64]) -> Option<usize> {
    let class = marks.iter().position(|&mark| mark == 1.0)?;
    let others = marks.iter().filter(|&&mark| mark == -1.0).count();
    (others + 1 == marks.len()).then_some(class)
}

#[cfg(test)]
mod tests;
