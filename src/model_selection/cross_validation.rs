//! K-fold cross-validation that validates every row and keeps every fold's accuracy.

use std::fmt;

use linfa::dataset::AsSingleTargets;
use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Axis, Data, Ix1, Ix2};
use rand::Rng;

use super::strata::{check_dataset, select_rows};
use super::stratified_k_fold::StratifiedKFold;
use crate::error::SelectionError;
use crate::metrics::ConfusionMatrix;
use crate::observer::{Event, Observer};
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_numbers, check_shape_of};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Fits `params` k times, each time without the rows of one stratified fold, and predicts these.
///
/// `params` is any linfa estimator that is fitted on `Array2<F>` records and `Array1<L>` targets
/// and whose model implements [`TryPredict`]: this crate's classifiers, pipelines of them, and any
/// other classifier in [`Infallible`](crate::traits::Infallible). Unlike linfa's
/// `cross_validate_single`, this function validates all rows, also if k does not divide their
/// number, and returns every fold's score. It holds one model at a time. [`StratifiedKFold::first`]
/// makes it validate only some of the folds.
///
/// # Errors
///
/// Those of [`StratifiedKFold::folds`]; [`EmptyRecords`], [`TargetCount`], [`WeightCount`]. A fold
/// that `fit` or `try_predict` fails for is reported by [`CrossValidation::failures`], and the
/// others are kept. If every fold fails, the first one's error is returned, in [`Fold`] with the
/// number of the fold.
///
/// # Panics
///
/// Only where the `predict_inplace` of a classifier in [`Infallible`](crate::traits::Infallible)
/// panics.
///
/// # Example
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`Fold`]: crate::error::SelectionError::Fold
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::datasets;
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = FisherFeatures::fk(Rbm::params(4).epochs(1)).then(KNearestNeighbors::params(1));
/// let report = cross_validate(&digits, &params, &StratifiedKFold::new(3))?;
/// println!("{report}"); // mean and standard deviation
/// assert_eq!(report.fold_accuracies().len(), 3);
/// assert_eq!(report.confusion_matrix().total(), 1797);
/// # Ok(())
/// # }
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
pub fn cross_validate<F, L, D, T, P, E, R>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    params: &P,
    folds: &StratifiedKFold<R>,
) -> Result<CrossValidation<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<Array2<F>, Array1<L>, E>,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    R: Rng + Clone,
{
    validate(dataset, folds, &mut (), |training, _| params.fit(training))
}

/// [`cross_validate`], with the events of the training, such as the epochs of a Boltzmann
/// machine, and an [`Event::Fold`] or [`Event::FoldFailed`] after every fold.
///
/// # Errors
///
/// As for [`cross_validate`].
///
/// # Panics
///
/// As for [`cross_validate`].
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::datasets;
/// use linfa_fisher::model_selection::{cross_validate_observed, StratifiedKFold};
/// use linfa_fisher::observer::Event;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let (params, folds) = (KNearestNeighbors::params(1), StratifiedKFold::new(3));
/// let mut print = |event: &Event| println!("{event:?}");
/// let report = cross_validate_observed(&digits, &params, &folds, &mut print)?;
/// assert!(report.accuracy() > 0.97);
/// # Ok(())
/// # }
/// ```
pub fn cross_validate_observed<F, L, D, T, P, E, R>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    params: &P,
    folds: &StratifiedKFold<R>,
    observer: &mut dyn Observer,
) -> Result<CrossValidation<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: FitObserved<Array2<F>, Array1<L>, E>,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    R: Rng + Clone,
{
    validate(dataset, folds, observer, |training, observer| {
        params.fit_observed(training, observer)
    })
}

