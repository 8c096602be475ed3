//! Classifiers of other crates as what this crate's traits ask for.

use linfa::dataset::Records;
use linfa::traits::{Fit, PredictInplace, Transformer};
use linfa::{DatasetBase, Float};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

use super::fit_observed::FitObserved;
use super::try_predict::TryPredict;
use crate::Result;

/// Adapts a classifier of another crate, or its parameters, to [`TryPredict`] and [`FitObserved`].
///
/// The wrapped classifier fits and predicts as before.
/// [`cross_validate`](crate::model_selection::cross_validate) and
/// [`Pipeline::try_predict`](crate::pipeline::Pipeline::try_predict) need the wrapper, because they
/// need predictions that return a `Result`. The wrapper's name says that the prediction of such a
/// classifier has no error to return.
///
/// # With linfa-svm
///
/// Set `eps` to 1e-3, as [`svm`](crate::classification::svm) does: in `f32` the default of 1e-7 is
/// out of reach, and the solver stops only after ten million iterations.
///
/// # Panics
///
/// `try_predict` panics if the classifier's own `predict_inplace` does: linfa's trait has no way to
/// return an error.
///
/// # Example
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::model_selection::{cross_validate, StratifiedKFold};
/// use linfa_fisher::traits::Infallible;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]];
/// let dataset = Dataset::new(records, array![false, false, false, true, true, true]);
/// let svm = Infallible::new(Svm::<f64, bool>::params());
/// let report = cross_validate(&dataset, &svm, &StratifiedKFold::new(3))?;
/// assert_eq!(report.accuracy(), 1.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Infallible<C>(C);

impl<C> Infallible<C> {
    /// Wraps the parameters of a classifier, or a fitted one.
    pub fn new(inner: C) -> Self {
        Self(inner)
    }

    /// The wrapped parameters or model.
    pub fn inner(&self) -> &C {
        &self.0
    }
}

impl<R, T, E, C> Fit<R, T, E> for Infallible<C>
where
    R: Records,
    E: std::error::Error + From<linfa::Error>,
    C: Fit<R, T, E>,
{
    type Object = Infallible<C::Object>;

    fn fit(&self, dataset: &DatasetBase<R, T>) -> std::result::Result<Self::Object, E> {
        self.0.fit(dataset).map(Infallible)
    }
}

impl<R, T, E, C> FitObserved<R, T, E> for Infallible<C>
where
    R: Records,
    E: std::error::Error + From<linfa::Error>,
    C: Fit<R, T, E>,
{
}

impl<R: Records, T, C: PredictInplace<R, T>> PredictInplace<R, T> for Infallible<C> {
    fn predict_inplace<'a>(&'a self, x: &'a R, y: &mut T) {
        self.0.predict_inplace(x, y);
    }

    fn default_target(&self, x: &R) -> T {
        self.0.default_target(x)
    }
}

/// A scaler or another transformer as a stage that reports nothing, for `fit_observed`.
impl<R: Records, T, C: Transformer<R, T>> Transformer<R, T> for Infallible<C> {
    fn transform(&self, x: R) -> T {
        self.0.transform(x)
    }
}

/// Nothing is known about the model: it is as safe to use as its own `Deserialize` makes it.
#[cfg(feature = "serde")]
impl<C> crate::persistence::Loadable for Infallible<C> {
    fn check_loaded(&self, _columns: usize) -> Result<()> {
        Ok(())
    }
}

impl<F, L, C> TryPredict<F, L> for Infallible<C>
where
    F: Float,
    C: PredictInplace<Array2<F>, Array1<L>>,
{
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        let records = records.to_owned();
        let mut labels = self.0.default_target(&records);
        self.0.predict_inplace(&records, &mut labels);
        Ok(labels)
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use linfa_svm::{Svm, SvmParams};
    use ndarray::array;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Infallible<SvmParams<f64, bool>>>();
    }

    #[test]
    fn a_wrapped_classifier_fits_and_predicts_as_ever() {
        let dataset = Dataset::new(array![[0.0], [1.0], [3.0]], array![false, false, true]);
        let svm = Svm::<f64, bool>::params();
        let model = Infallible::new(svm.clone())
            .fit_observed(&dataset, &mut ())
            .unwrap();
        assert_eq!(model.inner(), &svm.fit(&dataset).unwrap());
        let labels = model.try_predict(&dataset.records.view()).unwrap();
        assert_eq!(labels, dataset.targets);
    }
}
