//! Faults of splits and of cross-validations.

/// Faults of splits and of cross-validations.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// Number of folds outside `2..=n`.
    #[error(
        "{k} folds of {samples} samples, expected at least 2 folds and at most one a sample: choose k within these bounds"
    )]
    Folds {
        /// Folds asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// Number of folds to validate outside `1..=k`.
    #[error(
        "{folds} folds to validate of {k}, expected at least 1 and at most all of them: change the argument of `first`"
    )]
    ValidatedFolds {
        /// Folds to validate.
        folds: usize,
        /// Folds that the samples are dealt to.
        k: usize,
    },
    /// A fold of a cross-validation could not be fitted or predicted.
    #[error("fold {fold}, counted from 1, could not be fitted or predicted: {source}")]
    Fold {
        /// The fold, counted from 1, as [`Event::Fold`](crate::observer::Event::Fold) counts.
        fold: usize,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The observer has asked to stop before a fold was validated.
    #[error("the observer has asked to stop")]
    Interrupted,
    /// Predictions of another number than the records.
    #[error(
        "{found} predictions for {rows} records, expected one for each: mend the model's `try_predict`"
    )]
    Predictions {
        /// Predictions made.
        found: usize,
        /// Records to predict.
        rows: usize,
    },
    /// A ratio that does not split the samples into two parts.
    #[error(
        "the ratio {ratio} does not split {samples} samples, expected at least one sample on either side: choose a ratio between 0 and 1, further from the end"
    )]
    InvalidRatio {
        /// The share of the first part asked for.
        ratio: f32,
        /// Samples at hand.
        samples: usize,
    },
}
