//! Centroids of a subspace: k-means++ (Arthur & Vassilvitskii 2007), then Lloyd's algorithm.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::distances::{nearest, squared_distances};
use crate::Float;
use crate::numerics::scalar::select_rows;

/// `k` centroids of the rows (`n x w`, in row-major order), in columns (`w x k`), after at most
/// `iterations` of Lloyd's algorithm, which ends when the error no longer falls.
pub(super) fn centroids<F: Float, R: Rng>(
    rows: ArrayView2<F>,
    k: usize,
    iterations: usize,
    rng: &mut R,
) -> Array2<F> {
    let mut centroids = seeds(rows, k, rng);
    let mut least = f64::INFINITY;
    for _ in 0..iterations {
        let assignment = Assignment::of(rows, &centroids);
        if assignment.error >= least {
            break;
        }
        least = assignment.error;
        assignment.move_to_means(rows, &mut centroids);
    }
    centroids
}

/// Which centroid is nearest to each row, and the sum of the squared distances.
pub(super) struct Assignment {
    codes: Vec<usize>,
    pub(super) error: f64,
}

impl Assignment {
    pub(super) fn of<F: Float>(rows: ArrayView2<F>, centroids: &Array2<F>) -> Self {
        let mut distances = vec![F::zero(); centroids.ncols()];
        let mut error = 0.0;
        let code = |row: &[F]| {
            squared_distances(row, laid_out(centroids.view()), &mut distances);
            let code = nearest(&distances);
            error += wide(distances[code]);
            code
        };
        let codes = laid_out(rows)
            .chunks_exact(rows.ncols())
            .map(code)
            .collect();
        Self { codes, error }
    }

    /// Moves every centroid that has rows to their mean, which follows one row after another: that
    /// of equal rows is these, to the last bit.
    pub(super) fn move_to_means<F: Float>(&self, rows: ArrayView2<F>, centroids: &mut Array2<F>) {
        let (w, k) = centroids.dim();
        let mut means = Array2::<f64>::zeros((k, w));
        let mut counts = vec![0_usize; k];
        for (row, &code) in rows.rows().into_iter().zip(&self.codes) {
            counts[code] += 1;
            let count = counts[code] as f64;
            let pairs = means.row_mut(code).into_iter().zip(row);
            pairs.for_each(|(mean, &x)| *mean += (wide(x) - *mean) / count);
        }
        let columns = centroids.columns_mut().into_iter().zip(means.rows());
        for ((mut centroid, mean), _) in columns.zip(&counts).filter(|&(_, &count)| count > 0) {
            centroid.zip_mut_with(&mean, |c, &mean| *c = F::cast(mean));
        }
    }
}

/// Rows to begin at: the first by chance, each other one with a probability that is proportional to
/// its squared distance from the nearest one before it. If all rows are among them, the rest repeat
/// the first one, and no row is nearest to these.
fn seeds<F: Float, R: Rng>(rows: ArrayView2<F>, k: usize, rng: &mut R) -> Array2<F> {
    let mut chosen = vec![at_random(&vec![1.0; rows.nrows()], rng)];
    let mut weights = vec![f64::INFINITY; rows.nrows()];
    while chosen.len() < k {
        let last = rows.row(chosen[chosen.len() - 1]);
        for (weight, row) in weights.iter_mut().zip(rows.rows()) {
            let pairs = row.iter().zip(&last);
            let distance: f64 = pairs.map(|(&x, &c)| wide(x - c) * wide(x - c)).sum();
            *weight = weight.min(distance);
        }
        chosen.push(match weights.iter().any(|&weight| weight > 0.0) {
            true => at_random(&weights, rng),
            false => chosen[0],
        });
    }
    let seeds = select_rows(rows, &chosen);
    seeds.reversed_axes().as_standard_layout().into_owned()
}

/// A place with a probability proportional to its weight, none of which is negative and some of
/// which are positive.
fn at_random<R: Rng>(weights: &[f64], rng: &mut R) -> usize {
    let total: f64 = weights.iter().sum();
    let target = rng.r#gen::<f64>() * total;
    let mut sum = 0.0;
    let mut last = 0;
    for (place, &weight) in weights.iter().enumerate().filter(|&(_, &w)| w > 0.0) {
        sum += weight;
        last = place;
        if sum > target {
            break;
        }
    }
    last
}

/// A matrix in row-major order as a slice.
pub(super) fn laid_out<F>(matrix: ArrayView2<'_, F>) -> &[F] {
    match matrix.to_slice() {
        Some(slice) => slice,
        None => unreachable!("records and centroids are laid out row by row"),
    }
}

fn wide<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
