//! Principal directions of features that do not fit into memory.
//!
//! With `X` the centred `n x p` features, the covariance `F = X'X / n` and the Gram matrix
//! `G = XX' / n` have the same eigenvalues except for zeros; `F = U S U'` and `G = V S V'` are
//! related by `U = X'V S^(-1/2) / sqrt(n)`. The smaller matrix is decomposed, in `f64` for features
//! of either type. Where few directions are asked for, they are found by products `F V` alone, each
//! of which is a pass over the rows.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, Zip, s};
use rayon::prelude::*;

use super::route::{Route, TOLERANCE};
use crate::error::FisherError;
use crate::fisher::factored::padded;
use crate::fisher::streaming::{Blocks, Progress};
use crate::numerics::dense::{inner_products, product, product_onto};
use crate::numerics::eigen::symmetric_eigen;
use crate::numerics::kernels::Onto;
use crate::numerics::krylov::{self, Eigen};
use crate::numerics::scalar::to_f64;
use crate::{Error, Float, Result};

/// Eigenvalues and eigenvectors of the second moments about a centre.
pub(super) struct Eigenbasis<'a, F> {
    /// The centre of the features, `p`.
    centre: &'a Array1<f64>,
    /// Eigenvalues that are larger than rounding errors, in descending order.
    pub(super) values: Array1<f64>,
    /// Eigenvectors in columns: of `G` or of `F`.
    vectors: Array2<f64>,
    /// Whether there are no other directions.
    pub(super) complete: bool,
    /// The sum of all eigenvalues, if they were all found.
    pub(super) total: Option<f64>,
    route: Route,
    /// The centred features, `n x p`, if they are in memory as a whole.
    features: Option<Array2<F>>,
}

impl<'a, F: Float> Eigenbasis<'a, F> {
    /// Decomposes the second moments of the features about `centre`.
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation) if all features equal the
    /// centre, [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the
    /// features.
    pub(super) fn of(
        blocks: &Blocks<F>,
        centre: &'a Array1<f64>,
        route: Route,
        progress: &mut Progress,
    ) -> Result<Self> {
        let eigen = match route {
            Route::Gram => symmetric_eigen(gram(blocks, centre, progress)?),
            Route::Whole(rank) => {
                return match Self::of_whole(blocks, centre, rank, progress)? {
                    Some(basis) => Ok(basis),
                    None => {
                        progress.total += Route::Gram.passes() * blocks.ranges().len();
                        Self::of(blocks, centre, Route::Gram, progress)
                    }
                };
            }
            Route::Covariance => symmetric_eigen(second_moments(blocks, centre, progress)?),
            Route::Iteration(rank) => iterate(blocks, centre, rank, progress)?,
        };
        Self::new(eigen, centre, route, blocks.samples())
    }

    /// As [`of`](Self::of), by products in `F`; `None` if rounding is too much of one of the first
    /// `rank` eigenvalues.
    fn of_whole(
        blocks: &Blocks<F>,
        centre: &'a Array1<f64>,
        rank: usize,
        progress: &mut Progress,
    ) -> Result<Option<Self>> {
        let features = whole(blocks, centre, progress)?;
        let mut gram = inner_products(features.view());
        gram /= blocks.samples() as f64;
        let Some(eigen) = symmetric_eigen(gram) else {
            return Ok(None);
        };
        if above_products::<F>(&eigen.0) < rank {
            return Ok(None);
        }
        let basis = Self::new(Some(eigen), centre, Route::Whole(rank), blocks.samples())?;
        Ok(Some(Self {
            features: Some(features),
            ..basis
        }))
    }

    /// Decomposes the second moments (`p x p`) of so many samples about `centre`.
    ///
    /// # Errors
    ///
    /// As for [`of`](Self::of).
    pub(super) fn of_moments(
        moments: Array2<f64>,
        centre: &'a Array1<f64>,
        samples: usize,
    ) -> Result<Self> {
        Self::new(symmetric_eigen(moments), centre, Route::Covariance, samples)
    }

    fn new(
        eigen: Option<Eigen>,
        centre: &'a Array1<f64>,
        route: Route,
        samples: usize,
    ) -> Result<Self> {
        let length = centre.len();
        let size = match route {
            Route::Gram | Route::Whole(_) => samples,
            _ => length,
        };
        let (values, vectors) = eigen.ok_or(Error::Fisher(FisherError::Decomposition { size }))?;
        let total = match route {
            Route::Iteration(_) => None,
            _ => Some(values.sum()),
        };
        let rank = match route {
            Route::Whole(_) => above_products::<F>(&values),
            _ => numerical_rank::<F>(&values, samples.max(length)),
        };
        if rank == 0 {
            return Err(Error::Fisher(FisherError::NoInformation { samples }));
        }
        Ok(Self {
            centre,
            values: values.slice(s![..rank]).to_owned(),
            vectors: vectors.slice(s![.., ..rank]).to_owned(),
            complete: match route {
                Route::Iteration(asked) => asked != rank,
                Route::Whole(_) => false,
                Route::Gram | Route::Covariance => true,
            },
            total,
            route,
            features: None,
        })
    }

    /// The first `factors.len()` directions of `U` (`p x r`), each times its factor. The sign of a
    /// direction makes its entry of largest magnitude positive.
    pub(super) fn directions(
        &self,
        blocks: &Blocks<F>,
        factors: &Array1<f64>,
        progress: &mut Progress,
    ) -> Result<Array2<f64>> {
        let rank = factors.len();
        let mut directions = match self.route {
            Route::Covariance | Route::Iteration(_) => return Ok(self.eigenvectors(factors)),
            Route::Gram | Route::Whole(_) => {
                let vectors = self.vectors.slice(s![.., ..rank]);
                let n = blocks.samples() as f64;
                let weights = self.values.slice(s![..rank]).mapv(|s| 1.0 / (n * s).sqrt());
                self.combine(blocks, &vectors * &weights, progress)?
            }
        };
        scale(&mut directions, factors);
        Ok(directions)
    }

    /// The first `factors.len()` vectors that were found, each times its factor, with the sign of
    /// [`directions`](Self::directions), which they are unless `G` was decomposed.
    pub(super) fn eigenvectors(&self, factors: &Array1<f64>) -> Array2<f64> {
        let mut vectors = self.vectors.slice(s![.., ..factors.len()]).to_owned();
        scale(&mut vectors, factors);
        vectors
    }

    /// `X' weights`, `p x r`.
    fn combine(
        &self,
        blocks: &Blocks<F>,
        weights: Array2<f64>,
        progress: &mut Progress,
    ) -> Result<Array2<f64>> {
        if let Some(features) = &self.features {
            return Ok(to_f64(&product(features.t(), weights.mapv(F::cast).view())));
        }
        let mut out = Array2::zeros((blocks.length(), weights.ncols()));
        for range in blocks.ranges() {
            let x = blocks.centred(range.clone(), self.centre)?;
            product_onto(
                x.t(),
                weights.slice(s![range.clone(), ..]),
                1.0,
                onto(&range),
                out.view_mut(),
            );
            progress.advance();
        }
        Ok(out)
    }
}

