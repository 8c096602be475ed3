//! Means of the columns of records.

use ndarray::{Array1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::numerics::Float;
use crate::numerics::dense::sum_of_rows;

/// Rows that a thread reads at a time, which stay in its cache meanwhile. It is fixed, so that
/// results do not depend on the number of threads.
pub(crate) const COLUMN_BLOCK: usize = 128;

/// The sum of some records, one after another, whatever their order in memory.
pub(crate) fn sum_of_block<F: Float>(rows: ArrayView2<F>) -> Array1<F> {
    sum_of_rows(rows.as_standard_layout().view())
}

/// Means of the columns of any records (`n x d`).
pub(crate) fn means_of<F: Float>(values: ArrayView2<F>) -> Array1<F> {
    let blocks = values.axis_chunks_iter(Axis(0), COLUMN_BLOCK);
    let sums: Vec<_> = blocks.into_par_iter().map(sum_of_block).collect();
    mean_of_sums(&sums, values.dim())
}

/// Means from the sums of blocks of rows.
pub(crate) fn mean_of_sums<F: Float>(
    sums: &[Array1<F>],
    (rows, columns): (usize, usize),
) -> Array1<F> {
    let mut mean = Array1::zeros(columns);
    sums.iter().for_each(|sum| mean += sum);
    mean / F::cast(rows)
}
