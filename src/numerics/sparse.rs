//! Matrices whose values are mostly zero, such as images of handwriting.
//!
//! A row of their product with a matrix is a sum of rows of that matrix.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::numerics::Float;
use crate::numerics::kernels::{Onto, Rows};
use crate::numerics::parallel::BLOCK_ROWS;
use crate::numerics::random::LANES;
use crate::numerics::scalar::all;

/// The share of non-zeros up to which the sparse product is faster than the dense one.
const SPARSE: f64 = 0.25;

/// Whether a matrix has so few non-zeros that its sparse rows are faster.
pub(crate) fn pays(entries: usize, values: usize) -> bool {
    entries as f64 <= SPARSE * values as f64
}

/// Columns of the factors of [`SparseRows::add_transposed_product`]: one or two vectors of `f32`.
pub(crate) const WIDTHS: [usize; 2] = [16, 32];

/// Additions of a product: fewer are not worth another thread.
const SHARED_ADDITIONS: usize = 1 << 17;

/// The non-zeros of a matrix, row after row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SparseRows<F> {
    columns: usize,
    /// The first entry of each row, then the end of the last row.
    starts: Vec<usize>,
    /// The column of every non-zero.
    places: Vec<u32>,
    /// The value of every non-zero; empty if all of them are 1.
    values: Vec<F>,
}

impl<F: Float> SparseRows<F> {
    /// The non-zeros of rows in row-major order. Each row is shown to `f` while it is in the cache.
    pub(crate) fn of_rows(rows: &[F], columns: usize, mut f: impl FnMut(&[F])) -> Self {
        let columns = columns.max(1);
        let mut sparse = Self::with_room(rows.len(), columns);
        for row in rows.chunks_exact(columns) {
            f(row);
            sparse.push(row);
        }
        sparse.places.truncate(sparse.entries());
        sparse.places.shrink_to_fit();
        sparse.values.shrink_to_fit();
        sparse
    }

    /// Appends a row's non-zeros, see [`push_places`](Self::push_places).
    fn push(&mut self, row: &[F]) {
        let first = self.entries();
        let end = self.push_places(row);
        if !(self.values.is_empty() && all(row, |x| (x == F::zero()) | (x == F::one()))) {
            self.values.resize(first, F::one());
            let places = self.places[first..end].iter();
            self.values.extend(places.map(|&place| row[place as usize]));
        }
    }

    /// The non-zeros of a matrix of zeros and ones; `None` unless it is in row-major order and
    /// [`pays`].
    pub(crate) fn of_states(states: ArrayView2<F>) -> Option<Self> {
        let columns = states.ncols().max(1);
        let mut rows = Self::with_room(states.len(), columns);
        for row in states.to_slice()?.chunks_exact(columns) {
            if !pays(rows.push_places(row), states.len()) {
                return None;
            }
        }
        rows.places.truncate(rows.entries());
        Some(rows)
    }

    fn empty(columns: usize) -> Self {
        Self {
            columns,
            starts: vec![0],
            places: Vec::new(),
            values: Vec::new(),
        }
    }

    /// No rows yet, with room for the places of a matrix of `values` values that [`pays`].
    fn with_room(values: usize, columns: usize) -> Self {
        let most = (SPARSE * values as f64) as usize;
        Self {
            places: vec![0; most + columns + LANES],
            ..Self::empty(columns)
        }
    }

    /// Appends the places of a row's non-zeros and returns the number of places of all rows so far.
    /// After the last row, the caller truncates `places` to that number.
    fn push_places(&mut self, row: &[F]) -> usize {
        let first = self.entries();
        let room = first + row.len() + LANES;
        if self.places.len() < room {
            self.places.resize(room.max(2 * self.places.len()), 0);
        }
        let end = first + F::write_places(row, &mut self.places[first..]);
        self.starts.push(end);
        end
    }

