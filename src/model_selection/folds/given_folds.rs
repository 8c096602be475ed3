//! Folds that the user gives.

use linfa::Label;
use ndarray::ArrayView1;

use super::splitter::{Split, Splitter, splits_of};
use crate::Result;
use crate::error::SelectionError;

/// Folds that somebody else has dealt: those of a paper, or of another library's run.
///
/// # Example
///
/// ```
/// use linfa_fisher::model_selection::{GivenFolds, Splitter};
/// use ndarray::array;
///
/// let folds = GivenFolds::new(vec![vec![3, 0], vec![1, 2]]);
/// let splits = folds.split(array![0, 1, 0, 1].view())?;
/// assert_eq!(splits, [(vec![1, 2], vec![0, 3]), (vec![0, 3], vec![1, 2])]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct GivenFolds {
    folds: Vec<Vec<usize>>,
}

impl GivenFolds {
    /// The validation rows of each fold, in any order: at least two folds, none of them empty, and
    /// every row of the dataset in exactly one of them.
    pub fn new(folds: Vec<Vec<usize>>) -> Self {
        Self { folds }
    }
}

/// # Errors
///
/// [`Folds`](SelectionError::Folds) for fewer than two folds, [`EmptyFold`], [`UnknownRow`],
/// [`RowFolds`] for a row in two folds or in none.
///
/// [`EmptyFold`]: SelectionError::EmptyFold
/// [`UnknownRow`]: SelectionError::UnknownRow
/// [`RowFolds`]: SelectionError::RowFolds
impl<L: Label> Splitter<L> for GivenFolds {
    fn split(&self, targets: ArrayView1<L>) -> Result<Vec<Split>> {
        let (k, samples) = (self.folds.len(), targets.len());
        if k < 2 {
            return Err(SelectionError::Folds { k, samples }.into());
        }
        let mut times = vec![0; samples];
        for (fold, rows) in (1..).zip(&self.folds) {
            if rows.is_empty() {
                return Err(SelectionError::EmptyFold { fold }.into());
            }
            for &row in rows {
                let unknown = SelectionError::UnknownRow { fold, row, samples };
                *times.get_mut(row).ok_or(unknown)? += 1;
            }
        }
        if let Some(row) = times.iter().position(|&folds| folds != 1) {
            let folds = times[row];
            return Err(SelectionError::RowFolds { row, folds }.into());
        }
        let ascending = self.folds.iter().map(|rows| {
            let mut rows = rows.clone();
            rows.sort_unstable();
            rows
        });
        Ok(splits_of(samples, ascending))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<GivenFolds>();
    }

    #[test]
    fn folds_that_overlap_or_miss_rows_are_errors() {
        let fault = |folds: &[&[usize]]| {
            let folds = folds.iter().map(|rows| rows.to_vec()).collect();
            let splits = GivenFolds::new(folds).split(array![0_usize, 1, 0].view());
            splits.unwrap_err().to_string()
        };
        assert!(fault(&[&[0, 1, 2]]).starts_with("1 folds of 3 samples"));
        assert!(fault(&[&[0, 1, 2], &[]]).starts_with("fold 2, counted from 1, has no rows"));
        assert!(fault(&[&[0, 1], &[3]]).starts_with("fold 2, counted from 1, has row 3 of 3"));
        assert!(fault(&[&[0, 1], &[1, 2]]).starts_with("row 1 is in 2 folds"));
        assert!(fault(&[&[0], &[1]]).starts_with("row 2 is in 0 folds"));
    }
}
