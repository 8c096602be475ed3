//! The reader of all text formats of one image a line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::error::TextError;
use super::format::RowFormat;
use super::image_row::ImageRow;
use super::lines::Lines;
use super::options::RowOptions;
use crate::datasets::error::DataError;
use crate::datasets::image_dataset::image_dataset;
use crate::datasets::source::Source;
use crate::datasets::value_range::ValueRange;

/// Reader of text files, plain or compressed, that hold one image and its label a line.
///
/// Use it as [`CsvImages`], [`TextImages`] or [`LibsvmImages`], which differ in the format `T`.
///
/// A label is a whole number, which may be written as `6.0000`. Values are scaled to [0, 1]. Blank
/// lines are passed over.
///
/// [`CsvImages`]: super::CsvImages
/// [`TextImages`]: super::TextImages
/// [`LibsvmImages`]: super::LibsvmImages
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, TextImages};
///
/// let reader = TextImages::new(ImageShape::new(1, 2), 3).values(0.0, 16.0).first_label(1);
/// let dataset = reader.read_from::<f64>("3 8 16\n1 0 4\n".as_bytes(), "two.txt")?;
/// assert_eq!(dataset.targets.to_vec(), [2, 0]);
/// assert_eq!(dataset.records.row(1).to_vec(), [0.0, 0.25]);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RowReader<T> {
    pub(super) format: T,
    pub(super) options: RowOptions,
}

impl<T: RowFormat> RowReader<T> {
    /// Sets the value of background, which becomes 0, and that of full ink, which becomes 1.
    /// Default: 0 and 255 for [`CsvImages`](super::CsvImages), -1 and 1 for the other formats.
    pub fn values(mut self, low: f64, high: f64) -> Self {
        self.options.range = ValueRange { low, high };
        self
    }

    /// Sets the label of class 0 in the file; the label of class k is greater by k.
    /// Default: 1 for [`LibsvmImages`](super::LibsvmImages), 0 for the other formats.
    pub fn first_label(mut self, label: usize) -> Self {
        self.options.first_label = label;
        self
    }

    /// Sets whether the images lie in the file column by column, as in the CSV files of EMNIST:
    /// they are set upright then. Default: false.
    pub fn transposed(mut self, transposed: bool) -> Self {
        self.options.transposed = transposed;
        self
    }

    /// Sets whether the first line names the columns, so that it holds no image. Default: false.
    pub fn header(mut self, header: bool) -> Self {
        self.options.header = header;
        self
    }

    /// Sets the greatest number of images that a file may hold, which bounds the memory taken.
    /// Default: as many images as have 2^28 values together, but at most 2^20.
    pub fn max_images(mut self, images: usize) -> Self {
        self.options.max_images = images;
        self
    }

    /// Sets the greatest number of bytes of a file when decompressed.
    pub(in crate::datasets) fn max_bytes(mut self, bytes: u64) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// Reads a file: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// - [`DataError::Text`] when a line does not hold an image of the reader's shape and classes;
    /// - [`DataError::NoPixels`], [`DataError::TooManyPixels`] or [`DataError::ValueRange`] when
    ///   the reader was set to images without pixels or of too many, or to a range without width;
    /// - other variants of [`DataError`] when the file cannot be read.
    pub fn read<F: Float>(
        &self,
        path: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let path = path.as_ref();
        self.read_source(Source::open(path, self.options.max_bytes)?, path)
    }

    /// Reads any stream; errors call it by `name`.
    ///
    /// # Errors
    ///
    /// As [`RowReader::read`].
    pub fn read_from<F: Float>(
        &self,
        reader: impl Read,
        name: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let name = name.as_ref();
        let source = Source::new(name, BufReader::new(reader), self.options.max_bytes)?;
        self.read_source(source, name)
    }

    fn read_source<F: Float>(
        &self,
        source: Source<impl BufRead>,
        path: &Path,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        self.options.check()?;
        let mut lines = Lines::new(source, path, self.options.line_bytes());
        if self.options.header {
            lines.next_line()?;
        }
        let fault = |fault| DataError::text(path, fault);
        let (mut values, mut classes) = (Vec::new(), Vec::new());
        while let Some(line) = lines.next_line()? {
            let images = classes.len();
            self.check_room(images, line.number).map_err(fault)?;
            let mut image = ImageRow::new(&self.options, line.number, &mut values);
            classes.push(self.format.parse(line, &mut image).map_err(fault)?);
            image.set_upright();
        }
        match classes.is_empty() {
            true => Err(fault(TextError::NoLines)),
            false => Ok(image_dataset(self.options.shape, values, classes)),
        }
    }

    /// Checks that after `images` images another one is allowed.
    fn check_room(&self, images: usize, line: u64) -> Result<(), TextError> {
        let limit = self.options.max_images;
        match images < limit {
            true => Ok(()),
            false => Err(TextError::Images { line, limit }),
        }
    }
}
