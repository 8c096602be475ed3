//! A metric's values in all folds, and what they say of its mean.

use ndarray::Array1;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The values of a metric in the k folds of a cross-validation, or the differences of two.
///
/// The folds share most of their training rows, so their values are not independent, and the usual
/// standard error of a mean is too small. That of Nadeau and Bengio (2003, "Inference for the
/// Generalization Error", equation 8, the *corrected resampled t*) multiplies the variance by
/// `1/k + r` instead of `1/k`, where `r` is the number of validation rows over that of training
/// rows: `1/(k - 1)` in a whole k-fold cross-validation.
///
/// # Example
///
/// ```
/// use linfa_fisher::model_selection::FoldScores;
/// use ndarray::array;
///
/// let scores = FoldScores::new(array![0.90, 0.92, 0.94], 0.5);
/// assert!((scores.mean() - 0.92).abs() < 1e-12);
/// assert!((scores.std_dev() - 0.02).abs() < 1e-12);
/// // 0.02 * sqrt(1/3 + 1/2), where independent folds would have 0.02 * sqrt(1/3)
/// assert!((scores.std_error() - 0.018257).abs() < 1e-6);
/// let (low, high) = scores.interval(0.95);
/// assert!(low < 0.85 && high > 0.99);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FoldScores {
    values: Array1<f64>,
    ratio: f64,
}

impl FoldScores {
    /// The value of each of the k folds, and the number of validation rows over that of training
    /// rows, the mean of all folds.
    pub fn new(values: Array1<f64>, ratio: f64) -> Self {
        Self { values, ratio }
    }

    /// The value of each fold.
    pub fn values(&self) -> &Array1<f64> {
        &self.values
    }

    /// Mean of the folds; NaN without folds.
    pub fn mean(&self) -> f64 {
        self.values.sum() / self.values.len() as f64
    }

    /// Standard deviation of the folds, with their number less 1 in the denominator; NaN for a
    /// single fold.
    pub fn std_dev(&self) -> f64 {
        match self.values.len() {
            0 | 1 => f64::NAN,
            _ => self.values.std(1.0),
        }
    }

    /// Corrected standard error of the mean, `s sqrt(1/k + r)`; NaN for a single fold.
    pub fn std_error(&self) -> f64 {
        self.std_dev() * (1.0 / self.values.len() as f64 + self.ratio).sqrt()
    }

    /// The interval `mean -+ t std_error` that holds the mean with this confidence, in `(0, 1)`,
    /// where t is the quantile of Student's distribution with k - 1 degrees of freedom; NaN for a
    /// single fold, and for a confidence outside `(0, 1)`. It is symmetric, so that that of a mean
    /// close to the end of a metric's range reaches beyond that end.
    pub fn interval(&self, confidence: f64) -> (f64, f64) {
        let half = self.quantile((1.0 + confidence) / 2.0) * self.std_error();
        (self.mean() - half, self.mean() + half)
    }

    /// Probability of a mean that is at least as far from 0 by chance, if the true one is 0: the
    /// two-sided corrected resampled t-test. 1 if all values are 0; NaN for a single fold.
    pub fn p_value(&self) -> f64 {
        if self.values.len() > 1 && self.values.iter().all(|&value| value == 0.0) {
            return 1.0;
        }
        let t = self.mean() / self.std_error();
        match self.student() {
            Some(student) if !t.is_nan() => 2.0 * student.cdf(-t.abs()),
            _ => f64::NAN,
        }
    }

    fn quantile(&self, probability: f64) -> f64 {
        match self.student() {
            Some(student) if probability > 0.5 && probability < 1.0 => {
                student.inverse_cdf(probability)
            }
            _ => f64::NAN,
        }
    }

    /// Student's distribution of the mean; `None` for fewer than two folds.
    fn student(&self) -> Option<StudentsT> {
        let freedom = self.values.len().checked_sub(1)? as f64;
        StudentsT::new(0.0, 1.0, freedom).ok()
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<FoldScores>();
    }

    /// Values and quantiles from SciPy 1.17.1: `scipy.stats.t`.
    #[test]
    fn intervals_and_p_values_are_those_of_scipy() {
        let scores = FoldScores::new(array![0.02, 0.01, 0.03, -0.01, 0.02], 0.25);
        // s = 0.0151658, s sqrt(1/5 + 1/4) = 0.0101735; t(0.975, 4) = 2.7764451
        assert_abs_diff_eq!(scores.std_error(), 0.010_173_494_974_7, epsilon = 1e-9);
        let (low, high) = scores.interval(0.95);
        assert_abs_diff_eq!(
            low,
            0.014 - 2.776_445_105_2 * 0.010_173_494_974_7,
            epsilon = 1e-9
        );
        assert_abs_diff_eq!(
            high,
            0.014 + 2.776_445_105_2 * 0.010_173_494_974_7,
            epsilon = 1e-9
        );
        // 2 * t.sf(0.014 / 0.010173494, 4)
        assert_abs_diff_eq!(scores.p_value(), 0.240_801_503, epsilon = 1e-9);
        assert_abs_diff_eq!(
            scores.interval(0.5).1 - 0.014,
            0.740_697_084_1 * 0.010_173_494_974_7,
            epsilon = 1e-9
        );
    }

    #[test]
    fn what_no_fold_tells_is_not_a_number() {
        let one = FoldScores::new(array![0.9], 0.1);
        assert_eq!(one.mean(), 0.9);
        assert!(one.std_dev().is_nan() && one.std_error().is_nan() && one.p_value().is_nan());
        assert!(one.interval(0.95).0.is_nan());
        let none = FoldScores::new(array![], 0.1);
        assert!(none.mean().is_nan() && none.std_error().is_nan() && none.p_value().is_nan());
        let two = FoldScores::new(array![0.9, 0.8], 0.1);
        for confidence in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(two.interval(confidence).0.is_nan());
        }
    }

    #[test]
    fn equal_folds_are_certain() {
        let none = FoldScores::new(array![0.0, 0.0, 0.0], 0.5);
        assert_eq!(none.p_value(), 1.0);
        let always = FoldScores::new(array![0.1, 0.1, 0.1], 0.5);
        assert!(always.p_value() < 1e-12);
    }
}
