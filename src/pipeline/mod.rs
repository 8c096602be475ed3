//! A featuriser and a classifier as one estimator.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace, Transformer};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};

use crate::checks::{check_target_count, check_weight_count};
use crate::classification::DecisionFunction;
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Float, Result};

/// Fits a featuriser, then a classifier on its features; the model predicts labels from records.
///
/// Made by [`FisherFeaturesParams::then`](crate::fisher::FisherFeaturesParams::then). It takes any
/// linfa estimator that is fitted on `Array2<F>` records and `Array1<L>` targets, and works with
/// linfa's own `cross_validate_single` and, where the classifier's prediction is a [`TryPredict`]
/// ([`Foreign`](crate::traits::Foreign) makes it one), this crate's
/// [`cross_validate`](crate::model_selection::cross_validate) alike. `E` is the classifier's
/// error, which the compiler finds out by itself; it is returned as [`Error::Estimator`].
///
/// Weights of the samples go to the classifier alone: Boltzmann machines and Fisher features
/// count every sample the same.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
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
pub struct Then<P, C, E> {
    featuriser: P,
    classifier: C,
    #[cfg_attr(feature = "serde", serde(skip))]
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
        Ok(Pipeline {
            features,
            classifier: classifier.map_err(Error::estimator)?,
        })
    }
}

/// Fits the featuriser on the dataset, then the classifier on the features.
///
/// # Errors
///
/// [`RecordsError::TargetCount`](crate::error::RecordsError::TargetCount), [`RecordsError::WeightCount`](crate::error::RecordsError::WeightCount); those of the featuriser's `fit` and
/// `transform`; those of the classifier, as they are if they are this crate's, else in
/// [`Error::Estimator`].
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
        self.fit_after(dataset, |featuriser| featuriser.fit(dataset))
    }
}

/// Reports the events of the featuriser: the epochs of its model and its passes over the rows.
impl<F, L, D, T, P, C, E> FitObserved<ArrayBase<D, Ix2>, T, Error> for Then<P, C, E>
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

/// A fitted featuriser and the classifier of its features.
///
/// # Example
///
/// See [`Then`] for how one is fitted. It can be saved and loaded with the feature `serde`:
///
#[cfg_attr(all(feature = "datasets", feature = "serde"), doc = "```")]
#[cfg_attr(not(all(feature = "datasets", feature = "serde")), doc = "```ignore")]
/// use std::fs::File;
/// use std::io::{BufReader, BufWriter};
///
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::FisherFeatures;
/// use linfa_fisher::pipeline::Pipeline;
///
/// type Model = Pipeline<FisherFeatures<f32, Rbm<f32>>, KNearestNeighbors<f32, usize>>;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.9);
/// let params = FisherFeatures::fk(Rbm::params(8).epochs(2)).then(KNearestNeighbors::params(1));
/// let model: Model = params.fit(&train)?;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("digits.cbor");
/// ciborium::into_writer(&model, BufWriter::new(File::create(&path)?))?;
/// let loaded: Model = ciborium::from_reader(BufReader::new(File::open(&path)?))?;
/// assert_eq!(loaded.predict(&test), model.predict(&test));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct Pipeline<M, K> {
    features: M,
    classifier: K,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    Pipeline<M, K> { features, classifier } where M: Featuriser, K: Loadable
}

#[cfg(feature = "serde")]
impl<M: Featuriser, K: Loadable> Pipeline<M, K> {
    /// A classifier of as many columns as there are features.
    fn check_parts(&self) -> Result<()> {
        self.classifier.check_loaded(self.features.nfeatures())
    }
}

impl<M, K> Pipeline<M, K> {
    /// The fitted featuriser.
    pub fn features(&self) -> &M {
        &self.features
    }

    /// The fitted classifier, whose records are the features.
    pub fn classifier(&self) -> &K {
        &self.classifier
    }

