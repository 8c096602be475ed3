//! A fold that was validated.

use std::time::Duration;

use linfa::Label;
use ndarray::Array1;

#[cfg(feature = "serde")]
use crate::Result;
use crate::metrics::ConfusionMatrix;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_ascending, check_shape_of};
use crate::traits::{Choice, DecisionValues};

/// The predictions for the rows of one fold, by a model that was trained on the others.
///
/// # Example
///
/// See [`CrossValidation::folds`](super::CrossValidation::folds).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ValidatedFold<L> {
    pub(super) fold: usize,
    pub(super) trained: usize,
    pub(super) rows: Vec<usize>,
    pub(super) truth: Array1<L>,
    pub(super) predictions: Array1<L>,
    pub(super) decisions: Option<DecisionValues<L>>,
    pub(super) choices: Vec<Choice>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ValidatedFold<L> { fold, trained, rows, truth, predictions, decisions, choices } where L: Label
}

#[cfg(feature = "serde")]
impl<L: Label> ValidatedFold<L> {
    /// Ascending rows with a true and a predicted class each, and a row of decision values.
    fn check_parts(&self) -> Result<()> {
        let rows = self.rows.len();
        if self.fold == 0 || self.trained == 0 || rows == 0 {
            return Err(PersistenceError::Folds.into());
        }
        if let Some(before) = self.rows.windows(2).position(|pair| pair[0] >= pair[1]) {
            let (part, index) = ("the rows, which are in ascending order,", before + 1);
            return Err(PersistenceError::Number { part, index }.into());
        }
        check_shape_of("true classes", self.truth.shape(), &[rows])?;
        check_shape_of("predictions", self.predictions.shape(), &[rows])?;
        match &self.decisions {
            Some(decisions) => {
                check_ascending(&decisions.classes)?;
                let shape = [rows, decisions.classes.len()];
                check_shape_of("decision values", decisions.values.shape(), &shape)
            }
            None => Ok(()),
        }
    }
}

impl<L> ValidatedFold<L> {
    /// Number of the fold, counted from 1.
    pub fn fold(&self) -> usize {
        self.fold
    }

    /// Number of rows that the model was trained on.
    pub fn trained(&self) -> usize {
        self.trained
    }

    /// The rows of the dataset that were validated, in ascending order.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The true class of each of the [`rows`](Self::rows).
    pub fn truth(&self) -> &Array1<L> {
        &self.truth
    }

    /// The predicted class of each of the [`rows`](Self::rows).
    pub fn predictions(&self) -> &Array1<L> {
        &self.predictions
    }

    /// The decision values of each of the [`rows`](Self::rows), if the classifier has them.
    pub fn decisions(&self) -> Option<&DecisionValues<L>> {
        self.decisions.as_ref()
    }

    /// The hyper-parameters that were chosen on the training rows of this fold, by name.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }
}

impl<L: Label> ValidatedFold<L> {
    /// Share of right predictions, in `[0, 1]`.
    pub fn accuracy(&self) -> f64 {
        let pairs = self.truth.iter().zip(&self.predictions);
        pairs.filter(|(a, b)| a == b).count() as f64 / self.rows.len() as f64
    }

    /// Counts of the pairs of true and predicted class.
    pub fn confusion_matrix(&self) -> ConfusionMatrix<L> {
        ConfusionMatrix::count(self.truth.view(), self.predictions.view())
    }
}

/// The time that the steps of one fold took.
///
/// # Example
///
/// See [`CrossValidation::times`](super::CrossValidation::times).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct FoldTimes {
    /// Training of all stages; almost nothing of one that is
    /// [`Shared`](crate::pipeline::Shared) and was trained before.
    pub fit: Duration,
    /// The validated rows on their way through the stages before the classifier.
    pub transform: Duration,
    /// The classifier's predictions of them.
    pub predict: Duration,
}
