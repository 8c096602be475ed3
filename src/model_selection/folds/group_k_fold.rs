//! Folds that keep groups together.

use std::collections::HashMap;

use linfa::Label;
use ndarray::ArrayView1;

use super::splitter::{Split, Splitter, splits_of};
use crate::Result;
use crate::error::SelectionError;

/// Deals groups of rows to `k` folds, so that no group is both trained on and validated: the
/// writers of characters, the patients of a study, the originals of virtual examples.
///
/// The largest group goes first, always to the fold with the fewest rows, the first of equal ones;
/// equal groups come in the order of their first rows. The folds are those of scikit-learn's
/// `GroupKFold`, but for the order of equal groups. Classes are not looked at.
///
/// # Example
///
/// ```
/// use linfa_fisher::model_selection::{GroupKFold, Splitter};
/// use ndarray::array;
///
/// let writers = ["Ada", "Ada", "Ada", "Bob", "Bob", "Cy"];
/// let splits = GroupKFold::new(2, writers).split(array![0, 1, 0, 1, 0, 1].view())?;
/// assert_eq!(splits, [(vec![3, 4, 5], vec![0, 1, 2]), (vec![0, 1, 2], vec![3, 4, 5])]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct GroupKFold<G> {
    k: usize,
    groups: Vec<G>,
}

impl<G: Label> GroupKFold<G> {
    /// `k` folds, at least 2 and at most one a group; `groups` names the group of each of the n
    /// rows.
    pub fn new(k: usize, groups: impl IntoIterator<Item = G>) -> Self {
        let groups = groups.into_iter().collect();
        Self { k, groups }
    }

    /// The rows of every group, in the order of the first rows.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut places = HashMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for (row, group) in self.groups.iter().enumerate() {
            let place = *places.entry(group).or_insert(members.len());
            match members.get_mut(place) {
                Some(rows) => rows.push(row),
                None => members.push(vec![row]),
            }
        }
        members
    }
}

/// # Errors
///
/// [`GroupCount`](SelectionError::GroupCount) for groups of another number of rows,
/// [`GroupFolds`](SelectionError::GroupFolds) unless `2 <= k <= groups`.
impl<L: Label, G: Label> Splitter<L> for GroupKFold<G> {
    fn split(&self, targets: ArrayView1<L>) -> Result<Vec<Split>> {
        let (groups, rows) = (self.groups.len(), targets.len());
        if groups != rows {
            return Err(SelectionError::GroupCount { groups, rows }.into());
        }
        let (k, mut members) = (self.k, self.members());
        if k < 2 || k > members.len() {
            let groups = members.len();
            return Err(SelectionError::GroupFolds { k, groups }.into());
        }
        members.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
        let mut folds: Vec<Vec<usize>> = vec![Vec::new(); k];
        for rows in members {
            if let Some(lightest) = folds.iter_mut().min_by_key(|fold| fold.len()) {
                lightest.extend(rows);
            }
        }
        folds.iter_mut().for_each(|fold| fold.sort_unstable());
        Ok(splits_of(targets.len(), folds))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;
    use crate::Error;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<GroupKFold<usize>>();
    }

    #[test]
    fn the_largest_group_goes_to_the_lightest_fold() {
        // sizes: 7 has 2 rows, 1 has 3, 4 has 2, 9 has 1: 1 | 7 4 | after which 9 joins group 1
        let groups = [7_usize, 1, 1, 4, 7, 1, 4, 9];
        let splits = GroupKFold::new(2, groups).split(Array1::<usize>::zeros(8).view());
        let folds: Vec<_> = splits.unwrap().into_iter().map(|(_, rows)| rows).collect();
        assert_eq!(folds, [vec![1, 2, 5, 7], vec![0, 3, 4, 6]]);
    }

    #[test]
    fn no_group_is_on_both_sides() {
        let groups: Vec<usize> = (0..50).map(|row| row * row % 11).collect();
        let targets = Array1::<usize>::zeros(50);
        let splits = GroupKFold::new(3, groups.clone()).split(targets.view());
        let mut validated = Vec::new();
        for (training, validation) in splits.unwrap() {
            let held = |row: &usize| {
                validation
                    .iter()
                    .any(|other| groups[*other] == groups[*row])
            };
            assert!(!training.iter().any(held));
            validated.extend(validation);
        }
        validated.sort_unstable();
        assert_eq!(validated, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn bad_numbers_are_errors() {
        let targets = array![0_usize, 1, 0];
        for k in [0, 1, 3] {
            assert!(matches!(
                GroupKFold::new(k, [5_usize, 5, 6]).split(targets.view()),
                Err(Error::Selection(SelectionError::GroupFolds {
                    groups: 2,
                    ..
                }))
            ));
        }
        assert!(
            GroupKFold::new(2, [5_usize, 6])
                .split(targets.view())
                .is_err()
        );
    }
}
