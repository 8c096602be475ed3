//! Accuracy of the k best classes.

use linfa::{Float, Label};
use ndarray::{ArrayView1, ArrayView2};

use super::scores::{ClassScores, check_k};
use crate::Result;

/// The share of samples whose true class is among the k classes of the greatest scores, in
/// `[0, 1]`.
///
/// `scores` (`n x c`) are decision values or probabilities of the `classes` (`c`), distinct and in
/// ascending order, for samples of the classes `truth` (`n`): what
/// [`DecisionFunction`](crate::classification::DecisionFunction) gives. Of equal scores, those of
/// the last classes come first, as in scikit-learn's `top_k_accuracy_score`; the multi-class
/// models of this crate predict the first one, so that their accuracy and that for k = 1 may
/// differ where scores are equal. For `k = c` it is 1.
///
/// # Errors
///
/// [`TargetCount`](crate::error::RecordsError::TargetCount) and
/// [`ClassCount`](crate::error::MetricError::ClassCount) for shapes that do not fit,
/// [`NoSamples`](crate::error::MetricError::NoSamples),
/// [`SingleClass`](crate::error::RecordsError::SingleClass) for one column,
/// [`UnorderedClasses`](crate::error::MetricError::UnorderedClasses),
/// [`UnknownClass`](crate::error::MetricError::UnknownClass) for a sample of another class,
/// [`IncomparableScore`](crate::error::MetricError::IncomparableScore) for NaN,
/// [`InvalidK`](crate::error::MetricError::InvalidK) unless `1 <= k <= c`.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::top_k_accuracy;
/// use ndarray::array;
///
/// let scores = array![[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]];
/// let truth = array![0_usize, 1, 2, 2];
/// let of = |k| top_k_accuracy(scores.view(), &[0, 1, 2], truth.view(), k);
/// assert_eq!(of(1)?, 0.5);
/// assert_eq!(of(2)?, 0.75);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn top_k_accuracy<F: Float, L: Label>(
    scores: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
    k: usize,
) -> Result<f64> {
    let scores = ClassScores::new(scores, classes, truth)?;
    check_k(k, scores.classes(), "classes")?;
    let hits = scores.rows().filter(|&(row, class)| place(row, class) < k);
    Ok(hits.count() as f64 / scores.samples() as f64)
}

/// How many classes come before this one.
fn place(scores: ArrayView1<f64>, class: usize) -> usize {
    let before = |&(other, &score): &(usize, &f64)| {
        score > scores[class] || (score == scores[class] && other > class)
    };
    scores.iter().enumerate().filter(before).count()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::error::MetricError;

    #[test]
    fn the_last_of_equal_scores_comes_first() {
        let scores = array![[0.4_f32, 0.4, 0.2]];
        let of = |class: usize, k| {
            let truth = array![class];
            top_k_accuracy(scores.view(), &[0, 1, 2], truth.view(), k).unwrap()
        };
        assert_eq!([of(0, 1), of(1, 1), of(2, 1)], [0.0, 1.0, 0.0]);
        assert_eq!([of(0, 2), of(1, 2), of(2, 2)], [1.0, 1.0, 0.0]);
        assert_eq!(of(2, 3), 1.0);
    }

    #[test]
    fn k_counts_classes() {
        for k in [0, 3] {
            let scores = array![[0.1, 0.9]];
            let error = top_k_accuracy(scores.view(), &[0, 1], array![1_usize].view(), k);
            assert!(matches!(
                error.unwrap_err(),
                Error::Metric(MetricError::InvalidK { k: found, most: 2, items: "classes" })
                    if found == k
            ));
        }
    }
}
