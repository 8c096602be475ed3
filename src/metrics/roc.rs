//! Receiver operating characteristic of a binary classifier, and the area under it.

use linfa::Float;
use ndarray::{Array1, ArrayView1};

use super::error::MetricError;
use super::ranking::{Ranking, Step};
use super::scores::binary_scores;
use crate::Result;

/// Receiver operating characteristic (ROC): the share of positive samples that are found against
/// the share of negative ones that are taken for positive, for every threshold of the score.
///
/// ```text
/// TPR(t) = (positive samples with score >= t) / (positive samples)
/// FPR(t) = (negative samples with score >= t) / (negative samples)
/// ```
///
/// Samples of equal scores come in at one threshold, together. The area under the curve, by
/// trapezoids, is the probability that a positive sample has a greater score than a negative one,
/// where a tie counts one half (T. Fawcett, "An introduction to ROC analysis", Pattern Recognition
/// Letters 27, 2006, algorithms 1 and 2). It is counted in whole numbers, so that ties are exact.
///
/// The points are those of scikit-learn's `roc_curve` with `drop_intermediate=False`.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::RocCurve;
/// use ndarray::array;
///
/// let scores = array![0.1, 0.4, 0.35, 0.8];
/// let curve = RocCurve::new(scores.view(), array![false, false, true, true].view())?;
/// assert_eq!(curve.false_positive_rates(), array![0.0, 0.0, 0.5, 0.5, 1.0]);
/// assert_eq!(curve.true_positive_rates(), array![0.0, 0.5, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.thresholds(), array![f64::INFINITY, 0.8, 0.4, 0.35, 0.1]);
/// assert_eq!(curve.area(), 0.75);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RocCurve {
    false_positive_rates: Array1<f64>,
    true_positive_rates: Array1<f64>,
    thresholds: Array1<f64>,
    area: f64,
}

impl RocCurve {
    /// The curve of scores (`n`), of which greater ones speak for the positive class, of samples
    /// that are positive or not (`n`). Scores may be infinite.
    ///
    /// # Errors
    ///
    /// [`TargetCount`](crate::error::RecordsError::TargetCount) for other numbers of scores and
    /// samples, [`NoSamples`](MetricError::NoSamples),
    /// [`IncomparableScore`](MetricError::IncomparableScore) for NaN,
    /// [`MissingOutcome`](MetricError::MissingOutcome) if all samples are positive or all
    /// negative: the curve is undefined then, and its area is not 0.5.
    pub fn new<F: Float>(scores: ArrayView1<F>, positive: ArrayView1<bool>) -> Result<Self> {
        let scores = binary_scores(scores, positive)?;
        Self::of_ranking(&Ranking::of_scores(scores, positive.iter().copied()))
    }

    fn of_ranking(ranking: &Ranking<f64>) -> Result<Self> {
        let (samples, positives) = (ranking.len(), ranking.relevant());
        let area = area(ranking).ok_or_else(|| {
            let outcome = match positives {
                0 => "positive",
                _ => "negative",
            };
            MetricError::MissingOutcome { outcome, samples }
        })?;
        let origin = Step {
            distance: f64::NEG_INFINITY,
            seen: 0,
            hits: 0,
        };
        let points: Vec<_> = std::iter::once(origin).chain(ranking.steps()).collect();
        let negatives = (samples - positives) as f64;
        let misses = points.iter().map(|point| point.seen - point.hits);
        let hits = points.iter().map(|point| point.hits);
        Ok(Self {
            false_positive_rates: misses.map(|misses| misses as f64 / negatives).collect(),
            true_positive_rates: hits.map(|hits| hits as f64 / positives as f64).collect(),
            thresholds: points.iter().map(|point| -point.distance).collect(),
            area,
        })
    }

    /// The m + 1 false positive rates of m distinct scores, ascending from 0 to 1.
    pub fn false_positive_rates(&self) -> ArrayView1<'_, f64> {
        self.false_positive_rates.view()
    }

    /// The true positive rates at the same thresholds (m + 1), ascending from 0 to 1.
    pub fn true_positive_rates(&self) -> ArrayView1<'_, f64> {
        self.true_positive_rates.view()
    }

    /// The thresholds (m + 1): infinity, above which no sample is found, and the m distinct scores
    /// in descending order.
    pub fn thresholds(&self) -> ArrayView1<'_, f64> {
        self.thresholds.view()
    }

    /// The area under the curve, in `[0, 1]`.
    pub fn area(&self) -> f64 {
        self.area
    }
}

/// The area under the curve in whole numbers, twice the pairs of a positive and a negative sample
/// in which the positive one is first, over twice all pairs; `None` without pairs.
pub(super) fn area(ranking: &Ranking<f64>) -> Option<f64> {
    let positives = ranking.relevant();
    let pairs = positives as u128 * (ranking.len() - positives) as u128;
    let (mut doubled, mut hits, mut misses) = (0_u128, 0, 0);
    for step in ranking.steps() {
        let next = step.seen - step.hits;
        doubled += (next - misses) as u128 * (hits + step.hits) as u128;
        (hits, misses) = (step.hits, next);
    }
    (pairs > 0).then(|| doubled as f64 / (2 * pairs) as f64)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RocCurve>();
    }

    #[test]
    fn areas_are_worked_by_hand() {
        let positive = array![true, false, true, false];
        let area = |scores: [f64; 4]| {
            let curve = RocCurve::new(ArrayView1::from(&scores), positive.view());
            curve.unwrap().area()
        };
        assert_eq!(area([4.0, 1.0, 3.0, 2.0]), 1.0);
        assert_eq!(area([1.0, 4.0, 2.0, 3.0]), 0.0);
        assert_eq!(area([0.0; 4]), 0.5);
        // of four pairs, one is a tie and one is wrong
        assert_eq!(area([3.0, 3.0, 1.0, 0.5]), 0.625);
        // zeros of either sign are a tie, infinities are not
        assert_eq!(area([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY]), 0.875);
    }

    /// Negative scores turn every pair around: the areas add up to 1 without rounding.
    #[test]
    fn ties_are_exact() {
        let scores = Array1::from_shape_fn(101, |i| ((i * 37) % 11) as f32);
        let positive = Array1::from_shape_fn(101, |i| (i * i) % 3 == 0);
        let area = |scores: &Array1<f32>| {
            let curve = RocCurve::new(scores.view(), positive.view());
            curve.unwrap().area()
        };
        assert_eq!(area(&scores) + area(&-&scores), 1.0);
    }

    #[test]
    fn one_outcome_has_no_curve() {
        for (positive, missing) in [(true, "negative"), (false, "positive")] {
            let error = RocCurve::new(array![0.1, 0.2].view(), array![positive, positive].view());
            assert!(matches!(
                error.unwrap_err(),
                Error::Metric(MetricError::MissingOutcome { outcome, samples: 2 })
                    if outcome == missing
            ));
        }
        let none = RocCurve::new(Array1::<f64>::zeros(0).view(), Array1::default(0).view());
        assert!(matches!(
            none.unwrap_err(),
            Error::Metric(MetricError::NoSamples)
        ));
    }
}
