//! Means, variances and bounds of the columns of records.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis, Zip, s};
use rayon::prelude::*;

use crate::numerics::Float;
use crate::numerics::dense::{add_rows, sum_of_rows};

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

/// The parts of rows that begin at row `first` of a whole, each with the number of the block of
/// [`COLUMN_BLOCK`] rows of the whole that it lies in.
pub(crate) fn parts_by_block<F>(
    first: usize,
    rows: ArrayView2<'_, F>,
) -> impl Iterator<Item = (usize, ArrayView2<'_, F>)> {
    let blocks = first / COLUMN_BLOCK..(first + rows.nrows()).div_ceil(COLUMN_BLOCK);
    blocks.map(move |block| {
        let start = (block * COLUMN_BLOCK).max(first) - first;
        let end = ((block + 1) * COLUMN_BLOCK - first).min(rows.nrows());
        (block, rows.slice_move(s![start..end, ..]))
    })
}

/// Means of the columns of rows that come in parts: the bits of [`means_of`] the whole, however it
/// is cut.
#[derive(Debug)]
pub(crate) struct ColumnMeans<F> {
    /// The sum of the blocks that are complete.
    total: Array1<F>,
    /// The sum of the block that rows are added to, and its number.
    sum: Vec<F>,
    block: usize,
    rows: usize,
}

impl<F: Float> ColumnMeans<F> {
    /// Those of no row.
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            total: Array1::zeros(columns),
            sum: vec![F::zero(); columns],
            block: 0,
            rows: 0,
        }
    }

    /// Takes the next rows into account.
    pub(crate) fn extend(&mut self, rows: ArrayView2<F>) {
        for (block, part) in parts_by_block(self.rows, rows) {
            if block > self.block {
                self.complete();
                self.block = block;
            }
            let part = part.as_standard_layout();
            add_rows(part.as_slice().unwrap_or_default(), &mut self.sum);
        }
        self.rows += rows.nrows();
    }

    /// The means of all rows.
    pub(crate) fn means(mut self) -> Array1<F> {
        self.complete();
        self.total / F::cast(self.rows)
    }

    fn complete(&mut self) {
        self.total += &ArrayView1::from(&self.sum);
        self.sum.fill(F::zero());
    }
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
    use ndarray::Array2;

    use super::*;

    #[test]
    fn means_of_parts_are_those_of_the_whole() {
        let whole = Array2::from_shape_fn((700, 3), |(i, j)| 1.0 / (i * 3 + j + 1) as f32);
        let by_columns = whole.t().to_owned();
        for rows in [0, 1, 127, 128, 129, 700] {
            let whole = whole.slice(s![..rows, ..]);
            for cut in [1, 50, 128, 300, 1000] {
                for layout in [whole, by_columns.slice(s![.., ..rows]).reversed_axes()] {
                    let mut means = ColumnMeans::new(3);
                    let parts = layout.axis_chunks_iter(Axis(0), cut);
                    parts.for_each(|part| means.extend(part));
                    let bits = |means: Array1<f32>| means.mapv(f32::to_bits);
                    let expected = bits(means_of(whole));
                    assert_eq!(bits(means.means()), expected, "{rows} rows by {cut}");
                }
            }
        }
    }

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
