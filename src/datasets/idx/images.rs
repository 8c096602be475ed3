//! Pairs of IDX files: one of images, one of their labels.

use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::file::{FILE_BYTES, IdxFile};
use super::names::Names;
use crate::ImageShape;
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::{image_dataset, transpose};
use crate::datasets::source::Source;
use crate::datasets::split::Split;

/// Reader of images and labels in two IDX files, plain or compressed.
///
/// The images are unsigned bytes in three dimensions (n x height x width), which are divided by
/// 255; the labels are n unsigned bytes. The headers are checked against the length of the files
/// and against each other before any pixel is kept.
///
/// The crate `mnist` is not used here: it reads plain files only, by path, and panics at the first
/// fault. What it has read becomes a [`Split`] with the feature `mnist`.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits",
/// section on file formats.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{IdxImages, ImageShape};
///
/// let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 0];
/// let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 3];
/// let dataset = IdxImages::new(10)
///     .shape(ImageShape::new(1, 2))
///     .read_from::<f64>((&images[..], "images"), (&labels[..], "labels"))?;
/// assert_eq!(dataset.targets.to_vec(), [7, 3]);
/// assert_eq!(dataset.records[[1, 0]], 0.2);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxImages {
    classes: usize,
    first_label: usize,
    shape: Option<ImageShape>,
    transposed: bool,
    max_images: Option<usize>,
    rows: Option<Range<usize>>,
}

