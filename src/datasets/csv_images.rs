//! Images as CSV: one image a row, its label last or first.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::{Array1, Array2, Ix1};

use super::error::DataError;
use super::lines::{read_lines, Contents, Line, Separator};
use super::source::Source;
use super::text::TextError;
use crate::ImageShape;

/// Reader of comma-separated images, plain or gzip'd, one a row.
///
/// A row holds `height * width` values row by row, and the label: a whole number below the number of classes. Unless
/// set otherwise the label comes last, the values are 0 to 255 and there is no header line. Values are scaled to [0, 1].
/// A number may stand in quotes. A row is a line, and lines without a field are passed over.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{CsvImages, ImageShape};
///
/// let text = "7,0,255\n3,51,0\n";
/// let dataset = CsvImages::new(ImageShape::new(1, 2), 10)
///     .label_first(true)
///     .read_from::<f64>(text.as_bytes(), "two.csv")?;
/// assert_eq!(dataset.targets.to_vec(), [7, 3]);
/// assert_eq!(dataset.records[[1, 0]], 0.2);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CsvImages {
    contents: Contents,
    label_first: bool,
    header: bool,
}

impl CsvImages {
    /// Images of one shape, of classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            contents: Contents::new(shape, classes, 0.0, 255.0),
            label_first: false,
            header: false,
        }
    }

    /// Values of background, which becomes 0, and of full ink, which becomes 1. Default: 0 and 255.
    pub fn values(mut self, low: f64, high: f64) -> Self {
        (self.contents.low, self.contents.high) = (low, high);
        self
    }

    /// Whether the label is the first field of a row and not the last. Default: false.
    pub fn label_first(mut self, first: bool) -> Self {
        self.label_first = first;
        self
    }

    /// Whether the first line names the columns. Default: false.
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
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

    /// Reads a file: records (n x `height * width`) in [0, 1], n targets.
    ///
    /// # Errors
    ///
    /// [`DataError`] when the file cannot be read, is no such table ([`DataError::Text`]) or when the reader was set to
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
    /// As [`CsvImages::read`].
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
        let format = (Separator::Comma, self.header);
        let labels = read_lines(source, path, &self.contents, format, |line| {
            self.parse(line, &mut values)
        })?;
        Ok(image_dataset(self.contents.shape, values, labels))
    }

    /// Appends the pixels of a row and gives its class.
    fn parse<F: Float>(&self, row: Line<'_>, values: &mut Vec<F>) -> Result<usize, TextError> {
        let fields = self.contents.fields();
        row.check_fields(fields)?;
        let label_at = if self.label_first { 1 } else { fields };
        let mut class = 0;
        for (index, field) in (1..).zip(row.fields()) {
            if index == label_at {
                class = self.contents.class(field, row.number)?;
            } else {
                values.push(F::cast(self.contents.pixel(field, row.number, index)?));
            }
        }
        Ok(class)
    }
}

