//! The order in which stratified rows are dealt, and the selection of rows from a dataset.

use std::collections::HashMap;

use linfa::dataset::AsTargets;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{ArrayBase, ArrayView1, Axis, Data, Ix1, Ix2};
use rand::Rng;

use crate::Result;
use crate::checks::{check_shape, check_target_count, check_weight_count};
use crate::error::SelectionError;
use crate::numerics::random::shuffled;

/// All rows, class by class; within a class in their own order, or in random order. The classes
/// come in the order of their first rows: what they are called changes nothing.
pub(super) fn rows_by_class<L: Label, R: Rng>(
    targets: ArrayView1<L>,
    rng: Option<&mut R>,
) -> Vec<usize> {
    let mut rows = match rng {
        Some(rng) => shuffled(targets.len(), rng),
        None => (0..targets.len()).collect(),
    };
    let mut places = HashMap::new();
    for class in targets {
        let next = places.len();
        places.entry(class).or_insert(next);
    }
    rows.sort_by_key(|&row| places[&targets[row]]);
    rows
}

/// The targets as one column, which two-dimensional targets have as well.
///
/// # Errors
///
/// [`TargetColumns`](SelectionError::TargetColumns) for another number of columns.
pub(crate) fn single_targets<T: AsTargets>(targets: &T) -> Result<ArrayView1<'_, T::Elem>> {
    let targets = targets.as_targets().into_dyn();
    let columns = targets.shape().get(1).copied().unwrap_or(1);
    let column = match (targets.ndim(), columns) {
        (2, 1) => targets.index_axis_move(Axis(1), 0),
        _ => targets,
    };
    column
        .into_dimensionality::<Ix1>()
        .map_err(|_| SelectionError::TargetColumns { columns }.into())
}

/// Checks that there are records, and as many targets and weights.
pub(crate) fn check_dataset<D, T>(dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<()>
where
    D: Data,
    T: AsTargets,
{
    let (rows, columns) = dataset.records.dim();
    check_shape(rows, columns)?;
    check_target_count(rows, single_targets(&dataset.targets)?.len())?;
    check_weight_count(rows, dataset.weights.len())
}

/// The given rows with their weights, and the names of the columns.
pub(crate) fn select_rows<F, L, D, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    targets: ArrayView1<L>,
    rows: &[usize],
) -> Dataset<F, L, Ix1>
where
    F: Clone,
    L: Label,
    D: Data<Elem = F>,
    T: AsTargets,
{
    let records = dataset.records.select(Axis(0), rows);
    let targets = targets.select(Axis(0), rows);
    let weights = rows
        .iter()
        .filter_map(|&row| dataset.weights.get(row).copied());
    let feature_names = names(dataset.feature_names(), records.ncols());
    let target_names = names(dataset.target_names(), 1);
    Dataset::new(records, targets)
        .with_weights(weights.collect())
        .with_feature_names(feature_names)
        .with_target_names(target_names)
}

/// Keeps names only if there is one a column. linfa panics at any other number, which arises when
/// a user replaces the records or the targets of a dataset.
fn names(names: &[String], columns: usize) -> Vec<String> {
    match names.len() {
        count if count == columns => names.to_vec(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use rand_xoshiro::Xoshiro256Plus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;
    use crate::Error;
    use crate::error::RecordsError;

    #[test]
    fn rows_go_by_class_then_as_they_come() {
        let targets = array!["b", "a", "b", "a"];
        let rng: Option<&mut Xoshiro256Plus> = None;
        assert_eq!(rows_by_class(targets.view(), rng), [0, 2, 1, 3]);
    }

    #[test]
    fn shuffling_stays_within_the_class() {
        let targets = array![1_usize, 0, 1, 0, 1, 0, 1, 0];
        let mut rng = Xoshiro256Plus::seed_from_u64(42);
        let rows = rows_by_class(targets.view(), Some(&mut rng));
        assert!(rows[..4].iter().all(|&row| targets[row] == 1));
        assert!(rows[4..].iter().all(|&row| targets[row] == 0));
    }

    #[test]
    fn selected_rows_keep_weights_and_names() {
        let dataset = Dataset::new(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], array![7, 8, 9])
            .with_weights(array![0.1, 0.2, 0.3])
            .with_feature_names(vec!["x", "y"])
            .with_target_names(vec!["digit"]);
        let selected = select_rows(&dataset, dataset.targets.view(), &[2, 0]);
        assert_eq!(selected.records, array![[5.0, 6.0], [1.0, 2.0]]);
        assert_eq!(selected.targets, array![9, 7]);
        assert_eq!(selected.weights, array![0.3, 0.1]);
        assert_eq!(selected.feature_names(), ["x", "y"]);
        assert_eq!(selected.target_names(), ["digit"]);
    }

    #[test]
    fn stale_names_are_dropped() {
        let mut dataset =
            Dataset::new(array![[1.0, 2.0]], array![0_usize]).with_feature_names(vec!["x", "y"]);
        dataset.records = array![[1.0]];
        assert!(
            select_rows(&dataset, dataset.targets.view(), &[0])
                .feature_names()
                .is_empty()
        );
    }

    #[test]
    fn one_column_of_targets_is_enough() {
        let targets = array![[7_usize, 8], [9, 10]];
        let column = targets.slice(ndarray::s![.., 1..]);
        assert_eq!(single_targets(&column).unwrap(), array![8, 10]);
        assert_eq!(single_targets(&targets.row(0)).unwrap(), array![7, 8]);
        for columns in [0, 2] {
            assert!(matches!(
                single_targets(&targets.slice(ndarray::s![.., ..columns])),
                Err(Error::Selection(SelectionError::TargetColumns { columns: found })) if found == columns
            ));
        }
    }

    #[test]
    fn counts_are_checked() {
        let records = array![[1.0], [2.0]];
        let targets = array![0_usize, 1, 2];
        let check = |dataset: Dataset<f64, usize, Ix1>| check_dataset(&dataset);
        assert!(matches!(
            check(Dataset::new(records.clone(), targets.clone())),
            Err(Error::Records(RecordsError::TargetCount { .. }))
        ));
        let two = Dataset::new(records, array![0_usize, 1]);
        assert!(check(two.clone()).is_ok());
        assert!(matches!(
            check(two.with_weights(array![1.0])),
            Err(Error::Records(RecordsError::WeightCount { .. }))
        ));
        assert!(matches!(
            check(Dataset::new(ndarray::Array2::zeros((0, 1)), targets)),
            Err(Error::Records(RecordsError::EmptyRecords { .. }))
        ));
    }
}
