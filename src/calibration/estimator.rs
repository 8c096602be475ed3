//! The estimator that calibrates a classifier.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Axis, Data, Ix1, Ix2};

use super::curve::{Curve, Method};
use super::model::{CalibratedModel, check_decision_count};
use crate::checks::{check_labelled, check_weights, classes_of};
use crate::classification::DecisionFunction;
use crate::error::ClassificationError;
use crate::model_selection::{Splitter, StratifiedKFold, checked_splits, select_rows};
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Gives a classifier probabilities, by Platt's method or isotonic regression on held-out rows.
///
/// 1. For each of k folds, the classifier is fitted on the rows of the others, and gives the fold's
///    rows decision values.
/// 2. For each class against the rest, a [`Curve`] is fitted to the decision values of all rows;
///    of two classes, for the second.
/// 3. The classifier is fitted once more, on all rows.
///
/// Decision values of the rows that a classifier has learnt from would be too good. This is
/// scikit-learn's `CalibratedClassifierCV` with `ensemble=False`. Weights of rows count in every
/// step.
///
/// `P` are the parameters of any linfa estimator whose model implements [`DecisionFunction`]: this
/// crate's classifiers, and pipelines of them. `E` is its error, which the compiler infers. Trained
/// in a pipeline, `features.then(Calibrated::new(classifier))` trains the features once, on all
/// rows; `Calibrated::new(features.then(classifier))` trains them for each fold too.
///
/// Source: [`Sigmoid`](super::Sigmoid), [`Isotonic`](super::Isotonic); B. Zadrozny, C. Elkan,
/// "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", 2002, for more
/// than two classes.
///
/// # Example
///
/// ```
/// use linfa::traits::Fit;
/// use linfa::Dataset;
/// use linfa_fisher::calibration::Calibrated;
/// use linfa_fisher::classification::LinearSvm;
/// use linfa_fisher::model_selection::StratifiedKFold;
/// use ndarray::array;
///
/// let records = array![[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]];
/// let dataset = Dataset::new(records, array!["a", "a", "a", "b", "b", "b"]);
/// let params = Calibrated::new(LinearSvm::params()).folds(StratifiedKFold::new(3));
/// let probabilities = params.fit(&dataset)?.probabilities(&array![[0.5], [4.5], [8.5]])?;
/// assert!(probabilities[[0, 0]] > 0.6 && probabilities[[2, 1]] > 0.6);
/// assert!((probabilities.row(1).sum() - 1.0).abs() < 1e-15);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "P: serde_crate::Serialize, S: serde_crate::Serialize",
            deserialize = "P: serde_crate::Deserialize<'de>, S: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct Calibrated<P, E, S = StratifiedKFold> {
    params: P,
    folds: S,
    method: Method,
    #[cfg_attr(feature = "serde", serde(skip))]
    inferred: PhantomData<fn() -> E>,
}

impl<P: Clone, E, S: Clone> Clone for Calibrated<P, E, S> {
    fn clone(&self) -> Self {
        Calibrated::new(self.params.clone())
            .folds(self.folds.clone())
            .method(self.method)
    }
}

impl<P, E> Calibrated<P, E> {
    /// Calibrates the classifier of these parameters by five folds.
    pub fn new(params: P) -> Self {
        Self {
            params,
            folds: StratifiedKFold::new(5),
            method: Method::default(),
            inferred: PhantomData,
        }
    }
}

impl<P, E, S> Calibrated<P, E, S> {
    /// The folds whose rows are held out in turn, by any [`Splitter`]. Defaults to five shuffled,
    /// stratified ones. Curves are fitted to all rows that are held out.
    pub fn folds<S2>(self, folds: S2) -> Calibrated<P, E, S2> {
        Calibrated {
            params: self.params,
            folds,
            method: self.method,
            inferred: PhantomData,
        }
    }

    /// The kind of curve. Defaults to Platt's sigmoid.
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The parameters of the classifier.
    pub fn classifier(&self) -> &P {
        &self.params
    }

