//! Hyper-parameters of two stages as one estimator.

use std::cell::RefCell;
use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix1, Ix2, s};

use super::featuriser::IntoFeaturiser;
use super::pipeline::Pipeline;
use crate::checks::{check_records, check_target_count, check_weight_count};
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Fits a featuriser, then a classifier on its features; the model predicts labels from records.
///
/// Made by [`PipelineExt::then`](super::PipelineExt::then). The featuriser is any linfa estimator
/// whose fitted model maps records to features ([`IntoFeaturiser`]), or another pipeline that ends
/// with one. The classifier is any linfa estimator that is fitted on `Array2<F>` records and
/// `Array1<L>` targets; in its place may stand one more featuriser, which the next `then` follows.
///
/// The pipeline works with linfa's own `cross_validate_single`. With this crate's
/// [`cross_validate`](crate::model_selection::cross_validate) it works if the classifier's model
/// implements [`TryPredict`] and all stages [`FitObserved`], as this crate's do; the wrapper
/// [`Infallible`](crate::traits::Infallible) makes those of other crates do so. `E` stands for the
/// errors of the stages and the [shape](IntoFeaturiser) of the first one, which the compiler
/// infers; an error of another crate is returned as [`Error::Estimator`].
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
/// ```
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
    inferred: PhantomData<fn() -> E>,
}

/// The pipeline of two fitted estimators.
type Fitted<F, M, Shape, K> = Pipeline<<M as IntoFeaturiser<F, Shape>>::Featuriser, K>;

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
            inferred: PhantomData,
        }
    }

    /// The hyper-parameters of the first stage.
    pub fn featuriser(&self) -> &P {
        &self.featuriser
    }

    /// The hyper-parameters of the last stage.
    pub fn classifier(&self) -> &C {
        &self.classifier
    }

    /// Changes the hyper-parameters of the first stage, as a
    /// [`Search`](crate::model_selection::Search) does.
    pub fn map_featuriser(self, change: impl FnOnce(P) -> P) -> Self {
        Self {
            featuriser: change(self.featuriser),
            ..self
        }
    }

    /// Changes the hyper-parameters of the last stage.
    pub fn map_classifier(self, change: impl FnOnce(C) -> C) -> Self {
        Self {
            classifier: change(self.classifier),
            ..self
        }
    }

    /// Fits the first stage and gives the dataset of its features too, with standard-layout
    /// targets, for linfa-svm takes no others.
    pub(super) fn fit_first<F, L, D, T, M, Shape, E1>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        fit: impl FnOnce(&P) -> std::result::Result<M, E1>,
    ) -> Result<(M::Featuriser, Dataset<F, L, Ix1>)>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        M: IntoFeaturiser<F, Shape>,
        E1: std::error::Error + Send + Sync + 'static,
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
        let records = dataset.records.view();
        check_records(records)?;
        let features = fit(&self.featuriser).map_err(Error::estimator)?;
        let features = features.into_featuriser(records.slice(s![..1, ..]))?;
        let transformed = Dataset::new(features.transform(records)?, targets);
        Ok((features, transformed.with_weights(weights.clone())))
    }

    /// Fits the first stage, then the last one on its features.
    fn fit_stages<F, L, D, T, M, Shape, K, E1, E2>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        fit_first: impl FnOnce(&P) -> std::result::Result<M, E1>,
        fit_last: impl FnOnce(&C, &Dataset<F, L, Ix1>) -> std::result::Result<K, E2>,
    ) -> Result<Fitted<F, M, Shape, K>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        M: IntoFeaturiser<F, Shape>,
        E1: std::error::Error + Send + Sync + 'static,
        E2: std::error::Error + Send + Sync + 'static,
    {
        let (features, transformed) = self.fit_first(dataset, fit_first)?;
        let last = fit_last(&self.classifier, &transformed).map_err(Error::estimator)?;
        Ok(Pipeline::new(features, last))
    }
}

impl<P, C, E1, Shape, E2> PipelineParams<P, C, (E1, Shape, E2)> {
    /// The `fit` of the trait. As a method of the type it has the compiler say which stage does not
    /// fit, where a method of a trait would not be found.
    ///
    /// # Errors
    ///
    /// As the trait's.
    pub fn fit<F, L, D, T>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Fitted<F, P::Object, Shape, C::Object>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        P: Fit<ArrayBase<D, Ix2>, T, E1>,
        P::Object: IntoFeaturiser<F, Shape>,
        C: Fit<Array2<F>, Array1<L>, E2>,
        E1: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
        E2: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        Fit::fit(self, dataset)
    }
}

/// Fits the first stage on the dataset, then the last one on the features.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`TargetCount`], [`WeightCount`]; those of the stages' `fit`
/// and `transform`, as they are if they are this crate's, else in [`Error::Estimator`]; of
/// transformers of other crates [`RowCount`], [`NoFeatures`] and [`FeatureNotFinite`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`NoFeatures`]: crate::error::RecordsError::NoFeatures
/// [`FeatureNotFinite`]: crate::error::RecordsError::FeatureNotFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`RowCount`]: crate::error::RecordsError::RowCount
impl<F, L, D, T, P, C, E1, Shape, E2> Fit<ArrayBase<D, Ix2>, T, Error>
    for PipelineParams<P, C, (E1, Shape, E2)>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<ArrayBase<D, Ix2>, T, E1>,
    P::Object: IntoFeaturiser<F, Shape>,
    C: Fit<Array2<F>, Array1<L>, E2>,
    E1: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    E2: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    type Object = Fitted<F, P::Object, Shape, C::Object>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let fit_last = |last: &C, features: &_| last.fit(features);
        self.fit_stages(dataset, |first| first.fit(dataset), fit_last)
    }
}

/// Reports the events of both stages: the epochs of a machine and the passes over the rows.
impl<F, L, D, T, P, C, E1, Shape, E2> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for PipelineParams<P, C, (E1, Shape, E2)>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: FitObserved<ArrayBase<D, Ix2>, T, E1>,
    P::Object: IntoFeaturiser<F, Shape>,
    C: FitObserved<Array2<F>, Array1<L>, E2>,
    E1: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    E2: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        mut observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        let observer = RefCell::new(&mut observer);
        self.fit_stages(
            dataset,
            |first| first.fit_observed(dataset, **observer.borrow_mut()),
            |last, features| last.fit_observed(features, **observer.borrow_mut()),
        )
    }
}
