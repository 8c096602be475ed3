//! What the headers and labels of a pair of files are held to.

use std::ops::Range;
use std::path::Path;

use super::IdxImages;
use crate::ImageShape;
use crate::datasets::error::DataError;
use crate::datasets::idx::error::IdxError;
use crate::datasets::limits::{MAX_PIXELS, default_max_images};

impl IdxImages {
    /// The shape of the images as they lie in the file, and which of them to keep.
    pub(in crate::datasets::idx) fn checked(
        &self,
        dims: &[u32; 3],
        path: &Path,
    ) -> Result<(ImageShape, Range<usize>), DataError> {
        let shape = self.stored_shape(dims);
        let checked = shape.and_then(|shape| Ok((shape, self.kept_rows(dims[0] as usize)?)));
        checked.map_err(|fault| DataError::idx(path, fault))
    }

    /// The images to keep, at least one of the `images` in the file.
    pub(super) fn kept_rows(&self, images: usize) -> Result<Range<usize>, IdxError> {
        let rows = self.rows.clone().unwrap_or(0..images);
        match !rows.is_empty() && rows.end <= images {
            true => Ok(rows),
            false => Err(IdxError::Rows {
                found: rows,
                expected: images,
            }),
        }
    }

    /// Rows and columns of the images as they lie in the file, once they are checked.
    pub(super) fn stored_shape(&self, dims: &[u32; 3]) -> Result<ImageShape, IdxError> {
        let stored = ImageShape::new(dims[1] as usize, dims[2] as usize);
        let found = match self.transposed {
            true => ImageShape::new(stored.width, stored.height),
            false => stored,
        };
        match self.shape {
            Some(expected) if expected != found => Err(IdxError::Shape { found, expected }),
            _ => self.check_size(dims[0], stored),
        }
    }

    /// Checks the number of pixels of an image and the number of images.
    fn check_size(&self, found: u32, stored: ImageShape) -> Result<ImageShape, IdxError> {
        if stored.pixels() > MAX_PIXELS {
            return Err(IdxError::Pixels {
                found: stored,
                limit: MAX_PIXELS,
            });
        }
        let default = || default_max_images(stored.pixels());
        let limit = self.max_images.unwrap_or_else(default);
        match found as usize > limit {
            true => Err(IdxError::Images { found, limit }),
            false => Ok(stored),
        }
    }

    /// The class of a label, as a byte, so that labels take up no more memory than in the file.
    pub(super) fn class(&self, offset: u64, label: u8) -> Result<u8, IdxError> {
        let class = usize::from(label).checked_sub(self.first_label);
        match class {
            Some(class) if class < self.classes => Ok(class as u8),
            _ => Err(IdxError::Label {
                offset,
                found: label,
                first: self.first_label,
                last: self
                    .first_label
                    .saturating_add(self.classes.saturating_sub(1)),
            }),
        }
    }
}
