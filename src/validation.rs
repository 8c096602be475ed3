//! Checks of a user's data that several estimators share.

use ndarray::ArrayView2;

use crate::{Error, Result};

/// At least one row and one column, and every value finite.
pub(crate) fn check_records<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    let (rows, columns) = records.dim();
    if records.is_empty() {
        return Err(Error::EmptyRecords { rows, columns });
    }
    find(
        records,
        |x| !x.is_finite(),
        |row, column, value| Error::NonFinite { row, column, value },
    )
}

/// [`check_records`], and every value in `[0, 1]`.
pub(crate) fn check_unit_interval<F: linfa::Float>(records: ArrayView2<F>) -> Result<()> {
    check_records(records)?;
    let outside = |x: F| !(F::zero()..=F::one()).contains(&x);
    find(records, outside, |row, column, value| {
        Error::OutsideUnitInterval { row, column, value }
    })
}

/// The records are as wide as the model expects.
pub(crate) fn check_width<F>(records: ArrayView2<F>, expected: usize) -> Result<()> {
    match records.ncols() {
        found if found == expected => Ok(()),
        found => Err(Error::Width { expected, found }),
    }
}

/// One target for each record.
pub(crate) fn check_target_count(records: usize, targets: usize) -> Result<()> {
    if records == targets {
        Ok(())
    } else {
        Err(Error::TargetCount { records, targets })
    }
}

fn find<F: linfa::Float>(
    records: ArrayView2<F>,
    wrong: impl Fn(F) -> bool,
    error: impl Fn(usize, usize, f64) -> Error,
) -> Result<()> {
    match records.indexed_iter().find(|(_, &x)| wrong(x)) {
        Some(((row, column), x)) => Err(error(row, column, x.to_f64().unwrap_or(f64::NAN))),
        None => Ok(()),
    }
}
