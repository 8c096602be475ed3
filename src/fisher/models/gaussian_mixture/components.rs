//! The components of a mixture, laid out for the evaluation of their densities.

use ndarray::{Array1, Array2};

use crate::Float;
use crate::numerics::kernels::{GAUSSIANS, LogDensities, gaussian_panels, vectorised};

/// Weighted densities `w_k N(x; mu_k, diag sigma_k^2)` of `d` coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Components<F> {
    /// The mean of the mixture (`d`), which is subtracted first: the digits that means and
    /// descriptors have in common would be lost in scaled ones.
    centre: Array1<F>,
    /// See [`LogDensities`]. Components that fill the last panel have a density of zero.
    panels: Vec<F>,
    /// `log w_k - sum log sigma_k - d/2 log 2 pi`.
    offsets: Vec<F>,
    /// `1 / sigma`, `k x d`.
    pub(super) inverse_deviations: Array2<F>,
}

impl<F: Float> Components<F> {
    /// Lays out checked weights (`k`), means and variances (`k x d`).
    pub(super) fn of(weights: &Array1<F>, means: &Array2<F>, variances: &Array2<F>) -> Self {
        let inverse_deviations = variances.mapv(|variance| F::one() / variance.sqrt());
        let centre = weights.dot(means);
        let shifts = (&centre - means) * &inverse_deviations;
        Self {
            panels: gaussian_panels(inverse_deviations.view(), shifts.view()),
            centre,
            offsets: offsets(weights, variances),
            inverse_deviations,
        }
    }

    /// The number of columns that [`log_densities`](Self::log_densities) writes: at least `k`.
    pub(super) fn columns(&self) -> usize {
        self.offsets.len()
    }

    /// Writes `log w_k N(x; mu_k, sigma_k)` of rows `x`, which lie one after another. `scratch` has
    /// room for them.
    pub(super) fn log_densities(&self, rows: &[F], scratch: &mut [F], out: &mut [F]) {
        let width = self.centre.len();
        let centred = &mut scratch[..rows.len()];
        let centre = self.centre.as_slice().unwrap_or_default();
        vectorised(|| {
            let pairs = centred
                .chunks_exact_mut(width)
                .zip(rows.chunks_exact(width));
            for (centred, row) in pairs {
                let values = centred.iter_mut().zip(row).zip(centre);
                values.for_each(|((centred, &x), &centre)| *centred = x - centre);
            }
        });
        F::log_densities(LogDensities {
            rows: centred,
            width,
            panels: &self.panels,
            offsets: &self.offsets,
            out,
        });
    }
}

/// The logarithms of the weighted densities at the means, by sums in `f64`.
fn offsets<F: Float>(weights: &Array1<F>, variances: &Array2<F>) -> Vec<F> {
    let ln = |x: &F| x.to_f64().unwrap_or(f64::NAN).ln();
    let circle = (2.0 * std::f64::consts::PI).ln();
    let offset = |(weight, variances): (&F, ndarray::ArrayView1<F>)| {
        let determinant: f64 = variances.iter().map(|variance| ln(variance) + circle).sum();
        F::cast(ln(weight) - 0.5 * determinant)
    };
    let real = weights.iter().zip(variances.rows()).map(offset);
    let filled = weights.len().next_multiple_of(GAUSSIANS);
    let none = std::iter::repeat(F::neg_infinity());
    real.chain(none).take(filled).collect()
}
