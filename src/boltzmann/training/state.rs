//! How far a training has come.

use ndarray::Array1;
use rand::Rng;

use super::hyperparams::Training;
use super::shaping::Shaping;
use super::update::Ascent;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::sampling::NegativeChains;
use crate::observer::EpochRecord;
use crate::{Float, Result};

/// A machine in training: all that the next epoch depends on, but the random numbers.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: crate::Float + serde_crate::Deserialize<'de>")
    )
)]
pub(super) struct TrainingState<F> {
    pub(super) theta: Parameters<F>,
    /// Epochs done.
    pub(super) epoch: usize,
    pub(super) ascent: Ascent<F>,
    /// Chains that persist.
    pub(super) chains: Option<NegativeChains<F>>,
    pub(super) shaping: Shaping<F>,
}

impl<F: Float> TrainingState<F> {
    /// The start of a training from `theta` on records of the given means.
    pub(super) fn start<R: Rng>(
        theta: Parameters<F>,
        training: &Training<F>,
        means: &Array1<F>,
        rng: &mut R,
    ) -> Result<Self> {
        let layers = theta.layers();
        Ok(Self {
            chains: training.negative_phase.start(&theta, rng)?,
            epoch: 0,
            ascent: Ascent::new(&layers),
            shaping: Shaping::start(training, means, &layers),
            theta,
        })
    }
}

/// A whole training: all that its rest depends on, but the records.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "F: crate::Float + serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub(super) struct Progress<F, R> {
    /// The machine as earlier stages have left it.
    pub(super) theta: Parameters<F>,
    /// The source of random numbers as it is now.
    pub(super) rng: R,
    /// Stages done.
    pub(super) stage: usize,
    /// The stage under way.
    pub(super) state: Option<TrainingState<F>>,
    /// Rows held out for early stopping.
    pub(super) held_out: Option<Vec<usize>>,
    /// The best epoch of the stage under way, by the metric of early stopping.
    pub(super) best: Option<Best<F>>,
    /// Whether the start is a trained model, which may be better than any epoch.
    pub(super) trained: bool,
    /// The epochs of all stages so far.
    pub(super) epochs: Vec<EpochRecord>,
    /// Whether the stage under way ends with this epoch, or the training is told to stop: a moment
    /// to save whatever the interval.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) ending: bool,
}

/// The best epoch so far.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: crate::Float + serde_crate::Deserialize<'de>")
    )
)]
pub(super) struct Best<F> {
    pub(super) epoch: usize,
    pub(super) value: f64,
    pub(super) theta: Parameters<F>,
}

impl<F: Float, R: Rng> Progress<F, R> {
    /// The start of a training from `theta`, which is a `trained` model or not.
    pub(super) fn start(theta: Parameters<F>, trained: bool, rng: R) -> Self {
        Self {
            theta,
            rng,
            stage: 0,
            state: None,
            held_out: None,
            best: None,
            trained,
            epochs: Vec::new(),
            ending: false,
        }
    }
}
