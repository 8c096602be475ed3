//! Images of one shape in rows and columns.

use std::path::Path;

use linfa::Float;
use ndarray::{Array2, ArrayView2, s};

use super::error::PlotError;
use super::file::write_png;
use super::grey_scale::{GreyScale, number};
use crate::ImageShape;

/// Greatest number of pixels of a picture; the sides of a PNG file have the same limit.
const PIXELS_LIMIT: usize = i32::MAX as usize;

/// Images of one shape in rows and columns, in reading order, with gaps between them.
///
/// Each image is a row of a matrix (`n x d`) with pixel (r, c) in column `r * width + c`, like the
/// records of a dataset, the states of Markov chains or reconstructions. With
/// [`ImageGrid::filters`] each image is a column of a weight matrix.
///
/// Unless set otherwise, the grid has about as many columns as rows, and the images have their own
/// size and gaps of one pixel.
///
/// # Example
///
/// ```
/// use linfa_fisher::report::plot::ImageGrid;
/// use linfa_fisher::ImageShape;
/// use ndarray::array;
///
/// // Three images, each one row of two pixels.
/// let images = array![[0.0, 1.0], [1.0, 0.2], [1.0, 1.0]];
/// let grid = ImageGrid::new(images.view(), ImageShape::new(1, 2))?.columns(2).background(99);
/// let expected = array![
///     [0, 255, 99, 255, 51],
///     [99, 99, 99, 99, 99],
///     [255, 255, 99, 99, 99],
/// ];
/// assert_eq!(grid.grey()?, expected);
///
/// let folder = tempfile::tempdir()?;
/// grid.magnification(4).write_png(folder.path().join("grid.png"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImageGrid<F> {
    images: Array2<F>,
    shape: ImageShape,
    columns: usize,
    gap: usize,
    magnification: usize,
    background: u8,
    scale: GreyScale<F>,
}

impl<F: Float> ImageGrid<F> {
    /// A grid of images, one for each row of the matrix, with the scale [`GreyScale::unit`].
    ///
    /// # Errors
    ///
    /// - [`PlotError::NoImages`] or [`PlotError::NoPixels`] when there is nothing to draw;
    /// - [`PlotError::ImageWidth`] when the rows are not as long as the shape has pixels;
    /// - [`PlotError::NonFinite`] when a value is NaN or infinite.
    pub fn new(images: ArrayView2<F>, shape: ImageShape) -> Result<Self, PlotError> {
        check_images(images, shape)?;
        Ok(Self {
            images: images.to_owned(),
            shape,
            columns: (images.nrows() as f64).sqrt().ceil() as usize,
            gap: 1,
            magnification: 1,
            background: 160,
            scale: GreyScale::unit(),
        })
    }

    /// A grid of filters, the columns of a weight matrix `pixels x hidden`, on the scale
    /// [`GreyScale::SymmetricPerImage`] and a black background.
    ///
    /// # Errors
    ///
    /// Those of [`ImageGrid::new`]; the images are the hidden units' filters.
    ///
    /// ```
    /// use linfa_fisher::report::plot::ImageGrid;
    /// use linfa_fisher::ImageShape;
    /// use ndarray::array;
    ///
    /// let weights = array![[-0.3, 0.0], [0.3, 5.0]]; // two pixels, two hidden units
    /// let grid = ImageGrid::filters(weights.view(), ImageShape::new(2, 1))?;
    /// assert_eq!(grid.grey()?, array![[0, 0, 128], [255, 0, 255]]);
    /// # Ok::<(), linfa_fisher::report::plot::PlotError>(())
    /// ```
    pub fn filters(weights: ArrayView2<F>, shape: ImageShape) -> Result<Self, PlotError> {
        Ok(Self {
            background: 0,
            scale: GreyScale::SymmetricPerImage,
            ..Self::new(weights.reversed_axes(), shape)?
        })
    }

    /// Sets the number of images in a row of the grid; at least 1. Default: the root of the number
    /// of images, rounded up.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// Sets the width of the gaps in pixels of the picture. Default: 1.
    pub fn gap(mut self, gap: usize) -> Self {
        self.gap = gap;
        self
    }

