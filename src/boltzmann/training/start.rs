//! Where training starts.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use ndarray_rand::rand_distr::StandardNormal;
use ndarray_rand::RandomExt;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::boltzmann::{Parameters, VisibleUnits};
use crate::linalg::sum_of_rows;
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
    // not from `rng` itself: sampling by rejection hangs if a source gives the same bits for ever
    let mut rng = Xoshiro256Plus::seed_from_u64(rng.gen());
    for weights in &mut theta.weights {
        let normal: Array2<f64> = Array2::random_using(weights.dim(), StandardNormal, &mut rng);
        *weights = normal.mapv(|x| F::cast(0.01 * x));
    }
    theta.biases[0] = visible_biases(&means(records), visible);
    theta
}

/// Means of the columns.
pub(in crate::boltzmann) fn means<F: Float>(records: ArrayView2<F>) -> Array1<F> {
    /// Rows that one thread sums up. It is fixed, so that results do not depend on the number of
    /// threads.
    const BLOCK_ROWS: usize = 1024;
    let blocks = records
        .axis_chunks_iter(Axis(0), BLOCK_ROWS)
        .into_par_iter();
    let sums: Vec<Array1<F>> = blocks.map(sum_of_rows).collect();
    let mut total = Array1::zeros(records.ncols());
    sums.iter().for_each(|sum| total += sum);
    total / F::cast(records.nrows())
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
