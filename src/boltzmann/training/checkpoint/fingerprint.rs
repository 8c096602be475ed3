//! The identity of the training that a state belongs to.

use ndarray::ArrayView2;
use serde_crate::Serialize;
use sha2::{Digest, Sha256};

use crate::boltzmann::training::stage::StagePlan;
use crate::boltzmann::training::state::Progress;
use crate::{Error, Float, Result};

/// A hash of this crate's version, the type of numbers, the layers, the hyper-parameters, the
/// random-number generator, the model that training continues from, if any, with its training
/// state, and the records: a state belongs to one training only.
pub(super) fn fingerprint<F: Float + Serialize, R: Serialize>(
    stages: &[StagePlan<F>],
    start: &Progress<F, R>,
    records: ArrayView2<F>,
) -> Result<String> {
    let mut hash = Sha256::new();
    let (version, float) = (env!("CARGO_PKG_VERSION"), std::any::type_name::<F>());
    hash.update(format!("{version} {float} "));
    let (stages, layers) = (open_ended(stages), start.theta.layers());
    hash.update(format!("{stages:?} {:?} {layers:?}", records.dim()));
    let mut bytes = Vec::new();
    ciborium::into_writer(&(&start.rng, &start.carried), &mut bytes).map_err(Error::estimator)?;
    hash.update(bytes);
    let mut add = |x: &F| hash.update(x.to_f64().unwrap_or(f64::NAN).to_le_bytes());
    if start.trained {
        start.theta.values().for_each(&mut add);
    }
    records.iter().for_each(add);
    let digest = hash.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The stages without the number of epochs of the last one, unless an epoch depends on it: a
/// training may get more epochs.
fn open_ended<F: Float>(stages: &[StagePlan<F>]) -> Vec<StagePlan<F>> {
    let mut stages = stages.to_vec();
    if let Some(last) = stages.last_mut()
        && !last.training.learning_rate.depends_on_the_end()
    {
        last.training.epochs = 0;
    }
    stages
}
