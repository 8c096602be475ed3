//! One epoch of training.

use std::time::Instant;

use ndarray::{Array1, Array2, ArrayView2};
use rand::seq::SliceRandom;
use rand::Rng;

use super::centring::Offsets;
use super::early_stopping::reconstruction_error;
use super::negative_phase::NegativeChains;
use super::optimizer::Optimizer;
use super::start::means;
use super::Training;
use crate::boltzmann::conditionals::Conditionals;
use crate::boltzmann::mean_field::Inference;
use crate::boltzmann::Parameters;
use crate::math::select_rows;
use crate::observer::{EpochStatistics, Stage};
use crate::{Error, Float, Result};

/// How a machine is trained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trainer<'a, F> {
    pub(super) training: &'a Training<F>,
    pub(super) stage: Stage,
    /// Factors of the bottom-up and top-down input, see [`Conditionals`].
    pub(super) doubling: (F, F),
}

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
    pub(super) optimizer: Optimizer<F>,
    pub(super) chains: Option<NegativeChains<F>>,
    pub(super) offsets: Option<Offsets<F>>,
    /// Running means of the hidden layers, for the sparsity penalty.
    pub(super) activity: Vec<Array1<F>>,
}

impl<F: Float> TrainingState<F> {
    /// The start of a training from `theta`.
    pub(super) fn start<R: Rng>(
        theta: Parameters<F>,
        training: &Training<F>,
        records: ArrayView2<F>,
        rng: &mut R,
    ) -> Result<Self> {
        let layers = theta.layers();
        let offsets = || Offsets::new(means(records), &layers);
        let activity = |sparsity: super::Sparsity<F>| {
            let hidden = layers.iter().skip(1);
            hidden
                .map(|&units| Array1::from_elem(units, sparsity.target))
                .collect()
        };
        Ok(Self {
            chains: training.negative_phase.start(&theta, rng)?,
            epoch: 0,
            optimizer: Optimizer::new(&layers),
            offsets: training.centred.then(offsets),
            activity: training.sparsity.map(activity).unwrap_or_default(),
            theta,
        })
    }
}

impl<F: Float> Trainer<'_, F> {
    /// Passes over the records (`n x visible units`) once.
    ///
    /// # Errors
    ///
    /// [`Error::Diverged`] as soon as a parameter is not finite, or so large that energies may
    /// not be.
    pub(super) fn epoch<R: Rng>(
        &self,
        state: &mut TrainingState<F>,
        records: ArrayView2<F>,
        rng: &mut R,
    ) -> Result<EpochStatistics> {
        let started = Instant::now();
        let mut order: Vec<usize> = (0..records.nrows()).collect();
        order.shuffle(rng);
        let (mut sweeps, mut unconverged) = (0, 0);
        let mut last = Vec::new();
        for (number, rows) in order.chunks(self.training.batch_size).enumerate() {
            let visible = state.theta.visible;
            let presentation = self.training.presentation;
            let batch = presentation.present(select_rows(records, rows), visible, rng);
            let inference = self.step(state, batch, rng.gen());
            if !state.theta.is_moderate() {
                return Err(Error::Diverged {
                    stage: self.stage,
                    epoch: state.epoch + 1,
                    batch: number + 1,
                });
            }
            sweeps = sweeps.max(inference.sweeps);
            unconverged += inference.unconverged;
            last = inference.layers;
        }
        let error = reconstruction_error(self.machine(&state.theta), &last);
        let rate = self
            .training
            .learning_rate
            .at(state.epoch, self.training.epochs);
        state.epoch += 1;
        Ok(EpochStatistics {
            reconstruction_error: error.to_f64().unwrap_or(f64::NAN),
            learning_rate: rate.to_f64().unwrap_or(f64::NAN),
            mean_field_sweeps: sweeps,
            unconverged_share: unconverged as f64 / records.nrows() as f64,
            validation: None,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// One gradient step; the mean-field layers of the batch.
    fn step(&self, state: &mut TrainingState<F>, batch: Array2<F>, seed: u64) -> Inference<F> {
        let (inference, negative) = self.phases(&state.theta, &mut state.chains, batch, seed);
        let mut gradient = statistics(&inference.layers);
        let data_means = gradient.biases.clone();
        let views: Vec<_> = negative.iter().map(Array2::view).collect();
        gradient.subtract_statistics(&views);
        if let Some(offsets) = &mut state.offsets {
            offsets.follow(&data_means);
            offsets.centre(&mut gradient);
        }
        if let Some(sparsity) = self.training.sparsity {
            sparsity.apply(&mut state.activity, &data_means, &mut gradient);
        }
        let (theta, epoch) = (&mut state.theta, state.epoch);
        state.optimizer.step(theta, &gradient, self.training, epoch);
        inference
    }

    /// Layers of the data and of the model. Those of persistent chains do not depend on the batch,
    /// so both are worked out at the same time.
    fn phases(
        &self,
        theta: &Parameters<F>,
        chains: &mut Option<NegativeChains<F>>,
        batch: Array2<F>,
        seed: u64,
    ) -> (Inference<F>, Vec<Array2<F>>) {
        let machine = self.machine(theta);
        let phase = self.training.negative_phase;
        let infer = || self.training.mean_field.infer_owned(machine, batch);
        match chains {
            Some(chains) => rayon::join(infer, || phase.persistent(chains, machine, seed)),
            None => {
                let inference = infer();
                let negative = phase.contrastive(&inference.layers, machine, seed);
                (inference, negative)
            }
        }
    }

    fn machine<'t>(&self, theta: &'t Parameters<F>) -> Conditionals<'t, F> {
        Conditionals {
            parameters: theta,
            up: self.doubling.0,
            down: self.doubling.1,
        }
    }
}