/// Multiplies every column by its factor, with the sign that makes its entry of largest magnitude
/// positive.
pub(in crate::fisher) fn scale(directions: &mut Array2<f64>, factors: &Array1<f64>) {
    let mut largest = Array1::<f64>::zeros(factors.len());
    for direction in directions.rows() {
        let larger = |largest: &mut f64, &x: &f64| {
            *largest = if x.abs() > largest.abs() { x } else { *largest };
        };
        Zip::from(&mut largest).and(&direction).for_each(larger);
    }
    let factors = factors * &largest.mapv(f64::signum);
    let rows = directions.axis_iter_mut(Axis(0)).into_par_iter();
    rows.for_each(|mut row| row *= &factors);
}

/// Of the eigenvalues that are kept, rounding is this part at most, by its bound; it is far less in
/// practice. Smaller ones would be inflated by whitening with hardly any variance of their own.
const LARGEST_ROUNDING: f64 = 1.0 / 16.0;

/// Number of eigenvalues that are well above rounding errors: the features' singular values are
/// known to about `epsilon * sqrt(size)`, where `size` is `max(n, p)`, relative to the largest one,
/// the eigenvalues themselves to the precision of `f64`.
fn numerical_rank<F: Float>(values: &Array1<f64>, size: usize) -> usize {
    let epsilon = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    let rounding = values[0].max(0.0) * (epsilon * epsilon).max(f64::EPSILON) * size as f64;
    let well_above = |s: &&f64| **s * LARGEST_ROUNDING > rounding;
    values.iter().take_while(well_above).count()
}

/// Rounding of [`inner_products`] in `F`, in relation to epsilon and the mean square of the rows:
/// half of the root of the number of products in a sum.
const PRODUCT_ROUNDING: f64 = 16.0;

/// The part of an eigenvalue that rounding may be, for directions of which the features of the
/// training records are white.
const WHITE: f64 = 1e-3;

/// Number of eigenvalues of inner products in `F` that are their own but for a part of [`WHITE`]:
/// the error of a symmetric matrix with independent ones of size `e` is `2 e sqrt(n)`.
fn above_products<F: Float>(values: &Array1<f64>) -> usize {
    let epsilon = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    let rounding = PRODUCT_ROUNDING * epsilon * values.sum() / (values.len() as f64).sqrt();
    values.iter().take_while(|&s| s * WHITE > rounding).count()
}

