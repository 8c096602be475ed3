//! Calibration: whether what is given a probability comes true as often.

use linfa::{Float, Label};
use ndarray::{Array1, ArrayView1, ArrayView2};

use super::error::MetricError;
use super::scores::{ClassScores, binary_probabilities};
use crate::Result;

/// Bins at most, far more than a curve can show.
const MOST_BINS: usize = 1 << 20;

/// How the unit interval of probabilities is divided.
///
/// A probability on the edge of two bins belongs to the lower one.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::{Bins, CalibrationCurve};
/// use ndarray::array;
///
/// let probabilities = array![0.1, 0.2, 0.3, 0.9];
/// let positive = array![false, false, true, true];
/// let curve = |bins| CalibrationCurve::new(probabilities.view(), positive.view(), bins);
/// assert_eq!(curve(Bins::Uniform(2))?.counts(), [3, 1]);
/// assert_eq!(curve(Bins::Quantile(2))?.counts(), [2, 2]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bins {
    /// So many bins of one width.
    Uniform(usize),
    /// So many bins of as many samples each, but for ties; the edges are quantiles of the
    /// probabilities, by linear interpolation.
    Quantile(usize),
}

/// Reliability curve: in bins of the predicted probability, the share of samples that are positive.
///
/// A bin's share is its mean probability if the probabilities are calibrated. The points are those
/// of scikit-learn's `calibration_curve`, which leaves empty bins out.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::{Bins, CalibrationCurve};
/// use ndarray::array;
///
/// let probabilities = array![0.25, 0.25, 0.75, 0.75];
/// let positive = array![false, true, true, true];
/// let curve = CalibrationCurve::new(probabilities.view(), positive.view(), Bins::Uniform(2))?;
/// assert_eq!(curve.predicted(), array![0.25, 0.75]);
/// assert_eq!(curve.observed(), array![0.5, 1.0]);
/// assert_eq!(curve.expected_error(), 0.25);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationCurve {
    predicted: Array1<f64>,
    observed: Array1<f64>,
    counts: Vec<usize>,
}

impl CalibrationCurve {
    /// The curve of the probabilities (`n`) of the positive class, of samples that are positive or
    /// not (`n`).
    ///
    /// # Errors
    ///
    /// [`TargetCount`](crate::error::RecordsError::TargetCount) for other numbers of probabilities
    /// and samples, [`NoSamples`](MetricError::NoSamples),
    /// [`InvalidProbability`](MetricError::InvalidProbability) outside of `[0, 1]` and for NaN,
    /// [`InvalidBins`](MetricError::InvalidBins) unless there are 1 to 2^20 bins.
    pub fn new<F: Float>(
        probabilities: ArrayView1<F>,
        positive: ArrayView1<bool>,
        bins: Bins,
    ) -> Result<Self> {
        let probabilities = binary_probabilities(probabilities, positive)?;
        Self::of_samples(&probabilities, &positive.to_vec(), bins)
    }

    /// The curve of the confidences of a classifier of many classes: the greatest probability of
    /// each sample, against the share of samples that are of that class, the first of equal ones
    /// (C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 2).
    ///
    /// `probabilities` (`n x c`) are of the `classes` (`c`), distinct and in ascending order, for
    /// samples of the classes `truth` (`n`).
    ///
    /// # Errors
    ///
    /// Those of [`log_loss`](super::log_loss()), [`InvalidBins`](MetricError::InvalidBins) unless
    /// there are 1 to 2^20 bins.
    pub fn of_confidences<F: Float, L: Label>(
        probabilities: ArrayView2<F>,
        classes: &[L],
        truth: ArrayView1<L>,
        bins: Bins,
    ) -> Result<Self> {
        let scores = ClassScores::of_probabilities(probabilities, classes, truth)?;
        let predictions = scores.rows().map(|(row, class)| {
            let (predicted, confidence) = greatest(row);
            (confidence, predicted == class)
        });
        let (confidences, right): (Vec<_>, Vec<_>) = predictions.unzip();
        Self::of_samples(&confidences, &right, bins)
    }

    fn of_samples(probabilities: &[f64], positive: &[bool], bins: Bins) -> Result<Self> {
        let edges = inner_edges(probabilities, bins)?;
        let mut sums = vec![(0.0, 0_usize, 0_usize); edges.len() + 1];
        for (&p, &positive) in probabilities.iter().zip(positive) {
            let (sum, hits, count) = &mut sums[edges.partition_point(|&edge| edge < p)];
            *sum += p;
            *hits += usize::from(positive);
            *count += 1;
        }
        sums.retain(|&(_, _, count)| count > 0);
        let mean = |&(sum, _, count): &(f64, usize, usize)| sum / count as f64;
        let share = |&(_, hits, count): &(f64, usize, usize)| hits as f64 / count as f64;
        Ok(Self {
            predicted: sums.iter().map(mean).collect(),
            observed: sums.iter().map(share).collect(),
            counts: sums.iter().map(|bin| bin.2).collect(),
        })
    }

