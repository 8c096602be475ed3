//! Images as comma-separated values.

use linfa::Float;

use super::error::TextError;
use super::format::RowFormat;
use super::image_row::ImageRow;
use super::line::Line;
use super::options::RowOptions;
use super::reader::RowReader;
use crate::ImageShape;

/// Reader of comma-separated images, plain or compressed, one image a line.
///
/// A line holds `height * width` values row by row, and the label. Unless set otherwise the label
/// comes last, the values are 0 to 255, the labels are 0 to the number of classes minus 1, and
/// there is no header line. A number may stand in quotes, but a line break ends the line also
/// within quotes.
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
pub type CsvImages = RowReader<CsvRows>;

/// The format of [`CsvImages`]: values separated by commas, with the label first or last.
///
/// ```
/// use linfa_fisher::datasets::{CsvRows, ImageShape, RowReader};
///
/// let reader = RowReader::<CsvRows>::new(ImageShape::DIGITS, 10).label_first(true);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvRows {
    label_first: bool,
}

impl CsvImages {
    /// A reader of images of one shape and of the classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            format: CsvRows { label_first: false },
            options: RowOptions::new(shape, classes, 0.0, 255.0),
        }
    }

    /// Sets whether the label is the first field of a line instead of the last. Default: false.
    pub fn label_first(mut self, first: bool) -> Self {
        self.format.label_first = first;
        self
    }

    /// Sets whether a label is one-hot: one field for each class, all 0 but for a 1 at the class.
    /// Default: false.
    pub fn one_hot(mut self, one_hot: bool) -> Self {
        self.options.one_hot = one_hot;
        self
    }
}

impl RowFormat for CsvRows {
    fn parse<F: Float>(
        &self,
        line: Line<'_>,
        image: &mut ImageRow<'_, F>,
    ) -> Result<usize, TextError> {
        let fields = line.bytes.split(|&byte| byte == b',');
        image.read_whole(fields.map(unquoted), self.label_first)
    }
}

/// The field without the blanks and the quotes around it.
fn unquoted(field: &[u8]) -> &[u8] {
    let field = field.trim_ascii();
    let inner = field.strip_prefix(b"\"");
    inner
        .and_then(|field| field.strip_suffix(b"\""))
        .unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::error::DataError;
    use crate::datasets::mutation::damaged;
    use linfa::Dataset;
    use ndarray::Ix1;
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
    fn images_are_set_upright() {
        let reader = CsvImages::new(ImageShape::new(2, 3), 3).transposed(true);
        let dataset = read(&reader.values(0.0, 1.0), "0,1,.2,.3,.4,.5,2").unwrap();
        assert_eq!(
            dataset.records.row(0).to_vec(),
            [0.0, 0.2, 0.4, 1.0, 0.3, 0.5]
        );
        assert_eq!(ImageShape::of(&dataset), Some(ImageShape::new(2, 3)));
    }

    #[test]
    fn labels_may_be_one_hot() {
        let reader = CsvImages::new(SHAPE, 3).one_hot(true);
        let dataset = read(&reader, "1,2,3,4,0,0,1\n1,2,3,4,1,0.0,0").unwrap();
        assert_eq!(dataset.targets.to_vec(), [2, 0]);
        let reader = reader.label_first(true);
        let dataset = read(&reader, "0,1,0,1,2,3,255").unwrap();
        assert_eq!((dataset.targets[0], dataset.records[[0, 3]]), (1, 1.0));
        let fault = |text| read(&reader, text).unwrap_err().to_string();
        assert_eq!(
            fault("0,1,1,1,2,3,4"),
            "x.csv: line 1 marks 2 of 3 classes by 1, expected one"
        );
        assert_eq!(
            fault("0,0,7,1,2,3,4"),
            "x.csv: line 1, field 3 is \"7\", expected 0 or 1 in a one-hot label"
        );
        assert_eq!(
            fault("0,0,1,1,2,3"),
            "x.csv: line 1 has 6 fields, expected 7"
        );
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
        let outcome = read(&reader, "1");
        assert!(matches!(outcome, Err(DataError::TooManyPixels { .. })));
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
