//! Brier score of probabilities.

use linfa::{Float, Label};
use ndarray::{ArrayView1, ArrayView2};

use super::scores::ClassScores;
use crate::Result;

/// The mean squared distance of the probabilities from what has come true (G. W. Brier,
/// "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950,
/// equation 2):
///
/// ```text
/// B = 1/n sum over i of sum over classes c of (p(c of sample i) - [sample i is of class c])^2
/// ```
///
/// It lies in `[0, 2]`, and less is better. Of two classes it is half of that, the squared error of
/// the probability of either class, as in scikit-learn's `brier_score_loss`.
///
/// `probabilities` (`n x c`) are of the `classes` (`c`), distinct and in ascending order, for
/// samples of the classes `truth` (`n`), not all of which need have samples.
///
/// # Errors
///
/// Those of [`log_loss`](super::log_loss()).
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::brier_score;
/// use ndarray::array;
///
/// let two = array![[0.25, 0.75], [0.5, 0.5]];
/// let score = brier_score(two.view(), &["ham", "spam"], array!["spam", "ham"].view())?;
/// assert_eq!(score, (0.25 * 0.25 + 0.5 * 0.5) / 2.0);
///
/// let three = array![[0.5, 0.25, 0.25]];
/// let score = brier_score(three.view(), &["eggs", "ham", "spam"], array!["eggs"].view())?;
/// assert_eq!(score, 0.5 * 0.5 + 0.25 * 0.25 + 0.25 * 0.25);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn brier_score<F: Float, L: Label>(
    probabilities: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
) -> Result<f64> {
    let scores = ClassScores::of_probabilities(probabilities, classes, truth)?;
    let sum: f64 = scores
        .rows()
        .map(|(row, class)| squared_error(row, class))
        .sum();
    let halved = match scores.classes() {
        2 => 0.5,
        _ => 1.0,
    };
    Ok(halved * sum / scores.samples() as f64)
}

fn squared_error(row: ArrayView1<f64>, class: usize) -> f64 {
    let errors = row
        .iter()
        .enumerate()
        .map(|(other, p)| match other == class {
            true => p - 1.0,
            false => *p,
        });
    errors.map(|error| error * error).sum()
}
