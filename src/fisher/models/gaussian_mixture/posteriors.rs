//! Posterior probabilities of a mixture's components.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use super::components::Components;
use super::score::GaussianMixtureScore;
use crate::checks::check_query;
use crate::numerics::kernels::{GAUSSIANS, vectorised};
use crate::{Float, Result};

/// Descriptors whose densities are computed at a time, which stay in a core's cache; also what one
/// thread takes. Results do not depend on it.
const DESCRIPTORS: usize = 48;

/// The posteriors of one descriptor.
pub(super) struct Posteriors<'a, F> {
    /// Components and their probabilities, which sum to 1. Those below the square of the rounding
    /// unit are left out: no feature would have other digits, not even its square root.
    pub(super) likely: &'a [(usize, F)],
    /// `log p(x)`.
    pub(super) log_likelihood: F,
}

impl<F: Float> GaussianMixtureScore<F> {
    /// The posterior probabilities `p(k | x)`, `n x k`, of descriptors (`n x d`). Those below the
    /// square of the rounding unit (1.4e-14 in `f32`, 4.9e-32 in `f64`) are 0. A descriptor so far
    /// away that all densities vanish, as beyond 1e19 deviations in `f32`, belongs to the nearest
    /// component.
    ///
    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width) or
    /// [`NonFinite`](crate::error::RecordsError::NonFinite).
    pub fn posteriors(&self, descriptors: ArrayView2<F>) -> Result<Array2<F>> {
        check_query(descriptors, self.width())?;
        let mut out = Array2::zeros((descriptors.nrows(), self.ncomponents()));
        self.blocks(descriptors, &mut out, |row, posteriors, mut out| {
            for &(component, posterior) in posteriors.likely {
                out[[row, component]] = posterior;
            }
        });
        Ok(out)
    }

    /// The log-likelihood `log p(x)` of each descriptor (`n x d`), `n`. It is minus infinity where
    /// all densities vanish.
    ///
    /// # Errors
    ///
    /// As [`posteriors`](Self::posteriors).
    pub fn log_likelihood(&self, descriptors: ArrayView2<F>) -> Result<Array1<F>> {
        check_query(descriptors, self.width())?;
        let mut out = Array2::zeros((descriptors.nrows(), 1));
        self.blocks(descriptors, &mut out, |row, posteriors, mut out| {
            out[[row, 0]] = posteriors.log_likelihood;
        });
        Ok(out.remove_axis(Axis(1)))
    }

    /// Calls `write` with each descriptor's number in its block and its posteriors, and the block
    /// of `out`; blocks in parallel.
    fn blocks(
        &self,
        descriptors: ArrayView2<F>,
        out: &mut Array2<F>,
        write: impl Fn(usize, Posteriors<F>, ndarray::ArrayViewMut2<F>) + Sync,
    ) {
        let blocks = descriptors.axis_chunks_iter(Axis(0), DESCRIPTORS);
        let places = out.axis_chunks_iter_mut(Axis(0), DESCRIPTORS);
        let pairs = blocks.into_par_iter().zip(places.into_par_iter());
        pairs.for_each(|(block, mut place)| {
            self.for_each_posteriors(block, |row, _, posteriors| {
                write(row, posteriors, place.view_mut());
            });
        });
    }

    /// Calls `visit` with each descriptor's row, the descriptor and its posteriors, in order.
    pub(super) fn for_each_posteriors(
        &self,
        descriptors: ArrayView2<F>,
        mut visit: impl FnMut(usize, &[F], Posteriors<F>),
    ) {
        let descriptors = descriptors.as_standard_layout();
        let rows = descriptors.as_slice().unwrap_or_default();
        let components = &self.components;
        let mut densities = vec![F::zero(); components.columns() * DESCRIPTORS];
        let mut scratch = vec![F::zero(); self.width() * DESCRIPTORS];
        let mut maxima = vec![F::zero(); components.columns() / GAUSSIANS];
        let mut likely = Vec::new();
        let mut row = 0;
        for block in rows.chunks(self.width() * DESCRIPTORS) {
            let count = block.len() / self.width();
            let densities = &mut densities[..count * components.columns()];
            components.log_densities(block, &mut scratch, densities);
            let each = densities.chunks_exact(components.columns());
            for (x, densities) in block.chunks_exact(self.width()).zip(each) {
                let log_likelihood = self.normalise(x, densities, &mut maxima, &mut likely);
                let likely = likely.as_slice();
                let posteriors = Posteriors {
                    likely,
                    log_likelihood,
                };
                visit(row, x, posteriors);
                row += 1;
            }
        }
    }

    /// Bayes' rule in the log domain; returns `log p(x)`. `maxima` has a place for each panel.
    fn normalise(
        &self,
        x: &[F],
        densities: &[F],
        maxima: &mut [F],
        likely: &mut Vec<(usize, F)>,
    ) -> F {
        likely.clear();
        write_maxima(densities, maxima);
        let largest = maxima.iter().fold(F::neg_infinity(), |a, &b| a.max(b));
        if largest == F::neg_infinity() {
            likely.push((self.nearest(x), F::one()));
            return largest;
        }
        let least = largest + F::cast(2.0) * F::epsilon().ln();
        let panels = densities.chunks_exact(GAUSSIANS).enumerate().zip(maxima);
        for ((panel, densities), _) in panels.filter(|(_, maximum)| **maximum >= least) {
            let components = (panel * GAUSSIANS..).zip(densities);
            let near = components.filter(|(_, density)| **density >= least);
            likely.extend(near.map(|(component, &density)| (component, (density - largest).exp())));
        }
        let sum = likely.iter().fold(F::zero(), |sum, &(_, x)| sum + x);
        likely.iter_mut().for_each(|(_, x)| *x /= sum);
        largest + sum.ln()
    }

    /// The component of the least distance to a descriptor that is far from all of them, in units
    /// of the components' deviations.
    fn nearest(&self, x: &[F]) -> usize {
        let size = x.iter().fold(F::one(), |a, &b| a.max(b.abs()));
        let distance = |(mean, inverse): (ArrayView1<F>, ArrayView1<F>)| {
            Zip::from(mean)
                .and(inverse)
                .and(x)
                .fold(0.0, |sum, &mean, &inverse, &x| {
                    let u = (x / size - mean / size) * inverse;
                    sum + u.to_f64().unwrap_or(f64::NAN).powi(2)
                })
        };
        let Components {
            inverse_deviations, ..
        } = &self.components;
        let pairs = self.means().rows().into_iter();
        let distances = pairs.zip(inverse_deviations.rows()).map(distance);
        let nearest = distances
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest.map_or(0, |(component, _)| component)
    }
}

/// The largest number of every panel.
fn write_maxima<F: Float>(values: &[F], maxima: &mut [F]) {
    const HALF: usize = GAUSSIANS / 2;
    let larger = |a: F, b: F| if a > b { a } else { b };
    vectorised(|| {
        for (panel, maximum) in values.chunks_exact(GAUSSIANS).zip(maxima) {
            let (left, right) = panel.split_at(HALF);
            let mut lanes = [F::neg_infinity(); HALF];
            for lane in 0..HALF {
                lanes[lane] = larger(left[lane], right[lane]);
            }
            *maximum = lanes.into_iter().fold(F::neg_infinity(), larger);
        }
    });
}