    /// The rows of all parts, in their order.
    pub(crate) fn stacked(parts: Vec<Self>) -> Self {
        let mut all = Self::empty(parts.first().map_or(0, |part| part.columns));
        let entries = parts.iter().map(|part| part.places.len()).sum();
        all.places.reserve_exact(entries);
        let grey = parts.iter().any(|part| !part.values.is_empty());
        for part in parts {
            let first = all.places.len();
            all.starts
                .extend(part.starts[1..].iter().map(|end| first + end));
            all.places.extend(part.places);
            all.values.extend(part.values);
            if grey {
                all.values.resize(all.places.len(), F::one());
            }
        }
        all
    }

    /// The rows of `indices`, in that order, of blocks of `block_rows` rows each; the last block
    /// may have fewer.
    pub(crate) fn select(blocks: &[Self], block_rows: usize, indices: &[usize]) -> Self {
        let mut chosen = Self::empty(blocks.first().map_or(0, |block| block.columns));
        let rows = indices.iter().map(|&index| {
            let (block, row) = (&blocks[index / block_rows], index % block_rows);
            (block, block.starts[row]..block.starts[row + 1])
        });
        let entries = rows.clone().map(|(_, range)| range.len());
        chosen.places.reserve_exact(entries.sum());
        for (block, range) in rows {
            let first = chosen.places.len();
            chosen
                .places
                .extend_from_slice(&block.places[range.clone()]);
            chosen.starts.push(chosen.places.len());
            if let Some(values) = block.values.get(range) {
                chosen.values.resize(first, F::one());
                chosen.values.extend_from_slice(values);
            }
        }
        if !chosen.values.is_empty() {
            chosen.values.resize(chosen.places.len(), F::one());
        }
        chosen
    }

