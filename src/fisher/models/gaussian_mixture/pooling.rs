//! Gradients of the log-likelihood, pooled over a set of descriptors.

use ndarray::{Array1, ArrayView2, Axis};
use rayon::prelude::*;

use super::score::GaussianMixtureScore;
use super::spread::Spread;
use crate::Float;
use crate::numerics::kernels::vectorised;

/// Descriptors that are summed one after another; sums of more add those of as many. It is fixed,
/// so that results do not depend on the number of threads.
const SUMMED: usize = 1024;

/// Blocks of descriptors whose sums are in memory at a time.
const BLOCKS: usize = 16;

impl<F: Float> GaussianMixtureScore<F> {
    /// Writes the mean gradient of a set of descriptors (`s x d`), each number over the square root
    /// of its information, to `out` (`p`), which holds zeros.
    pub(super) fn write_whitened(&self, descriptors: ArrayView2<F>, out: &mut [F]) {
        let mut blocks = descriptors.axis_chunks_iter(Axis(0), SUMMED);
        if let Some(first) = blocks.next() {
            self.add_sums(first, out);
        }
        for block in blocks {
            add(out, &self.sums(block));
        }
        self.whiten(descriptors.nrows(), out);
    }

    /// [`write_whitened`](Self::write_whitened) of any number of descriptors, in parallel.
    pub(super) fn whitened(&self, descriptors: ArrayView2<F>) -> Array1<F> {
        let mut out = self.sums_of_all(descriptors);
        self.whiten(descriptors.nrows(), &mut out);
        out.into()
    }

    /// [`add_sums`](Self::add_sums) of any number of descriptors, in parallel.
    pub(super) fn sums_of_all(&self, descriptors: ArrayView2<F>) -> Vec<F> {
        let mut total: Option<Vec<F>> = None;
        for wave in descriptors.axis_chunks_iter(Axis(0), BLOCKS * SUMMED) {
            let blocks = wave.axis_chunks_iter(Axis(0), SUMMED).into_par_iter();
            let sums: Vec<_> = blocks.map(|block| self.sums(block)).collect();
            for sums in sums {
                match &mut total {
                    Some(total) => add(total, &sums),
                    None => total = Some(sums),
                }
            }
        }
        total.unwrap_or_else(|| vec![F::zero(); self.length()])
    }

    fn sums(&self, descriptors: ArrayView2<F>) -> Vec<F> {
        let mut sums = vec![F::zero(); self.length()];
        self.add_sums(descriptors, &mut sums);
        sums
    }

    /// Adds the sums over the descriptors of `gamma_k` (`k`), `gamma_k u_k` and
    /// `gamma_k (u_k^2 - 1)` (`k x d` each).
    fn add_sums(&self, descriptors: ArrayView2<F>, out: &mut [F]) {
        let width = self.width();
        let (counts, out) = out.split_at_mut(self.ncomponents());
        let (first, second) = out.split_at_mut(out.len() / 2);
        let means = self.means.as_slice().unwrap_or_default();
        let inverse = self.components.inverse_deviations.as_slice();
        let inverse = inverse.unwrap_or_default();
        self.for_each_posteriors(descriptors, |_, x, posteriors| {
            for &(component, gamma) in posteriors.likely {
                counts[component] += gamma;
                let place = component * width..(component + 1) * width;
                let gaussian = (&means[place.clone()], &inverse[place.clone()]);
                let sums = (&mut first[place.clone()], &mut second[place]);
                add_moments(gamma, x, gaussian, sums);
            }
        });
    }

    /// Makes the whitened mean gradient of sums over `count` descriptors.
    fn whiten(&self, count: usize, out: &mut [F]) {
        let (share, two) = (F::one() / F::cast(count), F::cast(2.0));
        let sign = match self.spread {
            Spread::Deviations => F::one(),
            Spread::Precisions => -F::one(),
        };
        let (counts, out) = out.split_at_mut(self.ncomponents());
        let (first, second) = out.split_at_mut(out.len() / 2);
        let places = first
            .chunks_mut(self.width())
            .zip(second.chunks_mut(self.width()));
        let components = self.weights.iter().zip(counts).zip(places);
        for ((&weight, count), (first, second)) in components {
            *count = (*count * share - weight) / weight.sqrt();
            scale(first, share / weight.sqrt());
            scale(second, sign * share / (two * weight).sqrt());
        }
    }

    /// The diagonal of the information of one descriptor in the order of the gradient, `p`, if each
    /// posterior is 0 or 1:
    ///
    /// ```text
    /// w_k,    w_k / sigma_k^2,    2 w_k / sigma_k^2 or w_k sigma_k^4 / 2
    /// ```
    ///
    /// (Sanchez, Perronnin, Mensink & Verbeek 2013, appendix A). Of the weights, which sum to 1,
    /// the information is `diag w - w w'`; its pseudo-inverse is `diag 1/w` on gradients, which sum
    /// to 0.
    pub(super) fn information(&self) -> Array1<F> {
        let weights = self.weights.view().insert_axis(Axis(1));
        let by_means = &weights / &self.variances;
        let by_spread = match self.spread {
            Spread::Deviations => &by_means * F::cast(2.0),
            Spread::Precisions => &weights * &self.variances * &self.variances * F::cast(0.5),
        };
        let all = self.weights.iter().chain(&by_means).chain(&by_spread);
        all.copied().collect()
    }
}

/// Adds what a descriptor of posterior `gamma` has to the sums of a component.
fn add_moments<F: Float>(
    gamma: F,
    x: &[F],
    (means, inverse_deviations): (&[F], &[F]),
    (first, second): (&mut [F], &mut [F]),
) {
    vectorised(|| {
        let gaussian = means.iter().zip(inverse_deviations);
        let sums = first.iter_mut().zip(second);
        for ((&x, (&mean, &inverse)), (first, second)) in x.iter().zip(gaussian).zip(sums) {
            let u = (x - mean) * inverse;
            *first += gamma * u;
            // u^2 - 1; the square alone may be subnormal, which takes a hundred times as long
            *second += gamma * ((u - F::one()) * (u + F::one()));
        }
    });
}

fn add<F: Float>(sums: &mut [F], more: &[F]) {
    let pairs = sums.iter_mut().zip(more);
    pairs.for_each(|(sum, &x)| *sum += x);
}

fn scale<F: Float>(values: &mut [F], factor: F) {
    values.iter_mut().for_each(|x| *x *= factor);
}
