//! Fitted transformers of other crates, which panic where this crate's return an error.

use std::marker::PhantomData;

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::{PredictInplace, Transformer};
use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

use super::shape::{Projects, Transforms};
use crate::checks::{check_query, check_row_count, check_values, with_features};
use crate::error::RecordsError;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable};
use crate::{Float, Result};

/// A fitted transformer of another crate as a stage of a pipeline: records of another width than
/// those it was fitted on, values that are not finite and features that are none are errors.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Predict};
/// use linfa::Dataset;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::pipeline::PipelineExt;
/// use linfa_reduction::Pca;
/// use ndarray::array;
///
/// let records = array![[0.0, 1.0], [1.0, 3.0], [5.0, 2.0], [6.0, 4.0]];
/// let dataset = Dataset::new(records, array![7, 7, 9, 9]);
/// let model = Pca::params(1).then(KNearestNeighbors::params(1)).fit(&dataset)?;
/// assert_eq!(model.features().inner().explained_variance().len(), 1);
/// let error = model.try_predict(&array![[1.0, 2.0, 3.0]]).unwrap_err();
/// assert!(error.to_string().starts_with("the records have 3 columns, the model expects 2"));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "M: serde_crate::Serialize",
            deserialize = "M: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct Foreign<M, Shape> {
    model: M,
    /// Columns of the records.
    columns: usize,
    /// Columns of the features.
    features: usize,
    #[cfg_attr(feature = "serde", serde(skip))]
    shape: PhantomData<fn() -> Shape>,
}

impl<M, Shape> Foreign<M, Shape> {
    /// A stage that takes records as wide as `sample` (`1 x d`).
    pub(super) fn new<F: Float>(model: M, sample: ArrayView2<F>) -> Result<Self>
    where
        Self: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    {
        let mut stage = Self {
            model,
            columns: sample.ncols(),
            features: 0,
            shape: PhantomData,
        };
        stage.features = stage.transform(sample)?.ncols();
        Ok(stage)
    }

    /// The transformer.
    pub fn inner(&self) -> &M {
        &self.model
    }

    /// What `transform` makes of the records, if they are finite and as wide as expected, and it
    /// makes finite features of all of them.
    fn checked<F: Float>(
        &self,
        records: ArrayView2<F>,
        transform: impl FnOnce(&M, Array2<F>) -> Array2<F>,
    ) -> Result<Array2<F>> {
        check_query(records, self.columns)?;
        let rows = records.nrows();
        let features = transform(&self.model, records.to_owned());
        check_row_count(rows, features.nrows())?;
        check_features(features.view(), std::any::type_name::<M>())?;
        Ok(features)
    }
}

/// At least one column, and every value finite.
fn check_features<F: Float>(features: ArrayView2<F>, stage: &'static str) -> Result<()> {
    if features.ncols() == 0 {
        return Err(RecordsError::NoFeatures { stage }.into());
    }
    let not_finite = |x: F| !x.is_finite();
    check_values(features, not_finite, |row, column, value| {
        let fault = RecordsError::FeatureNotFinite {
            stage,
            row,
            column,
            value,
        };
        fault.into()
    })
}

impl<F, M> Transformer<ArrayView2<'_, F>, Result<Array2<F>>> for Foreign<M, Transforms>
where
    F: Float,
    M: Transformer<Array2<F>, Array2<F>>,
{
    fn transform(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.checked(records, |model, records| model.transform(records))
    }
}

impl<F, M> Transformer<ArrayView2<'_, F>, Result<Array2<F>>> for Foreign<M, Projects>
where
    F: Float,
    M: PredictInplace<Array2<F>, Array2<F>>,
{
    fn transform(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.checked(records, |model, records| {
            let mut features = model.default_target(&records);
            model.predict_inplace(&records, &mut features);
            features
        })
    }
}

/// A dataset of features with the same targets, weights and names of targets. The features have no
/// names: it is not known what they are made of.
///
/// # Errors
///
/// As for records; [`WeightCount`](RecordsError::WeightCount) for weights of another number than
/// records.
impl<F, D, T, M, Shape>
    Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for Foreign<M, Shape>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
    Self: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        let features = self.transform(dataset.records.view())?;
        with_features(dataset, features)
    }
}

#[cfg(feature = "serde")]
impl<M, Shape> Featuriser for Foreign<M, Shape> {
    fn nfeatures(&self) -> usize {
        self.features
    }
}

/// Nothing is known about the transformer itself: it is as safe to use as its own `Deserialize`
/// makes it.
#[cfg(feature = "serde")]
impl<M, Shape> Loadable for Foreign<M, Shape> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        crate::persistence::check_columns(self.columns, columns)
    }
}
