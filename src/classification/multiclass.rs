//! Multi-class classification by binary classifiers.

use std::marker::PhantomData;

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Float, Label};
use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Data, Ix2};

use super::decision::{check_decisions, greatest_classes, BinaryDecision, DecisionFunction};
use super::predictions::write_predictions;
use super::strategy::{BinaryProblem, MultiClassStrategy};
use crate::checks::{check_labelled, check_query, check_target_count};
#[cfg(feature = "serde")]
use crate::persistence::{check_binary_models, check_classes, check_columns, Loadable};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Rows that are predicted at a time.
const BLOCK_ROWS: usize = 256;

/// Makes a multi-class classifier of a binary one, by the binary problems of the [`MultiClassStrategy`] `S`.
///
/// Use it by its two names, [`OneVsRest`](super::OneVsRest) and [`OneVsOne`](super::OneVsOne).
///
/// `P` are the parameters of a binary linfa classifier, fitted on `bool` targets, whose model
/// implements [`BinaryDecision`]. `E` is its error, which the compiler always infers. The classes
/// are sorted, and the problems are fitted in parallel, with results that do not depend on the
/// number of threads. If two classes have equal decision values, the smaller class wins.
///
/// linfa's `one_vs_all` and `MultiClassModel` do the same as one-vs-rest by hand, but visit the
/// classes in an order that changes from run to run.
///
/// # With linfa-svm
///
/// Use C-classification without shrinking, which is its default, and set `eps` (1e-3, say): in
/// `f32` the default of 1e-7 is out of reach, and the solver stops only after ten million
/// iterations a problem. Every problem computes the kernel matrix of its own rows, and there are
/// as many of these matrices at a time as there are threads.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::{MultiClass, OneVsOneStrategy, OneVsRestStrategy, MultiClassStrategy};
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// fn predict<S: MultiClassStrategy>() -> linfa_fisher::Result<String> {
///     let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array!["a", "a", "b", "b"]);
///     let params = MultiClass::<S, _, _>::new(Svm::<f64, bool>::params());
///     Ok(params.fit(&dataset)?.predict(&array![[5.0]])[0].to_string())
/// }
/// assert_eq!(predict::<OneVsRestStrategy>()?, "b");
/// assert_eq!(predict::<OneVsOneStrategy>()?, "b");
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "P: serde_crate::Serialize",
            deserialize = "P: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct MultiClass<S, P, E> {
    params: P,
    #[cfg_attr(feature = "serde", serde(skip))]
    phantom: PhantomData<fn() -> (S, E)>,
}

impl<S, P: Clone, E> Clone for MultiClass<S, P, E> {
    fn clone(&self) -> Self {
        Self::new(self.params.clone())
    }
}

impl<S, P, E> MultiClass<S, P, E> {
    /// Fits every binary problem with these parameters, which are checked when fitted.
    pub fn new(params: P) -> Self {
        Self {
            params,
            phantom: PhantomData,
        }
    }

    /// The parameters of the binary classifiers.
    pub fn binary_params(&self) -> &P {
        &self.params
    }

    /// Fits one problem: on views of all records if it takes them all, else on copies of its rows,
    /// which keep their order.
    fn fit_problem<F, L, O>(
        &self,
        problem: BinaryProblem,
        classes: &[L],
        dataset: &DatasetBase<ArrayView2<F>, ArrayView1<L>>,
    ) -> Result<O>
    where
        F: Float,
        L: Label,
        P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        let (records, targets) = (&dataset.records, dataset.targets);
        let side = |row: &usize| problem.side(&targets[*row], classes);
        let rows: Vec<usize> = (0..targets.len())
            .filter(|row| side(row).is_some())
            .collect();
        // in standard layout, whatever that of the targets is: linfa-svm takes no other
        let positive: Array1<bool> = rows.iter().filter_map(side).collect();
        let fit = |records: ArrayView2<F>, weights: Array1<f32>| {
            let binary = DatasetBase::new(records.view(), positive.view()).with_weights(weights);
            self.params.fit(&binary).map_err(Error::estimator)
        };
        match problem.negative {
            None => fit(records.view(), dataset.weights.clone()),
            Some(_) => {
                let weights = rows
                    .iter()
                    .filter_map(|&row| dataset.weights.get(row).copied());
                fit(records.select(Axis(0), &rows).view(), weights.collect())
            }
        }
    }
}

/// Fits one binary classifier a problem of the strategy on the `n x d` records. One-vs-one fits
/// copies of the rows of two classes, as many copies at a time as there are threads.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`TargetCount`], [`WeightCount`], [`SingleClass`];
/// [`Error::Estimator`] with what the binary classifier returned, for the first problem that
/// failed.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
impl<F, L, D, T, S, P, E, O> Fit<ArrayBase<D, Ix2>, T, Error> for MultiClass<S, P, E>
where
    F: Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    S: MultiClassStrategy,
    P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O> + Sync,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    O: Send,
{
    type Object = MultiClassModel<S, L, O>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let classes = check_labelled(dataset)?;
        let targets = dataset.targets.as_single_targets();
        let viewed =
            DatasetBase::new(dataset.records.view(), targets).with_weights(dataset.weights.clone());
        let models: Vec<Result<O>> = S::problems(classes.len())
            .into_par_iter()
            .map(|problem| self.fit_problem(problem, &classes, &viewed))
            .collect();
        let models = models.into_iter().collect::<Result<_>>()?;
        Ok(MultiClassModel::new(
            classes,
            models,
            dataset.records.ncols(),
        ))
    }
}

/// Reports nothing: the binary classifiers are not watched.
impl<R, T, S, P, E> FitObserved<R, T, Error> for MultiClass<S, P, E>
where
    R: Records,
    Self: Fit<R, T, Error>,
{
}

/// The fitted binary models of a [`MultiClass`] classifier.
///
/// Use it by its two names, [`OneVsRestModel`](super::OneVsRestModel) and
/// [`OneVsOneModel`](super::OneVsOneModel).
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
    fn new(classes: Vec<L>, models: Vec<M>, features: usize) -> Self {
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

#[cfg(test)]
mod tests;