/// Mean sufficient statistics of owned layers.
pub(crate) fn statistics<F: Float>(layers: &[Array2<F>]) -> Parameters<F> {
    let views: Vec<_> = layers.iter().map(Array2::view).collect();
    Parameters::mean_statistics(&views)
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    use super::*;
    use crate::boltzmann::enumeration::{all_states, example_machine};
    use crate::boltzmann::{LearningRate, NegativePhase};

    /// One step from a known machine is the rate times the mean of the data's statistics less
    /// those of the chains, whatever the depth.
    #[test]
    fn a_step_follows_data_less_model() {
        for layers in [vec![4, 3], vec![4, 3, 2], vec![4, 3, 2, 2]] {
            let training = Training {
                learning_rate: LearningRate::Constant(0.5),
                weight_decay: 0.0,
                negative_phase: NegativePhase::Persistent {
                    chains: 30,
                    steps: 2,
                },
                ..Training::default()
            };
            let trainer = Trainer {
                training: &training,
                stage: Stage::Joint,
                doubling: (1.0, 1.0),
            };
            let theta = example_machine(&layers, 1.0);
            let records = all_states(4);
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let mut state =
                TrainingState::start(theta.clone(), &training, records.view(), &mut rng).unwrap();
            let Some(NegativeChains::Plain(mut chains)) = state.chains.clone() else {
                panic!("the chains persist");
            };
            trainer.step(&mut state, records.clone(), 7);
            let machine = Conditionals::of(&theta);
            chains.advance_by(machine, 2, 7);
            let data = training.mean_field.infer(machine, records.view()).layers;
            let mut expected = theta.clone();
            expected.add_scaled(0.5, &statistics(&data));
            expected.add_scaled(-0.5, &chains.expected_statistics(&theta));
            for (found, expected) in state.theta.weights.iter().zip(&expected.weights) {
                assert_abs_diff_eq!(found, expected, epsilon = 1e-12);
            }
            for (found, expected) in state.theta.biases.iter().zip(&expected.biases) {
                assert_abs_diff_eq!(found, expected, epsilon = 1e-12);
            }
        }
    }
}
