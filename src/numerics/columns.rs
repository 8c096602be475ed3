//! Means, variances and bounds of the columns of records.

use ndarray::{Array1, ArrayView2, Axis, Zip};
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

/// Columns that one thread follows at a time: their sums stay in its cache.
const MOMENT_COLUMNS: usize = 1024;

/// Means and sums of squared deviations of the columns of the rows seen so far, in `f64`.
///
/// They follow one row after another (Welford 1962), so that their bits depend neither on the
/// blocks in which the rows come nor on the number of threads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    pub(crate) rows: usize,
    pub(crate) mean: Array1<f64>,
    pub(crate) squares: Array1<f64>,
}

impl Moments {
    /// Those of no row.
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            rows: 0,
            mean: Array1::zeros(columns),
            squares: Array1::zeros(columns),
        }
    }

    /// Takes more rows into account.
    pub(crate) fn extend<F: Float>(&mut self, rows: ArrayView2<F>) {
        let first = self.rows + 1;
        let means = self.mean.axis_chunks_iter_mut(Axis(0), MOMENT_COLUMNS);
        let squares = self.squares.axis_chunks_iter_mut(Axis(0), MOMENT_COLUMNS);
        let columns = rows.axis_chunks_iter(Axis(1), MOMENT_COLUMNS);
        let parts = means.into_par_iter().zip(squares).zip(columns);
        parts.for_each(|((mut means, mut squares), rows)| {
            for (row, count) in rows.rows().into_iter().zip(first..) {
                Zip::from(&mut means)
                    .and(&mut squares)
                    .and(&row)
                    .for_each(|mean, squares, &x| {
                        let x = x.to_f64().unwrap_or(f64::NAN);
                        let deviation = x - *mean;
                        *mean += deviation / count as f64;
                        *squares += deviation * (x - *mean);
                    });
            }
        });
        self.rows += rows.nrows();
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, s};

    use super::*;

    /// Against two passes in `f64`; in any blocks and for any number of threads, the same bits.
    #[test]
    fn moments_do_not_depend_on_blocks() {
        let rows = Array2::from_shape_fn((70, 2500), |(i, j)| {
            ((i * 31 + j * 17) % 101) as f32 / 7.0 + 1000.0
        });
        let of = |cuts: &[usize]| {
            let mut moments = Moments::new(2500);
            for cut in cuts.windows(2) {
                moments.extend(rows.slice(s![cut[0]..cut[1], ..]));
            }
            moments
        };
        let whole = of(&[0, 70]);
        assert_eq!(of(&[0, 1, 1, 30, 70]), whole);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build()
                .unwrap()
                .install(|| assert_eq!(of(&[0, 70]), whole));
        }
        let wide = rows.mapv(f64::from);
        let expected = wide.var_axis(Axis(0), 0.0);
        for (squares, expected) in whole.squares.iter().zip(&expected) {
            assert!((squares / 70.0 - expected).abs() < 1e-9 * (1.0 + expected));
        }
        let mean = wide.mean_axis(Axis(0)).unwrap();
        assert!((&whole.mean - &mean).iter().all(|x| x.abs() < 1e-9));
    }
}
