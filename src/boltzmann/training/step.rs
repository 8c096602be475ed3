//! The inputs of a gradient step.

use super::batch::Batch;
use super::hyperparams::Training;
use super::sample::Positive;
use crate::Float;
use crate::boltzmann::machine::{Conditionals, Visible};

/// The inputs of the two expectations of a gradient step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a, 'r, F> {
    pub(super) machine: Conditionals<'a, F>,
    pub(super) training: &'a Training<F>,
    pub(super) batch: &'a Batch<'a, 'r, F>,
    /// Seed of the chains' random numbers.
    pub(super) seed: u64,
}

impl<F: Float> Step<'_, '_, F> {
    /// Infers the hidden layers of records.
    pub(super) fn infer(&self, visible: Visible<F>) -> Positive<F> {
        Positive::infer(self.training.mean_field, self.machine, visible)
    }

    /// Number of Gibbs steps of the chains.
    pub(super) fn gibbs_steps(&self) -> usize {
        self.training.negative_phase.steps()
    }
}
