//! The reader of images and labels in arrays, whatever the format of the file.

use std::marker::PhantomData;
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::error::ArrayError;
use super::numbers::Numbers;
use crate::ImageShape;
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::image_dataset;
use crate::datasets::limits::{check_pixels, default_max_images};
use crate::datasets::value_range::ValueRange;

/// Reader of images and labels in arrays of numbers.
///
/// Use it as `NpyImages` (feature `npy`) or `Hdf5Images` (feature `hdf5`), which differ in the
/// format `T` of the files.
///
/// The images are an array n x height x width (or with a last dimension of 1), or n x pixels if the
/// reader is told their [`shape`](Self::shape); the labels are n whole numbers (or n x 1). The
/// elements may be integers, floats (not of 2 bytes) or booleans, in either byte order. Records are
/// scaled to [0, 1].
///
/// # Example
///
/// ```
/// # #[cfg(feature = "npy")] {
/// use linfa_fisher::datasets::{ImageShape, NpyImages};
///
/// let reader = NpyImages::new(10).shape(ImageShape::USPS).values(-1.0, 1.0).first_label(1);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayReader<T> {
    classes: usize,
    first_label: usize,
    shape: Option<ImageShape>,
    values: Option<(f64, f64)>,
    max_images: Option<usize>,
    format: PhantomData<T>,
}

impl<T> ArrayReader<T> {
    /// A reader of images of the classes `0..classes`.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            first_label: 0,
            shape: None,
            values: None,
            max_images: None,
            format: PhantomData,
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

    /// The dataset of two arrays, each given with a name for errors.
    pub(in crate::datasets) fn dataset<F: Float>(
        &self,
        (images, images_path): (Numbers, &Path),
        (labels, labels_path): (Numbers, &Path),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let fault = |fault| DataError::array(images_path, fault);
        if let Some(shape) = self.shape {
            check_pixels(shape)?;
        }
        let (count, shape) = self.shape_of(images.dims()).map_err(fault)?;
        check_pixels(shape)?;
        self.check_count(count, shape).map_err(fault)?;
        let label_fault = |fault| DataError::array(labels_path, fault);
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
    fn shape_of(&self, dims: &[usize]) -> Result<(usize, ImageShape), ArrayError> {
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
            .ok_or_else(|| ArrayError::Shape {
                found: dims.to_vec(),
                expected: match self.shape {
                    None => "n x height x width (for n x pixels, set the reader's shape)".into(),
                    Some(shape) => {
                        let (height, width) = (shape.height, shape.width);
                        format!("n x {height} x {width} or n x {}", shape.pixels())
                    }
                },
            })
    }

    /// Checks that the images are neither none nor too many.
    fn check_count(&self, found: usize, shape: ImageShape) -> Result<(), ArrayError> {
        let default = default_max_images(shape.pixels());
        let limit = self.max_images.unwrap_or(default);
        match (1..=limit).contains(&found) {
            true => Ok(()),
            false => Err(ArrayError::Images { found, limit }),
        }
    }

    /// The class that the label at a place names.
    fn class(&self, (index, label): (usize, f64)) -> Result<usize, ArrayError> {
        let class = (label as usize).checked_sub(self.first_label);
        let whole = label as usize as f64 == label;
        match class.filter(|&class| whole && class < self.classes) {
            Some(class) => Ok(class),
            None => Err(ArrayError::Label {
                index,
                found: label,
                first: self.first_label,
                classes: self.classes,
            }),
        }
    }
}

/// The number of labels of an array.
fn label_count(dims: &[usize]) -> Result<usize, ArrayError> {
    match *dims {
        [n] | [n, 1] => Ok(n),
        _ => Err(ArrayError::Shape {
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
) -> Result<Vec<F>, ArrayError> {
    let scaled = |(place, found)| match range.scaled(found) {
        Some(value) => Ok(F::cast(value)),
        None => Err(ArrayError::Range {
            image: place / shape.pixels(),
            pixel: place % shape.pixels(),
            found,
            low: range.low,
            high: range.high,
        }),
    };
    images.values().enumerate().map(scaled).collect()
}
