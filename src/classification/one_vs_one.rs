//! One-vs-one: one binary problem for each pair of classes.

use linfa::Float;
use ndarray::{Array1, Array2, ArrayViewMut2, Zip};

use super::multiclass::{BinaryProblem, MultiClass, MultiClassModel, MultiClassStrategy};

/// Makes a multi-class classifier of a binary one: each pair of classes is told apart on the rows
/// of these two alone, and the class with most votes wins.
///
/// c classes make `c (c - 1) / 2` small problems. For a classifier whose cost grows with the
/// square of the number of rows, such as linfa-svm, they are about c / 2 times cheaper than the c
/// large ones of [`OneVsRest`](super::OneVsRest); LIBSVM uses one-vs-one for this reason (Knerr,
/// Personnaz & Dreyfus 1990; Chang & Lin 2011). [`MultiClass`] documents the type parameters.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::OneVsOne;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let params = OneVsOne::new(Svm::<f64, bool>::params().pos_neg_weights(1.0, 1.0));
/// let model = params.fit(&dataset)?;
/// assert_eq!(model.predict(&array![[0.5, 0.0], [4.5, 8.0]]), array!["left", "up"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub type OneVsOne<P, E> = MultiClass<OneVsOneStrategy, P, E>;

/// A fitted classifier of one binary model for each pair of classes, made by [`OneVsOne`].
///
/// The models of the first class and each later one come first, then those of the second class and
/// each later one, and so on; the earlier class is the positive one.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::{DecisionFunction, OneVsOne, OneVsOneModel};
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array![7, 7, 9, 9]);
/// let svm = Svm::<f64, bool>::params();
/// let model: OneVsOneModel<_, Svm<f64, bool>> = OneVsOne::new(svm).fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[5.0]])?, array![9]);
/// assert_eq!(model.classes(), [7, 9]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub type OneVsOneModel<L, M> = MultiClassModel<OneVsOneStrategy, L, M>;

/// Tells each class from each other one.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{OneVsOneStrategy, MultiClassStrategy};
///
/// assert_eq!(OneVsOneStrategy::problems(26).len(), 325);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneVsOneStrategy;

impl MultiClassStrategy for OneVsOneStrategy {
    fn count(classes: usize) -> usize {
        classes.saturating_mul(classes.saturating_sub(1)) / 2
    }

    fn problems(classes: usize) -> Vec<BinaryProblem> {
        let pairs_of = |positive| {
            (positive + 1..classes).map(move |negative| BinaryProblem {
                positive,
                negative: Some(negative),
            })
        };
        (0..classes).flat_map(pairs_of).collect()
    }

    /// The value of a class is the number of its votes, plus a part of a vote, between -1/3 and
    /// 1/3, that grows with the sum s of the decision values in its favour: `s / (3 (|s| + 1))`.
    /// Votes decide, and sums break ties. This is the rule of scikit-learn's `SVC`.
    fn vote<F: Float>(decisions: &[Array1<F>], mut values: ArrayViewMut2<F>) {
        let mut sums = Array2::<F>::zeros(values.dim());
        for (problem, decisions) in Self::problems(values.ncols()).iter().zip(decisions) {
            let first = problem.positive;
            let second = problem.negative.unwrap_or(first);
            for (row, &decision) in decisions.iter().enumerate() {
                let winner = if decision >= F::zero() { first } else { second };
                values[[row, winner]] += F::one();
                sums[[row, first]] += decision;
                sums[[row, second]] -= decision;
            }
        }
        // sums of finite values may be infinite, of which there is no part
        let most = F::max_value() / F::cast(4.0);
        Zip::from(values).and(&sums).for_each(|votes, &sum| {
            let sum = sum.max(-most).min(most);
            *votes += sum / (F::cast(3.0) * (sum.abs() + F::one()));
        });
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    #[test]
    fn votes_decide_and_sums_break_ties() {
        // Values of the pairs 01, 02, 12: a cycle of one vote each, then the sums 1, -3, 2.
        let decisions = [2.0, -1.0, 1.0].map(|decision| array![decision]);
        let mut values = Array2::zeros((1, 3));
        OneVsOneStrategy::vote(&decisions, values.view_mut());
        let expected = array![[1.0 + 1.0 / 6.0, 1.0 - 1.0 / 6.0, 1.0]];
        assert_abs_diff_eq!(values, expected, epsilon = 1e-15);
    }

    /// Class 0 wins both its votes by values whose sum overflows.
    #[test]
    fn sums_that_overflow_break_ties_too() {
        let huge = f32::MAX;
        let decisions = [huge, huge, -huge].map(|decision| array![decision]);
        let mut values = Array2::zeros((1, 3));
        OneVsOneStrategy::vote(&decisions, values.view_mut());
        let expected = array![[2.0 + 1.0 / 3.0, -1.0 / 3.0, 1.0]];
        assert_abs_diff_eq!(values, expected, epsilon = 1e-6);
    }
}