/// Validates every fold by the model that `fit` makes of the other rows.
fn validate<F, L, D, T, M, E, R>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    folds: &StratifiedKFold<R>,
    observer: &mut dyn Observer,
    fit: impl Fn(&Dataset<F, L, Ix1>, &mut dyn Observer) -> std::result::Result<M, E>,
) -> Result<CrossValidation<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    M: TryPredict<F, L>,
    E: std::error::Error + Send + Sync + 'static,
    R: Rng + Clone,
{
    check_dataset(dataset)?;
    let targets = dataset.targets.as_single_targets();
    let mut validated = Vec::with_capacity(targets.len());
    let mut fold_accuracies = Vec::with_capacity(folds.validated());
    let mut failures = Vec::new();
    for (fold, (training, validation)) in (1..).zip(folds.splits(&dataset.targets)?) {
        let records = dataset.records.select(Axis(0), &validation);
        let predicted = fit(&select_rows(dataset, &training), observer)
            .map_err(Error::estimator)
            .and_then(|model| model.try_predict(&records))
            .and_then(|predicted| check_count(predicted, validation.len()));
        match predicted {
            Ok(predicted) => {
                let truth = targets.select(Axis(0), &validation);
                let accuracy = share_of_hits(truth.view(), predicted.view());
                let rows = validation.into_iter().zip(predicted);
                validated.extend(rows.map(|(row, label)| (row, fold, label)));
                fold_accuracies.push(accuracy);
                observer.observe(&Event::Fold {
                    fold,
                    folds: folds.validated(),
                    accuracy,
                });
            }
            Err(error) => {
                observer.observe(&Event::FoldFailed {
                    fold,
                    folds: folds.validated(),
                    fault: error.to_string(),
                });
                failures.push((fold, error));
            }
        }
    }
    if fold_accuracies.is_empty() {
        let (fold, error) = failures.swap_remove(0);
        return Err(failed(fold, error).into());
    }
    validated.sort_by_key(|&(row, ..)| row);
    let rows: Vec<usize> = validated.iter().map(|&(row, ..)| row).collect();
    let row_folds = validated.iter().map(|&(_, fold, _)| fold).collect();
    let predictions: Array1<L> = validated.into_iter().map(|(.., label)| label).collect();
    let truth = targets.select(Axis(0), &rows);
    Ok(CrossValidation {
        confusion_matrix: ConfusionMatrix::count(truth.view(), predictions.view()),
        rows,
        row_folds,
        predictions,
        fold_accuracies: fold_accuracies.into(),
        failures: failures.into_iter().map(FailedFold::new).collect(),
    })
}

/// The predictions, if there is one a row.
fn check_count<L>(predicted: Array1<L>, rows: usize) -> Result<Array1<L>> {
    match predicted.len() {
        found if found == rows => Ok(predicted),
        found => Err(SelectionError::Predictions { found, rows }.into()),
    }
}

/// What went wrong, and in which fold, counted from 1.
fn failed(fold: usize, error: Error) -> SelectionError {
    SelectionError::Fold {
        fold,
        source: Box::new(error),
    }
}

fn share_of_hits<L: Label>(truth: ArrayView1<L>, predicted: ArrayView1<L>) -> f64 {
    let hits = truth.iter().zip(predicted).filter(|(a, b)| a == b).count();
    hits as f64 / truth.len() as f64
}

/// Result of [`cross_validate`]: the accuracy of every validated fold, and a prediction for each of
/// their rows by a model that was trained without it.
///
/// Its `Display` writes [`mean`](Self::mean) and [`std_dev`](Self::std_dev) in per cent, and the
/// number of folds that have failed, if any.
///
/// # Example
///
/// See [`cross_validate`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct CrossValidation<L> {
    fold_accuracies: Array1<f64>,
    failures: Vec<FailedFold>,
    rows: Vec<usize>,
    row_folds: Vec<usize>,
    predictions: Array1<L>,
    confusion_matrix: ConfusionMatrix<L>,
}

/// A fold that could not be fitted or predicted.
///
/// # Example
///
/// The fold of the only row of a class is trained on the other class alone, which a support vector
/// machine cannot be:
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::classification::OneVsRest;
/// use linfa_fisher::model_selection::{cross_validate, StratifiedKFold};
/// use linfa_svm::Svm;
/// use ndarray::{array, Array};
///
/// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
/// let dataset = Dataset::new(records, array![0, 1, 1, 1, 1, 1]);
/// let svm = OneVsRest::new(Svm::<f64, bool>::params().eps(1e-3));
/// let report = cross_validate(&dataset, &svm, &StratifiedKFold::new(3))?;
/// assert_eq!(report.fold_accuracies().len(), 2);
/// assert!(report.failures()[0].fault().contains("class"));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct FailedFold {
    fold: usize,
    fault: String,
}