/// A dataset of images with named pixels; `values` holds `shape.pixels()` values a label.
pub(super) fn image_dataset<F: Float>(
    shape: ImageShape,
    values: Vec<F>,
    labels: Vec<usize>,
) -> Dataset<F, usize, Ix1> {
    let records = Array2::from_shape_vec((labels.len(), shape.pixels()), values)
        .expect("every image appends exactly shape.pixels() values");
    Dataset::new(records, Array1::from_vec(labels)).with_feature_names(shape.feature_names())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::mutation::damaged;
    use proptest::prelude::*;

    const SHAPE: ImageShape = ImageShape::new(2, 2);

    fn read(reader: &CsvImages, text: &str) -> Result<Dataset<f64, usize, Ix1>, DataError> {
        reader.read_from(text.as_bytes(), "x.csv")
    }

    fn fault(text: &str) -> TextError {
        match read(&CsvImages::new(SHAPE, 3), text) {
            Err(DataError::Text { fault, .. }) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<CsvImages>();
        has_autotraits::<TextError>();
        has_autotraits::<DataError>();
    }

    #[test]
    fn options_choose_header_label_and_range() {
        let reader = CsvImages::new(SHAPE, 3)
            .header(true)
            .label_first(true)
            .values(-1.0, 1.0);
        let dataset = read(&reader, "label,a,b,c,d\n2.000,-1,0,1.0, 0.5\n0,1,1,1,1").unwrap();
        assert_eq!(dataset.targets.to_vec(), [2, 0]);
        assert_eq!(dataset.records.row(0).to_vec(), [0.0, 0.5, 1.0, 0.75]);
        assert_eq!(ImageShape::of(&dataset), Some(SHAPE));
    }

    #[test]
    fn faults_are_told_with_line_and_field() {
        assert_eq!(
            fault("1,2,3,4,0\n1,2,3,0\n"),
            TextError::Fields {
                line: 2,
                found: 4,
                expected: 5
            }
        );
        assert_eq!(
            fault("1,2,x,4,0\n"),
            TextError::Number {
                line: 1,
                field: 3,
                found: "x".to_string()
            }
        );
        for (pixel, found) in [("256", 256.0), ("-1", -1.0), ("inf", f64::INFINITY)] {
            assert_eq!(
                fault(&format!("1,{pixel},3,4,0")),
                TextError::Range {
                    line: 1,
                    field: 2,
                    found,
                    low: 0.0,
                    high: 255.0
                }
            );
        }
        assert!(matches!(
            fault("1,NaN,3,4,0"),
            TextError::Range { found, .. } if found.is_nan()
        ));
        for label in ["3", "-1", "0.5", "NaN", "one", ""] {
            assert_eq!(
                fault(&format!("1,2,3,4,{label}")),
                TextError::Label {
                    line: 1,
                    found: label.to_string(),
                    first: 0,
                    classes: 3
                }
            );
        }
        assert_eq!(fault("\n\n"), TextError::NoLines);
        let long = ",".repeat(400);
        assert_eq!(
            fault(&long),
            TextError::LongLine {
                line: 1,
                limit: 320
            }
        );
    }

    #[test]
    fn lines_are_counted_as_they_stand_in_the_file() {
        let faulty = |text| match fault(text) {
            TextError::Number { line, field, .. } => (line, field),
            other => panic!("{other:?}"),
        };
        assert_eq!(faulty("1,2,3,4,0\r\n\r\n \r\n\n1,2,3,x,0\r\n"), (5, 4));
        assert_eq!(faulty("\n\n1,2,3,4\r,0\n1,2\r,x,4,0"), (4, 3));
        let reader = CsvImages::new(SHAPE, 3).header(true);
        let error = read(&reader, "\r\na,b,c,d,e\r\n\r\n1,2,,4,0\r\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "x.csv: line 4, field 3 is \"\", expected a number"
        );
    }

    /// Quotes do not hold lines together, or else one field could be as long as the file.
    #[test]
    fn quotes_end_with_their_line() {
        let dataset = read(&CsvImages::new(SHAPE, 3), "\"1\",\"2\" , 3,4,\"0\"\n").unwrap();
        assert_eq!(dataset.records[[0, 1]], 2.0 / 255.0);
        let text = format!("\"{}1,2,3,4,0\n", "1\n".repeat(1 << 16));
        assert_eq!(
            fault(&text),
            TextError::Fields {
                line: 1,
                found: 1,
                expected: 5
            }
        );
    }

    #[test]
    fn labels_may_count_from_any_number_and_images_are_limited() {
        let reader = CsvImages::new(SHAPE, 2).first_label(7).max_images(1);
        let dataset = read(&reader, "\u{feff}1,2,3,4,8\n").unwrap();
        assert_eq!(dataset.targets.to_vec(), [1]);
        let limited = TextError::Images { line: 3, limit: 1 };
        assert!(matches!(
            read(&reader, "1,2,3,4,8\n\n1,2,3,4,8"),
            Err(DataError::Text { fault, .. }) if fault == limited
        ));
    }

    #[test]
    fn senseless_options_are_refused() {
        let reader = CsvImages::new(ImageShape::new(0, 5), 3);
        assert!(matches!(
            read(&reader, "1"),
            Err(DataError::NoPixels { .. })
        ));
        for (low, high) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (0.0, f64::INFINITY),
            (f64::NAN, 1.0),
        ] {
            let reader = CsvImages::new(SHAPE, 3).values(low, high);
            assert!(matches!(
                read(&reader, "1"),
                Err(DataError::ValueRange { .. })
            ));
        }
        let reader = CsvImages::new(ImageShape::new(usize::MAX, 2), 3);
        assert!(matches!(read(&reader, "1"), Err(DataError::Text { .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12_000))]

        #[test]
        fn damaged_text_does_not_panic(
            bytes in damaged(b"0,17,255,3.5,1\n1,\"2\",3,4,2\r\n1,1,1,1,0\n".to_vec())
        ) {
            let outcome = CsvImages::new(SHAPE, 3).read_from::<f32>(bytes.as_slice(), "x.csv");
            if let Ok(dataset) = outcome {
                prop_assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
                prop_assert!(dataset.records.len() <= bytes.len() || bytes.starts_with(&[0x1f]));
            }
        }
    }
}
