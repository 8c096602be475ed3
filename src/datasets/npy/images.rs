//! Images and labels as NumPy stores them.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::archive::member;
use super::array::Numbers;
use super::error::NpyError;
use crate::ImageShape;
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::image_dataset;
use crate::datasets::limits::{check_pixels, default_max_images};
use crate::datasets::source::Source;
use crate::datasets::value_range::ValueRange;

/// Greatest number of bytes of a file, decompressed, and of an array of an archive.
const FILE_BYTES: u64 = 1 << 33;

/// Reader of images and labels that Python's NumPy has stored: by `numpy.save` in two `.npy` files,
/// or by `numpy.savez` in one `.npz` archive.
///
/// The images are an array n x height x width (or with a last dimension of 1), or n x pixels if the
/// reader is told their [`shape`](Self::shape); the labels are n whole numbers (or n x 1). The
/// elements may be integers, floats (not of 2 bytes) or booleans, in either byte order. A `.npy`
/// file may be compressed by gzip or bzip2. The bytes of a file, decompressed, are held in memory
/// beside the records.
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
#[derive(Debug, Clone, PartialEq)]
pub struct NpyImages {
    classes: usize,
    first_label: usize,
    shape: Option<ImageShape>,
    values: Option<(f64, f64)>,
    max_images: Option<usize>,
}

impl NpyImages {
    /// A reader of images of the classes `0..classes`.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            first_label: 0,
            shape: None,
            values: None,
            max_images: None,
        }
    }

    /// Sets the label of class 0 in the file; the label of class k is greater by k. Default: 0.
    pub fn first_label(mut self, label: usize) -> Self {
        self.first_label = label;
        self
    }

    /// Sets the shape that the images must have, which arrays of n x pixels need. Default: the
    /// shape that the array has.
    pub fn shape(mut self, shape: ImageShape) -> Self {
        self.shape = Some(shape);
        self
    }

    /// Sets the value of background, which becomes 0, and that of full ink, which becomes 1.
    /// Default: 0 and 255 for integers, 0 and 1 for floats and booleans.
    pub fn values(mut self, low: f64, high: f64) -> Self {
        self.values = Some((low, high));
        self
    }

    /// Sets the greatest number of images that a file may hold, which bounds the records. Default:
    /// as many images as have 2^28 values together, but at most 2^20.
    pub fn max_images(mut self, images: usize) -> Self {
        self.max_images = Some(images);
        self
    }

    /// Reads two `.npy` files: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// - [`DataError::Npy`] when a file does not hold images or labels in this format;
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
            array.map_err(|fault| DataError::npy(path, fault))
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
        (images, images_path): (&[u8], &Path),
        (labels, labels_path): (&[u8], &Path),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let fault = |fault| DataError::npy(images_path, fault);
        if let Some(shape) = self.shape {
            check_pixels(shape)?;
        }
        let images = Numbers::of(images).map_err(fault)?;
        let (count, shape) = self.shape_of(images.dims()).map_err(fault)?;
        check_pixels(shape)?;
        self.check_count(count, shape).map_err(fault)?;
        let label_fault = |fault| DataError::npy(labels_path, fault);
        let labels = Numbers::of(labels).map_err(label_fault)?;
        let found = label_count(labels.dims()).map_err(label_fault)?;
        if count != found {
            return Err(DataError::LabelCount {
                images: images_path.to_path_buf(),
                labels: labels_path.to_path_buf(),
                expected: count,
                found,
            });
        }
        let classes: Result<_, _> = labels.values().enumerate().map(|x| self.class(x)).collect();
        let classes = classes.map_err(label_fault)?;
        let (low, high) = self.values.unwrap_or(images.usual_range());
        let range = ValueRange { low, high };
        range.check()?;
        let values = pixels(&images, shape, range).map_err(fault)?;
        Ok(image_dataset(shape, values, classes))
    }

    /// The number of images of an array, and their shape.
    fn shape_of(&self, dims: &[usize]) -> Result<(usize, ImageShape), NpyError> {
        let found = match (dims, self.shape) {
            (&([n, height, width] | [n, height, width, 1]), _) => {
                Some((n, ImageShape::new(height, width)))
            }
            (&[n, pixels], Some(shape)) if pixels == shape.pixels() => Some((n, shape)),
            _ => None,
        };
        let fits = |found: ImageShape| self.shape.is_none_or(|shape| shape == found);
        found
            .filter(|&(_, found)| fits(found))
            .ok_or_else(|| NpyError::Shape {
                found: dims.to_vec(),
                expected: match self.shape {
                    None => "n x height x width (for n x pixels, set NpyImages::shape)".into(),
                    Some(shape) => {
                        let (height, width) = (shape.height, shape.width);
                        format!("n x {height} x {width} or n x {}", shape.pixels())
                    }
                },
            })
    }

    /// Checks that the images are neither none nor too many.
    fn check_count(&self, found: usize, shape: ImageShape) -> Result<(), NpyError> {
        let default = default_max_images(shape.pixels());
        let limit = self.max_images.unwrap_or(default);
        match (1..=limit).contains(&found) {
            true => Ok(()),
            false => Err(NpyError::Images { found, limit }),
        }
    }

    /// The class that the label at a place names.
    fn class(&self, (index, label): (usize, f64)) -> Result<usize, NpyError> {
        let class = (label as usize).checked_sub(self.first_label);
        let whole = label as usize as f64 == label;
        match class.filter(|&class| whole && class < self.classes) {
            Some(class) => Ok(class),
            None => Err(NpyError::Label {
                index,
                found: label,
                first: self.first_label,
                classes: self.classes,
            }),
        }
    }
}

/// The bytes of an array or of an archive, decompressed.
fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    Source::open_any_kind(path, FILE_BYTES)?.read_all()
}

/// The number of labels of an array.
fn label_count(dims: &[usize]) -> Result<usize, NpyError> {
    match *dims {
        [n] | [n, 1] => Ok(n),
        _ => Err(NpyError::Shape {
            found: dims.to_vec(),
            expected: "n labels".into(),
        }),
    }
}

/// The pixels of all images, scaled to [0, 1].
fn pixels<F: Float>(
    images: &Numbers,
    shape: ImageShape,
    range: ValueRange,
) -> Result<Vec<F>, NpyError> {
    let scaled = |(place, found)| match range.scaled(found) {
        Some(value) => Ok(F::cast(value)),
        None => Err(NpyError::Range {
            image: place / shape.pixels(),
            pixel: place % shape.pixels(),
            found,
            low: range.low,
            high: range.high,
        }),
    };
    images.values().enumerate().map(scaled).collect()
}

#[cfg(test)]
mod tests;
