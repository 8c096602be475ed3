//! The state of training.

use ndarray::Array1;
use rand::Rng;

use super::carried::Carried;
use super::hyperparams::Training;
use crate::boltzmann::machine::Parameters;
use crate::observer::EpochRecord;
use crate::{Float, Result};

/// The state of a stage: all that the next epoch depends on, except the records and random numbers.
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
    /// Number of finished epochs.
    pub(super) epoch: usize,
    pub(super) carried: Carried<F>,
}

impl<F: Float> TrainingState<F> {
    /// The initial state, for parameters `theta` and records with the given means.
    pub(super) fn start<R: Rng>(
        theta: Parameters<F>,
        training: &Training<F>,
        means: &Array1<F>,
        rng: &mut R,
    ) -> Result<Self> {
        Ok(Self {
            carried: Carried::start(&theta, training, means, rng)?,
            epoch: 0,
            theta,
        })
    }
}

/// The state of a whole training: all that the rest of it depends on, except the records.
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
    /// The machine's parameters, as the finished stages have left them.
    pub(super) theta: Parameters<F>,
    /// The random-number generator in its current state.
    pub(super) rng: R,
    /// Number of finished stages.
    pub(super) stage: usize,
    /// The state of the current stage.
    pub(super) state: Option<TrainingState<F>>,
    /// The rows that are held out for early stopping.
    pub(super) held_out: Option<Vec<usize>>,
    /// The best epoch of the current stage, by the metric of early stopping.
    pub(super) best: Option<Best<F>>,
    /// Whether training starts from a trained model, which may be better than any epoch.
    pub(super) trained: bool,
    /// What an earlier training of the start has left, and what the last stage leaves.
    pub(super) carried: Option<Carried<F>>,
    /// The epochs of all stages so far.
    pub(super) epochs: Vec<EpochRecord>,
    /// Whether this epoch is the last of its stage, or the observer has asked to stop: then the
    /// state is saved whatever the interval.
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
    /// The initial progress, for parameters `theta` of a model that is `trained` or not.
    pub(super) fn start(theta: Parameters<F>, trained: bool, rng: R) -> Self {
        Self {
            theta,
            rng,
            stage: 0,
            state: None,
            held_out: None,
            best: None,
            trained,
            carried: None,
            epochs: Vec::new(),
            ending: false,
        }
    }
}
