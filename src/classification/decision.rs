//! Decision values of classifiers.

use linfa::Float;
use linfa_svm::Svm;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};

use super::error::ClassificationError;
use crate::checks::check_values;
use crate::traits::{DecisionValues, Evaluation};
use crate::{Error, Result};

/// A fitted binary classifier with decision values: the greater the value of a row, the likelier
/// its class is the positive one.
///
/// Implemented by `linfa_svm::Svm<F, bool>` and, through
/// [`Probabilistic`](super::Probabilistic), by models that predict one `Pr` a row, such as
/// `linfa_svm::Svm<F, Pr>`. linfa's other binary classifiers, such as linfa-logistic's, do not
/// implement it, because each gives its decision values in its own way. Implement this trait for a
/// newtype around such a classifier, or for your own classifier, to use it with
/// [`OneVsRest`](super::OneVsRest) and [`OneVsOne`](super::OneVsOne).
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::BinaryDecision;
/// use ndarray::{array, Array1, ArrayView2};
///
/// /// Positive where the first feature is.
/// struct Sign;
///
/// impl BinaryDecision<f64> for Sign {
///     fn decision_values(&self, records: ArrayView2<f64>) -> Array1<f64> {
///         records.column(0).to_owned()
///     }
/// }
/// assert_eq!(Sign.decision_values(array![[2.0], [-3.0]].view()), array![2.0, -3.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no decision values",
    note = "wrap a binary classifier that predicts probabilities in `linfa_fisher::classification::Probabilistic`"
)]
pub trait BinaryDecision<F> {
    /// One value for each of the n rows of `records` (`n x d`).
    ///
    /// # Panics
    ///
    /// An implementation may panic if `records` has another width than the model was trained on.
    /// The multi-class models check the width beforehand.
    fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F>;
}

/// Signed distances from the separating hyperplane, in units of half the margin:
/// `f(x) = sum_i alpha_i K(x_i, x) - rho`.
impl<F: Float> BinaryDecision<F> for Svm<F, bool> {
    fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F> {
        records
            .outer_iter()
            .map(|row| self.weighted_sum(&row) - self.rho)
            .collect()
    }
}

/// A fitted classifier that gives every class a value, and predicts the class with the greatest
/// value (except for ties). ROC curves and rankings are computed from these values.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::{DecisionFunction, OneVsRest};
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array!["a", "a", "b", "b"]);
/// let model = OneVsRest::new(Svm::<f64, bool>::params()).fit(&dataset)?;
/// let values = model.decision_function(&array![[0.5], [3.5]])?;
/// assert_eq!(model.classes(), ["a", "b"]);
/// assert!(values[[0, 0]] > values[[0, 1]] && values[[1, 0]] < values[[1, 1]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub trait DecisionFunction<F> {
    /// The type of the class labels.
    type Label;

    /// The classes in ascending order.
    fn classes(&self) -> &[Self::Label];

    /// The value of every class (columns, in the order of [`classes`](Self::classes)) for every
    /// row of `records` (n x d): n x classes.
    ///
    /// # Errors
    ///
    /// [`Width`] for records of another width than the model was trained on, [`NonFinite`] for NaN
    /// and infinities, [`NonFiniteDecision`] or [`DistanceOverflow`] where records are so large
    /// that the values are not finite.
    ///
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`NonFiniteDecision`]: crate::error::ClassificationError::NonFiniteDecision
    /// [`DistanceOverflow`]: crate::error::ClassificationError::DistanceOverflow
    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>>;
}

/// The class of the greatest value in each row, the first of equal ones.
pub(crate) fn greatest_classes<F: Float, L: Clone>(
    values: ArrayView2<F>,
    classes: &[L],
) -> Array1<L> {
    let class_of = |values| classes[first_greatest(values)].clone();
    values.outer_iter().map(class_of).collect()
}

/// The evaluation of a model that predicts the first class of the greatest value.
pub(crate) fn evaluate_greatest<F, M, D>(
    model: &M,
    records: &ArrayBase<D, Ix2>,
) -> Result<Evaluation<M::Label>>
where
    F: Float,
    M: DecisionFunction<F>,
    M::Label: Clone,
    D: Data<Elem = F>,
{
    Evaluation::timed(|| {
        let values = model.decision_function(records)?;
        let predictions = greatest_classes(values.view(), model.classes());
        let decisions = DecisionValues::new(model.classes(), &values);
        Ok((predictions, Some(decisions)))
    })
}

pub(crate) fn first_greatest<F: Float>(values: ArrayView1<F>) -> usize {
    (1..values.len()).fold(0, |best, next| match values[next] > values[best] {
        true => next,
        false => best,
    })
}

/// Checks that the decision values of one binary model are finite; `row` is the row of the data
/// that the first value belongs to.
pub(crate) fn check_decisions<F: linfa::Float>(
    values: ArrayView1<F>,
    row: usize,
    model: usize,
) -> Result<()> {
    check_values(
        values.insert_axis(Axis(1)),
        |x| !x.is_finite(),
        |offset, _, value| {
            Error::Classification(ClassificationError::NonFiniteDecision {
                row: row + offset,
                model,
                value,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use linfa::Dataset;
    use linfa::traits::{Fit, Predict};
    use ndarray::array;

    use super::*;

    #[test]
    fn the_first_of_equal_values_wins() {
        let values = array![[1.0, 3.0, 3.0, 2.0]];
        assert_eq!(
            greatest_classes(values.view(), &["a", "b", "c", "d"]),
            array!["b"]
        );
    }

    #[test]
    fn a_hard_margin_is_worked_by_hand() {
        // Support vectors at 1 and 3: f(x) = x - 2, exactly +-1 on the margin.
        let dataset = Dataset::new(
            array![[0.0_f64], [1.0], [3.0], [4.0]],
            array![false, false, true, true],
        );
        let params = Svm::<f64, bool>::params().pos_neg_weights(100.0, 100.0);
        let model = params.fit(&dataset).unwrap();
        let values = model.decision_values(array![[1.0], [2.0], [3.0], [5.0]].view());
        assert_abs_diff_eq!(values, array![-1.0, 0.0, 1.0, 3.0], epsilon = 1e-6);
    }

    #[test]
    fn signs_are_the_svms_own_predictions() {
        let records = array![
            [0.0_f32, 1.0],
            [1.0, 0.0],
            [3.0, 2.0],
            [2.0, 3.0],
            [1.5, 1.4]
        ];
        let dataset = Dataset::new(records, array![false, true, false, true, true]);
        for params in [
            Svm::<f32, bool>::params(),
            Svm::<f32, bool>::params().gaussian_kernel(1.0),
        ] {
            let model = params.fit(&dataset).unwrap();
            let values = model.decision_values(dataset.records.view());
            assert_eq!(values.mapv(|x| x >= 0.0), model.predict(&dataset));
        }
    }

    #[test]
    fn decision_values_that_are_not_finite_are_named_by_their_place() {
        let numbers = array![0.0, f64::INFINITY];
        assert!(matches!(
            check_decisions(numbers.view(), 256, 3),
            Err(Error::Classification(
                ClassificationError::NonFiniteDecision {
                    row: 257,
                    model: 3,
                    ..
                }
            ))
        ));
    }
}