impl FailedFold {
    fn new((fold, error): (usize, Error)) -> Self {
        let fault = error.to_string();
        Self { fold, fault }
    }

    /// The fold, counted from 1.
    pub fn fold(&self) -> usize {
        self.fold
    }

    /// What went wrong.
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    CrossValidation<L> { fold_accuracies, failures, rows, row_folds, predictions, confusion_matrix }
    where L: Label
}

#[cfg(feature = "serde")]
impl<L: Label> CrossValidation<L> {
    /// Accuracies in `[0, 1]`, ascending rows, and a prediction and a count for every row.
    fn check_parts(&self) -> Result<()> {
        let (folds, rows) = (self.fold_accuracies.len(), self.rows.len());
        check_shape_of(
            "accuracies of the folds",
            &[folds],
            &[folds.clamp(1, rows.max(1))],
        )?;
        check_numbers("the folds' accuracies", &self.fold_accuracies, |x| {
            (0.0..=1.0).contains(&x)
        })?;
        if let Some(before) = self.rows.windows(2).position(|pair| pair[0] >= pair[1]) {
            let (part, index) = ("the rows, which are in ascending order,", before + 1);
            return Err(PersistenceError::Number { part, index }.into());
        }
        check_shape_of("folds of the rows", &[self.row_folds.len()], &[rows])?;
        check_shape_of("predictions", self.predictions.shape(), &[rows])?;
        check_shape_of("pairs counted", &[self.confusion_matrix.total()], &[rows])
    }
}

impl<L: Label> CrossValidation<L> {
    /// Share of right predictions in each of the folds that were validated, in `[0, 1]`. Folds that
    /// have [failed](Self::failures) are left out.
    pub fn fold_accuracies(&self) -> &Array1<f64> {
        &self.fold_accuracies
    }

    /// Mean of the folds' accuracies.
    pub fn mean(&self) -> f64 {
        self.fold_accuracies.sum() / self.fold_accuracies.len() as f64
    }

    /// Standard deviation of the folds' accuracies, with their number less 1 in the denominator;
    /// not a number for a single fold.
    pub fn std_dev(&self) -> f64 {
        self.fold_accuracies.std(1.0)
    }

    /// Share of right predictions over all rows validated. It differs from [`mean`](Self::mean)
    /// where the folds differ in size.
    pub fn accuracy(&self) -> f64 {
        self.confusion_matrix.accuracy()
    }

    /// The folds that could not be fitted or predicted, in order; usually none.
    pub fn failures(&self) -> &[FailedFold] {
        &self.failures
    }

    /// The rows that were validated, in ascending order: all n, unless [`StratifiedKFold::first`]
    /// leaves folds out or some have [failed](Self::failures).
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The fold of each of the [`rows`](Self::rows), counted from 1.
    pub fn row_folds(&self) -> &[usize] {
        &self.row_folds
    }

    /// The prediction for each of the [`rows`](Self::rows).
    pub fn predictions(&self) -> &Array1<L> {
        &self.predictions
    }

    /// Counts of the pairs of true and predicted class, over all rows validated.
    pub fn confusion_matrix(&self) -> &ConfusionMatrix<L> {
        &self.confusion_matrix
    }
}

