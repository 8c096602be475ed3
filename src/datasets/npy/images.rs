//! Images and labels as NumPy stores them.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::archive::member;
use super::array::numbers;
use crate::datasets::arrays::{ArrayReader, Numbers};
use crate::datasets::error::DataError;
use crate::datasets::source::Source;

/// Greatest number of bytes of a file, decompressed, and of an array of an archive.
const FILE_BYTES: u64 = 1 << 33;

/// Reader of images and labels that Python's NumPy has stored: by `numpy.save` in two `.npy` files,
/// or by `numpy.savez` in one `.npz` archive.
///
/// [`ArrayReader`] says which arrays are read, and has the settings. A `.npy` file may be
/// compressed by gzip or bzip2. The bytes of a file, decompressed, are held in memory beside the
/// records.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::NpyImages;
///
/// // In Python: numpy.save("images.npy", images); numpy.save("labels.npy", labels)
/// let mine = NpyImages::new(10).read::<f32>("images.npy", "labels.npy")?;
/// // MNIST as it comes with Keras
/// let keras = NpyImages::new(10);
/// let train = keras.read_npz::<f32>("mnist.npz", "x_train", "y_train")?;
/// let test = keras.read_npz::<f32>("mnist.npz", "x_test", "y_test")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub type NpyImages = ArrayReader<NpyArrays>;

/// The format of [`NpyImages`]: arrays as `numpy.save` and `numpy.savez` store them.
///
/// ```
/// use linfa_fisher::datasets::{ArrayReader, NpyArrays};
///
/// let reader = ArrayReader::<NpyArrays>::new(10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NpyArrays;

impl NpyImages {
    /// Reads two `.npy` files: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// - [`DataError::Array`] when a file does not hold images or labels in this format;
    /// - [`DataError::LabelCount`] when the numbers of images and labels differ;
    /// - [`DataError::NoPixels`], [`DataError::TooManyPixels`] or [`DataError::ValueRange`] when
    ///   the images have no pixels or too many, or the range of values has no width;
    /// - other variants of [`DataError`] when a file cannot be read.
    pub fn read<F: Float>(
        &self,
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        let (image_bytes, label_bytes) = (read_file(images)?, read_file(labels)?);
        self.of_arrays((&image_bytes, images), (&label_bytes, labels))
    }

    /// Reads the arrays of two names in a `.npz` archive.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_npz<F: Float>(
        &self,
        path: impl AsRef<Path>,
        images: &str,
        labels: &str,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let path = path.as_ref();
        let bytes = read_file(path)?;
        let array = |name: &str| {
            let array = member(&bytes, name, FILE_BYTES);
            array.map_err(|fault| DataError::array(path, fault))
        };
        let [images_path, labels_path] =
            [images, labels].map(|name| path.join(format!("{name}.npy")));
        let (images, labels) = (array(images)?, array(labels)?);
        self.of_arrays((&images, &images_path), (&labels, &labels_path))
    }

    /// Reads the bytes of two `.npy` files, each given with a name for errors.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from<F: Float>(
        &self,
        (images, images_name): (&[u8], impl AsRef<Path>),
        (labels, labels_name): (&[u8], impl AsRef<Path>),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let images = (images, images_name.as_ref());
        self.of_arrays(images, (labels, labels_name.as_ref()))
    }

    fn of_arrays<F: Float>(
        &self,
        images: (&[u8], &Path),
        labels: (&[u8], &Path),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        self.dataset(named_numbers(images)?, named_numbers(labels)?)
    }
}

/// The bytes of an array or of an archive, decompressed.
fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    Source::open_any_kind(path, FILE_BYTES)?.read_all()
}

/// The array that bytes hold, with its name.
fn named_numbers<'a>(
    (bytes, path): (&'a [u8], &'a Path),
) -> Result<(Numbers<'a>, &'a Path), DataError> {
    let numbers = numbers(bytes).map_err(|fault| DataError::array(path, fault))?;
    Ok((numbers, path))
}

#[cfg(test)]
mod tests;
