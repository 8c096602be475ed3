//! Probabilities as decision values.

use linfa::dataset::{Pr, Records};
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Float};
use ndarray::{Array1, ArrayView2};

use super::decision::BinaryDecision;

/// Adapts binary classifiers that predict probabilities (`Array1<Pr>`) to
/// [`OneVsRest`](super::OneVsRest) and [`OneVsOne`](super::OneVsOne).
///
/// Wrapped around parameters, it fits the same model as they do. Wrapped around the fitted model,
/// its decision value is the probability of the positive class.
///
/// linfa stores probabilities as `f32`. They saturate near 0 and 1, so that rows with different
/// decision values may get equal probabilities: prefer decision values if a classifier has them.
///
/// # Example
///
/// ```
/// use linfa::dataset::Pr;
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::{OneVsRest, Probabilistic};
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]];
/// let dataset = Dataset::new(records, array!["a", "a", "a", "b", "b", "b"]);
/// let svm = Svm::<f64, Pr>::params().gaussian_kernel(10.0);
/// let model = OneVsRest::new(Probabilistic::new(svm)).fit(&dataset)?;
/// assert_eq!(model.predict(&array![[1.5], [7.5]]), array!["a", "b"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Probabilistic<P>(P);

impl<P> Probabilistic<P> {
    /// Wraps the parameters of a classifier, or a fitted one.
    pub fn new(inner: P) -> Self {
        Self(inner)
    }

    /// The wrapped parameters or model.
    pub fn inner(&self) -> &P {
        &self.0
    }
}

impl<R, T, E, P> Fit<R, T, E> for Probabilistic<P>
where
    R: Records,
    E: std::error::Error + From<linfa::Error>,
    P: Fit<R, T, E>,
{
    type Object = Probabilistic<P::Object>;

    fn fit(&self, dataset: &DatasetBase<R, T>) -> Result<Self::Object, E> {
        self.0.fit(dataset).map(Probabilistic)
    }
}

impl<F, M> BinaryDecision<F> for Probabilistic<M>
where
    F: Float,
    M: for<'a> PredictInplace<ArrayView2<'a, F>, Array1<Pr>>,
{
    fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F> {
        let mut probabilities = self.0.default_target(&records);
        self.0.predict_inplace(&records, &mut probabilities);
        probabilities.mapv(|probability| F::cast(*probability))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayBase, Data, Ix2, array};

    use super::*;

    /// Predicts the first feature as a probability.
    struct First;

    impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<Pr>> for First {
        fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<Pr>) {
            targets.assign(&records.column(0).mapv(|x| Pr::new(x as f32)));
        }

        fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<Pr> {
            Array1::default(records.nrows())
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Probabilistic<linfa_svm::SvmParams<f64, Pr>>>();
    }

    #[test]
    fn decision_values_are_the_probabilities() {
        let model = Probabilistic::new(First);
        let values: Array1<f64> = model.decision_values(array![[0.25], [0.5], [1.0]].view());
        assert_eq!(values, array![0.25, 0.5, 1.0]);
        assert!(matches!(model.inner(), First));
    }
}
