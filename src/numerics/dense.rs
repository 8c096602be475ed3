//! Dense matrix products and sums of rows.
//!
//! A product is split into blocks of rows of the *destination*. One thread computes each block,
//! always in the same order of operations, so the result does not depend on the number of threads.

use faer::{Accum, MatMut, MatRef};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, CowArray, Ix2};
use rayon::prelude::*;

use crate::numerics::Float;
use crate::numerics::kernels::{Kernels, Onto, vectorised};

/// Floating-point operations of a block: fewer are not worth another thread.
const BLOCK_OPERATIONS: usize = 4_000_000;

/// The fewest rows of a block: the product of fewer rows runs below full speed.
const LEAST_ROWS: usize = 64;

/// Columns of the right factor for which a block has another row: every block lays out the right
/// factor anew.
const PACKED_COLUMNS: usize = 4;

/// Blocks that a product of many rows has at least, so that all threads are busy.
const PARTS: usize = 8;

/// `left * right`, an `m x n` matrix from `m x k` and `k x n`.
pub(crate) fn product<F: Float>(left: ArrayView2<F>, right: ArrayView2<F>) -> Array2<F> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    product_onto(left, right, F::one(), Onto::Nothing, out.view_mut());
    out
}

/// [`product`] on the calling thread, for blocks of rows that several threads share.
pub(crate) fn product_alone<F: Float>(left: ArrayView2<F>, right: ArrayView2<F>) -> Array2<F> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    let (rows, columns) = out.dim();
    let (left, right) = (contiguous(left), contiguous(right));
    if let Some(slice) = out.as_slice_mut().filter(|slice| !slice.is_empty()) {
        let destination = MatMut::from_row_major_slice_mut(slice, rows, columns);
        let (left, right) = (as_faer(&left), as_faer(&right));
        F::gemm(destination, Accum::Replace, left, right, F::one());
    }
    out
}

/// `out = onto + alpha * left * right`, where `out` is in row-major order.
pub(crate) fn product_onto<F: Float>(
    left: ArrayView2<F>,
    right: ArrayView2<F>,
    alpha: F,
    onto: Onto<F>,
    mut out: ArrayViewMut2<F>,
) {
    if let Onto::Row(row) = onto {
        out.assign(&ArrayView1::from(row));
    }
    let accum = match onto {
        Onto::Nothing => Accum::Replace,
        Onto::Destination | Onto::Row(_) => Accum::Add,
    };
    let (rows, depth, columns) = (left.nrows(), left.ncols(), right.ncols());
    let (left, right) = (contiguous(left), contiguous(right));
    let (left, right) = (as_faer(&left), as_faer(&right));
    let slice = out
        .as_slice_mut()
        .expect("the destination of a product is allocated in row-major order");
    let multiply = |first: usize, block: &mut [F]| {
        let n = block.len() / columns;
        let destination = MatMut::from_row_major_slice_mut(block, n, columns);
        F::gemm(destination, accum, left.subrows(first, n), right, alpha);
    };
    let worth = BLOCK_OPERATIONS / (2 * depth * columns).max(1);
    let packed = (columns / PACKED_COLUMNS).min(rows / PARTS);
    let block_rows = worth.max(LEAST_ROWS).max(packed);
    if slice.is_empty() {
    } else if block_rows >= rows {
        multiply(0, slice);
    } else {
        slice
            .par_chunks_mut(block_rows * columns)
            .enumerate()
            .for_each(|(i, block)| multiply(i * block_rows, block));
    }
}

/// Rows of a Gram matrix that one thread computes at a time.
const PANEL: usize = 256;

