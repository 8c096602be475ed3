//! Two fitted stages as one model.

use std::time::Instant;

use linfa::dataset::AsTargets;
use linfa::traits::{PredictInplace, Transformer};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};

use crate::classification::DecisionFunction;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable};
use crate::traits::{Evaluation, TryPredict};
use crate::{Float, Result};

/// A fitted featuriser and the classifier of its features, or a second featuriser.
///
/// # Example
///
/// See [`PipelineParams`](super::PipelineParams) for how one is fitted. It can be saved and loaded
/// with the feature `serde`:
///
#[cfg_attr(all(feature = "datasets", feature = "serde"), doc = "```")]
#[cfg_attr(not(all(feature = "datasets", feature = "serde")), doc = "```ignore")]
/// use std::fs::File;
/// use std::io::{BufReader, BufWriter};
///
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::prelude::*;
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
    pub(super) fn new(features: M, classifier: K) -> Self {
        Self {
            features,
            classifier,
        }
    }

    /// The same first stage, followed by what `wrap` makes of the last one and of the row that it
    /// gets for the row `sample` (`1 x d`) of the records.
    pub(super) fn ending_with<F, W>(
        self,
        sample: ArrayView2<F>,
        wrap: impl FnOnce(K, ArrayView2<F>) -> Result<W>,
    ) -> Result<Pipeline<M, W>>
    where
        F: Float,
        M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    {
        let features = self.features.transform(sample)?;
        let last = wrap(self.classifier, features.view())?;
        Ok(Pipeline::new(self.features, last))
    }

    /// The fitted featuriser.
    pub fn features(&self) -> &M {
        &self.features
    }

    /// The fitted classifier, or a featuriser as the last stage, whose records are the features.
    pub fn classifier(&self) -> &K {
        &self.classifier
    }

    /// Labels of records (`n x d`).
    ///
    /// Wrap a classifier that only has linfa's `PredictInplace` in
    /// [`Infallible`](crate::traits::Infallible) before it becomes part of a pipeline.
    ///
    /// # Errors
    ///
    /// Those of the featuriser's `transform`: a wrong width, values that are not finite or not
    /// in `[0, 1]`; those of the classifier's [`TryPredict`].
    ///
    /// # Panics
    ///
    /// Only where a wrapped [`Infallible`](crate::traits::Infallible) classifier panics.
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

    fn evaluate<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Evaluation<L>> {
        let start = Instant::now();
        let features = self.features.transform(records.view())?;
        let transform_time = start.elapsed();
        let mut evaluation = self.classifier.evaluate(&features)?;
        evaluation.transform_time += transform_time;
        Ok(evaluation)
    }
}

/// The features (`n x r`) of a pipeline that ends with a featuriser.
///
/// # Errors
///
/// Those of its stages.
impl<F, D, M, K> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>> for Pipeline<M, K>
where
    F: Float,
    D: Data<Elem = F>,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
{
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        let features = self.features.transform(records.view())?;
        self.classifier.transform(features.view())
    }
}

/// Features of borrowed records.
impl<F, D, M, K> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>> for Pipeline<M, K>
where
    F: Float,
    D: Data<Elem = F>,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
{
    fn transform(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        self.transform(records.view())
    }
}

/// A dataset of features with the same targets, weights and names of targets, and the names that
/// the stages give the features, one after another.
///
/// # Errors
///
/// As for records; [`WeightCount`](crate::error::RecordsError::WeightCount) for weights of another
/// number than records.
impl<F, D, M, K, T>
    Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for Pipeline<M, K>
where
    F: Float,
    D: Data<Elem = F>,
    M: Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>,
    K: Transformer<DatasetBase<Array2<F>, T>, Result<DatasetBase<Array2<F>, T>>>,
    T: AsTargets,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        self.classifier.transform(self.features.transform(dataset)?)
    }
}

#[cfg(feature = "serde")]
impl<M, K: Featuriser> Featuriser for Pipeline<M, K> {
    fn nfeatures(&self) -> usize {
        self.classifier.nfeatures()
    }
}

#[cfg(feature = "serde")]
impl<M: Loadable, K> Loadable for Pipeline<M, K> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        self.features.check_loaded(columns)
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
