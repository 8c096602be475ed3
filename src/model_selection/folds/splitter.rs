//! What deals rows to folds.

use linfa::Label;
use ndarray::ArrayView1;

use crate::Result;
use crate::error::SelectionError;

/// The training rows of a fold, in any order and perhaps several times, and its validation rows, in
/// strictly ascending order.
pub type Split = (Vec<usize>, Vec<usize>);

/// Deals the rows of a dataset to folds, by their targets if it likes.
///
/// # Example
///
/// A splitter of your own, which validates the last quarter of rows in the order of time:
///
/// ```
/// use linfa::{Dataset, Label};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::model_selection::{cross_validate, Split, Splitter};
/// use ndarray::{array, Array, ArrayView1};
///
/// struct LastQuarter;
///
/// impl<L: Label> Splitter<L> for LastQuarter {
///     fn split(&self, targets: ArrayView1<L>) -> linfa_fisher::Result<Vec<Split>> {
///         let (rows, first) = (targets.len(), targets.len() * 3 / 4);
///         Ok(vec![((0..first).collect(), (first..rows).collect())])
///     }
/// }
///
/// let records = Array::range(0.0, 8.0, 1.0).into_shape_with_order((8, 1)).unwrap();
/// let dataset = Dataset::new(records, array![0, 0, 0, 0, 1, 1, 1, 1]);
/// let report = cross_validate(&dataset, &KNearestNeighbors::params(1), &LastQuarter)?;
/// assert_eq!(report.rows(), [6, 7]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub trait Splitter<L: Label> {
    /// The folds for rows of these targets. The same targets always give the same folds.
    ///
    /// # Errors
    ///
    /// Those of the splitter, for targets that it cannot deal.
    fn split(&self, targets: ArrayView1<L>) -> Result<Vec<Split>>;
}

/// The folds of a splitter, which may be anyone's, if they are what a splitter is to give.
///
/// # Errors
///
/// Those of the splitter; [`NoFolds`](SelectionError::NoFolds),
/// [`EmptyFold`](SelectionError::EmptyFold), [`UnorderedRows`](SelectionError::UnorderedRows),
/// [`UnknownRow`](SelectionError::UnknownRow), [`SharedRow`](SelectionError::SharedRow).
pub(crate) fn checked_splits<L: Label, S: Splitter<L> + ?Sized>(
    splitter: &S,
    targets: ArrayView1<L>,
) -> Result<Vec<Split>> {
    let splits = splitter.split(targets)?;
    check_splits(&splits, targets.len())?;
    Ok(splits)
}

/// Folds with rows of the dataset on either side, none of them on both, and none validated twice.
fn check_splits(splits: &[Split], samples: usize) -> Result<()> {
    if splits.is_empty() {
        return Err(SelectionError::NoFolds.into());
    }
    for (fold, (training, validation)) in (1..).zip(splits) {
        if training.is_empty() || validation.is_empty() {
            return Err(SelectionError::EmptyFold { fold }.into());
        }
        if let Some(pair) = validation.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(SelectionError::UnorderedRows { fold, row: pair[1] }.into());
        }
        let mut trained = vec![false; samples];
        for &row in training {
            let unknown = SelectionError::UnknownRow { fold, row, samples };
            *trained.get_mut(row).ok_or(unknown)? = true;
        }
        for &row in validation {
            match trained.get(row) {
                Some(false) => {}
                Some(true) => return Err(SelectionError::SharedRow { fold, row }.into()),
                None => return Err(SelectionError::UnknownRow { fold, row, samples }.into()),
            }
        }
    }
    Ok(())
}

/// The folds of which these are the validation rows: all other rows of `0..rows` are trained on.
pub(super) fn splits_of(rows: usize, folds: impl IntoIterator<Item = Vec<usize>>) -> Vec<Split> {
    let split = |validation: Vec<usize>| (complement(rows, &validation), validation);
    folds.into_iter().map(split).collect()
}

/// The rows of `0..rows` that are not in `chosen`, in ascending order.
pub(super) fn complement(rows: usize, chosen: &[usize]) -> Vec<usize> {
    let mut rest = vec![true; rows];
    chosen.iter().for_each(|&row| rest[row] = false);
    (0..rows).filter(|&row| rest[row]).collect()
}
