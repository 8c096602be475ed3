//! Why a picture could not be drawn or written.

use std::io;
use std::path::PathBuf;

use crate::ImageShape;

/// Values that cannot be drawn, options out of their range, or a file that could not be written.
///
/// # Example
///
/// ```
/// use linfa_fisher::report::plot::{ImageGrid, PlotError};
/// use linfa_fisher::ImageShape;
/// use ndarray::array;
///
/// let error = ImageGrid::new(array![[0.0, 1.0, 0.0]].view(), ImageShape::new(2, 2)).unwrap_err();
/// assert_eq!(error.to_string(), "the images have 3 pixels, expected 4 for the shape 2x2");
/// assert!(matches!(error, PlotError::ImageWidth { expected: 4, found: 3, .. }));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// A matrix that holds no image.
    #[error("no images of shape {shape}, expected at least one")]
    NoImages {
        /// Shape of the images.
        shape: ImageShape,
    },
    /// Images without pixels.
    #[error("images of {shape} pixels, expected at least one pixel")]
    NoPixels {
        /// Shape of the images.
        shape: ImageShape,
    },
    /// Images whose number of pixels is not that of their shape.
    #[error("the images have {found} pixels, expected {expected} for the shape {shape}")]
    ImageWidth {
        /// Shape of the images.
        shape: ImageShape,
        /// Pixels of the shape.
        expected: usize,
        /// Pixels found.
        found: usize,
    },
    /// A pixel that is NaN or infinite.
    #[error("pixel {pixel} of image {image} is {value}, expected a finite number")]
    NonFinite {
        /// Index of the image; of the hidden unit for a filter.
        image: usize,
        /// Index of the pixel.
        pixel: usize,
        /// The value found.
        value: f64,
    },
    /// A grey scale whose ends are equal or not finite.
    #[error("a grey scale from {black} to {white}, expected two finite numbers that differ")]
    GreyRange {
        /// The value drawn black.
        black: f64,
        /// The value drawn white.
        white: f64,
    },
    /// A grid of 0 columns.
    #[error("{0} columns of images, expected at least 1")]
    InvalidColumns(usize),
    /// A magnification by 0.
    #[error("magnification {0}, expected at least 1")]
    InvalidMagnification(usize),
    /// A picture of more pixels than a PNG file can have.
    #[error(
        "the picture would be {height} x {width} pixels, expected at most {limit} in all: take fewer images or a lower magnification"
    )]
    TooLarge {
        /// Height of the picture; `usize::MAX` if it is greater.
        height: usize,
        /// Width of the picture; `usize::MAX` if it is greater.
        width: usize,
        /// Greatest number of pixels allowed.
        limit: usize,
    },
    /// A picture without curves.
    #[error("no curves, expected at least one: add one by Curves::curve")]
    NoCurves,
    /// A curve without points.
    #[error("curve {curve} has no points, expected at least one")]
    NoPoints {
        /// Name of the curve.
        curve: String,
    },
    /// A point that is NaN or infinite.
    #[error("point {point} of curve {curve} is ({x}, {y}), expected finite numbers")]
    NonFinitePoint {
        /// Name of the curve.
        curve: String,
        /// Index of the point.
        point: usize,
        /// The x found.
        x: f64,
        /// The y found.
        y: f64,
    },
    /// The operating system refused to write the file.
    #[error("{} could not be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<PlotError>();
    }
}
