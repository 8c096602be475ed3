//! What tells one multi-class strategy from another.

use linfa::Float;
use ndarray::{Array1, ArrayViewMut2};

/// The binary problems that a multi-class problem is made of, and how their models vote.
///
/// The strategies are [`OneVsRestStrategy`](crate::classification::OneVsRestStrategy) and
/// [`OneVsOneStrategy`](crate::classification::OneVsOneStrategy); [`MultiClass`](super::MultiClass)
/// fits the problems.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{BinaryProblem, MultiClassStrategy, OneVsOneStrategy};
/// use ndarray::{array, Array2};
///
/// let problems = OneVsOneStrategy::problems(3);
/// let classes = |problem: &BinaryProblem| (problem.positive, problem.negative);
/// let pairs: Vec<_> = problems.iter().map(classes).collect();
/// assert_eq!(pairs, [(0, Some(1)), (0, Some(2)), (1, Some(2))]);
///
/// // One row: class 1 beats class 0, and class 2 loses against both.
/// let mut values = Array2::<f64>::zeros((1, 3));
/// OneVsOneStrategy::vote(&[array![-2.0], array![1.0], array![3.0]], values.view_mut());
/// assert!(values[[0, 1]] > values[[0, 0]] && values[[0, 0]] > values[[0, 2]]);
/// ```
pub trait MultiClassStrategy {
    /// Number of binary problems of `classes` classes: the length of
    /// [`problems`](Self::problems), without listing them, at most `usize::MAX`.
    fn count(classes: usize) -> usize;

    /// The binary problems of `classes` classes, in the order of their models.
    fn problems(classes: usize) -> Vec<BinaryProblem>;

    /// Writes the value of every class (column) for every row to `values` (`n x classes`), all
    /// zeros before: the greatest value wins. `decisions` holds the n finite decision values of
    /// each problem's model.
    fn vote<F: Float>(decisions: &[Array1<F>], values: ArrayViewMut2<F>);
}

/// The classes that a binary classifier tells apart, by their positions among all classes.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{OneVsRestStrategy, MultiClassStrategy};
///
/// let second = OneVsRestStrategy::problems(3)[1];
/// assert_eq!((second.positive, second.negative), (1, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BinaryProblem {
    /// The positive class.
    pub positive: usize,
    /// The negative class; `None` for all classes but the positive one. Rows of neither class do
    /// not take part.
    pub negative: Option<usize>,
}

impl BinaryProblem {
    /// Whether a target is of the positive side; `None` for a target that takes no part.
    pub(super) fn side<L: PartialEq>(self, target: &L, classes: &[L]) -> Option<bool> {
        match self.negative {
            _ if *target == classes[self.positive] => Some(true),
            Some(negative) if *target != classes[negative] => None,
            _ => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<BinaryProblem>();
    }

    #[test]
    fn sides_of_targets() {
        let problem = |negative| BinaryProblem {
            positive: 1,
            negative,
        };
        let sides =
            |problem: BinaryProblem| ["a", "b", "c"].map(|t| problem.side(&t, &["a", "b", "c"]));
        assert_eq!(sides(problem(None)), [Some(false), Some(true), Some(false)]);
        assert_eq!(sides(problem(Some(2))), [None, Some(true), Some(false)]);
    }
}
