//! Images as lines of numbers separated by blanks, the label first.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::csv_images::image_dataset;
use super::error::DataError;
use super::lines::{read_lines, Contents, Line, Separator};
use super::source::Source;
use super::text::TextError;
use crate::ImageShape;

/// Reader of lines of numbers, plain or gzip'd: the label, then `height * width` values row by row.
///
/// Any number of blanks separates the numbers. Unless set otherwise the values are -1 to 1, as those of the USPS digits that
/// come with *The Elements of Statistical Learning*. Values are scaled to [0, 1].
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, TextImages};
///
/// let dataset = TextImages::new(ImageShape::new(1, 2), 10)
///     .read_from::<f64>("6.0000 -1.0000 1.0000 \n5.0000 0.0000 0.5000\n".as_bytes(), "zip.train")?;
/// assert_eq!(dataset.targets.to_vec(), [6, 5]);
/// assert_eq!(dataset.records.row(1).to_vec(), [0.5, 0.75]);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TextImages {
    contents: Contents,
}

impl TextImages {
    /// Images of one shape, of classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            contents: Contents::new(shape, classes, -1.0, 1.0),
        }
    }

    /// Values of background, which becomes 0, and of full ink, which becomes 1. Default: -1 and 1.
    pub fn values(mut self, low: f64, high: f64) -> Self {
        (self.contents.low, self.contents.high) = (low, high);
        self
    }

    /// The label in the file of class 0; that of class k is greater by k. Default: 0.
    pub fn first_label(mut self, label: usize) -> Self {
        self.contents.first_label = label;
        self
    }

    /// Most images that a file may hold. Default: as many as have 2^28 values together, 2^20 at most.
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
    /// As [`TextImages::read`].
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
        line.check_fields(self.contents.fields())?;
        let mut class = 0;
        for (index, field) in (1..).zip(line.fields()) {
            match index {
                1 => class = self.contents.class(field, line.number)?,
                _ => values.push(F::cast(self.contents.pixel(field, line.number, index)?)),
            }
        }
        Ok(class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::mutation::damaged;
    use proptest::prelude::*;

    const SHAPE: ImageShape = ImageShape::new(2, 2);

    fn fault(text: &str) -> TextError {
        match TextImages::new(SHAPE, 3).read_from::<f32>(text.as_bytes(), "x.txt") {
            Err(DataError::Text { fault, .. }) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<TextImages>();
    }

    #[test]
    fn blanks_of_any_number_separate() {
        let text = "\n 2.0  -1 0\t1 0.5 \r\n\n0 1 1 1 1";
        let dataset = TextImages::new(SHAPE, 3)
            .read_from::<f64>(text.as_bytes(), "x.txt")
            .unwrap();
        assert_eq!(dataset.targets.to_vec(), [2, 0]);
        assert_eq!(dataset.records.row(0).to_vec(), [0.0, 0.5, 1.0, 0.75]);
        assert_eq!(ImageShape::of(&dataset), Some(SHAPE));
        let reader = TextImages::new(SHAPE, 3).values(-f64::MAX, f64::MAX);
        let dataset = reader.read_from::<f64>(text.as_bytes(), "x").unwrap();
        assert!(dataset.records.iter().all(|&v| v == 0.5));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let labels = [2, 0, 1];
        let value =
            |row: usize, column: usize| ((row * 1291 + column * 577) % 2001) as f64 / 1000.0 - 1.0;
        let line = |row: usize| {
            let pixels = (0..4).map(|column| format!(" {:.4}", value(row, column)));
            format!("{:.4}{}\n", labels[row] as f64, pixels.collect::<String>())
        };
        let text: String = (0..3).map(line).collect();
        let dataset = TextImages::new(SHAPE, 3)
            .read_from::<f64>(text.as_bytes(), "x")
            .unwrap();
        assert_eq!(dataset.targets.to_vec(), labels);
        for ((row, column), pixel) in dataset.records.indexed_iter() {
            assert!((pixel * 2.0 - 1.0 - value(row, column)).abs() < 1e-12);
        }
    }

    #[test]
    fn faults_are_told_with_line_and_field() {
        let expected = 5;
        assert_eq!(
            fault("0 1 1 1 1\n0 1 1 1\n"),
            TextError::Fields {
                line: 2,
                found: 4,
                expected
            }
        );
        assert_eq!(
            fault("0 1 x 1 1"),
            TextError::Number {
                line: 1,
                field: 3,
                found: "x".into()
            }
        );
        assert!(matches!(
            fault("0 1 1.001 1 1"),
            TextError::Range {
                line: 1,
                field: 3,
                ..
            }
        ));
        assert!(matches!(fault("0 1 NaN 1 1"), TextError::Range { .. }));
        assert!(matches!(fault("0 1 inf 1 1"), TextError::Range { .. }));
        assert!(matches!(
            fault("3 1 1 1 1"),
            TextError::Label { line: 1, .. }
        ));
        assert!(matches!(fault("0.5 1 1 1 1"), TextError::Label { .. }));
        assert!(matches!(fault("NaN 1 1 1 1"), TextError::Label { .. }));
        assert!(matches!(fault("-1 1 1 1 1"), TextError::Label { .. }));
        assert_eq!(fault(" \n\n"), TextError::NoLines);
        assert!(matches!(
            fault(&" ".repeat(400)),
            TextError::LongLine { line: 1, .. }
        ));
    }

    #[test]
    fn labels_may_count_from_any_number_and_images_are_limited() {
        let reader = TextImages::new(SHAPE, 2).first_label(7).max_images(2);
        let read = |text: &str| reader.read_from::<f32>(text.as_bytes(), "x");
        let dataset = read("8 1 1 1 1\n7 1 1 1 1\n\n").unwrap();
        assert_eq!(dataset.targets.to_vec(), [1, 0]);
        let limited = TextError::Images { line: 4, limit: 2 };
        assert!(matches!(
            read("8 1 1 1 1\n\n7 1 1 1 1\n8 1 1 1 1\n"),
            Err(DataError::Text { fault, .. }) if fault == limited
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12_000))]

        #[test]
        fn damaged_text_does_not_panic(
            bytes in damaged(b"0 1 -1 0.25 1 \n1 .5 3e-1 -0 0\r\n2.000 1 1 1 1\n".to_vec())
        ) {
            if let Ok(dataset) = TextImages::new(SHAPE, 3).read_from::<f32>(bytes.as_slice(), "x") {
                prop_assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
                prop_assert!(dataset.records.len() <= bytes.len() || bytes.starts_with(&[0x1f]));
            }
        }
    }
}