impl IdxImages {
    /// A reader of images of the classes `0..classes`, of any shape.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            first_label: 0,
            shape: None,
            transposed: false,
            max_images: None,
            rows: None,
        }
    }

    /// Sets the label of class 0 in the file; the label of class k is greater by k. Default: 0.
    pub fn first_label(mut self, label: usize) -> Self {
        self.first_label = label;
        self
    }

    /// Sets the shape that the images must have. Default: any shape.
    pub fn shape(mut self, shape: ImageShape) -> Self {
        self.shape = Some(shape);
        self
    }

    /// Sets whether images are stored column by column, as EMNIST's are. Default: false.
    pub fn transposed(mut self, transposed: bool) -> Self {
        self.transposed = transposed;
        self
    }

    /// Sets the greatest number of images that the header may claim. Default: as many images as
    /// have 2^28 values together, but at most 2^20.
    pub fn max_images(mut self, images: usize) -> Self {
        self.max_images = Some(images);
        self
    }

    /// Sets the images to keep, by their places in the file from 0: those of one process among
    /// several, say. All others are read past, so that a damaged file is found, but take no memory,
    /// and their labels are not checked. Default: all images.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::datasets::IdxImages;
    ///
    /// let images = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 51, 255];
    /// let labels = [0, 0, 8, 1, 0, 0, 0, 3, 7, 3, 5];
    /// let dataset = IdxImages::new(10)
    ///     .rows(1..3)
    ///     .read_from::<f64>((&images[..], "images"), (&labels[..], "labels"))?;
    /// assert_eq!(dataset.records.column(0).to_vec(), [0.2, 1.0]);
    /// assert_eq!(dataset.targets.to_vec(), [3, 5]);
    /// # Ok::<(), linfa_fisher::datasets::DataError>(())
    /// ```
    pub fn rows(mut self, rows: Range<usize>) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Number of images that the header of a file announces; no image is read.
    ///
    /// # Errors
    ///
    /// [`DataError::Idx`] when the file does not start as one of such images does; other variants
    /// of [`DataError`] when it cannot be read.
    pub fn nimages(&self, images: impl AsRef<Path>) -> Result<usize, DataError> {
        let path = images.as_ref();
        let file = IdxFile::<_, 3>::new(Source::open(path, FILE_BYTES)?, path)?;
        let shape = self.stored_shape(&file.dims);
        shape.map_err(|fault| DataError::idx(path, fault))?;
        Ok(file.dims[0] as usize)
    }

    /// Reads two files: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// - [`DataError::Idx`] when a file is not an IDX file of such images or labels, or has not
    ///   the images to keep;
    /// - [`DataError::LabelCount`] when the numbers of images and labels differ;
    /// - other variants of [`DataError`] when a file cannot be read.
    pub fn read<F: Float>(
        &self,
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        self.read_sources(
            (Source::open(images, FILE_BYTES)?, images),
            (Source::open(labels, FILE_BYTES)?, labels),
        )
    }

    /// Reads two streams, each given with the name by which errors call it.
    ///
    /// # Errors
    ///
    /// As [`IdxImages::read`].
    pub fn read_from<F: Float>(
        &self,
        (images, images_name): (impl Read, impl AsRef<Path>),
        (labels, labels_name): (impl Read, impl AsRef<Path>),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let (images_name, labels_name) = (images_name.as_ref(), labels_name.as_ref());
        self.read_sources(
            (
                Source::new(images_name, BufReader::new(images), FILE_BYTES)?,
                images_name,
            ),
            (
                Source::new(labels_name, BufReader::new(labels), FILE_BYTES)?,
                labels_name,
            ),
        )
    }

    /// Reads the four files of a set that is distributed as MNIST is, from the folder that holds
    /// them.
    ///
    /// The files are called `{prefix}train-images-idx3-ubyte` and
    /// `{prefix}train-labels-idx1-ubyte`, and likewise with `t10k` or `test` in place of `train`.
    /// Each name may end in `.gz`, and may have `.idx` in place of `-idx`. For most sets `prefix`
    /// is empty.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] when a file is not there; otherwise as [`IdxImages::read`].
    ///
    /// # Example
    ///
    /// ```no_run
    /// use linfa_fisher::datasets::IdxImages;
    ///
    /// let split = IdxImages::new(49).read_folder::<f32>("data/k49", "k49-")?;
    /// # Ok::<(), linfa_fisher::datasets::DataError>(())
    /// ```
    pub fn read_folder<F: Float>(
        &self,
        folder: impl AsRef<Path>,
        prefix: &str,
    ) -> Result<Split<F>, DataError> {
        let names = Names {
            prefix,
            subfolders: &[],
            origin: "its publisher",
        };
        self.read_split(folder.as_ref(), names, None)
    }

    /// Like [`IdxImages::read_folder`], from the folder or a subfolder, with at most `images`
    /// images in each part.
    pub(in crate::datasets) fn read_split<F: Float>(
        &self,
        folder: &Path,
        names: Names<'_>,
        images: Option<[usize; 2]>,
    ) -> Result<Split<F>, DataError> {
        let part = |index: usize| {
            let find = |kind| names.file(Names::PARTS[index], kind).find(folder);
            let limit = images.map(|images| images[index]).or(self.max_images);
            let reader = Self {
                max_images: limit,
                ..self.clone()
            };
            reader.read(find("images-idx3")?, find("labels-idx1")?)
        };
        Ok(Split {
            train: part(0)?,
            test: part(1)?,
        })
    }

    fn read_sources<F: Float>(
        &self,
        (images, images_path): (Source<impl BufRead>, &Path),
        (labels, labels_path): (Source<impl BufRead>, &Path),
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let images = IdxFile::<_, 3>::new(images, images_path)?;
        let labels = IdxFile::<_, 1>::new(labels, labels_path)?;
        let (stored, rows) = self.checked(&images.dims, images_path)?;
        if images.dims[0] != labels.dims[0] {
            return Err(DataError::LabelCount {
                images: images_path.to_path_buf(),
                labels: labels_path.to_path_buf(),
                expected: images.dims[0] as usize,
                found: labels.dims[0] as usize,
            });
        }
        let labels = labels.read(&rows, |offset, label| self.class(offset, label))?;
        let levels = grey_levels::<F>();
        let mut values = images.read(&rows, |_, byte| Ok(levels[usize::from(byte)]))?;
        let labels = labels.into_iter().map(usize::from).collect();
        let shape = self.arrange(&mut values, stored);
        Ok(image_dataset(shape, values, labels))
    }

    /// Turns images as they lie in the file into rows of pixels; the shape that they have then.
    pub(super) fn arrange<F: Float>(&self, values: &mut [F], stored: ImageShape) -> ImageShape {
        if !self.transposed {
            return stored;
        }
        for image in values.chunks_exact_mut(stored.pixels()) {
            transpose(image, stored);
        }
        ImageShape::new(stored.width, stored.height)
    }
}

/// The value in [0, 1] of every byte.
pub(super) fn grey_levels<F: Float>() -> [F; 256] {
    std::array::from_fn(|byte| F::cast(byte as f64 / 255.0))
}

mod checks;
#[cfg(test)]
mod tests;
