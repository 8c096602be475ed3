//! Selection and evaluation of models: stratified splits and cross-validation.
//!
//! linfa's own folds are contiguous blocks of rows. If the rows are sorted by class, such a fold
//! may hold a class that its training rows lack. If the number of rows is no multiple of k, the
//! last `n mod k` rows are never validated. Therefore this module has its own:
//!
//! - [`StratifiedKFold`] deals every class evenly to the folds, as indices or by rearranging a
//!   dataset so that linfa's `iter_fold`, `fold` and `cross_validate_single` visit those folds;
//! - [`stratified_split`] holds out one stratified part;
//! - [`cross_validate`] validates every row and reports every fold's accuracy, their mean and
//!   standard deviation, all predictions and their
//!   [`ConfusionMatrix`](crate::metrics::ConfusionMatrix).
//!
//! All are deterministic: the same seed and targets give the same rows.

mod cross_validation;
mod error;
mod report;
mod strata;
mod stratified_k_fold;
mod stratified_split;

pub use cross_validation::{cross_validate, cross_validate_observed};
pub use error::SelectionError;
pub use report::{CrossValidation, FailedFold};
pub use stratified_k_fold::StratifiedKFold;
pub use stratified_split::stratified_split;
