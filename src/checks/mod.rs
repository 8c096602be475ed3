//! Checks of a user's data that several estimators share.

mod error;

pub use error::RecordsError;

use std::collections::BTreeSet;

use linfa::dataset::{AsSingleTargets, AsTargets, Records};
use linfa::{DatasetBase, Label};
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use rayon::prelude::*;

use crate::{Error, Result};

/// Rows that one thread looks through, at most.
const BLOCK_ROWS: usize = 1024;

/// Values that one thread looks through, unless a row has more.
const BLOCK_VALUES: usize = 1 << 18;

/// At least one row and one column, and every value finite.
pub(crate) fn check_records<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    check_shape(records.nrows(), records.ncols())?;
    check_finite(records)
}

/// [`check_records`], and every value in `[0, 1]`.
pub(crate) fn check_unit_interval<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    check_shape(records.nrows(), records.ncols())?;
    check_inside(records)
}

/// [`check_query`], and every value in `[0, 1]`.
pub(crate) fn check_unit_query<F: linfa::Float>(
    records: ArrayView2<F>,
    expected: usize,
) -> Result<()> {
    check_width(records, expected)?;
    check_inside(records)
}

/// Every value finite and in `[0, 1]`.
fn check_inside<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    let outside = |x: F| !(F::zero()..=F::one()).contains(&x);
    check_finite_values(records, outside, |row, column, value| {
        RecordsError::OutsideUnitInterval { row, column, value }
    })
}

/// [`check_records`], and every value 0 or 1.
pub(crate) fn check_binary<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    check_shape(records.nrows(), records.ncols())?;
    check_states(records, records.ncols())
}

/// [`check_query`], and every value 0 or 1.
pub(crate) fn check_states<F: linfa::Float>(records: ArrayView2<F>, expected: usize) -> Result<()> {
    check_width(records, expected)?;
    let grey = |x: F| x != F::zero() && x != F::one();
    check_finite_values(records, grey, |row, column, value| {
        RecordsError::NotBinary { row, column, value }
    })
}

/// Every value finite, and the first one of which `wrong` holds, as NaN must be, an `error`.
fn check_finite_values<F: linfa::Float>(
    records: ArrayView2<F>,
    wrong: impl Fn(F) -> bool + Sync,
    error: impl Fn(usize, usize, f64) -> RecordsError,
) -> Result<()> {
    check_values(records, wrong, |row, column, value| {
        let found = match value.is_finite() {
            true => error(row, column, value),
            false => RecordsError::NonFinite { row, column, value },
        };
        found.into()
    })
}

/// Records that a model can predict, of which there may be none: as wide as the model expects, and
/// every value finite.
pub(crate) fn check_query<F: linfa::Float>(records: ArrayView2<F>, expected: usize) -> Result<()> {
    check_width(records, expected)?;
    check_finite(records)
}

/// The records are as wide as the model expects.
pub(crate) fn check_width<F>(records: ArrayView2<F>, expected: usize) -> Result<()> {
    match records.ncols() {
        found if found == expected => Ok(()),
        found => Err(RecordsError::Width { expected, found }.into()),
    }
}

/// Every value finite.
pub(crate) fn check_finite<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    check_values(
        records,
        |x| !x.is_finite(),
        |row, column, value| Error::Records(RecordsError::NonFinite { row, column, value }),
    )
}

/// The first value of which `wrong` holds, row by row, is an `error`.
pub(crate) fn check_values<F: linfa::Float>(
    records: ArrayView2<F>,
    wrong: impl Fn(F) -> bool + Sync,
    error: impl Fn(usize, usize, f64) -> Error,
) -> Result<()> {
    // without a way out in between, the loop is vectorised
    let any = |values: &ArrayView1<F>| values.iter().fold(false, |any, &x| any | wrong(x));
    let block_rows = (BLOCK_VALUES / records.ncols().max(1)).clamp(1, BLOCK_ROWS);
    let blocks = records
        .axis_chunks_iter(Axis(0), block_rows)
        .into_par_iter()
        .enumerate();
    let first = blocks.find_map_first(|(block, rows)| {
        let row = rows.rows().into_iter().position(|row| any(&row))?;
        Some(block * block_rows + row)
    });
    let Some(row) = first else {
        return Ok(());
    };
    let mut values = records.row(row).into_iter().enumerate();
    let found = values.find(|&(_, &x)| wrong(x));
    found.map_or(Ok(()), |(column, &x)| {
        Err(error(row, column, x.to_f64().unwrap_or(f64::NAN)))
    })
}

/// At least one row and one column.
pub(crate) fn check_shape(rows: usize, columns: usize) -> Result<()> {
    match rows.min(columns) {
        0 => Err(RecordsError::EmptyRecords { rows, columns }.into()),
        _ => Ok(()),
    }
}

/// One target a record.
pub(crate) fn check_target_count(records: usize, targets: usize) -> Result<()> {
    match targets {
        _ if targets == records => Ok(()),
        _ => Err(RecordsError::TargetCount { records, targets }.into()),
    }
}

/// As many rows as expected.
pub(crate) fn check_row_count(expected: usize, found: usize) -> Result<()> {
    match expected == found {
        true => Ok(()),
        false => Err(RecordsError::RowCount { expected, found }.into()),
    }
}