    /// Draws each pixel of an image as a square whose sides are `magnification` pixels of the
    /// picture; at least 1. Default: 1.
    pub fn magnification(mut self, magnification: usize) -> Self {
        self.magnification = magnification;
        self
    }

    /// Sets the grey, from 0 for black to 255 for white, of the gaps and of places without an
    /// image.
    pub fn background(mut self, grey: u8) -> Self {
        self.background = grey;
        self
    }

    /// Sets which values are black and white.
    pub fn scale(mut self, scale: GreyScale<F>) -> Self {
        self.scale = scale;
        self
    }

    /// The picture, from 0 for black to 255 for white.
    ///
    /// # Errors
    ///
    /// - [`PlotError::InvalidColumns`], [`PlotError::InvalidMagnification`] or
    ///   [`PlotError::GreyRange`] when an option is out of its range;
    /// - [`PlotError::TooLarge`] when the picture would have more than 2^31 - 1 pixels.
    pub fn grey(&self) -> Result<Array2<u8>, PlotError> {
        let size = self.size()?;
        let greys = self.scale.greys(self.images.view())?;
        let mut picture = Array2::from_elem(size, self.background);
        let (zoom, width) = (self.magnification, self.shape.width);
        for (index, image) in greys.rows().into_iter().enumerate() {
            let (top, left) = self.corner(index);
            let bottom = top + self.shape.height * zoom;
            let right = left + width * zoom;
            let mut cell = picture.slice_mut(s![top..bottom, left..right]);
            for ((row, column), pixel) in cell.indexed_iter_mut() {
                *pixel = image[row / zoom * width + column / zoom];
            }
        }
        Ok(picture)
    }

    /// Writes the picture as a PNG file of 8-bit greys.
    ///
    /// The file replaces an existing one only once it is complete.
    ///
    /// # Errors
    ///
    /// Those of [`ImageGrid::grey`], and [`PlotError::Unwritable`], which names the file.
    pub fn write_png(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        write_png(path.as_ref(), &self.grey()?)
    }

    /// Height and width of the picture.
    fn size(&self) -> Result<(usize, usize), PlotError> {
        if self.columns == 0 {
            return Err(PlotError::InvalidColumns(self.columns));
        }
        if self.magnification == 0 {
            return Err(PlotError::InvalidMagnification(self.magnification));
        }
        let rows = self.images.nrows().div_ceil(self.columns);
        let height = self.extent(rows, self.shape.height);
        let width = self.extent(self.columns, self.shape.width);
        match height.saturating_mul(width) {
            ..=PIXELS_LIMIT => Ok((height, width)),
            _ => Err(PlotError::TooLarge {
                height,
                width,
                limit: PIXELS_LIMIT,
            }),
        }
    }

    /// Length of `images` images of `pixels` pixels each with the gaps between them.
    fn extent(&self, images: usize, pixels: usize) -> usize {
        let gaps = (images - 1).saturating_mul(self.gap);
        let pixels = pixels.saturating_mul(self.magnification);
        images.saturating_mul(pixels).saturating_add(gaps)
    }

    /// First row and column of the picture that belong to an image.
    fn corner(&self, image: usize) -> (usize, usize) {
        let (row, column) = (image / self.columns, image % self.columns);
        (
            row * (self.shape.height * self.magnification + self.gap),
            column * (self.shape.width * self.magnification + self.gap),
        )
    }
}

fn check_images<F: Float>(images: ArrayView2<F>, shape: ImageShape) -> Result<(), PlotError> {
    let (expected, found) = (shape.pixels(), images.ncols());
    if images.nrows() == 0 {
        return Err(PlotError::NoImages { shape });
    }
    if expected == 0 {
        return Err(PlotError::NoPixels { shape });
    }
    if found != expected {
        return Err(PlotError::ImageWidth {
            shape,
            expected,
            found,
        });
    }
    match images.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some(((image, pixel), &x)) => Err(PlotError::NonFinite {
            image,
            pixel,
            value: number(x),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
