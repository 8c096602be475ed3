//! The Cholesky decomposition: of a positive definite matrix, and of a semidefinite one, with
//! pivots.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor as llt;
use faer::linalg::cholesky::llt_pivoting::factor::{
    PivLltParams, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::reborrow::ReborrowMut;
use faer::{Auto, MatMut, MatRef, Par, Spec};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use rayon::prelude::*;

use crate::numerics::Float;

/// Right-hand sides of one matrix that one thread solves for at a time, where there are few.
const FEW: usize = 4;

/// Right-hand sides that one thread solves for at a time, for which it reads a large factor once.
const MANY: usize = 512;

/// Right-hand sides that one thread solves for at a time.
const BLOCK: usize = 64;

/// `A = L L'` for a positive definite matrix `A` (`m x m`).
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    /// `L`, `m x m`, by columns: the transpose of this array.
    factor: Array2<f64>,
}

impl Cholesky {
    /// Decomposes a symmetric matrix of which the lower triangle is given. `None` if it is not
    /// positive definite, in `f64`, or a value is not finite.
    pub(crate) fn of(matrix: ArrayView2<f64>) -> Option<Self> {
        if !matrix.diag().iter().all(|x| x.is_finite()) {
            return None;
        }
        let m = matrix.nrows();
        // of the transpose of what lies row by row, the lower triangle has to be filled
        let mut factor = Array2::zeros((m, m));
        for (row, values) in matrix.rows().into_iter().enumerate() {
            factor
                .slice_mut(s![..=row, row])
                .assign(&values.slice(s![..=row]));
        }
        let params = || Spec::new(<llt::LltParams as Auto<f64>>::auto());
        let scratch = llt::cholesky_in_place_scratch::<f64>(m, Par::Seq, params());
        llt::cholesky_in_place(
            MatMut::from_column_major_slice_mut(factor.as_slice_mut()?, m, m),
            Default::default(),
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
            params(),
        )
        .ok()?;
        factor
            .iter()
            .all(|x| x.is_finite())
            .then_some(Self { factor })
    }

    /// `A^-1 B` for the columns of `B` (`m x k`).
    pub(crate) fn solve(&self, columns: ArrayView2<f64>) -> Array2<f64> {
        let m = self.factor.nrows();
        let mut solved = columns.t().as_standard_layout().into_owned();
        let factor = self.factor.as_slice().expect("`of` lays the factor out");
        let values = solved.as_slice_mut().expect("laid out above");
        values.par_chunks_mut(FEW * m.max(1)).for_each(|block| {
            let factor = MatRef::from_column_major_slice(factor, m, m);
            let count = block.len() / m;
            let mut block = MatMut::from_column_major_slice_mut(block, m, count);
            solve_lower_triangular_in_place(factor, block.rb_mut(), Par::Seq);
            solve_upper_triangular_in_place(factor.transpose(), block, Par::Seq);
        });
        solved.reversed_axes()
    }
}

/// `K[pivots, pivots] = L L'` for `r` pivots, each of which is the row that those before it tell
/// least about. Callers see the pivots in ascending order.
#[derive(Debug, Clone)]
pub(crate) struct PivotedCholesky {
    /// `L`, `r x r`, by columns: the transpose of this array.
    factor: Array2<f64>,
    /// The rows of the matrix that are kept, in ascending order.
    kept: Vec<usize>,
    /// The place of each pivot among them.
    order: Vec<usize>,
}

impl PivotedCholesky {
    /// Decomposes a symmetric matrix (`m x m`). It ends where what is left of every row, in
    /// relation to the largest number of the diagonal, is at most `tolerance`.
    ///
    /// `None` if no row is left at all or a value of the matrix is not finite.
    pub(crate) fn of(matrix: ArrayView2<f64>, tolerance: f64) -> Option<Self> {
        let mut matrix = matrix.as_standard_layout().into_owned();
        let m = matrix.nrows();
        let largest = matrix.diag().fold(0.0_f64, |most, &x| most.max(x));
        let (mut pivots, mut places) = (vec![0_usize; m], vec![0_usize; m]);
        let params = || Spec::new(<PivLltParams as Auto<f64>>::auto());
        let scratch = cholesky_in_place_scratch::<usize, f64>(m, Par::Seq, params());
        if !matrix.iter().all(|x| x.is_finite()) {
            return None;
        }
        let (info, _) = cholesky_in_place(
            MatMut::from_column_major_slice_mut(matrix.as_slice_mut()?, m, m),
            &mut pivots,
            &mut places,
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
            params(),
        )
        .ok()?;
        let left = |&step: &usize| matrix[[step, step]].powi(2);
        let telling = (0..info.rank).take_while(|step| left(step) > tolerance * largest);
        let rank = telling.count();
        pivots.truncate(rank);
        let factor = matrix.slice(s![..rank, ..rank]).to_owned();
        let mut kept = pivots.clone();
        kept.sort_unstable();
        let order = pivots
            .iter()
            .map(|&pivot| kept.partition_point(|&row| row < pivot));
        let order = order.collect();
        (rank > 0).then_some(Self {
            factor,
            kept,
            order,
        })
    }

    /// The rows and columns of the matrix that were decomposed, in ascending order.
    pub(crate) fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// `L^-1 b` of every row `b` (of `r` numbers, in the order of [`kept`](Self::kept)).
    pub(crate) fn solve_rows(&self, rows: ArrayView2<f64>) -> Array2<f64> {
        let mut solved = Array2::zeros(rows.dim());
        solve_ordered((&self.factor, &self.order), BLOCK, rows, solved.view_mut());
        solved
    }

