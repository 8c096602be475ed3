//! Prediction that can fail.

use ndarray::{Array1, ArrayBase, Data, Ix2};

use super::evaluation::Evaluation;
use crate::Result;

/// Prediction that returns an error where linfa's `PredictInplace` can only panic.
///
/// This crate's classifiers implement it, and so do [`Pipeline`](crate::pipeline::Pipeline)s with
/// such a classifier. [`Infallible`](super::Infallible) adapts classifiers that only have
/// `PredictInplace`.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::traits::TryPredict;
/// use linfa_fisher::Error;
/// use ndarray::{array, Array1, Array2};
///
/// fn ask<M: TryPredict<f64, usize>>(model: &M, x: f64) -> Result<Array1<usize>, Error> {
///     model.try_predict(&array![[x]])
/// }
/// let dataset = Dataset::new(array![[0.0], [1.0]], array![7, 9]);
/// let model = KNearestNeighbors::params(1).fit(&dataset)?;
/// assert_eq!(ask(&model, 0.8)?, array![9]);
/// assert!(matches!(ask(&model, 1e200), Err(Error::Classification(_))));
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not predict labels of type `{L}` with a `Result`",
    note = "wrap a classifier of another crate, or its parameters, in `linfa_fisher::traits::Infallible`"
)]
pub trait TryPredict<F, L> {
    /// The label of every row of `records` (n x d).
    ///
    /// # Errors
    ///
    /// Those of the model, for records that it cannot predict: records of another width, or values
    /// that it does not accept.
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>;

    /// The labels of [`try_predict`](Self::try_predict), with what else the model knows of them:
    /// its decision values, the time that its stages took, and the hyper-parameters that it has
    /// chosen.
    ///
    /// By default there are only the labels and the time that they took. This crate's classifiers
    /// with a [`DecisionFunction`](crate::classification::DecisionFunction) give its values, and
    /// pipelines what their classifier gives.
    ///
    /// # Errors
    ///
    /// As for [`try_predict`](Self::try_predict).
    fn evaluate<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Evaluation<L>> {
        Evaluation::timed(|| Ok((self.try_predict(records)?, None)))
    }
}
