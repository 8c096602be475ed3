//! The leading eigenvectors of a symmetric matrix that is only known by its products.

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::dense::product;
use super::eigen::symmetric_eigen;

/// Blocks with as many columns as the rank. Of narrow ones, fewer directions are needed in all;
/// wide ones need fewer products.
const BLOCKS: usize = 4;

/// Columns of a block beside those.
const OVERSAMPLING: usize = 8;

/// Directions in relation to the rank before the small eigenvalue problem is first solved.
const LEAST_SHARE: usize = 3;

/// Eigenvalues in descending order, and eigenvectors in columns.
pub(crate) type Eigen = (Array1<f64>, Array2<f64>);

/// The `rank` leading eigenvalues of a positive semidefinite matrix `F` of size `p`, or all that
/// are not 0, and their eigenvectors, by block Lanczos iteration from seeded random directions with
/// full orthogonalisation. It ends when the residual `|F u - s u|` of each is at most `tolerance`
/// times `s`, or what rounding makes of it: then `s` is within that of an eigenvalue of `F`.
///
/// `apply` gives `F V` for orthonormal columns `V` (`p x b`), known to `rounding` times the largest
/// eigenvalue.
///
/// `None` if a value is not finite or a small eigenvalue problem does not converge.
pub(crate) fn leading<E>(
    size: usize,
    rank: usize,
    (tolerance, rounding): (f64, f64),
    mut apply: impl FnMut(ArrayView2<f64>) -> Result<Array2<f64>, E>,
) -> Result<Option<Eigen>, E> {
    let columns = (rank / BLOCKS + OVERSAMPLING).clamp(1, size);
    let mut krylov = Krylov {
        basis: Array2::zeros((size, 0)),
        projected: Array2::zeros((0, 0)),
        rng: Xoshiro256Plus::seed_from_u64(42),
    };
    let mut block = krylov.beside(Array2::zeros((size, 0)), columns);
    while let Some(next) = &block {
        let rest = krylov.extend(next, apply(next.view())?);
        block = krylov.beside(rest.clone(), columns);
        let reached = krylov.basis.ncols();
        if block.is_some() && reached < rank.saturating_mul(LEAST_SHARE) {
            continue;
        }
        let Some(ritz) = symmetric_eigen(krylov.projected.clone()) else {
            return Ok(None);
        };
        if krylov.holds(&ritz, rank, &rest, (tolerance, rounding)) || block.is_none() {
            return Ok(Some(krylov.eigen(&ritz, rank)));
        }
    }
    Ok(None)
}

/// An orthonormal basis `Q` of what products have reached so far, and `Q' F Q`.
struct Krylov {
    basis: Array2<f64>,
    projected: Array2<f64>,
    rng: Xoshiro256Plus,
}

impl Krylov {
    /// Adds a block `V` to the basis, of which `images` are `F V`; returns what of them lies
    /// outside the basis.
    fn extend(&mut self, block: &Array2<f64>, images: Array2<f64>) -> Array2<f64> {
        let before = self.basis.ncols();
        self.basis = concatenate![Axis(1), self.basis, *block];
        let coordinates = product(self.basis.t(), images.view());
        let size = self.basis.ncols();
        let mut projected = Array2::zeros((size, size));
        projected
            .slice_mut(s![..before, ..before])
            .assign(&self.projected);
        projected.slice_mut(s![.., before..]).assign(&coordinates);
        projected
            .slice_mut(s![before.., ..])
            .assign(&coordinates.t());
        self.projected = projected;
        images - product(self.basis.view(), coordinates.view())
    }

    /// The next block: an orthonormal basis of the columns and, where they have no more directions
    /// than rounding made, of random ones, all of them outside the basis; `None` if this has all of
    /// space.
    fn beside(&mut self, columns: Array2<f64>, width: usize) -> Option<Array2<f64>> {
        let (size, reached) = self.basis.dim();
        let width = width.min(size - reached);
        // what rounding has left of the columns' parts inside is taken away once they have norm 1
        let mut block = orthonormal(self.outside(orthogonal(columns)));
        while block.ncols() < width {
            let missing = (size, width - block.ncols());
            let random = Array2::random_using(missing, StandardNormal, &mut self.rng);
            let random = self.outside(random);
            let random = &random - &product(block.view(), product(block.t(), random.view()).view());
            let found = orthonormal(self.outside(orthonormal(random)));
            if found.is_empty() {
                break;
            }
            block = orthonormal(concatenate![Axis(1), block, found]);
        }
        let width = width.min(block.ncols());
        (width > 0).then(|| block.slice_move(s![.., ..width]))
    }

    /// The columns less their projections on the basis.
    fn outside(&self, columns: Array2<f64>) -> Array2<f64> {
        let coordinates = product(self.basis.t(), columns.view());
        columns - product(self.basis.view(), coordinates.view())
    }

    /// Whether the residuals of the `rank` leading Ritz vectors, `rest y` for their coordinates `y`
    /// in the last block, are small.
    fn holds(
        &self,
        (values, vectors): &Eigen,
        rank: usize,
        rest: &Array2<f64>,
        (tolerance, rounding): (f64, f64),
    ) -> bool {
        let size = values.len();
        if size < rank {
            return false;
        }
        let last = vectors.slice(s![size - rest.ncols().., ..rank]);
        let residuals = product(rest.view(), last);
        let residuals = residuals.map_axis(Axis(0), |column| column.dot(&column).sqrt());
        residuals
            .iter()
            .zip(values)
            .all(|(residual, value)| *residual <= tolerance * value + rounding * values[0])
    }

