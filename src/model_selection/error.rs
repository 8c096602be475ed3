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
    /// Repeated folds of no repetition.
    #[error("no repetitions of the folds, expected at least one")]
    Repetitions,
    /// Number of folds outside `2..=groups`.
    #[error(
        "{k} folds of {groups} groups, expected at least 2 folds and at most one a group: choose k within these bounds"
    )]
    GroupFolds {
        /// Folds asked for.
        k: usize,
        /// Groups of rows.
        groups: usize,
    },
    /// A fold without rows to validate, or without rows to train on.
    #[error(
        "fold {fold}, counted from 1, has no rows, expected at least one to validate and one to train on: leave it out"
    )]
    EmptyFold {
        /// The fold, counted from 1.
        fold: usize,
    },
    /// A row that the dataset does not have.
    #[error("fold {fold}, counted from 1, has row {row} of {samples}, expected rows from 0 on")]
    UnknownRow {
        /// The fold, counted from 1.
        fold: usize,
        /// The row.
        row: usize,
        /// Rows of the dataset.
        samples: usize,
    },
    /// A row that is validated several times, or never.
    #[error("row {row} is in {folds} folds, expected every row in exactly one")]
    RowFolds {
        /// The row.
        row: usize,
        /// Folds that have it.
        folds: usize,
    },
    /// A row of a fold that is both trained on and validated.
    #[error(
        "row {row} is both trained on and validated in fold {fold}, counted from 1, expected one of both"
    )]
    SharedRow {
        /// The fold, counted from 1.
        fold: usize,
        /// The row.
        row: usize,
    },
    /// Validation rows that are not in strictly ascending order.
    #[error(
        "row {row} of the validation rows of fold {fold}, counted from 1, is not above the one before it, expected them in ascending order, each once"
    )]
    UnorderedRows {
        /// The fold, counted from 1.
        fold: usize,
        /// The row.
        row: usize,
    },
    /// Decision values that do not fit the classes.
    #[error(
        "{columns} columns of decision values for {classes} classes, expected one each of distinct classes in ascending order: mend the model's `evaluate`"
    )]
    DecisionClasses {
        /// Columns of the values.
        columns: usize,
        /// Classes given.
        classes: usize,
    },
    /// Groups of another number of rows.
    #[error("the groups of {groups} rows for a dataset of {rows}, expected a group for each row")]
    GroupCount {
        /// Rows that have a group.
        groups: usize,
        /// Rows of the dataset.
        rows: usize,
    },
    /// A score that cannot be compared.
    #[error("{metric} of {name:?} is not a number in some fold, expected numbers to compare")]
    NotANumber {
        /// Name of the metric.
        metric: String,
        /// What was validated.
        name: String,
    },
    /// A splitter that makes no folds.
    #[error("the splitter has made no folds, expected at least one")]
    NoFolds,
    /// Targets of several columns.
    #[error("targets of {columns} columns, expected one: choose the column to predict")]
    TargetColumns {
        /// Columns of the targets.
        columns: usize,
    },
    /// Validations whose folds are not the same, or none at all.
    #[error(
        "the folds of {name:?} have other rows, targets or numbers of training rows than those of {first:?}, or some have failed in one of both alone, expected the same folds in all that are compared"
    )]
    OtherFolds {
        /// The first one.
        first: String,
        /// The one that differs.
        name: String,
    },
    /// Fewer than two things to compare.
    #[error("{0} cross-validations to compare, expected at least 2")]
    TooFewToCompare(usize),
    /// Two things of the same name.
    #[error("two cross-validations are named {0:?}, expected a name for each")]
    SameName(String),
    /// A metric that a fold does not have.
    #[error("{metric} is undefined in fold {fold}, counted from 1: {source}")]
    Undefined {
        /// Name of the metric.
        metric: String,
        /// The fold, counted from 1.
        fold: usize,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A metric of decision values for a classifier that has none.
    #[error(
        "the classifier gives no decision values, expected one that implements `DecisionFunction`"
    )]
    NoDecisions,
    /// A fold that was trained without a class that it validates.
    #[error("class {class} is validated, but is not among the classes trained on")]
    UntrainedClass {
        /// The class.
        class: String,
    },
    /// Nothing to choose from.
    #[error("there are no settings to choose from, expected at least one value of one parameter")]
    EmptySearch,
    /// Bounds of a parameter that are not in order, not finite or, on a logarithmic scale, not
    /// positive.
    #[error(
        "the bounds of {name} are {low} and {high}, expected finite ones in ascending order, above 0 on a logarithmic scale"
    )]
    Bounds {
        /// Name of the parameter.
        name: String,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A range of values in a grid.
    #[error("{0} has a range of values, expected a list for a grid: draw settings at random")]
    RangeInGrid(String),
    /// Successive halving by a factor below 2.
    #[error("successive halving by {0}, expected at least 2")]
    HalvingFactor(usize),
    /// A metric that is not a number for any setting.
    #[error(
        "no setting has a score that is a number: choose a metric that is defined in every fold"
    )]
    NoScore,
    /// A search whose settings all fail.
    #[error("no setting could be tried out, the first one because of this: {source}")]
    Trial {
        /// The fault of the first setting.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No jobs at all.
    #[error("no jobs, expected at least one fold at a time")]
    Jobs,
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