    /// Whether all values are 0 or 1.
    pub(crate) fn are_states(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn nrows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of stored values.
    pub(crate) fn entries(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Replaces every value, a probability, by a random state; states of zero stay stored.
    pub(crate) fn sample(&mut self, random: &mut crate::numerics::random::Lanes) {
        F::bernoulli_in_place(&mut self.values, random);
    }

    /// The dense matrix.
    pub(crate) fn to_dense(&self) -> Array2<F> {
        let mut dense = Array2::zeros((self.nrows(), self.columns));
        for (row, mut values) in dense.rows_mut().into_iter().enumerate() {
            let range = self.starts[row]..self.starts[row + 1];
            for entry in range {
                let value = self.values.get(entry).copied().unwrap_or(F::one());
                values[self.places[entry] as usize] = value;
            }
        }
        dense
    }

    /// The sum of every row.
    pub(crate) fn row_sums(&self) -> Array1<F> {
        let sum = |row: &[usize]| match self.values.get(row[0]..row[1]) {
            Some(values) => values.iter().copied().sum(),
            None => F::cast(row[1] - row[0]),
        };
        self.starts.windows(2).map(sum).collect()
    }

    /// The transpose.
    pub(crate) fn transposed(&self) -> Self {
        let mut starts = vec![0; self.columns + 1];
        self.places
            .iter()
            .for_each(|&place| starts[place as usize + 1] += 1);
        (0..self.columns).for_each(|column| starts[column + 1] += starts[column]);
        let mut next = starts.clone();
        let mut places = vec![0; self.places.len()];
        let mut values = vec![F::zero(); self.values.len()];
        for row in 0..self.nrows() {
            for entry in self.starts[row]..self.starts[row + 1] {
                let place = &mut next[self.places[entry] as usize];
                places[*place] = row as u32;
                if let Some(&value) = self.values.get(entry) {
                    values[*place] = value;
                }
                *place += 1;
            }
        }
        Self {
            columns: self.nrows(),
            starts,
            places,
            values,
        }
    }

    /// `out += self' * right` for factors in row-major order of [`WIDTHS`] columns. It does not
    /// compute the transpose: every entry adds a row of `right` to a row of `out`.
    pub(crate) fn add_transposed_product(&self, right: ArrayView2<F>, mut out: ArrayViewMut2<F>) {
        assert_eq!((self.nrows(), self.columns), (right.nrows(), out.nrows()));
        assert_eq!(right.ncols(), out.ncols());
        let width = right.ncols();
        let (Some(right), Some(out)) = (right.to_slice(), out.as_slice_mut()) else {
            unreachable!("the factors of sparse products are allocated in row-major order");
        };
        if width == WIDTHS[0] {
            self.add_rows::<{ WIDTHS[0] }>(right, out);
        } else if width == WIDTHS[1] {
            self.add_rows::<{ WIDTHS[1] }>(right, out);
        } else {
            unreachable!("rows are made as long as vectors");
        }
    }

    fn add_rows<const WIDTH: usize>(&self, right: &[F], out: &mut [F]) {
        Arch::new().dispatch(AddRows::<F, WIDTH> {
            left: self,
            right: right.as_chunks().0,
            sums: out.as_chunks_mut().0,
        });
    }

    /// `out = onto + alpha * self * right` for `right` and `out` in row-major order.
    pub(crate) fn write_product(
        &self,
        right: ArrayView2<F>,
        alpha: F,
        onto: Onto<F>,
        mut out: ArrayViewMut2<F>,
    ) {
        let width = out.ncols();
        assert_eq!((self.nrows(), self.columns), (out.nrows(), right.nrows()));
        assert_eq!(right.ncols(), width);
        assert!(onto.fits(width));
        let (Some(right), Some(out)) = (right.to_slice(), out.as_slice_mut()) else {
            unreachable!("the factors of sparse products are allocated in row-major order");
        };
        let multiply = |(block, out): (usize, &mut [F])| {
            let first = block * BLOCK_ROWS;
            let rows = Rows {
                starts: &self.starts[first..],
                places: &self.places,
                values: &self.values,
            };
            F::sparse_product(rows, (right, width), alpha, onto, out);
        };
        let block = BLOCK_ROWS * width.max(1);
        if self.places.len() * width < SHARED_ADDITIONS {
            out.chunks_mut(block).enumerate().for_each(multiply);
        } else {
            out.par_chunks_mut(block).enumerate().for_each(multiply);
        }
    }
}

/// `sums += left' * right`.
struct AddRows<'a, F, const WIDTH: usize> {
    left: &'a SparseRows<F>,
    right: &'a [[F; WIDTH]],
    sums: &'a mut [[F; WIDTH]],
}

impl<F: Float, const WIDTH: usize> WithSimd for AddRows<'_, F, WIDTH> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let SparseRows {
            starts,
            places,
            values,
            ..
        } = self.left;
        for (&row, bounds) in self.right.iter().zip(starts.windows(2)) {
            let entries = bounds[0]..bounds[1];
            let places = &places[entries.clone()];
            if values.is_empty() {
                for &place in places {
                    add_row(&mut self.sums[place as usize], |lane| row[lane]);
                }
            } else {
                for (&place, &value) in places.iter().zip(&values[entries]) {
                    add_row(&mut self.sums[place as usize], |lane| value * row[lane]);
                }
            }
        }
    }
}

