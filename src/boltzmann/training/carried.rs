//! What a training carries from step to step beside the parameters.

use ndarray::Array1;
use rand::Rng;

use super::hyperparams::Training;
use super::shaping::Shaping;
use super::update::Ascent;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::sampling::NegativeChains;
use crate::{Float, Result};

/// Chains, velocity and running means.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: crate::Float + serde_crate::Deserialize<'de>")
    )
)]
pub(crate) struct Carried<F> {
    pub(super) ascent: Ascent<F>,
    /// Chains that persist.
    pub(super) chains: Option<NegativeChains<F>>,
    pub(super) shaping: Shaping<F>,
}

impl<F: Float> Carried<F> {
    /// At the start of a training of the machine `theta` on records of the given means.
    pub(super) fn start<R: Rng>(
        theta: &Parameters<F>,
        training: &Training<F>,
        means: &Array1<F>,
        rng: &mut R,
    ) -> Result<Self> {
        let layers = theta.layers();
        Ok(Self {
            chains: training.negative_phase.start(theta, rng)?,
            ascent: Ascent::new(&layers),
            shaping: Shaping::start(training, means, &layers),
        })
    }

    /// What is not of layers of the given units or not as the training would have it, if anything.
    pub(super) fn misfit(&self, training: &Training<F>, layers: &[usize]) -> Option<&'static str> {
        let Shaping { offsets, activity } = &self.shaping;
        let offsets = offsets.as_ref().map(|offsets| &offsets.layers[..]);
        let expected_offsets = training.centred.then_some(layers);
        let expected_activity = training.sparsity.map(|_| &layers[1..]);
        let owned = training.negative_phase.owns(self.chains.as_ref(), layers);
        [
            ("velocities", self.ascent.velocity.layers() == layers),
            ("chains", owned),
            ("offsets", means_fit(offsets, expected_offsets)),
            (
                "running means",
                means_fit(activity.as_deref(), expected_activity),
            ),
        ]
        .into_iter()
        .find_map(|(part, fits)| (!fits).then_some(part))
    }
}

/// Whether there are finite means of layers of the expected units, or neither.
fn means_fit<F: Float>(means: Option<&[Array1<F>]>, expected: Option<&[usize]>) -> bool {
    match (means, expected) {
        (None, None) => true,
        (Some(means), Some(layers)) => {
            layers.iter().copied().eq(means.iter().map(Array1::len))
                && means.iter().flatten().all(|x| x.is_finite())
        }
        _ => false,
    }
}
