//! Limits on what a reader of images takes into memory unless it is set otherwise.

use super::error::DataError;
use crate::ImageShape;

/// Greatest number of pixels of an image: each takes up the name of a column.
pub(super) const MAX_PIXELS: usize = 1 << 20;
/// Greatest number of images.
const IMAGES: usize = 1 << 20;
/// Greatest number of values of all images together.
const VALUES: usize = 1 << 28;

/// Checks that images of a shape have pixels, and not too many.
pub(super) fn check_pixels(shape: ImageShape) -> Result<(), DataError> {
    let limit = MAX_PIXELS;
    match shape.pixels() {
        0 => Err(DataError::NoPixels { shape }),
        1..=MAX_PIXELS => Ok(()),
        _ => Err(DataError::TooManyPixels { shape, limit }),
    }
}

/// Greatest number of images of `pixels` pixels each.
pub(super) fn default_max_images(pixels: usize) -> usize {
    (VALUES / pixels.max(1)).clamp(1, IMAGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_limited_by_their_number_and_by_their_values() {
        assert_eq!(default_max_images(1), 1 << 20);
        assert_eq!(default_max_images(784), 342_392);
        assert_eq!(default_max_images(usize::MAX), 1);
        assert_eq!(default_max_images(0), 1 << 20);
    }
}
