//! The gradient of the log-likelihood: `E[T | data] - E[T]`.
//!
//! `E[T | data]` is inferred by mean field (exact for one hidden layer), `E[T]` estimated by Markov
//! chains.

use ndarray::{Array1, Array2};

use super::narrow::{self, Difference};
use super::sample::{Positive, Sample, Transposed};
use super::step::Step;
use crate::Float;
use crate::boltzmann::inference::InferenceStats;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::sampling::{GibbsChains, NegativeChains};
use crate::numerics::parallel::join_if;

/// `E[T | data] - E[T]`, or the samples that it is computed from.
#[derive(Debug)]
pub(super) enum Expectations<F> {
    /// Samples, whose products are worth sharing among threads.
    Samples {
        data: Transposed<F>,
        model: Transposed<F>,
    },
    /// The difference itself, for machines with few hidden units.
    Sums(Difference<F>),
}

impl<F: Float> Expectations<F> {
    /// The expectations of a step, with persistent `chains` or, if there are none, with chains that
    /// start at the data.
    pub(super) fn of(
        step: &Step<F>,
        chains: Option<&mut NegativeChains<F>>,
    ) -> (Self, InferenceStats) {
        let layers = step.machine.theta().layers();
        match narrow::width(&layers) {
            Some(width) => {
                let (sums, stats) = narrow::expectations(step, &layers, width, chains);
                (Self::Sums(sums), stats)
            }
            None => Self::of_whole_samples(step, chains),
        }
    }

    /// [`of`](Self::of) by one sample of all records and one of all chains, without sections.
    pub(super) fn of_whole_samples(
        step: &Step<F>,
        chains: Option<&mut NegativeChains<F>>,
    ) -> (Self, InferenceStats) {
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
                // of a batch of 100, each phase is work for two threads
                let two_threads = rayon::current_num_threads() <= 2;
                let advance = |chains: &mut NegativeChains<F>| chains.advance(machine, steps, seed);
                let advanced = two_threads.then(|| advance(&mut *chains));
                let infer = || data(step.infer(step.batch.whole()));
                join_if(true, infer, || {
                    let expected = advanced.unwrap_or_else(|| advance(&mut *chains));
                    model(chains.samples(), expected)
                })
            }
            None => {
                let positive = step.infer(step.batch.whole());
                let mut chains = GibbsChains::from_layers(positive.layers(), machine, seed);
                let expected = chains.advance_by(machine, steps, !seed);
                join_if(true, || data(positive), || model(&chains, expected))
            }
        };
        (Self::Samples { data, model }, stats)
    }

    /// Writes `E[T | data] - E[T]` to `gradient`; returns the means of all layers over the data.
    pub(super) fn write_difference(&self, gradient: &mut Parameters<F>) -> Vec<Array1<F>> {
        match self {
            Self::Samples { data, model } => data.write_difference(model, gradient),
            Self::Sums(difference) => difference.write(gradient),
        }
    }
}