    /// Fits the curves and the classifier, which `fit` fits to some rows.
    fn fit_by<F, L, D, T, M>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        mut fit: impl FnMut(&Dataset<F, L, Ix1>) -> std::result::Result<M, E>,
    ) -> Result<CalibratedModel<M>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        M: DecisionFunction<F, Label = L>,
        E: std::error::Error + Send + Sync + 'static,
        S: Splitter<L>,
    {
        let targets = dataset.targets.as_single_targets();
        let classes = check_labelled(dataset)?;
        check_weights(dataset.weights.view())?;
        let mut fit = |rows: &[usize]| {
            let fitted = fit(&select_rows(dataset, targets, rows));
            fitted.map_err(|error| Error::estimator(error).of_rows(rows))
        };
        let mut decisions = Array2::zeros((0, classes.len()));
        let mut held_out = Vec::new();
        for (fold, (training, rows)) in (1..).zip(checked_splits(&self.folds, targets)?) {
            let learnt = targets.select(Axis(0), &training);
            check_classes_of(learnt.view(), fold, classes.len())?;
            let records = dataset.records.select(Axis(0), &rows);
            let values = fit(&training)?.decision_function(&records);
            let values = values.map_err(|error| error.of_rows(&rows))?;
            check_decision_count(classes.len(), values.ncols())?;
            let values = values.mapv(|f| f.to_f64().unwrap_or(f64::NAN));
            decisions
                .append(Axis(0), values.view())
                .map_err(Error::estimator)?;
            held_out.extend(rows);
        }
        let curves = curves(self.method, dataset, (&classes, &held_out), &decisions);
        let all: Vec<usize> = (0..dataset.records.nrows()).collect();
        Ok(CalibratedModel::new(fit(&all)?, curves))
    }
}

/// The curve of each class against the rest, or of the second of two, for the decision values of
/// the rows that were held out.
fn curves<L: Label, D: Data, T: AsSingleTargets<Elem = L>>(
    method: Method,
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    (classes, held_out): (&[L], &[usize]),
    decisions: &Array2<f64>,
) -> Vec<Curve> {
    let targets = dataset.targets.as_single_targets();
    let weight = |row: &usize| dataset.weights.get(*row).map_or(1.0, |&w| f64::from(w));
    let weights: Array1<f64> = held_out.iter().map(weight).collect();
    let of_class = |(class, decisions): (&L, ArrayView1<f64>)| {
        let positive: Vec<bool> = held_out.iter().map(|&row| targets[row] == *class).collect();
        Curve::fit(method, decisions, &positive, weights.view())
    };
    let first = usize::from(classes.len() == 2);
    let columns = classes.iter().zip(decisions.columns());
    columns.skip(first).map(of_class).collect()
}

/// The training rows of a fold, numbered from 1, are of all classes.
fn check_classes_of<L: Label>(targets: ArrayView1<L>, fold: usize, expected: usize) -> Result<()> {
    match classes_of(targets).len() {
        found if found == expected => Ok(()),
        found => Err(ClassificationError::FoldClasses {
            fold,
            found,
            expected,
        }
        .into()),
    }
}

/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`TargetCount`], [`WeightCount`], [`InvalidWeight`],
/// [`NoWeight`], [`SingleClass`]; [`FoldClasses`]; those of the splitter, such as [`Folds`], and of
/// folds that cannot be, such as [`EmptyFold`], [`UnknownRow`] and [`SharedRow`]; those of the
/// classifier, as they are if they are this crate's, else in [`Error::Estimator`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`InvalidWeight`]: crate::error::RecordsError::InvalidWeight
/// [`NoWeight`]: crate::error::RecordsError::NoWeight
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
/// [`FoldClasses`]: ClassificationError::FoldClasses
/// [`Folds`]: crate::error::SelectionError::Folds
/// [`EmptyFold`]: crate::error::SelectionError::EmptyFold
/// [`UnknownRow`]: crate::error::SelectionError::UnknownRow
/// [`SharedRow`]: crate::error::SelectionError::SharedRow
impl<F, L, D, T, P, E, S> Fit<ArrayBase<D, Ix2>, T, Error> for Calibrated<P, E, S>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<Array2<F>, Array1<L>, E>,
    P::Object: DecisionFunction<F, Label = L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    S: Splitter<L>,
{
    type Object = CalibratedModel<P::Object>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.fit_by(dataset, |rows| self.params.fit(rows))
    }
}

/// Reports the events of the classifier for each fold and for all rows.
impl<F, L, D, T, P, E, S> FitObserved<ArrayBase<D, Ix2>, T, Error> for Calibrated<P, E, S>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: FitObserved<Array2<F>, Array1<L>, E>,
    P::Object: DecisionFunction<F, Label = L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    S: Splitter<L>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        self.fit_by(dataset, |rows| self.params.fit_observed(rows, observer))
    }
}

#[cfg(test)]
mod tests;
