//! The fitted binary models, and how they predict.

use std::marker::PhantomData;

use linfa::traits::PredictInplace;
use linfa::{Float, Label};
use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, ArrayViewMut2, Axis, Data, Ix2};

use super::strategy::MultiClassStrategy;
use crate::Result;
use crate::checks::{check_query, check_target_count};
use crate::classification::decision::{
    BinaryDecision, DecisionFunction, check_decisions, evaluate_greatest, greatest_classes,
};
use crate::classification::predictions::write_predictions;
#[cfg(feature = "serde")]
use crate::persistence::{Loadable, check_binary_models, check_classes, check_columns};
use crate::traits::{Evaluation, TryPredict};

/// Rows that are predicted at a time.
pub(super) const BLOCK_ROWS: usize = 256;

/// The fitted binary models of a [`MultiClass`](super::MultiClass) classifier.
///
/// Use it by its two names, [`OneVsRestModel`](crate::classification::OneVsRestModel) and
/// [`OneVsOneModel`](crate::classification::OneVsOneModel).
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::OneVsRest;
/// use linfa_fisher::error::RecordsError;
/// use linfa_fisher::Error;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array![7, 7, 9, 9]);
/// let model = OneVsRest::new(Svm::<f64, bool>::params()).fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[5.0]])?, array![9]);
/// let wide = model.try_predict(&array![[5.0, 6.0]]);
/// assert!(matches!(wide, Err(Error::Records(RecordsError::Width { expected: 1, found: 2 }))));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct MultiClassModel<S, L, M> {
    classes: Vec<L>,
    models: Vec<M>,
    features: usize,
    #[cfg_attr(feature = "serde", serde(skip))]
    strategy: PhantomData<fn() -> S>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    MultiClassModel<S, L, M> { classes, models, features } => {
        let loaded = Self::new(classes, models, features);
        loaded.check_parts().map(|()| loaded)
    };
    where
        S: MultiClassStrategy,
        L: Label + serde_crate::Deserialize<'de>,
        M: Loadable + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<S: MultiClassStrategy, L: Label, M: Loadable> MultiClassModel<S, L, M> {
    /// Distinct classes in ascending order, and one binary model for each of their problems.
    fn check_parts(&self) -> Result<()> {
        check_classes(&self.classes)?;
        let classes = self.classes.len();
        check_binary_models(&self.models, S::count(classes), classes, self.features)
    }
}

#[cfg(feature = "serde")]
impl<S, L, M> Loadable for MultiClassModel<S, L, M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.features, columns)
    }
}

impl<S, L, M> MultiClassModel<S, L, M> {
    pub(super) fn new(classes: Vec<L>, models: Vec<M>, features: usize) -> Self {
        Self {
            classes,
            models,
            features,
            strategy: PhantomData,
        }
    }

    /// The binary models, in the order of the strategy's [problems](MultiClassStrategy::problems).
    pub fn models(&self) -> &[M] {
        &self.models
    }

    /// Number of features d that the model was trained on.
    pub fn nfeatures(&self) -> usize {
        self.features
    }

    /// The class of every row of `records` (`n x d`).
    ///
    /// # Errors
    ///
    /// Those of [`DecisionFunction::decision_function`].
    pub fn try_predict<F, D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>
    where
        F: Float,
        L: Clone,
        D: Data<Elem = F>,
        S: MultiClassStrategy,
        M: BinaryDecision<F> + Sync,
    {
        let values = self.decision_function(records)?;
        Ok(greatest_classes(values.view(), &self.classes))
    }
}

/// The classes' values for a block of rows, of which `start` is the first.
fn write_values<S: MultiClassStrategy, F: Float, M: BinaryDecision<F> + Sync>(
    models: &[M],
    start: usize,
    records: ArrayView2<F>,
    values: ArrayViewMut2<F>,
) -> Result<()> {
    let decide = |model: &M| model.decision_values(records);
    let decisions: Vec<Array1<F>> = models.par_iter().map(decide).collect();
    for (model, decisions) in decisions.iter().enumerate() {
        check_target_count(records.nrows(), decisions.len())?;
        check_decisions(decisions.view(), start, model)?;
    }
    S::vote(&decisions, values);
    Ok(())
}

impl<F, S, L, M> DecisionFunction<F> for MultiClassModel<S, L, M>
where
    F: Float,
    S: MultiClassStrategy,
    M: BinaryDecision<F> + Sync,
{
    type Label = L;

    fn classes(&self) -> &[L] {
        &self.classes
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        let (records, models) = (records.view(), &self.models);
        check_query(records, self.features)?;
        let mut values = Array2::zeros((records.nrows(), self.classes.len()));
        records
            .axis_chunks_iter(Axis(0), BLOCK_ROWS)
            .into_par_iter()
            .zip(values.axis_chunks_iter_mut(Axis(0), BLOCK_ROWS))
            .enumerate()
            .map(|(block, (records, values))| {
                write_values::<S, F, M>(models, block * BLOCK_ROWS, records, values)
            })
            .collect::<Vec<_>>() // so that the first fault is found, on any number of threads
            .into_iter()
            .collect::<Result<()>>()?;
        Ok(values)
    }
}

impl<F, S, L, M> TryPredict<F, L> for MultiClassModel<S, L, M>
where
    F: Float,
    S: MultiClassStrategy,
    L: Label,
    M: BinaryDecision<F> + Sync,
{
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }

    fn evaluate<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Evaluation<L>> {
        evaluate_greatest(self, records)
    }
}

/// Predicts the class of every row of `n x d` records.
///
/// # Panics
///
/// `predict` and `predict_inplace` panic with the message of the error that
/// [`try_predict`](MultiClassModel::try_predict) returns, and where the number of targets is not
/// that of the records.
impl<F, S, L, D, M> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for MultiClassModel<S, L, M>
where
    F: Float,
    S: MultiClassStrategy,
    L: Label,
    D: Data<Elem = F>,
    M: BinaryDecision<F> + Sync,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}
