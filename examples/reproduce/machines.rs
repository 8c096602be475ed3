//! The Boltzmann machines, and how they are trained.

use linfa_fisher::boltzmann::{Dbm, LearningRate, Rbm};
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::traits::FitObserved;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

use super::sets::Images;

/// How a machine is trained: by the centred gradient, with a rate that falls linearly to zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Training {
    pub(crate) epochs: usize,
    /// Of each layer of a deep machine.
    pub(crate) pretraining: usize,
    pub(crate) rate: f32,
    pub(crate) decay: f32,
}

impl Training {
    pub(crate) fn rbm(
        &self,
        units: usize,
        train: &Images,
        seed: u64,
    ) -> linfa_fisher::Result<Rbm<f32>> {
        Rbm::params_with_rng(units, Xoshiro256Plus::seed_from_u64(seed))
            .epochs(self.epochs)
            .learning_rate(self.rate())
            .weight_decay(self.decay)
            .centred(true)
            .fit_observed(train, &mut ProgressBar::new(format!("RBM {units}")))
    }

    pub(crate) fn dbm(
        &self,
        units: [usize; 2],
        train: &Images,
        seed: u64,
    ) -> linfa_fisher::Result<Dbm<f32>> {
        Dbm::params_with_rng(&units, Xoshiro256Plus::seed_from_u64(seed))
            .epochs(self.epochs)
            .pretraining_epochs(self.pretraining)
            .learning_rate(self.rate())
            .weight_decay(self.decay)
            .centred(true)
            .fit_observed(train, &mut ProgressBar::new(format!("DBM {units:?}")))
    }

    fn rate(&self) -> LearningRate<f32> {
        LearningRate::LinearToZero { initial: self.rate }
    }
}

/// A machine whose scores are the pixels themselves but for a factor: one hidden unit that is on
/// half of the time. Its cosine kernel is the cosine of the images.
pub(crate) fn pixels(width: usize) -> linfa_fisher::Result<Rbm<f32>> {
    Rbm::from_parts(
        Array2::zeros((width, 1)),
        Array1::zeros(width),
        Array1::zeros(1),
    )
}
