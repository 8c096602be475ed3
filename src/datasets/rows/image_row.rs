//! The pixels and the class of the image that one line holds.

use linfa::Float;

use super::error::TextError;
use super::options::RowOptions;
use crate::datasets::image_dataset::transpose;

/// An image that grows pixel by pixel while its line is parsed.
#[derive(Debug)]
pub struct ImageRow<'a, F> {
    options: &'a RowOptions,
    line: u64,
    /// The pixels of all images so far; those of this image start at `start`.
    values: &'a mut Vec<F>,
    start: usize,
    /// Value of the pixels that a sparse format leaves out: 0, or the nearest value of the range.
    background: F,
}

impl<'a, F: Float> ImageRow<'a, F> {
    /// An image without pixels, to be appended to `values`; `options` are checked.
    pub(super) fn new(options: &'a RowOptions, line: u64, values: &'a mut Vec<F>) -> Self {
        let start = values.len();
        Self {
            options,
            line,
            values,
            start,
            background: F::cast(options.range.background()),
        }
    }

    /// Number of pixels of a whole image.
    pub(super) fn pixels(&self) -> usize {
        self.options.shape.pixels()
    }

    /// The class that a label names.
    pub(super) fn class(&self, label: &[u8]) -> Result<usize, TextError> {
        self.options.class(label, self.line)
    }

    /// Appends the pixel whose value stands in the field `number`, counted from 1.
    pub(super) fn push(&mut self, field: &[u8], number: usize) -> Result<(), TextError> {
        let value = self.options.pixel(field, self.line, number)?;
        self.values.push(F::cast(value));
        Ok(())
    }

    /// Appends background until the image has `pixels` pixels.
    pub(super) fn pad(&mut self, pixels: usize) {
        self.values.resize(self.start + pixels, self.background);
    }

    /// Reads a line that holds the label and every pixel; returns the class.
    pub(super) fn read_whole<'f>(
        &mut self,
        fields: impl Iterator<Item = &'f [u8]> + Clone,
        label_first: bool,
    ) -> Result<usize, TextError> {
        self.check_fields(fields.clone().count())?;
        let start = if label_first { 0 } else { self.pixels() };
        let label = start + 1..=start + self.options.label_fields();
        let (mut class, mut marks) = (0, 0);
        for (number, field) in (1..).zip(fields) {
            if !label.contains(&number) {
                self.push(field, number)?;
            } else if !self.options.one_hot {
                class = self.class(field)?;
            } else if self.options.is_mark(field, self.line, number)? {
                class = number - label.start();
                marks += 1;
            }
        }
        self.check_marks(marks)?;
        Ok(class)
    }

    /// Checks that a one-hot label marks one class.
    fn check_marks(&self, found: usize) -> Result<(), TextError> {
        match self.options.one_hot && found != 1 {
            true => Err(TextError::OneHot {
                line: self.line,
                found,
                classes: self.options.classes,
            }),
            false => Ok(()),
        }
    }

    /// Sets an image upright that lies in the file column by column.
    pub(super) fn set_upright(self) {
        if self.options.transposed {
            transpose(&mut self.values[self.start..], self.options.stored_shape());
        }
    }

    /// Checks that a line has as many fields as an image with its label.
    fn check_fields(&self, found: usize) -> Result<(), TextError> {
        let expected = self.options.fields();
        match found == expected {
            true => Ok(()),
            false => Err(TextError::Fields {
                line: self.line,
                found,
                expected,
            }),
        }
    }
}
