//! A featuriser and a classifier as one estimator.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace, Transformer};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};

use crate::validation::check_target_count;
use crate::{Error, Float, Result};

/// Fits a featuriser, then a classifier on its features; the model predicts labels from records.
///
/// Made by [`FisherFeaturesParams::then`](crate::fisher::FisherFeaturesParams::then). It takes any
/// linfa estimator that is fitted on `Array2<F>` records and `Array1<L>` targets, and works with
/// linfa's own `cross_validate_single` and this crate's
/// [`cross_validate`](crate::model_selection::cross_validate) alike. `E` is the classifier's
/// error, which the compiler finds out by itself; it is returned as [`Error::Estimator`].
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::FisherFeatures;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.9);
/// let pipeline = FisherFeatures::fk(Rbm::params(8).epochs(2)).then(KNearestNeighbors::params(1));
/// let model = pipeline.fit(&train)?;
/// let predicted = model.predict(&test);
/// assert_eq!(predicted.len(), test.nsamples());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Then<P, C, E> {
    featuriser: P,
    classifier: C,
    error: PhantomData<fn() -> E>,
}

impl<P: Clone, C: Clone, E> Clone for Then<P, C, E> {
    fn clone(&self) -> Self {
        Self::new(self.featuriser.clone(), self.classifier.clone())
    }
}

impl<P, C, E> Then<P, C, E> {
    /// Hyper-parameters of the featuriser and the classifier.
    pub fn new(featuriser: P, classifier: C) -> Self {
        Self {
            featuriser,
            classifier,
            error: PhantomData,
        }
    }

    /// The featuriser's hyper-parameters.
    pub fn featuriser(&self) -> &P {
        &self.featuriser
    }

    /// The classifier's hyper-parameters.
    pub fn classifier(&self) -> &C {
        &self.classifier
    }
}

impl<F, L, D, T, P, C, E> Fit<ArrayBase<D, Ix2>, T, Error> for Then<P, C, E>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<ArrayBase<D, Ix2>, T, Error>,
    P::Object: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    C: Fit<Array2<F>, Array1<L>, E>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    type Object = Pipeline<P::Object, C::Object>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let targets = dataset.targets.as_single_targets().to_owned();
        check_target_count(dataset.records.nrows(), targets.len())?;
        let features = self.featuriser.fit(dataset)?;
        let records = features.transform(dataset.records.view())?;
        let transformed = DatasetBase::new(records, targets).with_weights(dataset.weights.clone());
        let classifier = self
            .classifier
            .fit(&transformed)
            .map_err(Error::estimator)?;
        Ok(Pipeline {
            features,
            classifier,
        })
    }
}

/// A fitted featuriser and the classifier of its features.
///
/// # Example
///
/// See [`Then`].
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline<M, K> {
    features: M,
    classifier: K,
}

impl<M, K> Pipeline<M, K> {
    /// The fitted featuriser.
    pub fn features(&self) -> &M {
        &self.features
    }

    /// The fitted classifier, whose records are the features; decision values are had from it.
    pub fn classifier(&self) -> &K {
        &self.classifier
    }

    /// Labels of records (`n x d`).
    ///
    /// # Errors
    ///
    /// Those of the featuriser's `transform`: a wrong width, values that are not finite or not
    /// in `[0, 1]`.
    pub fn try_predict<F, L>(&self, records: ArrayView2<F>) -> Result<Array1<L>>
    where
        M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
        K: PredictInplace<Array2<F>, Array1<L>>,
    {
        let features = self.features.transform(records)?;
        let mut labels = self.classifier.default_target(&features);
        self.classifier.predict_inplace(&features, &mut labels);
        Ok(labels)
    }
}

impl<F, L, D, M, K> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for Pipeline<M, K>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: PredictInplace<Array2<F>, Array1<L>>,
{
    /// # Panics
    ///
    /// If the records cannot be transformed or `y` is of another length, as the trait has no way
    /// to return an error; [`try_predict`](Pipeline::try_predict) has.
    fn predict_inplace<'a>(&'a self, x: &'a ArrayBase<D, Ix2>, y: &mut Array1<L>) {
        assert_eq!(x.nrows(), y.len(), "one target for each record is expected");
        match self.try_predict(x.view()) {
            Ok(labels) => *y = labels,
            Err(error) => panic!("the records cannot be transformed: {error}"),
        }
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(x.nrows())
    }
}