    /// Labels of records (`n x d`).
    ///
    /// A classifier that only has linfa's `PredictInplace` is given as
    /// [`Foreign`](crate::traits::Foreign) to the pipeline.
    ///
    /// # Errors
    ///
    /// Those of the featuriser's `transform`: a wrong width, values that are not finite or not
    /// in `[0, 1]`; those of the classifier's [`TryPredict`].
    ///
    /// # Panics
    ///
    /// With a [`Foreign`](crate::traits::Foreign) classifier alone, where that does.
    pub fn try_predict<F, L, D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>
    where
        F: Float,
        D: Data<Elem = F>,
        M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
        K: TryPredict<F, L>,
    {
        let features = self.features.transform(records.view())?;
        self.classifier.try_predict(&features)
    }
}

impl<F, L, M, K> TryPredict<F, L> for Pipeline<M, K>
where
    F: Float,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: TryPredict<F, L>,
{
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }
}

/// The decision values of the classifier for the features of the records.
impl<F, M, K> DecisionFunction<F> for Pipeline<M, K>
where
    F: Float,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: DecisionFunction<F>,
{
    type Label = K::Label;

    fn classes(&self) -> &[K::Label] {
        self.classifier.classes()
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        let features = self.features.transform(records.view())?;
        self.classifier.decision_function(&features)
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
    /// If the records cannot be transformed, the classifier panics or `y` is of another length,
    /// as the trait has no way to return an error; [`try_predict`](Pipeline::try_predict) has.
    fn predict_inplace<'a>(&'a self, x: &'a ArrayBase<D, Ix2>, y: &mut Array1<L>) {
        assert_eq!(x.nrows(), y.len(), "one target for each record is expected");
        let features = match self.features.transform(x.view()) {
            Ok(features) => features,
            Err(error) => panic!("the records cannot be transformed: {error}"),
        };
        self.classifier.predict_inplace(&features, y);
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(x.nrows())
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use ndarray::{array, Ix1};

    use super::*;
    use crate::classification::KNearestNeighbors;
    use crate::error::{ClassificationError, SelectionError};
    use crate::model_selection::{cross_validate, StratifiedKFold};

    /// Multiplies by 1e30, whatever it is fitted on.
    #[derive(Clone)]
    struct Magnify;

    impl<D: Data<Elem = f32>, T> Fit<ArrayBase<D, Ix2>, T, Error> for Magnify {
        type Object = Self;

        fn fit(&self, _: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self> {
            Ok(Self)
        }
    }

    impl Transformer<ArrayView2<'_, f32>, Result<Array2<f32>>> for Magnify {
        fn transform(&self, records: ArrayView2<f32>) -> Result<Array2<f32>> {
            Ok(records.mapv(|x| x * 1e30))
        }
    }

    fn two_by_two() -> Dataset<f32, usize, Ix1> {
        let records = array![[0.0], [1e-30], [5e-30], [6e-30]];
        Dataset::new(records, array![7, 7, 9, 9])
    }

    #[test]
    fn errors_of_the_classifiers_prediction_are_returned() {
        let pipeline = Then::new(Magnify, KNearestNeighbors::params(1));
        let model = pipeline.fit(&two_by_two()).unwrap();
        let near = model.try_predict(&array![[2e-30], [4e-30]]).unwrap();
        assert_eq!(near, array![7, 9]);
        let far = model.try_predict(&array![[1.0]]);
        assert!(matches!(
            far,
            Err(Error::Classification(
                ClassificationError::DistanceOverflow { .. }
            ))
        ));
    }

    #[test]
    fn cross_validation_returns_them_too() {
        let pipeline = Then::new(Magnify, KNearestNeighbors::params(1));
        let folds = StratifiedKFold::new(2).shuffle(false);
        for row in 0..4 {
            let mut dataset = two_by_two();
            dataset.records[[row, 0]] = 1.0;
            let Error::Selection(SelectionError::Fold { fold: 0, source }) =
                cross_validate(&dataset, &pipeline, &folds).unwrap_err()
            else {
                panic!("the first fold trains on row {row} or predicts it");
            };
            assert!(matches!(
                source.downcast_ref(),
                Some(Error::Classification(
                    ClassificationError::DistanceOverflow { .. }
                ))
            ));
        }
    }
}