    /// The mean probability in each of the b bins that have samples, ascending.
    pub fn predicted(&self) -> ArrayView1<'_, f64> {
        self.predicted.view()
    }

    /// The share of positive samples in each of these bins (b).
    pub fn observed(&self) -> ArrayView1<'_, f64> {
        self.observed.view()
    }

    /// The number of samples in each of these bins (b).
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// The expected calibration error, in `[0, 1]`: the mean gap between predicted and observed
    /// share, where a bin counts by its samples (M. P. Naeini, G. F. Cooper and M. Hauskrecht,
    /// "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015, section 4).
    ///
    /// ```text
    /// ECE = sum over bins b of n_b / n |observed_b - predicted_b|
    /// ```
    pub fn expected_error(&self) -> f64 {
        let total: usize = self.counts.iter().sum();
        let weighted = self.gaps().zip(&self.counts);
        let sum: f64 = weighted.map(|(gap, &count)| gap * count as f64).sum();
        sum / total as f64
    }

    /// The maximum calibration error, in `[0, 1]`: the largest gap of a bin (the same source).
    pub fn maximum_error(&self) -> f64 {
        self.gaps().fold(0.0, f64::max)
    }

    fn gaps(&self) -> impl Iterator<Item = f64> {
        let pairs = self.observed.iter().zip(&self.predicted);
        pairs.map(|(observed, predicted)| (observed - predicted).abs())
    }
}

/// The edges between the bins, ascending.
fn inner_edges(probabilities: &[f64], bins: Bins) -> Result<Vec<f64>> {
    let (Bins::Uniform(count) | Bins::Quantile(count)) = bins;
    if !(1..=MOST_BINS).contains(&count) {
        let (bins, most) = (count, MOST_BINS);
        return Err(MetricError::InvalidBins { bins, most }.into());
    }
    // products with the width, as NumPy's `linspace` has them: `i / count` is another number
    let width = 1.0 / count as f64;
    let shares = (1..count).map(|i| i as f64 * width);
    Ok(match bins {
        Bins::Uniform(_) => shares.collect(),
        Bins::Quantile(_) => {
            let mut sorted = probabilities.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            shares.map(|share| quantile(&sorted, share)).collect()
        }
    })
}

/// The quantile of numbers in ascending order, by linear interpolation; in per cent and back, and
/// from the nearer neighbour, as NumPy's `percentile` rounds it.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = last as f64 * (share * 100.0 / 100.0);
    let below = (place as usize).min(last);
    let part = place - below as f64;
    let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
    match part < 0.5 {
        true => a + (b - a) * part,
        false => b - (b - a) * (1.0 - part),
    }
}

/// The first of the greatest values, and its place.
fn greatest(row: ArrayView1<f64>) -> (usize, f64) {
    let pairs = row.iter().copied().enumerate();
    pairs.fold((0, f64::NEG_INFINITY), |best, new| match new.1 > best.1 {
        true => new,
        false => best,
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<CalibrationCurve>();
        has_autotraits::<Bins>();
    }

    #[test]
    fn confidences_are_worked_by_hand() {
        let probabilities = array![[0.5_f32, 0.5, 0.0], [0.0, 0.25, 0.75], [1.0, 0.0, 0.0]];
        let truth = array![0_usize, 1, 0];
        let curve = CalibrationCurve::of_confidences(
            probabilities.view(),
            &[0, 1, 2],
            truth.view(),
            Bins::Uniform(4),
        )
        .unwrap();
        // edges belong to the lower bin, and the lowest is empty
        assert_eq!(curve.predicted(), array![0.5, 0.75, 1.0]);
        assert_eq!(curve.observed(), array![1.0, 0.0, 1.0]);
        assert_eq!(curve.counts(), [1, 1, 1]);
        assert_eq!(curve.expected_error(), (0.5 + 0.75) / 3.0);
        assert_eq!(curve.maximum_error(), 0.75);
    }

    #[test]
    fn bins_are_counted() {
        for bins in [Bins::Uniform(0), Bins::Quantile(usize::MAX)] {
            let curve = CalibrationCurve::new(array![0.5].view(), array![true].view(), bins);
            assert!(matches!(
                curve.unwrap_err(),
                Error::Metric(MetricError::InvalidBins {
                    most: MOST_BINS,
                    ..
                })
            ));
        }
        for bins in [Bins::Uniform(1), Bins::Quantile(3)] {
            let curve = CalibrationCurve::new(array![0.5].view(), array![true].view(), bins);
            assert_eq!(curve.unwrap().counts(), [1]);
        }
    }
}
