//! Images in the sparse text format of LIBSVM.

use std::ops::RangeInclusive;

use linfa::Float;

use super::error::TextError;
use super::field::excerpt;
use super::format::RowFormat;
use super::image_row::ImageRow;
use super::line::Line;
use super::options::RowOptions;
use super::reader::RowReader;
use crate::ImageShape;

/// Reader of images in the sparse text format of LIBSVM, plain or compressed, one image a line.
///
/// A line holds the label, then `index:value` for the pixels. Indices count from 1, row by row, and
/// ascend within a line. A pixel that is left out has the value 0 or, when 0 is outside the range
/// of values, the value of the range nearest to 0. Unless set otherwise the values are -1 to 1 and
/// the labels are 1 to the number of classes, as in LIBSVM's `usps`.
///
/// A line of two bytes can be a whole image, so that only the greatest number of images
/// ([`RowReader::max_images`]) bounds the memory that a file takes.
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
pub type LibsvmImages = RowReader<LibsvmRows>;

/// The format of [`LibsvmImages`]: the label, then pairs `index:value`, separated by blanks.
///
/// ```
/// use linfa_fisher::datasets::{ImageShape, LibsvmRows, RowReader};
///
/// let reader = RowReader::<LibsvmRows>::new(ImageShape::USPS, 10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibsvmRows;

impl LibsvmImages {
    /// A reader of images of one shape and of the classes `0..classes`.
    pub fn new(shape: ImageShape, classes: usize) -> Self {
        Self {
            format: LibsvmRows,
            options: RowOptions::new(shape, classes, -1.0, 1.0),
        }
        .first_label(1)
    }
}

impl RowFormat for LibsvmRows {
    fn parse<F: Float>(
        &self,
        line: Line<'_>,
        image: &mut ImageRow<'_, F>,
    ) -> Result<usize, TextError> {
        let mut fields = line.words();
        let class = image.class(fields.next().unwrap_or_default())?;
        let pixels = image.pixels();
        let mut last = 0;
        for (number, field) in (2..).zip(fields) {
            let (index, value) = split_pair(field, line.number, number)?;
            check_index(index, last + 1..=pixels, line.number, number)?;
            image.pad(index - 1);
            image.push(value, number)?;
            last = index;
        }
        image.pad(pixels);
        Ok(class)
    }
}

/// The index and the value of `index:value`.
fn split_pair(field: &[u8], line: u64, number: usize) -> Result<(usize, &[u8]), TextError> {
    let pair = || {
        let colon = field.iter().position(|&byte| byte == b':')?;
        let index = std::str::from_utf8(&field[..colon]).ok()?.parse().ok()?;
        Some((index, &field[colon + 1..]))
    };
    pair().ok_or_else(|| TextError::Pair {
        line,
        field: number,
        found: excerpt(field),
    })
}

/// Checks that an index is beyond the one before it and within the image.
fn check_index(
    found: usize,
    allowed: RangeInclusive<usize>,
    line: u64,
    number: usize,
) -> Result<(), TextError> {
    match allowed.contains(&found) {
        true => Ok(()),
        false => Err(TextError::Index {
            line,
            field: number,
            found,
            least: *allowed.start(),
            greatest: *allowed.end(),
        }),
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

    /// A line without pairs would be filled up with background.
    #[test]
    fn images_beyond_all_memory_are_refused() {
        let reader = LibsvmImages::new(ImageShape::new(usize::MAX, 2), 3);
        let outcome = reader.read_from::<f32>("1\n".as_bytes(), "x");
        assert!(matches!(outcome, Err(DataError::TooManyPixels { .. })));
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
