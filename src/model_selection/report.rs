//! The report of a cross-validation.

use std::fmt;

use linfa::Label;
use ndarray::Array1;

use super::error::SelectionError;
use super::fold_scores::FoldScores;
use super::metric::Metric;
use super::validated_fold::{FoldTimes, ValidatedFold};
use crate::metrics::ConfusionMatrix;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_shape_of};
use crate::{Error, Result};

/// Result of [`cross_validate`](super::cross_validate): the predictions of every validated fold by
/// a model that was trained without it. All metrics are computed from them.
///
/// Its `Display` writes [`mean`](Self::mean) and [`std_dev`](Self::std_dev) in per cent, and the
/// number of folds that have failed, if any.
///
/// # Example
///
/// See [`cross_validate`](super::cross_validate).
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct CrossValidation<L> {
    folds: Vec<ValidatedFold<L>>,
    times: Vec<FoldTimes>,
    failures: Vec<FailedFold>,
}

/// The same folds with the same outcomes, whatever time they took.
impl<L: PartialEq> PartialEq for CrossValidation<L> {
    fn eq(&self, other: &Self) -> bool {
        self.folds == other.folds && self.failures == other.failures
    }
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
    pub(super) fn new(fold: usize, error: &Error) -> Self {
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
    CrossValidation<L> { folds, times, failures } where L: Label
}

#[cfg(feature = "serde")]
impl<L: Label> CrossValidation<L> {
    /// At least one fold, numbered in ascending order, as the failed ones are; none is both.
    fn check_parts(&self) -> Result<()> {
        check_shape_of(
            "times of the folds",
            &[self.times.len()],
            &[self.folds.len()],
        )?;
        let validated: Vec<_> = self.folds.iter().map(ValidatedFold::fold).collect();
        let failed: Vec<_> = self.failures.iter().map(FailedFold::fold).collect();
        let ascending = |folds: &[usize]| folds.windows(2).all(|pair| pair[0] < pair[1]);
        let right = !validated.is_empty()
            && ascending(&validated)
            && ascending(&failed)
            && failed
                .iter()
                .all(|fold| *fold > 0 && !validated.contains(fold));
        match right {
            true => Ok(()),
            false => Err(PersistenceError::Folds.into()),
        }
    }
}

impl<L: Label> CrossValidation<L> {
    /// The report of folds in order, each with its outcome.
    ///
    /// # Errors
    ///
    /// [`SelectionError::Fold`] with the first failure, if every fold has failed.
    pub(super) fn of_outcomes(
        outcomes: Vec<Result<(ValidatedFold<L>, FoldTimes)>>,
    ) -> Result<Self> {
        let (mut folds, mut times, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        for (fold, outcome) in (1..).zip(outcomes) {
            match outcome {
                Ok((validated, time)) => {
                    folds.push(validated);
                    times.push(time);
                }
                Err(error) => failures.push((fold, error)),
            }
        }
        if folds.is_empty() && !failures.is_empty() {
            let (fold, error) = failures.swap_remove(0);
            let source = Box::new(error);
            return Err(SelectionError::Fold { fold, source }.into());
        }
        let failed = failures.iter();
        Ok(Self {
            folds,
            times,
            failures: failed
                .map(|(fold, error)| FailedFold::new(*fold, error))
                .collect(),
        })
    }

    /// The folds that were validated, in order: true and predicted classes, decision values, chosen
    /// hyper-parameters. Folds that have [failed](Self::failures) are left out.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::Dataset;
    /// use linfa_fisher::classification::KNearestNeighbors;
    /// use linfa_fisher::model_selection::{cross_validate, StratifiedKFold};
    /// use ndarray::{array, Array};
    ///
    /// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
    /// let dataset = Dataset::new(records, array![0, 0, 0, 1, 1, 1]);
    /// let params = KNearestNeighbors::params(1);
    /// let report = cross_validate(&dataset, &params, &StratifiedKFold::new(3))?;
    /// let second = &report.folds()[1];
    /// assert_eq!((second.fold(), second.trained(), second.rows().len()), (2, 4, 2));
    /// assert_eq!(second.decisions().unwrap().classes, [0, 1]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn folds(&self) -> &[ValidatedFold<L>] {
        &self.folds
    }

