//! What deals rows to folds.

use linfa::Label;
use ndarray::ArrayView1;

use crate::Result;

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
