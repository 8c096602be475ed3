//! Images and labels as h5py stores them.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::file::Hdf5File;
use crate::datasets::arrays::ArrayReader;
use crate::datasets::error::DataError;

/// Greatest number of bytes of a file, decompressed.
const FILE_BYTES: u64 = 1 << 33;

/// Reader of images and labels in two arrays of an HDF5 file, as Python's h5py and others write it.
///
/// [`ArrayReader`] says which arrays are read, and has the settings. Arrays may be stored as they
/// are, or in chunks, compressed by `gzip` or `lzf`, with `shuffle` and `fletcher32`; the file
/// itself may be compressed by gzip or bzip2. h5py writes the oldest form of the format unless told
/// otherwise (`libver`); of newer forms, up to that of HDF5 1.14, arrays in several chunks are not
/// read.
///
/// The bytes of a file and those of the array that is read are held in memory beside the records.
/// No memory is taken for values that a file of its length cannot hold, whatever its header claims.
///
/// Source: The HDF Group, "HDF5 File Format Specification"; the crate `hdf5-pure` reads it.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::{Hdf5Images, ImageShape};
///
/// // In Python:
/// // with h5py.File("mine.h5", "w") as file:
/// //     file["train/images"] = images
/// //     file["train/labels"] = labels
/// let reader = Hdf5Images::new(10);
/// let train = reader.read::<f32>("mine.h5", "train/images", "train/labels")?;
/// // n x 256 values from -1 to 1
/// let rows = reader.shape(ImageShape::USPS).values(-1.0, 1.0);
/// let rows = rows.read::<f32>("rows.h5", "x", "y")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub type Hdf5Images = ArrayReader<Hdf5Arrays>;

/// The format of [`Hdf5Images`]: arrays in an HDF5 file.
///
/// ```
/// use linfa_fisher::datasets::{ArrayReader, Hdf5Arrays};
///
/// let reader = ArrayReader::<Hdf5Arrays>::new(10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hdf5Arrays;

impl Hdf5Images {
    /// Reads the arrays of two names, each with its groups (`"train/data"`), in a file: records
    /// (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// - [`DataError::Array`] when the file is no HDF5 file, or has no such arrays;
    /// - [`DataError::LabelCount`] when the numbers of images and labels differ;
    /// - [`DataError::NoPixels`], [`DataError::TooManyPixels`] or [`DataError::ValueRange`] when
    ///   the images have no pixels or too many, or the range of values has no width;
    /// - other variants of [`DataError`] when the file cannot be read.
    pub fn read<F: Float>(
        &self,
        path: impl AsRef<Path>,
        images: &str,
        labels: &str,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let path = path.as_ref();
        self.read_file(&Hdf5File::open(path, FILE_BYTES)?, path, images, labels)
    }

    /// Reads the bytes of a file; errors call it by `name`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::datasets::Hdf5Images;
    ///
    /// let error = Hdf5Images::new(10).read_from::<f32>((b"x", "x.h5"), "x", "y").unwrap_err();
    /// assert!(error.to_string().contains("expected an HDF5 file as h5py writes it by default"));
    /// ```
    pub fn read_from<F: Float>(
        &self,
        (bytes, name): (impl Into<Vec<u8>>, impl AsRef<Path>),
        images: &str,
        labels: &str,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let path = name.as_ref();
        let file = Hdf5File::of(bytes.into()).map_err(|fault| DataError::array(path, fault))?;
        self.read_file(&file, path, images, labels)
    }

    /// Reads two arrays of an open file.
    pub(in crate::datasets) fn read_file<F: Float>(
        &self,
        file: &Hdf5File,
        path: &Path,
        images: &str,
        labels: &str,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let [images_path, labels_path] = [images, labels].map(|name| path.join(name));
        let read = |name, path| {
            let numbers = file.numbers(name);
            numbers.map_err(|fault| DataError::array(path, fault))
        };
        let images = (read(images, &images_path)?, images_path.as_path());
        let labels = (read(labels, &labels_path)?, labels_path.as_path());
        self.dataset(images, labels)
    }
}

#[cfg(test)]
mod tests;
