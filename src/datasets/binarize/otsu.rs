//! Grey levels turned into black and white by a threshold for each image.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Transformer;
use ndarray::{Array2, ArrayBase, ArrayView1, Data, Ix2};

use super::threshold::above;
use crate::datasets::records::map_records;

/// Number of grey levels that are told apart, as many as the datasets' bytes have.
const LEVELS: usize = 256;

/// Turns the values of each row into 0 and 1 by the [`otsu_threshold`] of this row, so that faint
/// and heavy strokes look alike.
///
/// In a row with a single grey level the threshold is 0.5. NaN stays NaN. Transforms arrays (n x
/// d), owned or views, and datasets, whose targets, weights and names are kept. For one threshold
/// for all rows, give the [`otsu_threshold`] of all values to [`Binarize`](super::Binarize).
///
/// Source: N. Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979.
///
/// # Example
///
/// ```
/// use linfa::traits::Transformer;
/// use linfa_fisher::datasets::OtsuBinarize;
/// use ndarray::array;
///
/// let faint = array![[0.0, 0.1, 0.3, 0.4]];
/// assert_eq!(OtsuBinarize.transform(faint), array![[0.0, 0.0, 1.0, 1.0]]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OtsuBinarize;

impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Array2<F>> for OtsuBinarize {
    /// 1 where a value is above its row's threshold, 0 elsewhere; the shape is kept.
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Array2<F> {
        let mut records = records.into_owned();
        for mut row in records.rows_mut() {
            let threshold = otsu_threshold(row.view()).unwrap_or(F::cast(0.5));
            row.mapv_inplace(|value| above(value, threshold));
        }
        records
    }
}

impl<F: Float, D: Data<Elem = F>, T: AsTargets>
    Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, DatasetBase<Array2<F>, T>> for OtsuBinarize
{
    /// The dataset with binary records.
    fn transform(&self, dataset: DatasetBase<ArrayBase<D, Ix2>, T>) -> DatasetBase<Array2<F>, T> {
        map_records(dataset, |records| self.transform(records))
    }
}

/// The threshold in [0, 1] that separates the values into two groups with the greatest variance
/// between their means: `w0 * w1 * (m0 - m1)^2`, with the shares w and the means m of the groups.
///
/// Each value counts as the nearest of 256 grey levels, values outside [0, 1] as 0 or 1, NaN as 0.
/// If no value has a level between those of the two groups, the threshold is in the middle. `None`
/// when all values have the same level.
///
/// ```
/// use linfa_fisher::datasets::otsu_threshold;
/// use ndarray::array;
///
/// assert_eq!(otsu_threshold(array![0.0, 0.0, 0.4, 0.4].view()), Some(0.2));
/// assert_eq!(otsu_threshold(array![0.3, 0.3].view()), None);
/// ```
pub fn otsu_threshold<F: Float>(values: ArrayView1<F>) -> Option<F> {
    let mut histogram = [0_u64; LEVELS];
    for value in values {
        histogram[level(*value)] += 1;
    }
    let total: u64 = histogram.iter().sum();
    let sum = moment(&histogram);
    let (mut below, mut below_sum) = (0, 0);
    let mut best = (0.0, None);
    for (level, &count) in histogram.iter().enumerate() {
        below += count;
        below_sum += level as u64 * count;
        let (w0, w1) = (below as f64, (total - below) as f64);
        // Empty levels repeat the variance of the level before, so that the first of them is
        // chosen.
        let means = below_sum as f64 / w0 - (sum - below_sum) as f64 / w1;
        let variance = w0 * w1 * means * means;
        if variance > best.0 {
            best = (variance, Some(level));
        }
    }
    let last = best.1?;
    let next = (last + 1..LEVELS).find(|&level| histogram[level] > 0)?;
    Some(F::cast((last + next) as f64 / (2 * (LEVELS - 1)) as f64))
}

fn moment(histogram: &[u64; LEVELS]) -> u64 {
    (0..)
        .zip(histogram)
        .map(|(level, count)| level * count)
        .sum()
}

fn level<F: Float>(value: F) -> usize {
    let top = (LEVELS - 1) as f64;
    (value.to_f64().unwrap_or(0.0) * top)
        .round()
        .clamp(0.0, top) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array};
    use proptest::prelude::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<OtsuBinarize>();
    }

    #[test]
    fn rows_choose_for_themselves() {
        let records = array![[0.0, 0.1, 0.3], [0.2, 0.9, 1.0], [0.0; 3], [1.0; 3]];
        assert_eq!(
            OtsuBinarize.transform(records.view()),
            array![[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0; 3], [1.0; 3]]
        );
        let unknown = OtsuBinarize.transform(array![[f64::NAN, 1.0]]);
        assert!(unknown[[0, 0]].is_nan() && unknown[[0, 1]] == 1.0);
        assert_eq!(otsu_threshold(Array1::<f32>::zeros(0).view()), None);
    }

    proptest! {
        #[test]
        fn no_other_threshold_parts_better(levels in prop::collection::vec(0_u8..=255, 2..40)) {
            let values: Array1<f64> = levels.iter().map(|&l| f64::from(l) / 255.0).collect();
            let variance = |threshold: f64| {
                let (high, low): (Vec<f64>, Vec<f64>) = values.iter().partition(|&&v| v > threshold);
                let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
                let between = (high.len() * low.len()) as f64 * (mean(&high) - mean(&low)).powi(2);
                if between.is_nan() { 0.0 } else { between }
            };
            if let Some(best) = otsu_threshold(values.view()) {
                for level in 0..255 {
                    let other = (f64::from(level) + 0.5) / 255.0;
                    prop_assert!(variance(other) <= variance(best) * (1.0 + 1e-9) + 1e-12);
                }
            }
        }
    }
}
