//! Images as numbers separated by blanks.

use linfa::Float;

use super::error::TextError;
use super::format::RowFormat;
use super::image_row::ImageRow;
use super::line::Line;
use super::options::RowOptions;
use super::reader::RowReader;
use crate::ImageShape;

/// Reader of numbers separated by blanks, plain or compressed, one image a line.
///
/// A line holds the label, then `height * width` values row by row. Unless set otherwise the values
/// are -1 to 1 and the labels count from 0, as in the USPS digits that come with *The Elements of
/// Statistical Learning*.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, TextImages};
///
/// let text = "6.0000 -1.0000 1.0000 \n5.0000 0.0000 0.5000\n";
/// let dataset = TextImages::new(ImageShape::new(1, 2), 10)
///     .read_from::<f64>(text.as_bytes(), "zip.train")?;
/// assert_eq!(dataset.targets.to_vec(), [6, 5]);
/// assert_eq!(dataset.records.row(1).to_vec(), [0.5, 0.75]);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub type TextImages = RowReader<TextRows>;

/// The format of [`TextImages`]: the label, then all values, separated by blanks.
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, RowReader, TextRows};
///
/// let reader = RowReader::<TextRows>::new(ImageShape::USPS, 10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextRows;

impl TextImages {
    /// A reader of images of one shape and of the classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            format: TextRows,
            options: RowOptions::new(shape, classes, -1.0, 1.0),
        }
    }
}

impl RowFormat for TextRows {
    fn parse<F: Float>(
        &self,
        line: Line<'_>,
        image: &mut ImageRow<'_, F>,
    ) -> Result<usize, TextError> {
        image.read_whole(line.words(), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::error::DataError;
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
