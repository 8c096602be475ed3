//! Images in the sparse text format of LIBSVM.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::csv_images::image_dataset;
use super::error::DataError;
use super::lines::{read_lines, Contents, Line, Separator};
use super::source::Source;
use super::text::{excerpt, TextError};
use crate::ImageShape;

/// Reader of images in the sparse text format of LIBSVM, plain or gzip'd: the label, then `index:value` for the pixels.
///
/// Indices count from 1, row by row, and ascend in a line. A pixel that is left out is 0, or where 0 is no value of the
/// format the nearest that is. Unless set otherwise the labels are 1 to the number of classes and the values -1 to 1, as those
/// of LIBSVM's `usps`. Values are scaled to [0, 1].
///
/// Source: C.-C. Chang and C.-J. Lin, "LIBSVM Data: Classification, Regression, and Multi-label".
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, LibsvmImages};
///
/// let dataset = LibsvmImages::new(ImageShape::new(1, 2), 10)
///     .read_from::<f64>("7 1:-1 2:1\n1 2:0.5\n".as_bytes(), "usps")?;
/// assert_eq!(dataset.targets.to_vec(), [6, 0]);
/// assert_eq!(dataset.records.row(1).to_vec(), [0.5, 0.75]);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LibsvmImages {
    contents: Contents,
}

impl LibsvmImages {
    /// Images of one shape, of classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            contents: Contents {
                first_label: 1,
                ..Contents::new(shape, classes, -1.0, 1.0)
            },
        }
    }

    /// Values of background, which becomes 0, and of full ink, which becomes 1. Default: -1 and 1.
    pub fn values(mut self, low: f64, high: f64) -> Self {
        (self.contents.low, self.contents.high) = (low, high);
        self
    }

    /// The label in the file of class 0; that of class k is greater by k. Default: 1.
    pub fn first_label(mut self, label: usize) -> Self {
        self.contents.first_label = label;
        self
    }

    /// Most images that a file may hold. Default: as many as have 2^28 values together, 2^20 at most;
    /// a line of two bytes is a whole image, so that this is what bounds the memory.
    pub fn max_images(mut self, images: usize) -> Self {
        self.contents.max_images = images;
        self
    }

    /// Most bytes of a file, decompressed.
    pub(super) fn max_bytes(mut self, bytes: u64) -> Self {
        self.contents.max_bytes = bytes;
        self
    }

    /// Reads a file: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// [`DataError`] when the file cannot be read, holds something else ([`DataError::Text`]) or when the reader was set to
    /// images without pixels or to a range of values without width.
    pub fn read<F: Float>(
        &self,
        path: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let path = path.as_ref();
        self.read_source(Source::open(path, self.contents.max_bytes)?, path)
    }

    /// Reads from any stream; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`LibsvmImages::read`].
    pub fn read_from<F: Float>(
        &self,
        reader: impl Read,
        name: impl AsRef<Path>,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        let name = name.as_ref();
        let source = Source::new(name, BufReader::new(reader), self.contents.max_bytes)?;
        self.read_source(source, name)
    }

    fn read_source<F: Float>(
        &self,
        source: Source<impl BufRead>,
        path: &Path,
    ) -> Result<Dataset<F, usize, Ix1>, DataError> {
        self.contents.check()?;
        let mut values = Vec::new();
        let format = (Separator::Blanks, false);
        let labels = read_lines(source, path, &self.contents, format, |line| {
            self.parse(line, &mut values)
        })?;
        Ok(image_dataset(self.contents.shape, values, labels))
    }

    /// Appends the pixels of a line and gives its class.
    fn parse<F: Float>(&self, line: Line<'_>, values: &mut Vec<F>) -> Result<usize, TextError> {
        let mut fields = line.fields();
        let label = fields.next().unwrap_or_default();
        let line = line.number;
        let class = self.contents.class(label, line)?;
        let background = self
            .contents
            .scale(0_f64.clamp(self.contents.low, self.contents.high));
        let pixels = self.contents.shape.pixels();
        let start = values.len();
        let mut last = 0;
        for (number, field) in (2..).zip(fields) {
            let (index, value) = split_pair(field).ok_or_else(|| TextError::Pair {
                line,
                field: number,
                found: excerpt(field),
            })?;
            if !(last + 1..=pixels).contains(&index) {
                return Err(TextError::Index {
                    line,
                    field: number,
                    found: index,
                    least: last + 1,
                    greatest: pixels,
                });
            }
            values.resize(start + index - 1, F::cast(background));
            values.push(F::cast(self.contents.pixel(value, line, number)?));
            last = index;
        }
        values.resize(start + pixels, F::cast(background));
        Ok(class)
    }
}

