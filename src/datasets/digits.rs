//! The handwritten digits that come with the crate.

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::error::DataError;
use super::rows::CsvImages;
use crate::ImageShape;

const FILE: &[u8] = include_bytes!("data/digits.csv.gz");
/// Value of full ink: the number of inked pixels in a 4 x 4 block of the scanned bitmap.
const INK: f64 = 16.0;

/// 1,797 handwritten digits of 8 x 8 pixels: records (1797 x 64) in [0, 1], targets 0 to 9.
///
/// The data are embedded in the crate, so that no file is read or downloaded. The publisher's
/// values, 0 to 16, are divided by 16. The shape of the images is [`ImageShape::DIGITS`].
///
/// Source: the test part of "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak,
/// UCI Machine Learning Repository, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0.
///
/// # Errors
///
/// [`DataError`] when the embedded data cannot be decompressed or parsed, which only happens in a
/// defective build.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets;
///
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
/// assert_eq!((train.records.dim(), test.records.dim()), ((1438, 64), (359, 64)));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn digits<F: Float>() -> Result<Dataset<F, usize, Ix1>, DataError> {
    CsvImages::new(ImageShape::DIGITS, 10)
        .values(0.0, INK)
        .read_from(FILE, "digits.csv.gz")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second image of the set, a one.
    const ONE: &str = "\
...##...
...###..
...##...
..###...
...##...
...##...
...##...
...###..
";

    #[test]
    fn counts_and_sum_are_the_publishers() {
        let dataset = digits::<f64>().unwrap();
        assert_eq!(dataset.records.dim(), (1797, 64));
        let counts: Vec<usize> = (0..10)
            .map(|class| dataset.targets.iter().filter(|&&t| t == class).count())
            .collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert_eq!((dataset.records.sum() * INK).round(), 561_718.0);
        assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
        assert_eq!(ImageShape::of(&dataset), Some(ImageShape::DIGITS));
        assert_eq!(dataset.feature_names()[9], "pixel_1_1");
    }

    #[test]
    fn a_one_stands_upright() {
        let dataset = digits::<f32>().unwrap();
        assert_eq!(dataset.targets[1], 1);
        let drawing = ImageShape::DIGITS.draw(dataset.records.row(1));
        assert_eq!(drawing.to_string(), ONE);
    }
}
