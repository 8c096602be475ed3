//! Selection and evaluation of models: folds, cross-validation, comparison.
//!
//! linfa's own folds are contiguous blocks of rows. If the rows are sorted by class, such a fold
//! may hold a class that its training rows lack. If the number of rows is no multiple of k, the
//! last `n mod k` rows are never validated. Therefore this module has its own.
//!
//! | to | there is |
//! |---|---|
//! | deal rows to folds | [`StratifiedKFold`], [`RepeatedStratifiedKFold`], [`GroupKFold`] |
//! | | [`GivenFolds`], any [`Splitter`] |
//! | hold out one part | [`stratified_split`] |
//! | validate every row | [`cross_validate`], [`CrossValidator`] for several folds at once |
//! | measure | [`CrossValidation`], [`Metric`], [`FoldScores`] with the interval of the mean |
//! | choose hyper-parameters | [`Search`]: grid, random, successive halving |
//! | compare | [`Comparison`] of several pipelines on the same folds |
//!
//! All are deterministic: the same seed and targets give the same rows, and the same predictions
//! however many folds are validated at once.

mod comparison;
mod cross_validation;
mod cross_validator;
mod error;
mod fold_scores;
mod fold_work;
mod folds;
mod memory;
mod metric;
mod parallel;
mod report;
#[cfg(feature = "serde")]
mod resumption;
mod search;
mod strata;
mod stratified_split;
mod validated_fold;

pub use comparison::{Comparison, PairedDifference};
pub use cross_validation::{cross_validate, cross_validate_observed};
pub use cross_validator::CrossValidator;
pub use error::SelectionError;
pub use fold_scores::FoldScores;
pub(crate) use folds::checked_splits;
pub use folds::{
    GivenFolds, GroupKFold, RepeatedStratifiedKFold, Split, Splitter, StratifiedKFold,
};
pub use metric::Metric;
pub use report::{CrossValidation, FailedFold};
pub use search::{Search, Trial, Tuned};
pub(crate) use strata::select_rows;
#[cfg(feature = "report")]
pub(crate) use strata::{check_dataset, single_targets};
pub use stratified_split::stratified_split;
pub use validated_fold::{FoldTimes, ValidatedFold};