/// Adds `X'X` of the rows `X` (`n x m`) to `sums` (`m x m`), which is in row-major order: to its
/// lower triangle, and to what of [`PANEL`] rows lies beside that. Each product is a sum of `n`
/// numbers of type `F`.
pub(crate) fn add_gram<F: Float>(rows: ArrayView2<F>, sums: &mut Array2<f64>) {
    let x = contiguous(rows);
    let x = as_faer(&x);
    for_each_panel(sums, |first, mut panel| {
        let height = panel.nrows();
        let width = first + height;
        let mut products = vec![F::zero(); height * width];
        let destination = MatMut::from_row_major_slice_mut(&mut products, height, width);
        let left = x.subcols(first, height).transpose();
        let right = x.subcols(0, width);
        F::gemm(destination, Accum::Replace, left, right, F::one());
        for (mut sums, products) in panel.rows_mut().into_iter().zip(products.chunks(width)) {
            let pairs = sums.iter_mut().zip(products);
            pairs.for_each(|(sum, x)| *sum += x.to_f64().unwrap_or(f64::NAN));
        }
    });
}

/// [`add_gram`] without a copy of the products.
pub(crate) fn add_gram_f64(rows: ArrayView2<f64>, sums: &mut Array2<f64>) {
    let x = contiguous(rows);
    let x = as_faer(&x);
    for_each_panel(sums, |first, mut panel| {
        let (height, columns) = panel.dim();
        let left = x.subcols(first, height).transpose();
        let right = x.subcols(0, first + height);
        if let Some(slice) = panel.as_slice_mut() {
            let panel = MatMut::from_row_major_slice_mut(slice, height, columns);
            let destination = panel.subcols_mut(0, first + height);
            <f64 as Kernels>::gemm(destination, Accum::Add, left, right, 1.0);
        }
    });
}

/// Columns whose products [`inner_products`] sums in `F` before it adds them to those of others.
const SUMMED_COLUMNS: usize = 1024;

/// `XX'` of the rows `X` (`n x m`), `n x n`. Sums of the products of [`SUMMED_COLUMNS`] columns are
/// numbers of type `F`.
pub(crate) fn inner_products<F: Float>(rows: ArrayView2<F>) -> Array2<f64> {
    let n = rows.nrows();
    let mut products = Array2::zeros((n, n));
    for columns in rows.axis_chunks_iter(Axis(1), SUMMED_COLUMNS) {
        add_gram(columns.t(), &mut products);
    }
    for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
        products[[j, i]] = products[[i, j]];
    }
    products
}

/// Calls `add` with the panels of a Gram matrix, each with its first row.
fn for_each_panel(sums: &mut Array2<f64>, add: impl Fn(usize, ArrayViewMut2<f64>) + Sync) {
    let panels = sums.axis_chunks_iter_mut(Axis(0), PANEL).enumerate();
    let mut panels: Vec<_> = panels.collect();
    // the longest ones first, and each by itself, so that threads end at the same time
    panels.reverse();
    let panels = panels.into_par_iter().with_max_len(1);
    panels.for_each(|(number, panel)| add(number * PANEL, panel));
}

/// Rows that are summed up one after another; the sums of such blocks are added afterwards, so that
/// a sum of many rows keeps its precision.
const SUMMED_ROWS: usize = 1024;

/// The sum of the rows.
pub(crate) fn sum_of_rows<F: Float>(matrix: ArrayView2<F>) -> Array1<F> {
    let matrix = matrix.as_standard_layout();
    let mut sums = matrix
        .axis_chunks_iter(Axis(0), SUMMED_ROWS)
        .map(sum_of_few_rows);
    let first = sums.next().unwrap_or_else(|| Array1::zeros(matrix.ncols()));
    sums.fold(first, |sum, more| sum + more)
}

fn sum_of_few_rows<F: Float>(matrix: ArrayView2<F>) -> Array1<F> {
    let mut sum = vec![F::zero(); matrix.ncols()];
    add_rows(matrix.to_slice().unwrap_or_default(), &mut sum);
    sum.into()
}

/// Adds rows, which lie one after another in memory, to `sum`.
pub(crate) fn add_rows<F: Float>(rows: &[F], sum: &mut [F]) {
    vectorised(|| {
        for row in rows.chunks_exact(sum.len().max(1)) {
            sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
        }
    });
}

/// The matrix itself if it is contiguous, in row-major or column-major order; else a copy.
pub(super) fn contiguous<F: Float>(matrix: ArrayView2<F>) -> CowArray<F, Ix2> {
    if matrix.is_standard_layout() || matrix.t().is_standard_layout() {
        CowArray::from(matrix)
    } else {
        CowArray::from(matrix.as_standard_layout().into_owned())
    }
}

