//! The options that all text formats of one image a line have in common.

use super::error::TextError;
use super::field::{excerpt, number};
use crate::ImageShape;
use crate::datasets::error::DataError;
use crate::datasets::limits::{check_pixels, default_max_images};
use crate::datasets::value_range::ValueRange;

/// Greatest number of bytes of a field with its separator, on average over a line.
const FIELD_BYTES: usize = 64;
/// Greatest number of bytes of a file when decompressed, unless the dataset is known to have fewer.
const FILE_BYTES: u64 = 1 << 33;

/// The images and labels that a text file may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RowOptions {
    pub(super) shape: ImageShape,
    pub(super) classes: usize,
    /// Label of class 0 in the file.
    pub(super) first_label: usize,
    /// Values of background and of full ink.
    pub(super) range: ValueRange,
    /// Whether the images lie in the file column by column.
    pub(super) transposed: bool,
    /// Whether a label is one field for each class, all 0 but for one that is 1.
    pub(super) one_hot: bool,
    /// Whether the first line names the columns.
    pub(super) header: bool,
    pub(super) max_images: usize,
    /// Greatest number of bytes of the file when decompressed.
    pub(super) max_bytes: u64,
}

impl RowOptions {
    /// Images whose values reach from `low` to `high`, with labels from 0 and without a header.
    pub(super) fn new(shape: ImageShape, classes: usize, low: f64, high: f64) -> Self {
        Self {
            shape,
            classes,
            first_label: 0,
            range: ValueRange { low, high },
            transposed: false,
            one_hot: false,
            header: false,
            max_images: default_max_images(shape.pixels()),
            max_bytes: FILE_BYTES,
        }
    }

    /// Checks that images have pixels and that the range of values can be scaled to [0, 1].
    pub(super) fn check(&self) -> Result<(), DataError> {
        check_pixels(self.shape)?;
        self.range.check()
    }

    /// Number of fields of a line that holds the label and every pixel.
    pub(super) fn fields(&self) -> usize {
        self.shape.pixels().saturating_add(self.label_fields())
    }

    /// Number of fields of a label.
    pub(super) fn label_fields(&self) -> usize {
        if self.one_hot { self.classes } else { 1 }
    }

    /// The shape of the images as they lie in the file.
    pub(super) fn stored_shape(&self) -> ImageShape {
        match self.transposed {
            true => ImageShape::new(self.shape.width, self.shape.height),
            false => self.shape,
        }
    }

    /// Length of the longest line allowed, in bytes.
    pub(super) fn line_bytes(&self) -> usize {
        self.fields().saturating_mul(FIELD_BYTES)
    }

    /// The class that a label names; whole numbers may be written as `6.0000`.
    pub(super) fn class(&self, field: &[u8], line: u64) -> Result<usize, TextError> {
        let class = number(field).and_then(|value| {
            let label = value as usize;
            let class = label.checked_sub(self.first_label)?;
            (label as f64 == value && class < self.classes).then_some(class)
        });
        class.ok_or_else(|| TextError::Label {
            line,
            found: excerpt(field),
            first: self.first_label,
            classes: self.classes,
        })
    }

    /// Whether a field of a one-hot label, counted from 1 in its line, marks its class.
    pub(super) fn is_mark(&self, field: &[u8], line: u64, index: usize) -> Result<bool, TextError> {
        match number(field) {
            Some(1.0) => Ok(true),
            Some(0.0) => Ok(false),
            _ => Err(TextError::Mark {
                line,
                field: index,
                found: excerpt(field),
            }),
        }
    }

    /// The value of a field, counted from 1 in its line, scaled to [0, 1].
    pub(super) fn pixel(&self, field: &[u8], line: u64, index: usize) -> Result<f64, TextError> {
        let value = number(field).ok_or_else(|| TextError::Number {
            line,
            field: index,
            found: excerpt(field),
        })?;
        let ValueRange { low, high } = self.range;
        self.range.scaled(value).ok_or(TextError::Range {
            line,
            field: index,
            found: value,
            low,
            high,
        })
    }
}