/// The `rank` leading eigenvectors of `X'X / n`, with a pass over the rows for each product.
fn iterate<F: Float>(
    blocks: &Blocks<F>,
    centre: &Array1<f64>,
    rank: usize,
    progress: &mut Progress,
) -> Result<Option<Eigen>> {
    let rounding = 16.0 * F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    krylov::leading(blocks.length(), rank, (TOLERANCE, rounding), |v| {
        let shift = centre.dot(&v).mapv(F::cast);
        let right = padded::<_, F>(v);
        let mut images = Array2::zeros(right.dim());
        let mut total = Array1::zeros(right.ncols());
        let ranges = blocks.product_ranges();
        progress.total = progress.total.max(progress.done + ranges.len());
        for range in ranges {
            let x = blocks.products(range)?;
            let mut coordinates = x.product(right.view());
            let mut columns = coordinates.slice_mut(s![.., ..v.ncols()]);
            columns -= &shift;
            x.add_transposed_product(coordinates.view(), &mut images);
            total += &to_f64(&coordinates).sum_axis(Axis(0));
            progress.advance();
        }
        for (mut image, &x) in images.rows_mut().into_iter().zip(centre) {
            image.scaled_add(-x, &total);
        }
        let images = images.slice_move(s![.., ..v.ncols()]);
        Ok(images / blocks.samples() as f64)
    })
}

/// The first block's products take the place of zeros: the system gives memory that is read first
/// twice, as a page of zeros and as one to write to.
fn onto(rows: &Range<usize>) -> Onto<'static, f64> {
    match rows.start {
        0 => Onto::Nothing,
        _ => Onto::Destination,
    }
}

/// All features (`n x p`) minus the centre.
fn whole<F: Float>(
    blocks: &Blocks<F>,
    centre: &Array1<f64>,
    progress: &mut Progress,
) -> Result<Array2<F>> {
    let centre = centre.mapv(F::cast);
    let mut features = Array2::zeros((blocks.samples(), blocks.length()));
    for range in blocks.ranges() {
        let rows = blocks.rows(range.clone())?;
        Zip::from(features.slice_mut(s![range, ..]))
            .and(&rows)
            .and_broadcast(&centre)
            .par_for_each(|centred, &x, &centre| *centred = x - centre);
        progress.advance();
    }
    Ok(features)
}

/// `XX' / n`, pair of blocks by pair of blocks.
fn gram<F: Float>(
    blocks: &Blocks<F>,
    centre: &Array1<f64>,
    progress: &mut Progress,
) -> Result<Array2<f64>> {
    let n = blocks.samples();
    let mut gram = Array2::zeros((n, n));
    for (i, rows) in blocks.ranges().enumerate() {
        let x = blocks.centred(rows.clone(), centre)?;
        for columns in blocks.ranges().take(i) {
            let y = blocks.centred(columns.clone(), centre)?;
            let products = product(x.view(), y.t());
            gram.slice_mut(s![columns.clone(), rows.clone()])
                .assign(&products.t());
            gram.slice_mut(s![rows.clone(), columns]).assign(&products);
        }
        gram.slice_mut(s![rows.clone(), rows])
            .assign(&product(x.view(), x.t()));
        progress.advance();
    }
    Ok(gram / n as f64)
}