/// No weights, or one for each record.
pub(crate) fn check_weight_count(records: usize, weights: usize) -> Result<()> {
    match weights {
        0 => Ok(()),
        _ if weights == records => Ok(()),
        _ => Err(RecordsError::WeightCount { records, weights }.into()),
    }
}

/// Weights of records that are finite and not negative, some of them positive if there are any.
pub(crate) fn check_weights(weights: ArrayView1<f32>) -> Result<()> {
    let wrong = |&(_, weight): &(usize, &f32)| !(*weight >= 0.0 && weight.is_finite());
    match weights.iter().enumerate().find(wrong) {
        Some((row, &weight)) => Err(RecordsError::InvalidWeight { row, weight }.into()),
        None if !weights.is_empty() && weights.iter().all(|&weight| weight == 0.0) => {
            Err(RecordsError::NoWeight.into())
        }
        None => Ok(()),
    }
}

/// The dataset with features in place of its records. Targets, weights and the names of targets
/// stay.
///
/// # Errors
///
/// [`WeightCount`](RecordsError::WeightCount).
pub(crate) fn with_features<R: Records, F: linfa::Float, T: AsTargets>(
    dataset: DatasetBase<R, T>,
    features: Array2<F>,
) -> Result<DatasetBase<Array2<F>, T>> {
    check_weight_count(dataset.records.nsamples(), dataset.weights.len())?;
    let (weights, names) = (dataset.weights.clone(), dataset.target_names().to_vec());
    let dataset = DatasetBase::new(features, dataset.targets).with_weights(weights);
    // linfa panics at another number of names, which a user may have left from other targets
    match dataset.ntargets() == names.len() {
        true => Ok(dataset.with_target_names(names)),
        false => Ok(dataset),
    }
}

/// The classes in ascending order.
pub(crate) fn classes_of<L: Label>(targets: ArrayView1<L>) -> Vec<L> {
    let classes: BTreeSet<&L> = targets.iter().collect();
    classes.into_iter().cloned().collect()
}

/// The classes in ascending order, at least two of them.
pub(crate) fn sorted_classes<L: Label>(targets: ArrayView1<L>) -> Result<Vec<L>> {
    match classes_of(targets) {
        classes if classes.len() == 1 => Err(RecordsError::SingleClass {
            class: format!("{:?}", classes[0]),
        }
        .into()),
        classes => Ok(classes),
    }
}

/// What a classifier is fitted on: finite records, a target and, if any, a weight for each; gives
/// the classes as [`sorted_classes`].
pub(crate) fn check_labelled<F, L, D, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
) -> Result<Vec<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
{
    let targets = dataset.targets.as_single_targets();
    check_records(dataset.records.view())?;
    check_target_count(dataset.records.nrows(), targets.len())?;
    check_weight_count(dataset.records.nrows(), dataset.weights.len())?;
    sorted_classes(targets)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};

    use super::*;

    #[test]
    fn a_shape_needs_rows_and_columns() {
        assert!(check_shape(1, 1).is_ok());
        for (rows, columns) in [(0, 2), (2, 0), (0, 0)] {
            let error = check_shape(rows, columns).unwrap_err();
            let expected = format!("the records are empty ({rows} x {columns})");
            assert!(error.to_string().starts_with(&expected));
        }
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_named() {
        let records = array![[0.0, 1.0], [f32::NEG_INFINITY, f32::NAN]];
        let error = check_records(records.view()).unwrap_err();
        assert!(
            matches!(error, Error::Records(RecordsError::NonFinite { row: 1, column: 0, value }) if value < 0.0)
        );
        assert!(check_records(Array2::<f64>::zeros((0, 1)).view()).is_err());
        assert!(check_records(array![[f64::MAX]].view()).is_ok());
    }

    #[test]
    fn a_query_may_be_empty_but_not_of_another_width() {
        assert!(check_query(Array2::<f32>::zeros((0, 3)).view(), 3).is_ok());
        assert!(matches!(
            check_query(array![[1.0, f64::NAN]].view(), 3),
            Err(Error::Records(RecordsError::Width {
                expected: 3,
                found: 2
            }))
        ));
        assert!(matches!(
            check_query(array![[1.0, f64::NAN]].view(), 2),
            Err(Error::Records(RecordsError::NonFinite { .. }))
        ));
    }

    #[test]
    fn counts_must_agree() {
        assert!(check_target_count(3, 3).is_ok());
        assert!(check_weight_count(3, 3).is_ok());
        assert!(check_weight_count(3, 0).is_ok());
        assert!(matches!(
            check_target_count(3, 2),
            Err(Error::Records(RecordsError::TargetCount {
                records: 3,
                targets: 2
            }))
        ));
        assert!(matches!(
            check_weight_count(3, 4),
            Err(Error::Records(RecordsError::WeightCount {
                records: 3,
                weights: 4
            }))
        ));
    }

    #[test]
    fn classes_are_sorted_and_at_least_two() {
        assert_eq!(
            sorted_classes(array![3_usize, 1, 3].view()).unwrap(),
            [1, 3]
        );
        let error = sorted_classes(array!["b", "b"].view()).unwrap_err();
        assert!(
            matches!(error, Error::Records(RecordsError::SingleClass { class }) if class == "\"b\"")
        );
        assert!(
            sorted_classes(Array1::<usize>::zeros(0).view())
                .unwrap()
                .is_empty()
        );
    }
}