/// Index and value of `index:value`.
fn split_pair(field: &[u8]) -> Option<(usize, &[u8])> {
    let colon = field.iter().position(|&byte| byte == b':')?;
    let index = std::str::from_utf8(&field[..colon]).ok()?.parse().ok()?;
    Some((index, &field[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::mutation::damaged;
    use proptest::prelude::*;

    const SHAPE: ImageShape = ImageShape::new(2, 2);

    fn fault(text: &str) -> TextError {
        match LibsvmImages::new(SHAPE, 3).read_from::<f32>(text.as_bytes(), "x") {
            Err(DataError::Text { fault, .. }) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<LibsvmImages>();
    }

    #[test]
    fn pixels_left_out_are_zero_or_nearest_to_it() {
        let read = |reader: LibsvmImages| {
            let text = "+3 2:1 4:0.5 \n1\n";
            reader.read_from::<f64>(text.as_bytes(), "x").unwrap()
        };
        let dataset = read(LibsvmImages::new(SHAPE, 3));
        assert_eq!(dataset.targets.to_vec(), [2, 0]);
        assert_eq!(dataset.records.row(0).to_vec(), [0.5, 1.0, 0.5, 0.75]);
        assert_eq!(dataset.records.row(1).to_vec(), [0.5; 4]);
        let dataset = read(LibsvmImages::new(SHAPE, 4).values(0.5, 1.0).first_label(0));
        assert_eq!(dataset.targets.to_vec(), [3, 1]);
        assert_eq!(dataset.records.row(0).to_vec(), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let value = |row: usize, column: usize| ((row * 7 + column * 3) % 9) as f64 / 4.0 - 1.0;
        let line = |row: usize| {
            let pair = |column| match value(row, column) {
                0.0 => String::new(),
                value => format!(" {}:{value}", column + 1),
            };
            format!("{}{}\n", row % 3 + 1, (0..4).map(pair).collect::<String>())
        };
        let text: String = (0..9).map(line).collect();
        let dataset = LibsvmImages::new(SHAPE, 3)
            .read_from::<f64>(text.as_bytes(), "x")
            .unwrap();
        assert_eq!(dataset.targets.to_vec(), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
        for ((row, column), pixel) in dataset.records.indexed_iter() {
            assert_eq!(pixel * 2.0 - 1.0, value(row, column));
        }
    }

    #[test]
    fn faults_are_told_with_line_and_field() {
        let index = |line, field, found, least| TextError::Index {
            line,
            field,
            found,
            least,
            greatest: 4,
        };
        assert_eq!(fault("1 0:1"), index(1, 2, 0, 1));
        assert_eq!(fault("1 5:1"), index(1, 2, 5, 1));
        assert_eq!(fault("1\n2 1:1 3:1 3:1"), index(2, 4, 3, 4));
        for pair in ["x:1", ":1", "1", "-1:1", "99999999999999999999:1"] {
            assert_eq!(
                fault(&format!("1 {pair}")),
                TextError::Pair {
                    line: 1,
                    field: 2,
                    found: pair.into()
                }
            );
        }
        assert!(matches!(fault("1 1:"), TextError::Number { field: 2, .. }));
        assert!(matches!(fault("1 1:2"), TextError::Range { field: 2, .. }));
        assert!(matches!(fault("1 1:NaN"), TextError::Range { .. }));
        for label in ["0", "4", "x", "1.5"] {
            assert!(matches!(
                fault(label),
                TextError::Label {
                    first: 1,
                    classes: 3,
                    ..
                }
            ));
        }
        assert_eq!(fault("\n"), TextError::NoLines);
    }

    #[test]
    fn lines_that_grow_into_images_are_limited() {
        let bomb = "1\n".repeat(20);
        let limited = TextError::Images {
            line: 20,
            limit: 19,
        };
        let reader = LibsvmImages::new(SHAPE, 3).max_images(19);
        assert!(matches!(
            reader.read_from::<f32>(bomb.as_bytes(), "x"),
            Err(DataError::Text { fault, .. }) if fault == limited
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12_000))]

        #[test]
        fn damaged_text_does_not_panic(
            bytes in damaged(b"1 1:1 2:-1 4:.25\n2 3:3e-1 4:1\r\n+3\n".to_vec())
        ) {
            if let Ok(dataset) = LibsvmImages::new(SHAPE, 3).read_from::<f32>(bytes.as_slice(), "x") {
                prop_assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
                // An image is a byte and the end of its line, at least.
                let images = bytes.len().div_ceil(2);
                prop_assert!(dataset.records.nrows() <= images || bytes.starts_with(&[0x1f]));
            }
        }
    }
}
