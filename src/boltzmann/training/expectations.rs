//! The gradient of the log-likelihood: `E[T | data] - E[T]`.
//!
//! `E[T | data]` is had by mean field (exact for one hidden layer), `E[T]` by Markov chains.

use ndarray::{Array1, Array2};

use super::batch::Batch;
use super::hyperparams::Training;
use super::narrow;
use super::sample::{Positive, Sample};
use crate::boltzmann::inference::InferenceStats;
use crate::boltzmann::machine::{Conditionals, Parameters, Visible};
use crate::boltzmann::sampling::{GibbsChains, NegativeChains};
use crate::numerics::parallel::join_if;
use crate::Float;

/// What the two expectations of a gradient step depend on.
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

    /// Gibbs steps of the chains.
    pub(super) fn gibbs_steps(&self) -> usize {
        self.training.negative_phase.steps()
    }
}

/// Writes `E[T | data] - E[T]` to `gradient`, where `chains` persist or, if there are none, start
/// at the data; returns the means of all layers over the data.
pub(super) fn expectations<F: Float>(
    step: &Step<F>,
    chains: Option<&mut NegativeChains<F>>,
    gradient: &mut Parameters<F>,
) -> (Vec<Array1<F>>, InferenceStats) {
    match narrow::width(&gradient.layers()) {
        Some(width) => narrow::expectations(step, width, chains, gradient),
        None => of_whole_samples(step, chains, gradient),
    }
}

/// [`expectations`] by products of whole samples, each shared among the threads.
pub(super) fn of_whole_samples<F: Float>(
    step: &Step<F>,
    chains: Option<&mut NegativeChains<F>>,
    gradient: &mut Parameters<F>,
) -> (Vec<Array1<F>>, InferenceStats) {
    let (machine, steps, seed) = (step.machine, step.gibbs_steps(), step.seed);
    let data = |positive: Positive<F>| {
        let (sample, stats) = positive.into_sample();
        (sample.transposed(), stats)
    };
    let model = |chains: &GibbsChains<F>, expected| {
        let states = chains.states().iter().map(Array2::view);
        Sample::of_chains(states, expected).transposed()
    };
    let ((data, stats), model) = match chains {
        Some(chains) => {
            let expected = chains.advance(machine, steps, seed);
            let infer = || data(step.infer(step.batch.whole()));
            join_if(true, infer, || model(chains.samples(), expected))
        }
        None => {
            let positive = step.infer(step.batch.whole());
            let mut chains = GibbsChains::from_layers(positive.layers(), machine, seed);
            let expected = chains.advance_by(machine, steps, !seed);
            join_if(true, || data(positive), || model(&chains, expected))
        }
    };
    (data.write_difference(&model, gradient), stats)
}
