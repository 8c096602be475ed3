//! The identity of the training that a state belongs to.

use serde_crate::Serialize;
use sha2::{Digest, Sha256};

use crate::boltzmann::training::stage::StagePlan;
use crate::boltzmann::training::state::Progress;
use crate::boltzmann::training::windows::TrainingSet;
use crate::{Error, Float, Result};

/// A hash of this crate's version, the type of numbers, the layers, the hyper-parameters, the
/// random-number generator, the model that training continues from, if any, with its training
/// state, and the records: a state belongs to one training only. Of records that are read from a
/// source, those of the first pass count and the size of the windows; records in memory are one
/// window.
pub(super) fn fingerprint<F: Float + Serialize, R: Serialize>(
    stages: &[StagePlan<F>],
    start: &Progress<F, R>,
    records: &dyn TrainingSet<F>,
) -> Result<String> {
    let mut hash = Sha256::new();
    let (version, float) = (env!("CARGO_PKG_VERSION"), std::any::type_name::<F>());
    hash.update(format!("{version} {float} "));
    let (stages, layers) = (open_ended(stages), start.theta.layers());
    let (dim, window) = (records.dim(), records.window_rows());
    hash.update(format!("{stages:?} {dim:?} {window} {layers:?}"));
    let mut bytes = Vec::new();
    ciborium::into_writer(&(&start.rng, &start.carried), &mut bytes).map_err(Error::estimator)?;
    hash.update(bytes);
    if start.trained {
        let add = |x: &F| hash.update(x.to_f64().unwrap_or(f64::NAN).to_le_bytes());
        start.theta.values().for_each(add);
    }
    for digest in records.digests().iter() {
        hash.update(digest.to_le_bytes());
    }
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
