//! The report of a cross-validation.

#[cfg(feature = "serde")]
use std::collections::BTreeMap;
use std::fmt;

use linfa::Label;
use ndarray::Array1;

use super::error::SelectionError;
use crate::metrics::ConfusionMatrix;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_numbers, check_shape_of};
use crate::{Error, Result};

/// Result of [`cross_validate`](super::cross_validate): the accuracy of every validated fold, and a
/// prediction for each of their rows by a model that was trained without it.
///
/// Its `Display` writes [`mean`](Self::mean) and [`std_dev`](Self::std_dev) in per cent, and the
/// number of folds that have failed, if any.
///
/// # Example
///
/// See [`cross_validate`](super::cross_validate).
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
    /// Accuracies in `[0, 1]`, ascending rows, a prediction and a count for every row, and folds
    /// that fit them.
    fn check_parts(&self) -> Result<()> {
        let rows = self.rows.len();
        check_numbers("the folds' accuracies", &self.fold_accuracies, |x| {
            (0.0..=1.0).contains(&x)
        })?;
        if let Some(before) = self.rows.windows(2).position(|pair| pair[0] >= pair[1]) {
            let (part, index) = ("the rows, which are in ascending order,", before + 1);
            return Err(PersistenceError::Number { part, index }.into());
        }
        check_shape_of("folds of the rows", &[self.row_folds.len()], &[rows])?;
        check_shape_of("predictions", self.predictions.shape(), &[rows])?;
        check_shape_of("pairs counted", &[self.confusion_matrix.total()], &[rows])?;
        self.check_counts()?;
        self.check_folds()
    }

    /// As many predictions of each class as the confusion matrix counts.
    fn check_counts(&self) -> Result<()> {
        let matrix = &self.confusion_matrix;
        for (class, counts) in matrix.classes().iter().zip(matrix.counts().columns()) {
            let found = self.predictions.iter().filter(|p| *p == class).count();
            check_shape_of("predictions of a class", &[found], &[counts.sum()])?;
        }
        Ok(())
    }

    /// An accuracy for each of the rows' folds, whose right predictions are those that the
    /// confusion matrix counts; failed folds in order, none of which has rows.
    fn check_folds(&self) -> Result<()> {
        let mut sizes = BTreeMap::new();
        for &fold in &self.row_folds {
            *sizes.entry(fold).or_insert(0_usize) += 1;
        }
        let folds = self.fold_accuracies.len();
        check_shape_of("accuracies of the folds", &[folds], &[sizes.len().max(1)])?;
        let sized = self.fold_accuracies.iter().zip(sizes.values());
        let right: f64 = sized.map(|(share, &size)| share * size as f64).sum();
        let counted = self.confusion_matrix.counts().diag().sum();
        check_shape_of("right predictions", &[right.round() as usize], &[counted])?;
        let failed: Vec<_> = self.failures.iter().map(FailedFold::fold).collect();
        let ascending = failed.windows(2).all(|pair| pair[0] < pair[1]);
        let numbered = failed.iter().chain(sizes.keys()).all(|&fold| fold > 0);
        match ascending && numbered && failed.iter().all(|fold| !sizes.contains_key(fold)) {
            true => Ok(()),
            false => Err(PersistenceError::Folds.into()),
        }
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

    /// The rows that were validated, in ascending order: all n, unless
    /// [`StratifiedKFold::first`](super::StratifiedKFold::first) leaves folds out or some have
    /// [failed](Self::failures).
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

/// What the folds of a cross-validation have given so far.
pub(super) struct Outcomes<L> {
    validated: Vec<Validated<L>>,
    fold_accuracies: Vec<f64>,
    failures: Vec<(usize, Error)>,
}

/// A row that has been predicted.
struct Validated<L> {
    row: usize,
    fold: usize,
    truth: L,
    predicted: L,
}

impl<L> Default for Outcomes<L> {
    fn default() -> Self {
        Self {
            validated: Vec::new(),
            fold_accuracies: Vec::new(),
            failures: Vec::new(),
        }
    }
}

impl<L: Label> Outcomes<L> {
    /// Adds the rows of a fold, counted from 1, with their true and predicted classes; returns the
    /// share of those that are equal.
    pub(super) fn add(
        &mut self,
        fold: usize,
        rows: &[usize],
        truth: Array1<L>,
        predicted: Array1<L>,
    ) -> f64 {
        let hits = truth.iter().zip(&predicted).filter(|(a, b)| a == b).count();
        let accuracy = hits as f64 / rows.len() as f64;
        self.fold_accuracies.push(accuracy);
        let labels = truth.into_iter().zip(predicted);
        let validated = rows
            .iter()
            .zip(labels)
            .map(|(&row, (truth, predicted))| Validated {
                row,
                fold,
                truth,
                predicted,
            });
        self.validated.extend(validated);
        accuracy
    }

    /// Adds a fold, counted from 1, that could not be fitted or predicted.
    pub(super) fn fail(&mut self, fold: usize, error: Error) {
        self.failures.push((fold, error));
    }

    /// The report of all folds.
    ///
    /// # Errors
    ///
    /// [`SelectionError::Fold`] with the first failure, if every fold has failed.
    pub(super) fn report(mut self) -> Result<CrossValidation<L>> {
        if self.fold_accuracies.is_empty() && !self.failures.is_empty() {
            let (fold, error) = self.failures.swap_remove(0);
            let source = Box::new(error);
            return Err(SelectionError::Fold { fold, source }.into());
        }
        self.validated.sort_by_key(|validated| validated.row);
        let truth: Array1<L> = self.validated.iter().map(|v| v.truth.clone()).collect();
        let predictions: Array1<L> = self.validated.iter().map(|v| v.predicted.clone()).collect();
        Ok(CrossValidation {
            confusion_matrix: ConfusionMatrix::count(truth.view(), predictions.view()),
            rows: self.validated.iter().map(|v| v.row).collect(),
            row_folds: self.validated.iter().map(|v| v.fold).collect(),
            predictions,
            fold_accuracies: self.fold_accuracies.into(),
            failures: self.failures.into_iter().map(FailedFold::new).collect(),
        })
    }
}
