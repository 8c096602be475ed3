//! The initial parameters of training.

use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::error::TrainingError;
use crate::boltzmann::machine::{Parameters, VisibleUnits, visible_biases};
use crate::error::RecordsError;
use crate::{Float, Result};

/// Small random weights, hidden biases 0, and visible biases with which independent units have the
/// records' `means` (Hinton 2010, "A practical guide", section 8.1).
pub(crate) fn starting_point<F: Float, R: Rng>(
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

/// Means of records from which a machine can start: those of Gaussian units are its biases.
pub(super) fn check_means<F: Float>(theta: &Parameters<F>, means: &Array1<F>) -> Result<()> {
    if theta.is_moderate() {
        return Ok(());
    }
    let size = |x: &F| x.abs().to_f64().unwrap_or(f64::NAN);
    let sizes = means.iter().map(size).enumerate();
    let (column, mean) = sizes.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
    Err(RecordsError::HugeMean { column, mean }.into())
}

/// The parameters of a model to continue from, if they have the expected layers and units.
pub(super) fn continued<F: Float>(
    model: Parameters<F>,
    layers: &[usize],
    units: VisibleUnits,
) -> Result<Parameters<F>> {
    if model.layers() != layers {
        let (expected, found) = (layers.to_vec(), model.layers());
        return Err(TrainingError::OtherLayers { expected, found }.into());
    }
    match model.visible_units() {
        found if found == units => Ok(model),
        found => {
            let expected = units;
            Err(TrainingError::OtherVisibleUnits { expected, found }.into())
        }
    }
}
