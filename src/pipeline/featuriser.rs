//! Fitted estimators as the first stage of a pipeline: maps from records to features.

use linfa::traits::{PredictInplace, Transformer};
use ndarray::{Array2, ArrayView2};

use super::foreign::Foreign;
use super::pipeline::Pipeline;
use super::shape::{EndsWith, Fallible, Projects, Transforms};
use crate::{Float, Result};

/// A fitted estimator that maps records to features and can be followed by another one.
///
/// It is implemented for this crate's machines, features and scalers, for linfa's transformers and
/// projections, and for pipelines that end with one of them. `Shape` is inferred.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Predict};
/// use linfa::Dataset;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::pipeline::PipelineExt;
/// use linfa_preprocessing::linear_scaling::LinearScaler;
/// use linfa_reduction::Pca;
/// use ndarray::array;
///
/// let records = array![[0.0, 10.0], [1.0, 30.0], [5.0, 20.0], [6.0, 40.0]];
/// let dataset = Dataset::new(records, array![7, 7, 9, 9]);
/// let stages = LinearScaler::standard().then(Pca::params(1)).then(KNearestNeighbors::params(1));
/// assert_eq!(stages.fit(&dataset)?.predict(&dataset), dataset.targets);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` maps no records to features, so no stage can follow it",
    note = "a stage before the last one is a `Transformer` from `Array2<F>` or `ArrayView2<F>` to `Array2<F>` or to a `Result` of it, or predicts an `Array2<F>`"
)]
pub trait IntoFeaturiser<F: Float, Shape> {
    /// The same, as what a pipeline transforms records with.
    type Featuriser: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>;

    /// Makes it the first stage of a pipeline; `sample` is a row of the records (`1 x d`) that it
    /// was fitted on.
    ///
    /// # Errors
    ///
    /// Those of its own `transform`; [`RowCount`] if it makes other than one row of one.
    ///
    /// [`RowCount`]: crate::error::RecordsError::RowCount
    fn into_featuriser(self, sample: ArrayView2<F>) -> Result<Self::Featuriser>;
}

impl<F, M> IntoFeaturiser<F, Fallible> for M
where
    F: Float,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
{
    type Featuriser = M;

    fn into_featuriser(self, _: ArrayView2<F>) -> Result<M> {
        Ok(self)
    }
}

impl<F: Float, M: Transformer<Array2<F>, Array2<F>>> IntoFeaturiser<F, Transforms> for M {
    type Featuriser = Foreign<M, Transforms>;

    fn into_featuriser(self, sample: ArrayView2<F>) -> Result<Self::Featuriser> {
        Foreign::new(self, sample)
    }
}

impl<F: Float, M: PredictInplace<Array2<F>, Array2<F>>> IntoFeaturiser<F, Projects> for M {
    type Featuriser = Foreign<M, Projects>;

    fn into_featuriser(self, sample: ArrayView2<F>) -> Result<Self::Featuriser> {
        Foreign::new(self, sample)
    }
}

impl<F, M, K> IntoFeaturiser<F, EndsWith<Transforms>> for Pipeline<M, K>
where
    F: Float,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: Transformer<Array2<F>, Array2<F>>,
{
    type Featuriser = Pipeline<M, Foreign<K, Transforms>>;

    fn into_featuriser(self, sample: ArrayView2<F>) -> Result<Self::Featuriser> {
        self.ending_with(sample, Foreign::new)
    }
}

impl<F, M, K> IntoFeaturiser<F, EndsWith<Projects>> for Pipeline<M, K>
where
    F: Float,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
    K: PredictInplace<Array2<F>, Array2<F>>,
{
    type Featuriser = Pipeline<M, Foreign<K, Projects>>;

    fn into_featuriser(self, sample: ArrayView2<F>) -> Result<Self::Featuriser> {
        self.ending_with(sample, Foreign::new)
    }
}
