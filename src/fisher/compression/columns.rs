//! Columns of records in another order.

use ndarray::{Array2, ArrayView2, Axis, Zip};

use crate::Float;

/// The columns that `source` gives for `0..count`, in this order.
pub(super) fn select_columns<F: Float>(
    records: ArrayView2<F>,
    count: usize,
    source: impl Fn(usize) -> usize + Sync,
) -> Array2<F> {
    let mut selected = Array2::zeros((records.nrows(), count));
    Zip::from(selected.axis_iter_mut(Axis(0)))
        .and(records.rows())
        .par_for_each(|mut selected, row| {
            let columns = selected.indexed_iter_mut();
            columns.for_each(|(feature, x)| *x = row[source(feature)]);
        });
    selected
}