impl<L: Label> fmt::Display for CrossValidation<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mean, std_dev) = (100.0 * self.mean(), 100.0 * self.std_dev());
        write!(f, "{mean:.2} ± {std_dev:.2} %")?;
        match self.failures.len() {
            0 => Ok(()),
            failed => write!(
                f,
                " ({failed} of {} folds failed)",
                failed + self.fold_accuracies.len()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::{array, s};

    use super::*;
    use crate::classification::KNearestNeighbors;
    use crate::error::RecordsError;

    /// Predicts the class that is most frequent among the training rows, the smallest of equals.
    struct Majority;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Majority {
        type Object = Constant;

        fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Constant> {
            crate::checks::check_unit_interval(dataset.records.view())?;
            let count = |class| dataset.targets.iter().filter(|&&t| t == class).count();
            let majority = (0..3).rev().max_by_key(|&class| count(class));
            Ok(Constant(majority.unwrap_or(0)))
        }
    }

    struct Constant(usize);

    impl FitObserved<Array2<f64>, Array1<usize>, Error> for Majority {}

    impl TryPredict<f64, usize> for Constant {
        fn try_predict<D: Data<Elem = f64>>(
            &self,
            records: &ArrayBase<D, Ix2>,
        ) -> Result<Array1<usize>> {
            crate::checks::check_unit_interval(records.view())?;
            Ok(Array1::from_elem(records.nrows(), self.0))
        }
    }

    fn seven() -> Dataset<f64, usize, Ix1> {
        let targets = array![0, 0, 0, 0, 1, 1, 2];
        Dataset::new(Array2::zeros((7, 1)), targets)
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<CrossValidation<usize>>();
    }

    #[test]
    fn hand_worked_folds() {
        // Dealt in turn: folds 0 3 6 | 1 4 | 2 5 of targets 0 0 2 | 0 1 | 0 1. Class 0 leads in the
        // training rows of each.
        let folds = StratifiedKFold::new(3).shuffle(false);
        let mut events = Vec::new();
        let mut observer = |event: &Event| events.push(event.clone());
        let report = cross_validate_observed(&seven(), &Majority, &folds, &mut observer).unwrap();
        let expected = array![2.0 / 3.0, 0.5, 0.5];
        assert_abs_diff_eq!(*report.fold_accuracies(), expected, epsilon = 1e-15);
        assert_abs_diff_eq!(report.mean(), 5.0 / 9.0, epsilon = 1e-15);
        assert_abs_diff_eq!(report.std_dev(), (1.0_f64 / 108.0).sqrt(), epsilon = 1e-15);
        assert_abs_diff_eq!(report.accuracy(), 4.0 / 7.0, epsilon = 1e-15);
        assert_eq!(*report.predictions(), array![0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(report.row_folds(), [1, 2, 3, 1, 2, 3, 1]);
        assert_eq!(report.failures(), []);
        assert_eq!(report.confusion_matrix().classes(), [0, 1, 2]);
        let counts = report.confusion_matrix().counts();
        assert_eq!(counts.slice(s![.., 0]), array![4, 2, 1]);
        assert_eq!(counts.sum(), 7);
        assert_eq!(report.to_string(), "55.56 ± 9.62 %");
        assert_eq!(
            events[2],
            Event::Fold {
                fold: 3,
                folds: 3,
                accuracy: 0.5
            }
        );
    }

    #[test]
    fn a_part_of_the_folds_is_as_in_the_whole() {
        let folds = StratifiedKFold::new(3).shuffle(false);
        let whole = cross_validate(&seven(), &Majority, &folds).unwrap();
        assert_eq!(whole.rows(), [0, 1, 2, 3, 4, 5, 6]);
        let part = cross_validate(&seven(), &Majority, &folds.clone().first(2)).unwrap();
        assert_eq!(part.rows(), [0, 1, 3, 4, 6]);
        assert_eq!(*part.predictions(), array![0, 0, 0, 0, 0]);
        assert_eq!(part.confusion_matrix().total(), 5);
        let accuracies = whole.fold_accuracies().slice(s![..2]);
        assert_eq!(part.fold_accuracies(), accuracies);
        for none in [0, 4] {
            let error = cross_validate(&seven(), &Majority, &folds.clone().first(none));
            assert!(
                matches!(error, Err(Error::Selection(SelectionError::ValidatedFolds { k: 3, folds })) if folds == none)
            );
        }
    }

    #[test]
    fn a_bad_row_is_an_error_wherever_it_lies() {
        for row in 0..7 {
            let mut dataset = seven();
            dataset.records[[row, 0]] = 2.0;
            let folds = StratifiedKFold::new(3).shuffle(false);
            let error = cross_validate(&dataset, &Majority, &folds).unwrap_err();
            let Error::Selection(SelectionError::Fold { fold, source }) = error else {
                panic!("{error}")
            };
            assert_eq!(
                fold, 1,
                "row {row} is trained on or predicted in every fold"
            );
            assert!(matches!(
                source.downcast_ref(),
                Some(Error::Records(RecordsError::OutsideUnitInterval {
                    value: 2.0,
                    ..
                }))
            ));
        }
    }

    /// Takes any training rows, and predicts as [`Constant`] does.
    struct Trusting;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Trusting {
        type Object = Constant;

        fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Constant> {
            Ok(Constant(0))
        }
    }

    impl FitObserved<Array2<f64>, Array1<usize>, Error> for Trusting {}

    #[test]
    fn a_fold_that_fails_leaves_the_others() {
        let mut dataset = seven();
        dataset.records[[4, 0]] = 2.0; // in the second fold
        let folds = StratifiedKFold::new(3).shuffle(false);
        let mut events = Vec::new();
        let mut observer = |event: &Event| match event {
            Event::Fold { fold, .. } => events.push((*fold, true)),
            Event::FoldFailed { fold, .. } => events.push((*fold, false)),
            _ => {}
        };
        let report = cross_validate_observed(&dataset, &Trusting, &folds, &mut observer).unwrap();
        assert_eq!(events, [(1, true), (2, false), (3, true)]);
        let [failure] = report.failures() else {
            panic!("{:?}", report.failures())
        };
        assert_eq!(failure.fold(), 2);
        assert!(failure.fault().contains("is 2"), "{}", failure.fault());
        assert_eq!(report.rows(), [0, 2, 3, 5, 6]);
        assert_eq!(report.row_folds(), [1, 3, 1, 3, 1]);
        let accuracies = array![2.0 / 3.0, 0.5];
        assert_abs_diff_eq!(*report.fold_accuracies(), accuracies, epsilon = 1e-15);
        assert!(
            report.to_string().ends_with("(1 of 3 folds failed)"),
            "{report}"
        );
    }

    /// Predicts one label, whatever it is asked.
    struct Short;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Short {
        type Object = Short;

        fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Short> {
            Ok(Short)
        }
    }

    impl TryPredict<f64, usize> for Short {
        fn try_predict<D: Data<Elem = f64>>(&self, _: &ArrayBase<D, Ix2>) -> Result<Array1<usize>> {
            Ok(array![0])
        }
    }

    #[test]
    fn predictions_are_counted() {
        let folds = StratifiedKFold::new(3).shuffle(false);
        let error = cross_validate(&seven(), &Short, &folds).unwrap_err();
        assert!(
            error.to_string().contains("1 predictions for 3 records"),
            "{error}"
        );
    }

    /// One row of the rarer class: its fold is trained on one class alone.
    #[test]
    fn a_class_of_one_row_is_validated() {
        let place = |(i, _)| if i == 0 { -1000.0 } else { i as f64 };
        let records = Array2::from_shape_fn((1000, 1), place);
        let targets = Array1::from_shape_fn(1000, |i| usize::from(i > 0));
        let dataset = Dataset::new(records, targets);
        let nearest = KNearestNeighbors::params(1);
        let report = cross_validate(&dataset, &nearest, &StratifiedKFold::new(10)).unwrap();
        assert_eq!(
            (report.fold_accuracies().len(), report.failures().len()),
            (10, 0)
        );
        assert_eq!(report.accuracy(), 0.999);
    }

    #[test]
    fn faults_of_the_dataset_are_named() {
        let of = |k, dataset: &Dataset<f64, usize, Ix1>| {
            cross_validate(dataset, &Majority, &StratifiedKFold::new(k))
        };
        assert!(matches!(
            of(8, &seven()),
            Err(Error::Selection(SelectionError::Folds { .. }))
        ));
        let mut short = seven();
        short.targets = array![0, 1];
        assert!(matches!(
            of(2, &short),
            Err(Error::Records(RecordsError::TargetCount { .. }))
        ));
    }
}