    /// `L` in other numbers.
    pub(crate) fn lower<F: Float>(&self) -> LowerTriangle<'_, F> {
        LowerTriangle {
            factor: self.factor.mapv(F::cast),
            order: &self.order,
        }
    }

    /// `L^-T b` of every row `b` (of `r` numbers), in the order of [`kept`](Self::kept).
    pub(crate) fn solve_transposed_rows(&self, rows: ArrayView2<f64>) -> Array2<f64> {
        let r = self.kept.len();
        let mut solved = rows.as_standard_layout().into_owned();
        let factor = self.factor.as_slice().expect("`of` lays the factor out");
        let values = solved.as_slice_mut().expect("laid out above");
        values.par_chunks_mut(BLOCK * r).for_each(|block| {
            let columns = block.len() / r;
            let factor = MatRef::from_column_major_slice(factor, r, r);
            let block = MatMut::from_column_major_slice_mut(block, r, columns);
            solve_upper_triangular_in_place(factor.transpose(), block, Par::Seq);
        });
        let mut ordered = Array2::zeros(solved.dim());
        for (column, &place) in solved.columns().into_iter().zip(&self.order) {
            ordered.column_mut(place).assign(&column);
        }
        ordered
    }
}

/// The factor `L` of a [`PivotedCholesky`] in numbers of type `F`.
pub(crate) struct LowerTriangle<'a, F> {
    /// `L`, `r x r`, by columns: the transpose of this array.
    factor: Array2<F>,
    order: &'a [usize],
}

impl<F: Float> LowerTriangle<'_, F> {
    /// Writes `L^-1 b` of every row `b` (of `r` numbers, in the order of
    /// [`PivotedCholesky::kept`]) to `solved`, which lies row by row.
    pub(crate) fn solve_rows(&self, rows: ArrayView2<F>, solved: ArrayViewMut2<F>) {
        solve_ordered((&self.factor, self.order), MANY, rows, solved);
    }
}

/// Writes `L^-1 b` of every row `b`, whose numbers `order` brings into the order of the pivots, to
/// `solved`, which lies row by row; a thread takes `rows_each` of them at a time.
fn solve_ordered<F: Float>(
    (factor, order): (&Array2<F>, &[usize]),
    rows_each: usize,
    rows: ArrayView2<F>,
    mut solved: ArrayViewMut2<F>,
) {
    let r = order.len();
    let factor = factor.as_slice().expect("a factor is laid out");
    let values = solved.as_slice_mut().expect("laid out by the caller");
    let blocks = values.par_chunks_mut(rows_each * r).enumerate();
    blocks.for_each(|(number, block)| {
        let rows = rows.slice(s![number * rows_each.., ..]);
        for (solved, row) in block.chunks_mut(r).zip(rows.rows()) {
            let ordered = order.iter().map(|&place| row[place]);
            solved.iter_mut().zip(ordered).for_each(|(x, y)| *x = y);
        }
        let columns = block.len() / r;
        F::solve_lower(
            MatRef::from_column_major_slice(factor, r, r),
            MatMut::from_column_major_slice_mut(block, r, columns),
        );
    });
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::{Axis, array};

    use super::*;
    use crate::numerics::dense::tests::numbers;

    /// A matrix of rank 12 of size 40.
    fn matrix() -> Array2<f64> {
        let a = numbers(40, 12) + Array2::<f64>::eye(40).slice(s![.., ..12]);
        a.dot(&a.t())
    }

    #[test]
    fn a_definite_matrix_is_solved() {
        let matrix = matrix() + Array2::<f64>::eye(40);
        let b = numbers(40, 11);
        let x = Cholesky::of(matrix.view()).unwrap().solve(b.view());
        assert_abs_diff_eq!(matrix.dot(&x), b, epsilon = 1e-9);
        assert!(Cholesky::of((-matrix).view()).is_none());
        assert!(Cholesky::of(array![[f64::NAN]].view()).is_none());
    }

    #[test]
    fn the_factor_rebuilds_what_is_kept() {
        let matrix = matrix();
        let cholesky = PivotedCholesky::of(matrix.view(), 1e-12).unwrap();
        assert_eq!(cholesky.kept().len(), 12);
        let chosen = matrix.select(Axis(0), cholesky.kept());
        let chosen = chosen.select(Axis(1), cholesky.kept());
        // L^-1 K L^-T = 1, as K is symmetric
        let identity = cholesky.solve_rows(cholesky.solve_rows(chosen.view()).t());
        assert_abs_diff_eq!(identity, Array2::eye(12), epsilon = 1e-9);
        // also in single precision, of which 40 numbers are solved for one after another
        let mut single = Array2::zeros((12, 12));
        let rows = chosen.mapv(|x| x as f32);
        cholesky
            .lower::<f32>()
            .solve_rows(rows.view(), single.view_mut());
        let double = cholesky.solve_rows(chosen.view());
        assert_abs_diff_eq!(single.mapv(f64::from), double, epsilon = 1e-3);
        // K^-1 K = 1
        let inverse = cholesky.solve_rows(Array2::eye(12).view());
        let inverse = cholesky.solve_transposed_rows(inverse.view());
        assert_abs_diff_eq!(inverse.dot(&chosen), Array2::eye(12), epsilon = 1e-8);
    }

    #[test]
    fn rows_that_others_tell_are_left_out() {
        let twice = array![[2.0, 2.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 3.0]];
        let cholesky = PivotedCholesky::of(twice.view(), 1e-12).unwrap();
        assert_eq!(cholesky.kept().len(), 2);
        assert_eq!(cholesky.kept()[1], 2);
    }

    #[test]
    fn nothing_to_decompose_is_none() {
        for matrix in [
            Array2::zeros((3, 3)),
            array![[f64::NAN]],
            Array2::zeros((0, 0)),
        ] {
            assert!(PivotedCholesky::of(matrix.view(), 1e-12).is_none());
        }
    }
}