/// `sums += row`, on a copy of the sums, so that the compiler knows that they do not overlap the
/// row.
#[inline(always)]
fn add_row<F: Float, const WIDTH: usize>(sums: &mut [F; WIDTH], row: impl Fn(usize) -> F) {
    let mut new = *sums;
    new.iter_mut()
        .enumerate()
        .for_each(|(lane, x)| *x += row(lane));
    *sums = new;
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::kernels::starts;
    use crate::numerics::random::Lanes;

    fn sparse(matrix: ArrayView2<f64>) -> SparseRows<f64> {
        let matrix = matrix.as_standard_layout();
        SparseRows::of_rows(matrix.as_slice().unwrap(), matrix.ncols(), |_| ())
    }

    fn matrix(rows: usize, columns: usize, every: usize, grey: bool) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            let number = i * 31 + j * 17 + (i * j) % 7;
            match number % every {
                0 if grey => (number % 5 + 1) as f64 / 5.0,
                0 => 1.0,
                _ => 0.0,
            }
        })
    }

    proptest! {
        #[test]
        fn products_agree_with_dense_ones(
            rows in 1..130_usize,
            inner in 1..40_usize,
            width in 1..300_usize,
            every in 5..9_usize,
            grey: bool,
        ) {
            let left = matrix(rows, inner, every, grey);
            let right = Array2::from_shape_fn((inner, width), |(i, j)| (i * 3 + j) as f64 / 7.0 - 5.0);
            let sparse = sparse(left.view());
            prop_assert_eq!(&sparse.to_dense(), &left);
            let row: Vec<f64> = (0..width).map(|j| j as f64).collect();
            let mut out = Array2::ones((rows, width));
            for (onto, start) in starts((rows, width), &row) {
                out.fill(1.0);
                sparse.write_product(right.view(), 2.0, onto, out.view_mut());
                assert_abs_diff_eq!(out, 2.0 * left.dot(&right) + start, epsilon = 1e-9);
            }
            for width in WIDTHS {
                let narrow = Array2::from_shape_fn((rows, width), |(i, j)| (i + j) as f64);
                let mut out = Array2::ones((inner, width));
                sparse.add_transposed_product(narrow.view(), out.view_mut());
                assert_abs_diff_eq!(out, left.t().dot(&narrow) + 1.0, epsilon = 1e-9);
            }
            let sum = left.sum_axis(ndarray::Axis(0));
            assert_abs_diff_eq!(sparse.transposed().row_sums(), sum, epsilon = 1e-12);
        }
    }

    #[test]
    fn states_are_sparse_if_that_pays() {
        assert!(SparseRows::of_states(Array2::<f32>::ones((3, 4)).view()).is_none());
        assert!(SparseRows::of_states(Array2::<f32>::zeros((0, 4)).view()).is_some());
        let states = matrix(40, 20, 7, false);
        let of_states = SparseRows::of_states(states.view()).unwrap();
        assert_eq!(of_states, sparse(states.view()));
        let columns = states.t();
        assert!(SparseRows::of_states(columns).is_none(), "not row-major");
    }

    #[test]
    fn any_matrix_has_sparse_rows() {
        let ones = Array2::ones((300, 70));
        let grey = Array2::from_shape_fn((30, 70), |(i, j)| (i * j) as f64 / 7.0);
        for matrix in [ones, grey] {
            let mut shown = Vec::new();
            let values = matrix.as_slice().unwrap();
            let sparse = SparseRows::of_rows(values, 70, |row| shown.extend_from_slice(row));
            assert_eq!(sparse.to_dense(), matrix);
            assert_eq!(shown, values);
        }
    }

    #[test]
    fn rows_are_selected_and_sampled() {
        let grey = matrix(40, 20, 7, true);
        let blocks = grey.axis_chunks_iter(ndarray::Axis(0), 25);
        let blocks: Vec<_> = blocks.map(sparse).collect();
        let mut chosen = SparseRows::select(&blocks, 25, &[33, 0, 33]);
        assert_eq!(
            chosen.to_dense(),
            grey.select(ndarray::Axis(0), &[33, 0, 33])
        );
        chosen.sample(&mut Lanes::new(1, 0));
        let states = chosen.to_dense();
        assert!(states.iter().all(|&x| x == 0.0 || x == 1.0));
        assert!(
            states
                .iter()
                .zip(&grey.select(ndarray::Axis(0), &[33, 0, 33]))
                .all(|(&x, &p)| p > 0.0 || x == 0.0)
        );
    }
}
