//! Why a file could not be read as a dataset.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(any(feature = "hdf5", feature = "npy"))]
use super::arrays::ArrayError;
use super::idx::IdxError;
use super::mat_set::MatSetError;
use super::mat5::MatError;
#[cfg(feature = "mnist")]
use super::mnist_error::MnistError;
use super::rows::TextError;
use crate::ImageShape;

/// A file that could not be read as a dataset, or an option of this module that is out of range.
///
/// Every variant about a file names the file; the faults of a format ([`IdxError`], [`MatError`],
/// [`TextError`], [`MatSetError`]) also say where in the file they are.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, DataError};
///
/// let error = datasets::usps::<f32>("no such folder").unwrap_err();
/// assert!(matches!(error, DataError::Missing { file, .. } if file == "zip.train.gz"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file is not in the folder that the loader was given.
    #[error(
        "{file} is {places}: get it from {origin} and put it there, or give the folder that holds it \
         (the environment variable LINFA_FISHER_DATA names the usual one)",
        places = places(folder, subfolder)
    )]
    Missing {
        /// Name of the file.
        file: String,
        /// Folder that was searched.
        folder: PathBuf,
        /// Subfolder that was also searched; may be empty.
        subfolder: &'static str,
        /// Where a user can get the file.
        origin: &'static str,
    },
    /// A folder or a device stands where a file was expected.
    #[error("{} is a folder or a device, expected a regular file", path.display())]
    NotAFile {
        /// The path found.
        path: PathBuf,
    },
    /// The operating system could not open or read the file.
    #[error("{} could not be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file has no bytes.
    #[error("{} is empty, expected a file of a dataset: get it again", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file, decompressed if it is compressed, is longer than any of its kind.
    #[error("{} holds more than {limit} bytes, expected at most {limit}: it is another file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Greatest number of bytes allowed.
        limit: u64,
    },
    /// The file is of a kind that holds no images, or none that this crate reads.
    #[error("{} is {found}, expected a file of images: {advice}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What the file is.
        found: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// The gzip or bzip2 stream is cut short or corrupt, fails its checksum, or is followed by
    /// other bytes.
    #[error("{} is a broken {format} file: {fault} at byte {offset}, get the file again", path.display())]
    Compressed {
        /// The file.
        path: PathBuf,
        /// How it is compressed.
        format: &'static str,
        /// Compressed bytes read before the fault.
        offset: u64,
        /// What the decompressor said.
        fault: io::Error,
    },
    /// The file is not a well-formed IDX file of the kind that the dataset consists of.
    #[error("{}: {fault}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: IdxError,
    },
    /// The file of labels has another number of labels than the file of images has images.
    #[error(
        "{} has {found} labels, expected {expected}, one for each image of {}",
        labels.display(), images.display()
    )]
    LabelCount {
        /// The file of images.
        images: PathBuf,
        /// The file of labels.
        labels: PathBuf,
        /// Number of images.
        expected: usize,
        /// Number of labels found.
        found: usize,
    },
    /// A part of a dataset whose classes do not have the known sizes: it is another dataset, or
    /// incomplete.
    #[error(
        "the {part} set of {name} in {} has {found} images of class {class}, expected {expected}: it is another dataset or incomplete",
        folder.display()
    )]
    ClassSize {
        /// Folder that the files were found in.
        folder: PathBuf,
        /// Name of the dataset.
        name: &'static str,
        /// Which part of it.
        part: &'static str,
        /// The class.
        class: usize,
        /// Images found.
        found: usize,
        /// Images expected.
        expected: usize,
    },
    /// A part of a dataset whose classes have the known sizes, but whose pixels do not have the
    /// known sum: it is another dataset.
    #[error(
        "the pixels of the {part} set of {name} in {} sum to {found}, expected {expected}: it is another dataset",
        folder.display()
    )]
    PixelSum {
        /// Folder that the files were found in.
        folder: PathBuf,
        /// Name of the dataset.
        name: &'static str,
        /// Which part of it.
        part: &'static str,
        /// Sum of the stored bytes found.
        found: u64,
        /// Sum expected.
        expected: u64,
    },
    /// The file is not a well-formed MAT-file.
    #[error("{}: {fault}", path.display())]
    Mat {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: MatError,
    },
    /// The file is not well-formed text of numbers.
    #[error("{}: {fault}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: TextError,
    },
    /// The vectors that the crate `mnist` has read are not those of a set of digits.
    #[cfg(feature = "mnist")]
    #[error("the {part} set of the crate mnist: {fault}")]
    Mnist {
        /// Which part of the set.
        part: &'static str,
        /// What is wrong with it.
        fault: MnistError,
    },
    /// The file does not hold arrays of images or labels, as NumPy and h5py store them.
    #[cfg(any(feature = "hdf5", feature = "npy"))]
    #[error("{}: {fault}", path.display())]
    Array {
        /// The file, or the array in a file of several.
        path: PathBuf,
        /// What is wrong with it.
        fault: ArrayError,
    },
    /// The MAT-file does not hold the arrays of the dataset.
    #[error("{}: {fault}", path.display())]
    MatSet {
        /// The file.
        path: PathBuf,
        /// What is wrong with its arrays.
        fault: MatSetError,
    },
    /// Images without pixels.
    #[error("images of {shape} pixels, expected at least one pixel")]
    NoPixels {
        /// Shape of the images.
        shape: ImageShape,
    },
    /// Images of more pixels than columns can be named.
    #[error("images of {shape} pixels, expected at most {limit} pixels")]
    TooManyPixels {
        /// Shape of the images.
        shape: ImageShape,
        /// Greatest number of pixels allowed.
        limit: usize,
    },
    /// Records whose columns are not named like the pixels of images.
    #[error(
        "the {columns} columns are not the pixels of images, expected the names pixel_0_0 to pixel_r_c \
             (ImageShape::feature_names gives them)"
    )]
    NoImages {
        /// Columns found.
        columns: usize,
    },
    /// A class of which the dataset has no image.
    #[error(
        "no image is of class {class}, expected at least one: name classes that the dataset has"
    )]
    NoSuchClass {
        /// The class.
        class: String,
    },
    /// A number of targets that is not the number of images.
    #[error("{found} targets, expected {expected}, one for each image")]
    TargetCount {
        /// Targets found.
        found: usize,
        /// Number of images.
        expected: usize,
    },
    /// A setting of [`Augment`](super::Augment) that is out of its range.
    #[error("{setting} is {found}, expected a number from 0 to {greatest} (elastic sigma above 0)")]
    Augment {
        /// The setting.
        setting: &'static str,
        /// Value found.
        found: f64,
        /// Greatest value allowed.
        greatest: f64,
    },
    /// A range of pixel values that cannot be mapped to [0, 1].
    #[error(
        "pixel values from {low} to {high}, expected two finite numbers, the first below the second"
    )]
    ValueRange {
        /// Value of background found.
        low: f64,
        /// Value of full ink found.
        high: f64,
    },
    /// A threshold of [`Binarize`](super::Binarize) that is not finite.
    #[error("the threshold is {found}, expected a finite number")]
    Threshold {
        /// Threshold found.
        found: f64,
    },
}

impl DataError {
    /// A fault in a text file.
    pub(super) fn text(path: &Path, fault: TextError) -> Self {
        let path = path.to_path_buf();
        Self::Text { path, fault }
    }

    /// A fault in an IDX file.
    pub(super) fn idx(path: &Path, fault: IdxError) -> Self {
        let path = path.to_path_buf();
        Self::Idx { path, fault }
    }

    /// A fault in the arrays of a MAT-file.
    pub(super) fn mat_set(path: &Path, fault: MatSetError) -> Self {
        let path = path.to_path_buf();
        Self::MatSet { path, fault }
    }

    /// A fault in a file of arrays.
    #[cfg(any(feature = "hdf5", feature = "npy"))]
    pub(super) fn array(path: &Path, fault: ArrayError) -> Self {
        let path = path.to_path_buf();
        Self::Array { path, fault }
    }

    /// A fault that the operating system reports.
    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        Self::Unreadable { path, source }
    }
}

/// Where a missing file was searched.
fn places(folder: &Path, subfolder: &str) -> String {
    match subfolder {
        "" => format!("not in {}", folder.display()),
        _ => format!(
            "neither in {} nor in its subfolder {subfolder}",
            folder.display()
        ),
    }
}
