//! One-vs-rest: one binary problem a class.

use linfa::Float;
use ndarray::{Array1, ArrayViewMut2};

use super::multiclass::{BinaryProblem, MultiClass, MultiClassModel, MultiClassStrategy};

/// Makes a multi-class classifier of a binary one: each class is told apart from all others, and
/// the class with the greatest decision value wins.
///
/// c classes make c problems, each of all n rows. [`MultiClass`] documents the type parameters.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::OneVsRest;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let params = OneVsRest::new(Svm::<f64, bool>::params().pos_neg_weights(1.0, 1.0));
/// let model = params.fit(&dataset)?;
/// assert_eq!(model.predict(&array![[0.5, 0.0], [4.5, 8.0]]), array!["left", "up"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub type OneVsRest<P, E> = MultiClass<OneVsRestStrategy, P, E>;

/// A fitted classifier of one binary model a class, in the order of the classes, made by
/// [`OneVsRest`].
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::{OneVsRest, OneVsRestModel};
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [2.0], [4.0]], array!["a", "b", "c"]);
/// let svm = Svm::<f64, bool>::params();
/// let model: OneVsRestModel<_, Svm<f64, bool>> = OneVsRest::new(svm).fit(&dataset)?;
/// assert_eq!(model.models().len(), 3);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub type OneVsRestModel<L, M> = MultiClassModel<OneVsRestStrategy, L, M>;

/// Tells each class from all others.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{OneVsRestStrategy, MultiClassStrategy};
///
/// assert_eq!(OneVsRestStrategy::problems(26).len(), 26);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneVsRestStrategy;

impl MultiClassStrategy for OneVsRestStrategy {
    fn count(classes: usize) -> usize {
        classes
    }

    fn problems(classes: usize) -> Vec<BinaryProblem> {
        let against_rest = |positive| BinaryProblem {
            positive,
            negative: None,
        };
        (0..classes).map(against_rest).collect()
    }

    /// The value of a class is the decision value of its model.
    fn vote<F: Float>(decisions: &[Array1<F>], mut values: ArrayViewMut2<F>) {
        for (decisions, mut values) in decisions.iter().zip(values.columns_mut()) {
            values.assign(decisions);
        }
    }
}
