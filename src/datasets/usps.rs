//! The USPS digits in the forms in which they are distributed.

mod all;
mod resampled;

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::class_sizes::ClassSizes;
use super::dataset_file::DatasetFile;
use super::error::DataError;
#[cfg(feature = "hdf5")]
use super::hdf5::{Hdf5File, Hdf5Images};
use super::rows::{LibsvmImages, TextImages};
use super::split::Split;
use crate::ImageShape;

pub use self::all::usps_all;
pub use self::resampled::usps_resampled;

const SHAPE: ImageShape = ImageShape::USPS;
const SIZES: ClassSizes = ClassSizes {
    name: "USPS",
    train: [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644],
    test: [359, 264, 198, 166, 200, 160, 170, 147, 166, 177],
    sums: None,
};
/// Number of images of the training part and of the test part.
const IMAGES: [usize; 2] = [7291, 2007];
/// Greater than the number of bytes of the larger part as text, or of the whole set in other forms.
pub(super) const FILE_BYTES: u64 = 1 << 25;
/// How the names of LIBSVM's files start.
const LIBSVM: &str = "usps";

/// USPS: 7,291 + 2,007 handwritten digits of 16 x 16 pixels, records in [0, 1], targets 0 to 9.
///
/// `folder`, or its subfolder `usps`, holds `zip.train` and `zip.test` as they come with *The
/// Elements of Statistical Learning*, or LIBSVM's `usps` and `usps.t`. Each file may be plain or
/// be compressed, ending in `.gz` or `.bz2`. The published values, -1 to 1, become 0 to 1,
/// and LIBSVM's labels, 1 to 10, become 0 to 9. The shape of the images is [`ImageShape::USPS`].
///
/// Where these files are absent, `usps.h5` is read, which needs the feature `hdf5`: an HDF5 file,
/// as on Kaggle, with `data` (n x 256, values 0 to 1) and `target` (n) in the groups `train` and
/// `test`. [`usps_all`] and [`usps_resampled`] read other sets of USPS digits.
///
/// Source: T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2009,
/// data "ZIP code".
///
/// # Errors
///
/// - [`DataError::Missing`] when a file does not exist;
/// - [`DataError::Foreign`] when a file is something else, as `usps.h5` is without the feature
///   `hdf5`;
/// - [`DataError::Text`] when a file holds something else, or `DataError::Array` when it is
///   `usps.h5`;
/// - [`DataError::ClassSize`] when a part is not complete.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets;
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let split = datasets::usps::<f32>(folder)?;
/// assert_eq!(split.train.records.dim(), (7291, 256));
/// assert_eq!(split.test.records.dim(), (2007, 256));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn usps<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let folder = folder.as_ref();
    let split = match (read_parts(folder), hdf5_file().find(folder)) {
        (Err(DataError::Missing { .. }), Ok(path)) => read_hdf5(&path)?,
        (parts, _) => parts?,
    };
    SIZES.check(split, folder)
}

/// Reads the files of the two parts.
fn read_parts<F: Float>(folder: &Path) -> Result<Split<F>, DataError> {
    let [train, test] = dataset_files();
    Ok(Split {
        train: read_part(&train.find(folder)?, IMAGES[0])?,
        test: read_part(&test.find(folder)?, IMAGES[1])?,
    })
}

/// Reads `usps.h5`.
#[cfg(feature = "hdf5")]
fn read_hdf5<F: Float>(path: &Path) -> Result<Split<F>, DataError> {
    let file = Hdf5File::open(path, FILE_BYTES)?;
    let part = |name: &str, images| {
        let reader = Hdf5Images::new(10).shape(SHAPE).max_images(images);
        let [data, target] = ["data", "target"].map(|array| format!("{name}/{array}"));
        reader.read_file(&file, path, &data, &target)
    };
    Ok(Split {
        train: part("train", IMAGES[0])?,
        test: part("test", IMAGES[1])?,
    })
}

/// Without the feature `hdf5`, the error of the readers of text says what `usps.h5` is.
#[cfg(not(feature = "hdf5"))]
fn read_hdf5<F: Float>(path: &Path) -> Result<Split<F>, DataError> {
    let [train, test] = IMAGES.map(|images| read_part(path, images));
    Ok(Split {
        train: train?,
        test: test?,
    })
}

/// Reads one part, which may hold at most `images` images.
pub(super) fn read_part<F: Float>(
    path: &Path,
    images: usize,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    if is_libsvm(path) {
        let reader = LibsvmImages::new(SHAPE, 10).max_images(images);
        return reader.max_bytes(FILE_BYTES).read(path);
    }
    let reader = TextImages::new(SHAPE, 10).max_images(images);
    reader.max_bytes(FILE_BYTES).read(path)
}

fn is_libsvm(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with(LIBSVM)
}

/// Whether the folder holds the whole set in LIBSVM's form.
#[cfg(feature = "download")]
pub(super) fn holds_libsvm(folder: &Path) -> bool {
    let found = |part: DatasetFile| part.find(folder).is_ok_and(|path| is_libsvm(&path));
    dataset_files().into_iter().all(found) && usps::<f32>(folder).is_ok()
}

/// The files of the two parts.
pub(super) fn dataset_files() -> [DatasetFile; 2] {
    [["zip.train", "usps"], ["zip.test", "usps.t"]].map(|names| {
        let suffixes = [".gz", "", ".bz2"];
        let variants = |name: &str| suffixes.map(|suffix| format!("{name}{suffix}"));
        DatasetFile {
            names: names.into_iter().flat_map(variants).collect(),
            subfolders: &["usps"],
            origin: "https://hastie.su.domains/ElemStatLearn/data.html (\"ZIP code\")",
        }
    })
}

/// The file of both parts in HDF5.
fn hdf5_file() -> DatasetFile {
    let origin = "https://www.kaggle.com/datasets/bistaumanga/usps-dataset";
    whole_file("usps.h5", &["usps"], origin)
}

/// A file that holds a whole set.
fn whole_file(
    name: &str,
    subfolders: &'static [&'static str],
    origin: &'static str,
) -> DatasetFile {
    DatasetFile {
        names: ["", ".gz", ".bz2"]
            .map(|suffix| format!("{name}{suffix}"))
            .to_vec(),
        subfolders,
        origin,
    }
}

#[cfg(test)]
mod tests;
