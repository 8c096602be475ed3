//! What text files of one image a line have in common.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::error::DataError;
use super::source::{data_error, ShortLines, Source};
use super::text::{excerpt, number, TextError};
use crate::ImageShape;

/// Bytes that a field may take up, its separator included.
const FIELD_BYTES: usize = 64;
/// Most bytes of a file, decompressed.
pub(super) const FILE_BYTES: u64 = 1 << 34;

/// The images and labels that a text file may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contents {
    pub(super) shape: ImageShape,
    pub(super) classes: usize,
    pub(super) first_label: usize,
    /// Value of background.
    pub(super) low: f64,
    /// Value of full ink.
    pub(super) high: f64,
}

impl Contents {
    pub(super) fn new(shape: ImageShape, classes: usize, low: f64, high: f64) -> Self {
        Self {
            shape,
            classes,
            first_label: 0,
            low,
            high,
        }
    }

    /// The options make sense.
    pub(super) fn check(&self) -> Result<(), DataError> {
        if self.shape.pixels() == 0 {
            return Err(DataError::NoPixels { shape: self.shape });
        }
        if !(self.low.is_finite() && self.high.is_finite() && self.low < self.high) {
            return Err(DataError::ValueRange {
                low: self.low,
                high: self.high,
            });
        }
        Ok(())
    }

    /// Fields of a line that holds all pixels and the label.
    pub(super) fn fields(&self) -> usize {
        self.shape.pixels().saturating_add(1)
    }

    /// Longest line allowed, in bytes.
    pub(super) fn line_bytes(&self) -> usize {
        self.fields().saturating_mul(FIELD_BYTES)
    }

    /// The class that a field names; whole numbers may be written as `6.0000`.
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

    /// The value of a field, counted from 1 in its line, scaled to [0, 1].
    pub(super) fn pixel(&self, field: &[u8], line: u64, index: usize) -> Result<f64, TextError> {
        let value = number(field).ok_or_else(|| TextError::Number {
            line,
            field: index,
            found: excerpt(field),
        })?;
        if !(self.low..=self.high).contains(&value) {
            return Err(TextError::Range {
                line,
                field: index,
                found: value,
                low: self.low,
                high: self.high,
            });
        }
        Ok(self.scale(value))
    }

    /// [low, high] to [0, 1], without overflow of the difference.
    pub(super) fn scale(&self, value: f64) -> f64 {
        (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }
}

/// Calls `parse` with the fields of every line that has any, and the number of the line from 1.
///
/// Fields are separated by blanks. Returns the labels that `parse` gives.
pub(super) fn read_lines(
    source: Source<impl BufRead>,
    path: &Path,
    limit: usize,
    mut parse: impl FnMut(&[&[u8]], u64) -> Result<usize, TextError>,
) -> Result<Vec<usize>, DataError> {
    let mut reader = BufReader::new(ShortLines::new(path, source, limit));
    let (mut bytes, mut labels) = (Vec::new(), Vec::new());
    for line in 1.. {
        bytes.clear();
        let count = reader
            .read_until(b'\n', &mut bytes)
            .map_err(|error| data_error(path, error))?;
        if count == 0 {
            break;
        }
        let fields: Vec<&[u8]> = bytes
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty())
            .collect();
        if !fields.is_empty() {
            labels.push(parse(&fields, line).map_err(|fault| text(path, fault))?);
        }
    }
    match labels.is_empty() {
        true => Err(text(path, TextError::NoLines)),
        false => Ok(labels),
    }
}

pub(super) fn text(path: &Path, fault: TextError) -> DataError {
    DataError::Text {
        path: path.to_path_buf(),
        fault,
    }
}
