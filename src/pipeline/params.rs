//! Hyper-parameters of a featuriser and a classifier as one estimator.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};

use super::pipeline::Pipeline;
use crate::checks::{check_target_count, check_weight_count};
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Fits a featuriser, then a classifier on its features; the model predicts labels from records.
///
/// Made by [`PipelineExt::then`](super::PipelineExt::then). The classifier is any linfa estimator
/// that is fitted on `Array2<F>` records and `Array1<L>` targets. The pipeline works with linfa's
/// own `cross_validate_single`. If the classifier's model implements [`TryPredict`] (the wrapper
/// [`Infallible`](crate::traits::Infallible) makes any model do so), the pipeline also works with
/// this crate's [`cross_validate`](crate::model_selection::cross_validate). `E` is the classifier's
/// error, which the compiler infers; it is returned as [`Error::Estimator`].
///
/// Only the classifier uses the weights of the samples: Boltzmann machines and Fisher features
/// count every sample the same.
///
/// A classifier of linfa-svm wants `eps` set to 1e-3, as [`svm`](crate::classification::svm) does.
///
/// [`TryPredict`]: crate::traits::TryPredict
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.9);
/// let pipeline = FisherFeatures::fk(Rbm::params(8).epochs(2)).then(KNearestNeighbors::params(1));
/// let model = pipeline.fit(&train)?;
/// let predicted = model.predict(&test);
/// assert_eq!(predicted.len(), test.nsamples());
/// # Ok(())
/// # }
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
#[derive(Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "P: serde_crate::Serialize, C: serde_crate::Serialize",
            deserialize = "P: serde_crate::Deserialize<'de>, C: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct PipelineParams<P, C, E> {
    featuriser: P,
    classifier: C,
    #[cfg_attr(feature = "serde", serde(skip))]
    error: PhantomData<fn() -> E>,
}

impl<P: Clone, C: Clone, E> Clone for PipelineParams<P, C, E> {
    fn clone(&self) -> Self {
        Self::new(self.featuriser.clone(), self.classifier.clone())
    }
}

impl<P, C, E> PipelineParams<P, C, E> {
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

    /// Fits the featuriser by `fit`, then the classifier on the features, on standard-layout
    /// targets, for linfa-svm takes no others.
    fn fit_after<F, L, D, T, M>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        fit: impl FnOnce(&P) -> Result<M>,
    ) -> Result<Pipeline<M, C::Object>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
        C: Fit<Array2<F>, Array1<L>, E>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        let (rows, weights) = (dataset.records.nrows(), &dataset.weights);
        let targets: Array1<L> = dataset
            .targets
            .as_single_targets()
            .iter()
            .cloned()
            .collect();
        check_target_count(rows, targets.len())?;
        check_weight_count(rows, weights.len())?;
        let features = fit(&self.featuriser)?;
        let records = features.transform(dataset.records.view())?;
        let transformed = DatasetBase::new(records, targets).with_weights(weights.clone());
        let classifier = self.classifier.fit(&transformed);
        Ok(Pipeline::new(
            features,
            classifier.map_err(Error::estimator)?,
        ))
    }
}

/// Fits the featuriser on the dataset, then the classifier on the features.
///
/// # Errors
///
/// [`TargetCount`], [`WeightCount`]; those of the featuriser's `fit` and `transform`; those of the
/// classifier, as they are if they are this crate's, else in [`Error::Estimator`].
///
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
impl<F, L, D, T, P, C, E> Fit<ArrayBase<D, Ix2>, T, Error> for PipelineParams<P, C, E>
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
        self.fit_after(dataset, |featuriser| featuriser.fit(dataset))
    }
}

/// Reports the events of the featuriser: the epochs of its model and its passes over the rows.
impl<F, L, D, T, P, C, E> FitObserved<ArrayBase<D, Ix2>, T, Error> for PipelineParams<P, C, E>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: FitObserved<ArrayBase<D, Ix2>, T, Error>,
    P::Object: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    C: Fit<Array2<F>, Array1<L>, E>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        self.fit_after(dataset, |featuriser| {
            featuriser.fit_observed(dataset, observer)
        })
    }
}
