//! How rows are dealt to folds.

mod given_folds;
mod group_k_fold;
mod repeated;
mod splitter;
mod stratified_k_fold;

pub use given_folds::GivenFolds;
pub use group_k_fold::GroupKFold;
pub use repeated::RepeatedStratifiedKFold;
pub(crate) use splitter::checked_splits;
pub use splitter::{Split, Splitter};
pub use stratified_k_fold::StratifiedKFold;