/// faer's view of a contiguous matrix.
pub(super) fn as_faer<'a, F: Float>(matrix: &'a CowArray<'_, F, Ix2>) -> MatRef<'a, F> {
    let (rows, columns) = matrix.dim();
    match (matrix.as_slice(), matrix.as_slice_memory_order()) {
        (Some(slice), _) => MatRef::from_row_major_slice(slice, rows, columns),
        (None, Some(slice)) => MatRef::from_column_major_slice(slice, rows, columns),
        (None, None) => unreachable!("`contiguous` has laid the matrix out"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::numerics::kernels::starts;
    use approx::assert_abs_diff_eq;
    use ndarray::s;

    pub(crate) fn numbers(rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            ((i * 31 + j * 17) % 23) as f64 / 7.0 - 1.5
        })
    }

    #[test]
    fn product_agrees_with_ndarray_in_every_layout() {
        let (a, b) = (numbers(300, 70), numbers(70, 110));
        let expected = a.dot(&b);
        assert_abs_diff_eq!(product(a.view(), b.view()), expected, epsilon = 1e-10);
        let (at, bt) = (
            a.t().as_standard_layout().into_owned(),
            b.t().as_standard_layout().into_owned(),
        );
        assert_abs_diff_eq!(product(at.t(), bt.t()), expected, epsilon = 1e-10);
        let strided = a.slice(s![..;3, ..]);
        assert_abs_diff_eq!(
            product(strided, b.view()),
            expected.slice(s![..;3, ..]),
            epsilon = 1e-10
        );
    }

    #[test]
    fn empty_products_are_zero() {
        assert_eq!(
            product::<f64>(Array2::zeros((2, 0)).view(), Array2::zeros((0, 3)).view()),
            Array2::<f64>::zeros((2, 3))
        );
        assert_eq!(
            product::<f64>(Array2::zeros((0, 2)).view(), Array2::zeros((2, 3)).view()).dim(),
            (0, 3)
        );
    }

    #[test]
    fn gram_matrices_are_added() {
        let rows = numbers(70, 300);
        let mut sums = Array2::ones((300, 300));
        add_gram(rows.view(), &mut sums);
        let expected = rows.t().dot(&rows) + 1.0;
        for ((i, j), &sum) in sums.indexed_iter() {
            assert!(j > i || (sum - expected[[i, j]]).abs() < 1e-9);
        }
        let before = sums.clone();
        add_gram(Array2::<f64>::zeros((0, 300)).view(), &mut sums);
        assert_eq!(sums, before);
    }

    #[test]
    fn rows_are_summed() {
        let matrix = numbers(70, 33);
        let sum = sum_of_rows(matrix.view());
        assert_abs_diff_eq!(sum, matrix.sum_axis(Axis(0)), epsilon = 1e-12);
        assert_abs_diff_eq!(
            sum_of_rows(matrix.t()),
            matrix.sum_axis(Axis(1)),
            epsilon = 1e-12
        );
    }

    /// Rounding is `EPSILON / 2` an addition: of 1024 and of 59 in a row, instead of 60,000.
    #[test]
    fn sums_of_many_rows_keep_their_precision() {
        let tenths = Array2::from_elem((60_000, 1), 0.1_f32);
        let relative = sum_of_rows(tenths.view())[0] / (60_000.0 * 0.1) - 1.0;
        assert!(relative.abs() < 1083.0 * f32::EPSILON / 2.0, "{relative}");
    }

    #[test]
    fn products_are_added_to_what_is_asked_for() {
        let (left, right) = (numbers(20, 7), numbers(7, 5));
        let product = left.dot(&right) * 2.0;
        for (onto, start) in starts((20, 5), &[1.0, -2.0, 0.5, 0.0, 3.0]) {
            let mut out = Array2::ones((20, 5));
            product_onto(left.view(), right.view(), 2.0, onto, out.view_mut());
            assert_abs_diff_eq!(out, &start + &product, epsilon = 1e-12);
        }
    }
}
