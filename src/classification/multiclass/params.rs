//! Hyper-parameters of a multi-class classifier, and how its binary problems are fitted.

use std::marker::PhantomData;

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::Fit;
use linfa::{DatasetBase, Float, Label};
use ndarray::{Array1, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use rayon::prelude::*;

use super::model::MultiClassModel;
use super::strategy::{BinaryProblem, MultiClassStrategy};
use crate::checks::{check_labelled, check_weights};
use crate::classification::svm::check_svm;
use crate::traits::FitObserved;
use crate::{Error, Result};

/// Makes a multi-class classifier of a binary one, by the binary problems of the strategy `S`, a
/// [`MultiClassStrategy`].
///
/// Use it by its two names, [`OneVsRest`](crate::classification::OneVsRest) and
/// [`OneVsOne`](crate::classification::OneVsOne).
///
/// `P` are the parameters of a binary linfa classifier, fitted on `bool` targets, whose model
/// implements [`BinaryDecision`](crate::classification::BinaryDecision). `E` is its error, which
/// the compiler always infers. The classes are sorted, and the problems are fitted in parallel,
/// with results that do not depend on the number of threads. If two classes have equal decision
/// values, the smaller class wins.
///
/// linfa's `one_vs_all` and `MultiClassModel` do the same as one-vs-rest by hand, but visit the
/// classes in an order that changes from run to run.
///
/// # With linfa-svm
///
/// Use [`svm`](crate::classification::svm), or C-classification without shrinking and an `eps` of
/// 1e-3: the default of 1e-7 is out of reach in `f32`, and refused. Every problem computes the
/// kernel matrix of its own rows, and there are as many of these matrices at a time as there are
/// threads.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::{
///     MultiClass, MultiClassStrategy, OneVsOneStrategy, OneVsRestStrategy,
/// };
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
                    .map_err(|error| error.of_rows(&rows))
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
/// [`UnreachableTolerance`] for parameters of linfa-svm; [`Error::Estimator`] with what the binary
/// classifier returned, for the first problem that failed.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
/// [`UnreachableTolerance`]: crate::error::ClassificationError::UnreachableTolerance
impl<F, L, D, T, S, P, E, O> Fit<ArrayBase<D, Ix2>, T, Error> for MultiClass<S, P, E>
where
    F: Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    S: MultiClassStrategy,
    P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O> + Sync + 'static,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    O: Send,
{
    type Object = MultiClassModel<S, L, O>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        check_svm(&self.params)?;
        let classes = check_labelled(dataset)?;
        check_weights(dataset.weights.view())?;
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
