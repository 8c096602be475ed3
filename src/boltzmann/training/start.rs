//! The initial parameters of training.

use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::Float;
use crate::boltzmann::machine::{Parameters, VisibleUnits, visible_biases};

/// Small random weights, hidden biases 0, and visible biases with which independent units have the
/// records' `means` (Hinton 2010, "A practical guide", section 8.1).
pub(super) fn starting_point<F: Float, R: Rng>(
    layers: &[usize],
    means: &Array1<F>,
    visible: VisibleUnits,
    rng: &mut R,
) -> Parameters<F> {
    let mut theta = Parameters::of_zeros(layers).with_visible_units(visible);
    // not from `rng` itself: sampling by rejection hangs if a source gives the same bits for ever
    let mut rng = Xoshiro256Plus::seed_from_u64(rng.next_u64());
    for weights in &mut theta.weights {
        let normal: Array2<f64> = Array2::random_using(weights.dim(), StandardNormal, &mut rng);
        *weights = normal.mapv(|x| F::cast(0.01 * x));
    }
    theta.biases[0] = visible_biases(means, visible);
    theta
}