    /// The leading Ritz values and vectors.
    fn eigen(&self, (values, vectors): &Eigen, rank: usize) -> Eigen {
        let kept = rank.min(values.len());
        let vectors = product(self.basis.view(), vectors.slice(s![.., ..kept]));
        (values.slice(s![..kept]).to_owned(), vectors)
    }
}

/// An orthonormal basis of the columns' span, without directions that rounding made.
fn orthonormal(columns: Array2<f64>) -> Array2<f64> {
    // once more, for what rounding has left of the first pass
    orthogonal(orthogonal(columns))
}

/// The principal directions of the columns, with norm 1 up to rounding.
fn orthogonal(columns: Array2<f64>) -> Array2<f64> {
    let squares = product(columns.t(), columns.view());
    let Some((squares, vectors)) = symmetric_eigen(squares) else {
        return columns.slice_move(s![.., ..0]);
    };
    let floor = squares
        .first()
        .map_or(0.0, |most| most.max(0.0) * f64::EPSILON);
    let kept = squares.iter().take_while(|&&square| square > floor).count();
    let scale = squares.slice(s![..kept]).mapv(|square| 1.0 / square.sqrt());
    let directions = &vectors.slice(s![.., ..kept]) * &scale;
    product(columns.view(), directions.view())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use approx::assert_abs_diff_eq;

    use super::*;
    use crate::numerics::dense::tests::numbers;

    /// A matrix with the eigenvalues `values`.
    fn with_values(values: &Array1<f64>) -> Array2<f64> {
        let n = values.len();
        let symmetric = numbers(n, n);
        let (_, vectors) = symmetric_eigen(&symmetric + &symmetric.t()).unwrap();
        vectors.dot(&Array2::from_diag(values)).dot(&vectors.t())
    }

    fn of(matrix: &Array2<f64>, rank: usize) -> (Option<Eigen>, usize) {
        let mut products = 0;
        let eigen = leading(matrix.nrows(), rank, (1e-6, 1e-14), |block| {
            products += 1;
            Ok::<_, Infallible>(matrix.dot(&block))
        });
        (eigen.unwrap_or_else(|never| match never {}), products)
    }

    #[test]
    fn leading_eigenvectors_are_those_of_the_whole() {
        let values = Array1::from_shape_fn(300, |i| 0.9_f64.powi(i as i32));
        let matrix = with_values(&values);
        let (found, products) = of(&matrix, 20);
        let (found, vectors) = found.unwrap();
        assert!(products < 15, "{products} products");
        assert_abs_diff_eq!(found, values.slice(s![..20]), epsilon = 1e-10);
        assert_abs_diff_eq!(vectors.t().dot(&vectors), Array2::eye(20), epsilon = 1e-10);
        let residual = matrix.dot(&vectors) - &vectors * &found;
        for (column, value) in residual.columns().into_iter().zip(&found) {
            assert!(column.dot(&column).sqrt() <= 1.1e-6 * value);
        }
    }

    /// What has no more directions than are asked for ends by itself.
    #[test]
    fn a_matrix_of_lower_rank_gives_all_that_it_has() {
        let mut values = Array1::zeros(60);
        values
            .slice_mut(s![..3])
            .assign(&ndarray::array![3.0, 2.0, 1.0]);
        let (found, _) = of(&with_values(&values), 10);
        let (found, vectors) = found.unwrap();
        assert_abs_diff_eq!(found.slice(s![..3]), values.slice(s![..3]), epsilon = 1e-9);
        assert!(
            found.iter().skip(3).all(|value| value.abs() < 1e-9),
            "{found}"
        );
        assert_eq!(vectors.ncols(), found.len());
    }

    /// A multiple of the identity has no more to tell after one product.
    #[test]
    fn repeated_eigenvalues_are_found_as_often_as_they_are() {
        for (repeated, least) in [(200, 1.0), (16, 1.0), (16, 0.0)] {
            let values = Array1::from_shape_fn(200, |i| if i < repeated { 3.0 } else { least });
            let (found, products) = of(&with_values(&values), 20);
            let (found, vectors) = found.unwrap();
            assert!(products <= 10, "{products} products");
            let expected = values.slice(s![..20]);
            assert_abs_diff_eq!(found, expected, epsilon = 1e-9);
            assert_abs_diff_eq!(vectors.t().dot(&vectors), Array2::eye(20), epsilon = 1e-9);
        }
    }

    #[test]
    fn all_directions_of_a_small_matrix_can_be_had() {
        let values = Array1::from_shape_fn(7, |i| 7.0 - i as f64);
        let (found, _) = of(&with_values(&values), 7);
        assert_abs_diff_eq!(found.unwrap().0, values, epsilon = 1e-9);
    }

    #[test]
    fn what_is_not_finite_is_none() {
        let matrix = Array2::from_elem((5, 5), f64::NAN);
        assert!(of(&matrix, 2).0.is_none());
    }
}
