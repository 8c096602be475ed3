//! Logarithmic loss of probabilities.

use linfa::{Float, Label};
use ndarray::{ArrayView1, ArrayView2};

use super::scores::{ClassScores, wide};
use crate::Result;

/// The mean negative logarithm of the probability of the true class, in nats:
///
/// ```text
/// L = -1/n sum over i of ln p(class of sample i)
/// ```
///
/// As in scikit-learn's `log_loss`, probabilities are clipped to `[eps, 1 - eps]`, where eps is the
/// precision of `F`, so that the loss is finite: at most 36.1 in `f64`, 16 in `f32`.
///
/// `probabilities` (`n x c`) are of the `classes` (`c`), distinct and in ascending order, for
/// samples of the classes `truth` (`n`), not all of which need have samples.
///
/// # Errors
///
/// [`TargetCount`](crate::error::RecordsError::TargetCount) and
/// [`ClassCount`](crate::error::MetricError::ClassCount) for shapes that do not fit,
/// [`NoSamples`](crate::error::MetricError::NoSamples),
/// [`SingleClass`](crate::error::RecordsError::SingleClass) for one column,
/// [`UnorderedClasses`](crate::error::MetricError::UnorderedClasses),
/// [`UnknownClass`](crate::error::MetricError::UnknownClass) for a sample of another class,
/// [`InvalidProbability`](crate::error::MetricError::InvalidProbability) outside of `[0, 1]` and
/// for NaN, [`ProbabilitySum`](crate::error::MetricError::ProbabilitySum) for a row whose sum is
/// not 1 within the root of eps, of which scikit-learn only warns.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::log_loss;
/// use ndarray::array;
///
/// let probabilities = array![[0.25, 0.75], [0.5, 0.5]];
/// let truth = array!["spam", "ham"];
/// let loss = log_loss(probabilities.view(), &["ham", "spam"], truth.view())?;
/// assert_eq!(loss, -(0.75_f64.ln() + 0.5_f64.ln()) / 2.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn log_loss<F: Float, L: Label>(
    probabilities: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
) -> Result<f64> {
    let scores = ClassScores::of_probabilities(probabilities, classes, truth)?;
    let eps = wide(F::epsilon());
    let logarithms = scores
        .rows()
        .map(|(row, class)| row[class].clamp(eps, 1.0 - eps).ln());
    Ok(-logarithms.sum::<f64>() / scores.samples() as f64)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn impossible_classes_have_a_finite_loss() {
        let truth = array![true];
        let loss = log_loss(array![[1.0, 0.0]].view(), &[false, true], truth.view());
        assert_eq!(loss.unwrap(), -f64::EPSILON.ln());
        let loss = log_loss(array![[1.0_f32, 0.0]].view(), &[false, true], truth.view());
        assert_eq!(loss.unwrap(), -f64::from(f32::EPSILON).ln());
    }
}
