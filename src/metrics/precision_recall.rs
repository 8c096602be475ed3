//! Precision and recall of a binary classifier, and its average precision.

use linfa::Float;
use ndarray::{Array1, ArrayView1};

use super::error::MetricError;
use super::ranking::Ranking;
use super::scores::binary_scores;
use crate::Result;

/// Precision against recall for every threshold of the score.
///
/// ```text
/// P(t) = (positive samples with score >= t) / (samples with score >= t)
/// R(t) = (positive samples with score >= t) / (positive samples)
/// ```
///
/// Samples of equal scores come in at one threshold, together. The points are those of
/// scikit-learn's `precision_recall_curve`: in ascending order of the threshold, with a last point
/// of precision 1 and recall 0 that has no threshold.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::PrecisionRecallCurve;
/// use ndarray::array;
///
/// let scores = array![0.1, 0.4, 0.35, 0.8];
/// let positive = array![false, false, true, true];
/// let curve = PrecisionRecallCurve::new(scores.view(), positive.view())?;
/// assert_eq!(curve.precisions(), array![0.5, 2.0 / 3.0, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.recalls(), array![1.0, 1.0, 0.5, 0.5, 0.0]);
/// assert_eq!(curve.thresholds(), array![0.1, 0.35, 0.4, 0.8]);
/// assert_eq!(curve.average_precision(), (1.0 + 2.0 / 3.0) / 2.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionRecallCurve {
    precisions: Array1<f64>,
    recalls: Array1<f64>,
    thresholds: Array1<f64>,
    average_precision: f64,
}

impl PrecisionRecallCurve {
    /// The curve of scores (`n`), of which greater ones speak for the positive class, of samples
    /// that are positive or not (`n`). Scores may be infinite.
    ///
    /// # Errors
    ///
    /// [`TargetCount`](crate::error::RecordsError::TargetCount) for other numbers of scores and
    /// samples, [`NoSamples`](MetricError::NoSamples),
    /// [`IncomparableScore`](MetricError::IncomparableScore) for NaN,
    /// [`MissingOutcome`](MetricError::MissingOutcome) if no sample is positive: recall is
    /// undefined then. Without negative samples the curve is defined, of precision 1.
    pub fn new<F: Float>(scores: ArrayView1<F>, positive: ArrayView1<bool>) -> Result<Self> {
        let scores = binary_scores(scores, positive)?;
        Self::of_ranking(&Ranking::of_scores(scores, positive.iter().copied()))
    }

    fn of_ranking(ranking: &Ranking<f64>) -> Result<Self> {
        let (samples, outcome) = (ranking.len(), "positive");
        let average_precision = ranking
            .average_precision()
            .ok_or(MetricError::MissingOutcome { outcome, samples })?;
        let positives = ranking.relevant() as f64;
        let mut points: Vec<_> = ranking.steps().collect();
        points.reverse();
        let precisions = points
            .iter()
            .map(|step| step.hits as f64 / step.seen as f64);
        let recalls = points.iter().map(|step| step.hits as f64 / positives);
        Ok(Self {
            precisions: precisions.chain([1.0]).collect(),
            recalls: recalls.chain([0.0]).collect(),
            thresholds: points.iter().map(|step| -step.distance).collect(),
            average_precision,
        })
    }

    /// The precisions at m thresholds and the last one (m + 1), in `[0, 1]`.
    pub fn precisions(&self) -> ArrayView1<'_, f64> {
        self.precisions.view()
    }

    /// The recalls at the same thresholds and the last one (m + 1), descending from 1 to 0.
    pub fn recalls(&self) -> ArrayView1<'_, f64> {
        self.recalls.view()
    }

    /// The m distinct scores in ascending order.
    pub fn thresholds(&self) -> ArrayView1<'_, f64> {
        self.thresholds.view()
    }

    /// The precision averaged over the gains in recall, `sum over t of (R(t) - R(t-)) P(t)`, in
    /// `(0, 1]`: scikit-learn's `average_precision_score`. There is no interpolation in it.
    pub fn average_precision(&self) -> f64 {
        self.average_precision
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<PrecisionRecallCurve>();
    }

    #[test]
    fn one_outcome_has_a_curve_if_it_is_positive() {
        let curve = |positive| {
            let outcomes = array![positive, positive];
            PrecisionRecallCurve::new(array![0.1, 0.1].view(), outcomes.view())
        };
        let all = curve(true).unwrap();
        assert_eq!(all.precisions(), array![1.0, 1.0]);
        assert_eq!(all.recalls(), array![1.0, 0.0]);
        assert_eq!(all.average_precision(), 1.0);
        assert!(matches!(
            curve(false).unwrap_err(),
            Error::Metric(MetricError::MissingOutcome {
                outcome: "positive",
                samples: 2
            })
        ));
    }
}
