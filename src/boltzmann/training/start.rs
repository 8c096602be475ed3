//! Where training starts.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use ndarray_rand::rand_distr::StandardNormal;
use ndarray_rand::RandomExt;
use rand::Rng;

use crate::boltzmann::{Parameters, VisibleUnits};
use crate::math::logit;
use crate::Float;

/// Small random weights, hidden biases 0, visible biases such that independent units have the
/// records' means (Hinton 2010, "A practical guide", section 8.1).
pub(in crate::boltzmann) fn starting_point<F: Float, R: Rng>(
    layers: &[usize],
    records: ArrayView2<F>,
    visible: VisibleUnits,
    rng: &mut R,
) -> Parameters<F> {
    let mut theta = Parameters::zeros(layers).with_visible_units(visible);
    for weights in &mut theta.weights {
        let normal: Array2<f64> = Array2::random_using(weights.dim(), StandardNormal, rng);
        *weights = normal.mapv(|x| F::cast(0.01 * x));
    }
    theta.biases[0] = visible_biases(&means(records), visible);
    theta
}

/// Means of the columns.
pub(super) fn means<F: Float>(records: ArrayView2<F>) -> Array1<F> {
    records.sum_axis(Axis(0)) / F::cast(records.nrows())
}

/// The biases of independent units of the given means: the means themselves for Gaussian units,
/// the logits of the means within `[0.01, 0.99]` for binary ones.
pub(in crate::boltzmann) fn visible_biases<F: Float>(
    means: &Array1<F>,
    visible: VisibleUnits,
) -> Array1<F> {
    let [low, high] = [0.01, 0.99].map(F::cast);
    match visible {
        VisibleUnits::Binary => means.mapv(|p| logit(p.max(low).min(high))),
        VisibleUnits::Gaussian => means.clone(),
    }
}
