//! What a setting was worth.

use std::fmt;

use crate::model_selection::fold_scores::FoldScores;
use crate::traits::Choice;

/// A setting that a [`Search`](super::Search) has tried, and its scores.
///
/// # Example
///
/// See [`Search`](super::Search).
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    pub(super) choices: Vec<Choice>,
    pub(super) rows: usize,
    pub(super) outcome: Result<FoldScores, String>,
}

impl Trial {
    /// The values of the parameters, by name.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The number of rows that its folds were made of: all training rows, or a part of them in the
    /// first rounds of successive halving.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The metric in all folds; the fault, if a fold could not be fitted, predicted or measured.
    pub fn scores(&self) -> Result<&FoldScores, &str> {
        self.outcome.as_ref().map_err(String::as_str)
    }
}

/// The choices, and the mean and standard deviation of the folds or the fault.
impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.choices {
            write!(f, "{name} {value}, ")?;
        }
        match &self.outcome {
            Ok(scores) => write!(f, "{:.4} ± {:.4}", scores.mean(), scores.std_dev()),
            Err(fault) => f.write_str(fault),
        }
    }
}