/// `X'X / n`, block by block.
fn second_moments<F: Float>(
    blocks: &Blocks<F>,
    centre: &Array1<f64>,
    progress: &mut Progress,
) -> Result<Array2<f64>> {
    let p = blocks.length();
    let mut moments = Array2::zeros((p, p));
    for rows in blocks.ranges() {
        let x = blocks.centred(rows.clone(), centre)?;
        product_onto(x.t(), x.view(), 1.0, onto(&rows), moments.view_mut());
        progress.advance();
    }
    Ok(moments / blocks.samples() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fisher::factored::Products;
    use crate::fisher::streaming::ROWS;
    use approx::assert_abs_diff_eq;

    /// More rows than a block, of features that do not all vary.
    fn features(samples: usize, length: usize) -> Array2<f64> {
        let mut state = 1_u64;
        Array2::from_shape_fn((samples, length), |(_, j)| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let number = (state >> 33) as f64 / (1_u64 << 31) as f64;
            if j == 2 { 0.5 } else { number * (j + 1) as f64 }
        })
    }

    fn with_basis<F: Float, T>(
        x: &Array2<F>,
        route: Route,
        then: impl FnOnce(&Blocks<F>, Eigenbasis<F>, &mut Progress) -> T,
    ) -> T {
        let compute = |rows: std::ops::Range<usize>| Ok(x.slice(s![rows, ..]).to_owned());
        let products = |rows| compute(rows).map(Products::Written);
        let ranges = crate::fisher::streaming::ranges(x.nrows(), x.ncols()).collect();
        let blocks = Blocks::new(x.dim(), &compute, &products, ranges);
        let mut progress = Progress {
            observer: &mut (),
            done: 0,
            total: 0,
        };
        let mean = blocks.mean().unwrap();
        let basis = Eigenbasis::of(&blocks, &mean, route, &mut progress).unwrap();
        then(&blocks, basis, &mut progress)
    }

    fn whitened(x: &Array2<f64>, route: Route) -> Array2<f64> {
        with_basis(x, route, |blocks, basis, progress| {
            let factors = basis.values.mapv(|s| 1.0 / s.sqrt());
            let directions = basis.directions(blocks, &factors, progress).unwrap();
            (x - basis.centre).dot(&directions)
        })
    }

    #[test]
    fn whitened_features_have_identity_covariance() {
        for (samples, length) in [(ROWS + 44, 7), (5, 40)] {
            let x = features(samples, length);
            for route in [Route::Gram, Route::Covariance] {
                let z = whitened(&x, route);
                assert_eq!(z.ncols(), (samples - 1).min(length - 1), "{route:?}");
                let covariance = z.t().dot(&z) / samples as f64;
                assert_abs_diff_eq!(covariance, Array2::<f64>::eye(z.ncols()), epsilon = 1e-8);
                assert_abs_diff_eq!(
                    z.mean_axis(Axis(0)).unwrap(),
                    Array1::zeros(z.ncols()),
                    epsilon = 1e-9
                );
            }
        }
    }

    #[test]
    fn both_routes_give_the_same_features() {
        for (samples, length) in [(ROWS + 44, 7), (5, 40)] {
            let x = features(samples, length);
            let gram = whitened(&x, Route::Gram);
            assert_abs_diff_eq!(gram, whitened(&x, Route::Covariance), epsilon = 1e-7);
        }
    }

    /// Of 20 records twice, 19 directions are more than rounding; 15 are asked for, or all.
    #[test]
    fn features_in_memory_give_the_same_directions() {
        let few = features(20, 3000).mapv(|x| x as f32);
        let twice = ndarray::concatenate![Axis(0), few, few];
        let fit = |route| {
            with_basis(&twice, route, |blocks, basis, progress| {
                let factors = basis.values.slice(s![..15]).mapv(|s| 1.0 / s.sqrt());
                let directions = basis.directions(blocks, &factors, progress).unwrap();
                let z = (twice.mapv(f64::from) - basis.centre).dot(&directions);
                (z, basis.total, basis.values.len(), basis.complete)
            })
        };
        let (precise, total, ..) = fit(Route::Gram);
        let (z, found, values, complete) = fit(Route::Whole(15));
        assert_eq!((values, complete), (19, false));
        assert_abs_diff_eq!(
            found.unwrap(),
            total.unwrap(),
            epsilon = 1e-5 * total.unwrap()
        );
        assert_abs_diff_eq!(z, precise, epsilon = 1e-2);
        let covariance = z.t().dot(&z) / 40.0;
        assert_abs_diff_eq!(covariance, Array2::<f64>::eye(15), epsilon = 1e-3);
        let (z, _, values, complete) = fit(Route::Whole(20));
        assert_eq!((values, complete), (19, true));
        assert_abs_diff_eq!(z, precise, epsilon = 1e-12);
    }

    /// A Ritz value is at most the eigenvalue of the same number, and within its residual of one.
    #[test]
    fn iteration_finds_the_leading_directions() {
        let x = features(ROWS + 44, 40);
        let all = with_basis(&x, Route::Covariance, |_, basis, _| basis.values.clone());
        let route = Route::Iteration(5);
        let (found, complete) = with_basis(&x, route, |_, basis, _| {
            (basis.values.clone(), basis.complete)
        });
        assert!(!complete && found.len() == 5);
        for (found, exact) in found.iter().zip(&all) {
            assert!((found / exact - 1.0).abs() < TOLERANCE, "{found}, {exact}");
        }
        let z = whitened(&x, route);
        let covariance = z.t().dot(&z) / x.nrows() as f64;
        assert_abs_diff_eq!(covariance, Array2::<f64>::eye(5), epsilon = 1e-9);
    }

    #[test]
    fn directions_are_eigenvectors_of_the_covariance() {
        let x = features(ROWS + 44, 7);
        let centred = &x - &x.mean_axis(Axis(0)).unwrap();
        let covariance = centred.t().dot(&centred) / x.nrows() as f64;
        with_basis(&x, Route::Gram, |blocks, basis, progress| {
            let unit = Array1::ones(basis.values.len());
            let u = basis.directions(blocks, &unit, progress).unwrap();
            assert_abs_diff_eq!(
                u.t().dot(&u),
                Array2::<f64>::eye(u.ncols()),
                epsilon = 1e-10
            );
            assert_abs_diff_eq!(covariance.dot(&u), &u * &basis.values, epsilon = 1e-10);
        });
    }
}
