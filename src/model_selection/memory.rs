//! What keeps folds that have been validated.

use ndarray::ArrayView1;

use super::folds::Split;
use super::validated_fold::{FoldTimes, ValidatedFold};
use crate::Result;

/// What there is to keep of a fold: the predictions and the times.
pub(super) type Kept<L> = (ValidatedFold<L>, FoldTimes);

/// Keeps the folds of one cross-validation.
pub(super) trait Memory<L> {
    /// The folds that are kept of the cross-validation with these numbers, which are the records,
    /// row by row, and the weights, with their type, these targets and these folds.
    fn recall(
        &mut self,
        float: &'static str,
        numbers: &mut dyn Iterator<Item = f64>,
        targets: ArrayView1<L>,
        splits: &[Split],
    ) -> Result<Vec<Kept<L>>>;

    /// Keeps one more fold.
    fn keep(&mut self, fold: &Kept<L>) -> Result<()>;
}

/// Keeps nothing.
pub(super) struct Forgetful;

impl<L> Memory<L> for Forgetful {
    fn recall(
        &mut self,
        _: &'static str,
        _: &mut dyn Iterator<Item = f64>,
        _: ArrayView1<L>,
        _: &[Split],
    ) -> Result<Vec<Kept<L>>> {
        Ok(Vec::new())
    }

    fn keep(&mut self, _: &Kept<L>) -> Result<()> {
        Ok(())
    }
}
