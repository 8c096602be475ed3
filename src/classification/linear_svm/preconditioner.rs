//! What the primal solver's gradients are multiplied with.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::objective::Sums;
use super::problem::Problem;
use crate::classification::rows::{Rows, for_each_chunk};
use crate::error::ClassificationError;
use crate::numerics::cholesky::Cholesky;
use crate::numerics::dense::add_gram;
use crate::{Float, Result};

/// Features of which the matrix of all pairs takes less time than to find out whether its diagonal
/// would do.
const LEAST_PROBED: usize = 512;

/// The sum of a feature's squared correlations with all others, on average, up to which the
/// diagonal will do: of independent ones, it puts the eigenvalues between 0.37 and 1.63, so that
/// every iteration reduces the error by two thirds.
const UNCORRELATED: f64 = 0.1;

/// The inverse of `M = 1 + 2 sum_i C s_i x_i x_i'` of records with the intercept's feature, an
/// upper bound of the objective's second derivative; of features that are hardly correlated, such
/// as whitened ones, that of its diagonal.
pub(super) enum Preconditioner {
    Diagonal(Array1<f64>),
    Full(Cholesky),
}

impl Preconditioner {
    pub(super) fn new<F: Float>(problem: &Problem, rows: &dyn Rows<F>) -> Result<Self> {
        if rows.columns() >= LEAST_PROBED {
            let diagonal = diagonal(problem, rows)?;
            if correlations(problem, rows, &diagonal)? <= UNCORRELATED {
                return Ok(Self::Diagonal(diagonal));
            }
        }
        full(problem, rows).map(Self::Full)
    }

    /// The step down the gradient (`(d + 1) x k`) that is best where the bound is reached.
    pub(super) fn step(&self, gradient: &Array2<f64>) -> Array2<f64> {
        match self {
            Self::Diagonal(diagonal) => gradient / &diagonal.view().insert_axis(Axis(1)),
            Self::Full(factor) => factor.solve(gradient.view()),
        }
    }
}

/// The diagonal of `M`, `d + 1`.
fn diagonal<F: Float>(problem: &Problem, rows: &dyn Rows<F>) -> Result<Array1<f64>> {
    let mut diagonal = Array1::ones(rows.columns() + 1);
    let squares = |first: usize, chunk: ArrayView2<F>| {
        let scaled = scaled(problem, first, chunk);
        (scaled.map(|&x| x * x)).sum_axis(Axis(0))
    };
    for_each_chunk(rows, squares, |sums: Array1<F>| {
        diagonal.zip_mut_with(&sums, |total, sum| {
            *total += sum.to_f64().unwrap_or(f64::NAN);
        });
    })?;
    check(&diagonal)?;
    Ok(diagonal)
}

/// The mean sum of squares beside the diagonal of `A = D^(-1/2) M D^(-1/2)`, by random signs z
/// (Bekas, Kokiopoulou & Saad 2007): that of `(A z - z)_i`.
fn correlations<F: Float>(
    problem: &Problem,
    rows: &dyn Rows<F>,
    diagonal: &Array1<f64>,
) -> Result<f64> {
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let sign = || if rng.r#gen() { 1.0 } else { -1.0 };
    let signs = Array2::from_shape_simple_fn((diagonal.len(), problem.count()), sign);
    let roots = diagonal.mapv(|square| 1.0 / square.sqrt());
    let roots = roots.insert_axis(Axis(1));
    let scaled = &signs * &roots;
    let pull = |row: usize, _: usize, margin: f64| 2.0 * problem.cost(row) * margin;
    let products = Sums::of_alpha(problem, rows, &scaled, &pull)?.combination;
    let others = (products + &scaled) * &roots - &signs;
    Ok(others.mapv(|x| x * x).mean().unwrap_or(f64::NAN))
}

/// `M = L L'`.
fn full<F: Float>(problem: &Problem, rows: &dyn Rows<F>) -> Result<Cholesky> {
    let size = rows.columns() + 1;
    let mut curvature = Array2::zeros((size, size));
    rows.pass(&mut |first, block| {
        add_gram(scaled(problem, first, block).view(), &mut curvature);
        Ok(())
    })?;
    curvature.diag_mut().mapv_inplace(|x| x + 1.0);
    check(&curvature.diag().to_owned())?;
    // sums of products in `F` may miss by more than one
    let mut shift = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    loop {
        match Cholesky::of(curvature.view()) {
            Some(factor) => return Ok(factor),
            None if shift > 1.0 => return Err(ClassificationError::SecondMoments.into()),
            None => curvature.diag_mut().mapv_inplace(|x| x * (1.0 + shift)),
        }
        shift *= 10.0;
    }
}

fn check(diagonal: &Array1<f64>) -> Result<()> {
    match diagonal.iter().all(|x| x.is_finite()) {
        true => Ok(()),
        false => Err(ClassificationError::SecondMoments.into()),
    }
}

/// The records times `sqrt(2 C s_i)`, with the intercept's feature.
fn scaled<F: Float>(problem: &Problem, first: usize, block: ArrayView2<F>) -> Array2<F> {
    let (rows, columns) = block.dim();
    let mut scaled = Array2::zeros((rows, columns + 1));
    scaled.slice_mut(s![.., ..columns]).assign(&block);
    scaled.column_mut(columns).fill(F::cast(problem.scaling));
    for (row, mut values) in (first..).zip(scaled.rows_mut()) {
        let factor = F::cast((2.0 * problem.cost(row)).sqrt());
        values.mapv_inplace(|x| factor * x);
    }
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classification::linear_svm::loss::Loss;

    fn problem(rows: usize) -> Problem {
        let loss = (Loss::SquaredHinge, 1.0);
        let codes = (0..rows).map(|row| row as u32 % 10).collect();
        Problem::new(codes, Array1::from_elem(rows, 0.5).view(), 10, 0.3, loss)
    }

    /// Independent features, and the same with a part in common.
    fn records(common: f64) -> Array2<f64> {
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        Array2::from_shape_simple_fn((2000, LEAST_PROBED), || rng.gen_range(-1.0..1.0))
            + &Array2::from_shape_fn((2000, 1), |(row, _)| common * (row as f64).sin())
    }

    #[test]
    fn correlations_are_those_of_the_whole_matrix() {
        for common in [0.0, 0.5] {
            let (records, problem) = (records(common), problem(2000));
            let rows = records.view();
            let diagonal = diagonal(&problem, &rows).unwrap();
            let scaled = scaled(&problem, 0, rows);
            let roots = diagonal.mapv(f64::sqrt);
            let matrix = scaled.t().dot(&scaled) / &roots / roots.view().insert_axis(Axis(1));
            let others = matrix.indexed_iter().filter(|((i, j), _)| i != j);
            let exact = others.map(|(_, a)| a * a).sum::<f64>() / diagonal.len() as f64;
            let found = correlations(&problem, &rows, &diagonal).unwrap();
            assert!((found / exact - 1.0).abs() < 0.25, "{found}, {exact}");
        }
    }

    #[test]
    fn the_diagonal_is_for_features_without_correlations() {
        let of = |common| Preconditioner::new(&problem(2000), &records(common).view());
        assert!(matches!(of(0.5), Ok(Preconditioner::Full(_))));
        let sparse = Array2::from_shape_fn((2000, LEAST_PROBED), |(row, column)| {
            f64::from(u8::from(row % LEAST_PROBED == column)) * if row < 1024 { 1.0 } else { -1.0 }
        });
        let diagonal = Preconditioner::new(&problem(2000), &sparse.view());
        assert!(matches!(diagonal, Ok(Preconditioner::Diagonal(_))));
    }
}
