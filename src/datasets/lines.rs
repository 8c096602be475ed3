//! What text files of one image a line have in common.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::error::DataError;
use super::source::{data_error, ShortLines, Source};
use super::text::{excerpt, number, TextError};
use crate::ImageShape;

/// Bytes that a field may take up, its separator included.
const FIELD_BYTES: usize = 64;
/// Most bytes of a file, decompressed, unless the dataset's are known to be fewer.
const FILE_BYTES: u64 = 1 << 33;
/// Most images and most values of all images together, unless set otherwise.
const IMAGES: usize = 1 << 20;
const VALUES: usize = 1 << 28;

/// The images that a reader takes unless it is told otherwise.
pub(super) fn default_max_images(pixels: usize) -> usize {
    (VALUES / pixels.max(1)).clamp(1, IMAGES)
}

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
    pub(super) max_images: usize,
    /// Most bytes of the file, decompressed.
    pub(super) max_bytes: u64,
}

impl Contents {
    pub(super) fn new(shape: ImageShape, classes: usize, low: f64, high: f64) -> Self {
        Self {
            shape,
            classes,
            first_label: 0,
            low,
            high,
            max_images: default_max_images(shape.pixels()),
            max_bytes: FILE_BYTES,
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

    /// [low, high] to [0, 1]; by halves where the difference is beyond all numbers.
    pub(super) fn scale(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        match width.is_finite() {
            true => (value - self.low) / width,
            false => (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
        }
    }
}

/// What separates the fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// Any number of blanks.
    Blanks,
    /// A comma; fields may stand in quotes.
    Comma,
}

/// A line that is not blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    bytes: &'a [u8],
    separator: Separator,
    /// Its number in the file, from 1.
    pub(super) number: u64,
}

impl<'a> Line<'a> {
    /// The fields, without the blanks around them; at least one.
    pub(super) fn fields(self) -> impl Iterator<Item = &'a [u8]> {
        let blanks = self.separator == Separator::Blanks;
        self.bytes
            .split(move |&byte| match blanks {
                true => byte.is_ascii_whitespace(),
                false => byte == b',',
            })
            .map(<[u8]>::trim_ascii)
            .filter(move |field| !blanks || !field.is_empty())
            .map(move |field| if blanks { field } else { unquoted(field) })
    }

    /// The line has as many fields as an image with its label.
    pub(super) fn check_fields(self, expected: usize) -> Result<(), TextError> {
        let found = self.fields().count();
        match found == expected {
            true => Ok(()),
            false => Err(TextError::Fields {
                line: self.number,
                found,
                expected,
            }),
        }
    }
}

/// The field without the quotes around it.
fn unquoted(field: &[u8]) -> &[u8] {
    let inner = field.strip_prefix(b"\"");
    inner
        .and_then(|field| field.strip_suffix(b"\""))
        .unwrap_or(field)
}

/// Calls `parse` with every line that is not blank, but for the first if it is a `header`, and gives the labels that `parse` gives.
///
/// A line is in memory at a time, and no more images are parsed than `contents` allows.
pub(super) fn read_lines(
    source: Source<impl BufRead>,
    path: &Path,
    contents: &Contents,
    (separator, mut header): (Separator, bool),
    mut parse: impl FnMut(Line<'_>) -> Result<usize, TextError>,
) -> Result<Vec<usize>, DataError> {
    let mut reader = BufReader::new(ShortLines::new(path, source, contents.line_bytes()));
    let (mut bytes, mut labels) = (Vec::new(), Vec::new());
    for number in 1.. {
        bytes.clear();
        let count = reader
            .read_until(b'\n', &mut bytes)
            .map_err(|error| data_error(path, error))?;
        if count == 0 {
            break;
        }
        let bytes = trimmed(&bytes, number);
        if bytes.is_empty() || std::mem::take(&mut header) {
            continue;
        }
        if labels.len() == contents.max_images {
            let limit = contents.max_images;
            let line = number;
            return Err(text(path, TextError::Images { line, limit }));
        }
        let line = Line {
            bytes,
            separator,
            number,
        };
        labels.push(parse(line).map_err(|fault| text(path, fault))?);
    }
    match labels.is_empty() {
        true => Err(text(path, TextError::NoLines)),
        false => Ok(labels),
    }
}

/// The line without blanks at its ends, nor the mark that some editors start a file with.
fn trimmed(bytes: &[u8], number: u64) -> &[u8] {
    let mark: &[u8] = if number == 1 { b"\xef\xbb\xbf" } else { b"" };
    bytes.strip_prefix(mark).unwrap_or(bytes).trim_ascii()
}

pub(super) fn text(path: &Path, fault: TextError) -> DataError {
    DataError::Text {
        path: path.to_path_buf(),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_and_the_widest_range_are_scaled() {
        for (low, high) in [
            (0.0, 5e-324),
            (-f64::MAX, f64::MAX),
            (1.0, 1.0 + f64::EPSILON),
        ] {
            let contents = Contents::new(ImageShape::new(1, 1), 1, low, high);
            assert_eq!((contents.scale(low), contents.scale(high)), (0.0, 1.0));
        }
    }

    #[test]
    fn images_are_limited_by_their_number_and_by_their_values() {
        assert_eq!(default_max_images(1), 1 << 20);
        assert_eq!(default_max_images(784), 342_392);
        assert_eq!(default_max_images(usize::MAX), 1);
        assert_eq!(default_max_images(0), 1 << 20);
    }
}
