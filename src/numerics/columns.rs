//! Means and bounds of the columns of records.

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

/// The least and the largest value of each column of the rows seen so far.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Extremes<F> {
    pub(crate) least: Array1<F>,
    pub(crate) most: Array1<F>,
}

impl<F: Float> Extremes<F> {
    /// Those of no row.
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            least: Array1::from_elem(columns, F::infinity()),
            most: Array1::from_elem(columns, F::neg_infinity()),
        }
    }

    /// Takes more rows into account.
    pub(crate) fn extend(&mut self, rows: ArrayView2<F>) {
        let least = rows.fold_axis(Axis(0), F::infinity(), |&a, &b| a.min(b));
        let most = rows.fold_axis(Axis(0), F::neg_infinity(), |&a, &b| a.max(b));
        self.least.zip_mut_with(&least, |a, &b| *a = a.min(b));
        self.most.zip_mut_with(&most, |a, &b| *a = a.max(b));
    }
}