    /// The time that each of the [`folds`](Self::folds) took.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::Dataset;
    /// use linfa_fisher::classification::KNearestNeighbors;
    /// use linfa_fisher::model_selection::{cross_validate, StratifiedKFold};
    /// use ndarray::{array, Array};
    ///
    /// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
    /// let dataset = Dataset::new(records, array![0, 0, 0, 1, 1, 1]);
    /// let params = KNearestNeighbors::params(1);
    /// let report = cross_validate(&dataset, &params, &StratifiedKFold::new(3))?;
    /// let seconds: f64 = report.times().iter().map(|times| times.fit.as_secs_f64()).sum();
    /// println!("three models were trained in {seconds:.3} s");
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn times(&self) -> &[FoldTimes] {
        &self.times
    }

    /// The values of a metric in all [`folds`](Self::folds), with the interval of their mean.
    ///
    /// # Errors
    ///
    /// [`Undefined`](SelectionError::Undefined) where a fold has no value.
    pub fn scores(&self, metric: &Metric<L>) -> Result<FoldScores> {
        let values: Result<Array1<f64>> = self.folds.iter().map(|fold| metric.of(fold)).collect();
        Ok(FoldScores::new(values?, self.ratio()))
    }

    /// Mean of the numbers of validation rows over those of training rows.
    pub(super) fn ratio(&self) -> f64 {
        let ratio = |fold: &ValidatedFold<L>| fold.rows().len() as f64 / fold.trained() as f64;
        self.folds.iter().map(ratio).sum::<f64>() / self.folds.len() as f64
    }

    /// Share of right predictions in each of the [`folds`](Self::folds), in `[0, 1]`.
    pub fn fold_accuracies(&self) -> Array1<f64> {
        self.folds.iter().map(ValidatedFold::accuracy).collect()
    }

    /// Mean of the folds' accuracies.
    pub fn mean(&self) -> f64 {
        self.accuracies().mean()
    }

    /// Standard deviation of the folds' accuracies, with their number less 1 in the denominator;
    /// not a number for a single fold.
    pub fn std_dev(&self) -> f64 {
        self.accuracies().std_dev()
    }

    /// The folds' accuracies with the interval of their mean.
    pub fn accuracies(&self) -> FoldScores {
        FoldScores::new(self.fold_accuracies(), self.ratio())
    }

    /// Share of right predictions over all rows validated. It differs from [`mean`](Self::mean)
    /// where the folds differ in size.
    pub fn accuracy(&self) -> f64 {
        self.confusion_matrix().accuracy()
    }

    /// The folds that could not be fitted or predicted, in order; usually none.
    pub fn failures(&self) -> &[FailedFold] {
        &self.failures
    }

    /// The rows that were validated, in ascending order: all n, unless some folds are left out or
    /// have [failed](Self::failures). Rows that were validated in several folds come several times.
    pub fn rows(&self) -> Vec<usize> {
        self.by_row(|fold, place| fold.rows[place]).to_vec()
    }

    /// The fold of each of the [`rows`](Self::rows), counted from 1.
    pub fn row_folds(&self) -> Vec<usize> {
        self.by_row(|fold, _| fold.fold).to_vec()
    }

    /// The prediction for each of the [`rows`](Self::rows).
    pub fn predictions(&self) -> Array1<L> {
        self.by_row(|fold, place| fold.predictions[place].clone())
    }

    /// The true class of each of the [`rows`](Self::rows).
    pub fn truth(&self) -> Array1<L> {
        self.by_row(|fold, place| fold.truth[place].clone())
    }

    /// Counts of the pairs of true and predicted class, over all rows validated.
    pub fn confusion_matrix(&self) -> ConfusionMatrix<L> {
        ConfusionMatrix::count(self.truth().view(), self.predictions().view())
    }

    /// What `of` says of every validated row, given its fold and its place there, in the order of
    /// rows, those of earlier folds first.
    fn by_row<T>(&self, of: impl Fn(&ValidatedFold<L>, usize) -> T) -> Array1<T> {
        let rows = |fold: &ValidatedFold<L>| 0..fold.rows.len();
        let places = self
            .folds
            .iter()
            .flat_map(|fold| rows(fold).map(move |place| (fold, place)));
        let mut places: Vec<_> = places.collect();
        places.sort_by_key(|(fold, place)| fold.rows[*place]);
        places
            .into_iter()
            .map(|(fold, place)| of(fold, place))
            .collect()
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
                failed + self.folds.len()
            ),
        }
    }
}
