//! One epoch of training.

use std::time::Instant;

use ndarray::{Array1, Array2};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::centring::Offsets;
use super::early_stopping::reconstruction_error;
use super::negative_phase::NegativeChains;
use super::optimizer::Optimizer;
use super::records::Records;
use super::sample::Sample;
use super::Training;
use crate::boltzmann::conditionals::Conditionals;
use crate::boltzmann::mean_field::Inference;
use crate::boltzmann::packed_weights::PackedWeights;
use crate::boltzmann::visible::Visible;
use crate::boltzmann::{Parameters, VisibleUnits};
use crate::join::{join_awake, ScopedStandBy, StandBy};
use crate::observer::{EpochStatistics, Stage};
use crate::random::Lanes;
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
    /// The start of a training from `theta` on records of the given means.
    pub(super) fn start<R: Rng>(
        theta: Parameters<F>,
        training: &Training<F>,
        means: &Array1<F>,
        rng: &mut R,
    ) -> Result<Self> {
        let layers = theta.layers();
        let offsets = || Offsets::new(means.clone(), &layers);
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
        records: &Records<F>,
        rng: &mut R,
    ) -> Result<EpochStatistics> {
        let started = Instant::now();
        let mut order: Vec<usize> = (0..records.nrows()).collect();
        order.shuffle(rng);
        let seed = rng.gen();
        let standby = StandBy::default();
        // on a thread of the pool, where handing work to the others costs least
        let tally =
            rayon::scope(|scope| self.steps(state, records, &order, seed, standby.of(scope)))?;
        let sample = &order[..order.len().min(self.training.batch_size)];
        let layers = self.infer(self.machine(&state.theta), records.select(sample));
        let layers = layers.layers();
        let error = reconstruction_error(self.machine(&state.theta), &layers);
        let rate = self
            .training
            .learning_rate
            .at(state.epoch, self.training.epochs);
        state.epoch += 1;
        Ok(EpochStatistics {
            reconstruction_error: error.to_f64().unwrap_or(f64::NAN),
            learning_rate: rate.to_f64().unwrap_or(f64::NAN),
            mean_field_sweeps: tally.sweeps,
            unconverged_share: tally.unconverged as f64 / records.nrows() as f64,
            validation: None,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// The gradient steps of an epoch.
    fn steps(
        &self,
        state: &mut TrainingState<F>,
        records: &Records<F>,
        order: &[usize],
        seed: u64,
        standby: ScopedStandBy,
    ) -> Result<Tally> {
        let mut seeds = Xoshiro256Plus::seed_from_u64(seed);
        let mut tally = Tally::default();
        let mut workspace = Workspace::new(&state.theta);
        for (number, rows) in order.chunks(self.training.batch_size).enumerate() {
            let presentation = seeds.gen();
            let visible = state.theta.visible;
            let batch = || self.shown(records, rows, visible, presentation);
            let samples = self.samples(state, batch, seeds.gen(), &workspace.packed);
            let _standby = standby.begin();
            tally.add(&samples.tally);
            self.climb(state, &samples, &mut workspace);
            if !state.theta.is_moderate() {
                return Err(Error::Diverged {
                    stage: self.stage,
                    epoch: state.epoch + 1,
                    batch: number + 1,
                });
            }
        }
        Ok(tally)
    }

    /// A batch as the machine is shown it.
    fn shown(
        &self,
        records: &Records<F>,
        rows: &[usize],
        visible: VisibleUnits,
        seed: u64,
    ) -> Visible<F> {
        let mut batch = records.select(rows);
        let mut random = Lanes::new(seed, 0);
        let presentation = self.training.presentation;
        presentation.present(&mut batch, visible, &mut random);
        batch
    }

    /// Infers the hidden layers of a batch and takes the chains' steps, which start at the data, if
    /// there are no persistent ones. `packed` is of the machine as it is.
    fn samples(
        &self,
        state: &mut TrainingState<F>,
        batch: impl FnOnce() -> Visible<F> + Send,
        seed: u64,
        packed: &PackedWeights<F>,
    ) -> Samples<F> {
        let machine = Conditionals {
            packed: Some(packed),
            ..self.machine(&state.theta)
        };
        let phase = self.training.negative_phase;
        if let Some(chains) = &mut state.chains {
            let expected = phase.advance(chains, machine, seed);
            let data = || self.infer(machine, batch()).into_sample();
            let model = || Sample::of_chains(chains.samples(), expected);
            return Samples::new(join_awake(data, model));
        }
        let positive = self.infer(machine, batch());
        let mut chains = NegativeChains::contrastive(positive.layers(), machine, seed);
        let expected = phase.advance(&mut chains, machine, !seed);
        let data = || positive.into_sample();
        let model = || Sample::of_chains(chains.samples(), expected);
        Samples::new(join_awake(data, model))
    }

    /// Takes a gradient step; `workspace` is where it is worked out.
    fn climb(
        &self,
        state: &mut TrainingState<F>,
        samples: &Samples<F>,
        workspace: &mut Workspace<F>,
    ) {
        let Workspace { packed, gradient } = workspace;
        let data_means = samples.data.write_difference(&samples.model, gradient);
        if let Some(offsets) = &mut state.offsets {
            offsets.follow(&data_means);
            offsets.centre(gradient, self.doubling);
        }
        if let Some(sparsity) = self.training.sparsity {
            sparsity.apply(&mut state.activity, &data_means, gradient);
        }
        let (theta, epoch) = (&mut state.theta, state.epoch);
        state.optimizer.step(theta, gradient, self.training, epoch);
        packed.write(theta);
    }

    /// Infers the hidden layers of a batch.
    fn infer(&self, machine: Conditionals<F>, batch: Visible<F>) -> Positive<F> {
        let input = batch.input(machine);
        let inference = self.training.mean_field.infer_hidden(machine, input);
        Positive { batch, inference }
    }

    fn machine<'t>(&self, theta: &'t Parameters<F>) -> Conditionals<'t, F> {
        Conditionals {
            up: self.doubling.0,
            down: self.doubling.1,
            ..Conditionals::of(theta)
        }
    }
}

/// Where the steps of an epoch are worked out.
struct Workspace<F> {
    /// Of the machine as the last step has left it.
    packed: PackedWeights<F>,
    gradient: Parameters<F>,
}

impl<F: Float> Workspace<F> {
    fn new(theta: &Parameters<F>) -> Self {
        Self {
            packed: PackedWeights::of(theta),
            gradient: theta.at_origin(),
        }
    }
}

/// A batch and what was inferred from it.
struct Positive<F> {
    batch: Visible<F>,
    inference: Inference<F>,
}

impl<F: Float> Positive<F> {
    fn into_sample(self) -> (Sample<F>, Tally) {
        let tally = Tally {
            sweeps: self.inference.sweeps,
            unconverged: self.inference.unconverged,
        };
        (Sample::new(self.batch, self.inference.hidden), tally)
    }

    /// All layers, the visible one first.
    fn layers(&self) -> Vec<Array2<F>> {
        let visible = std::iter::once(self.batch.to_dense());
        let hidden = self.inference.hidden.iter().cloned();
        visible.chain(hidden).collect()
    }
}

/// What a gradient step is worked out from.
struct Samples<F> {
    data: Sample<F>,
    model: Sample<F>,
    /// What the inference of the data took.
    tally: Tally,
}

impl<F> Samples<F> {
    fn new(((data, tally), model): ((Sample<F>, Tally), Sample<F>)) -> Self {
        Self { data, model, tally }
    }
}

/// What inferences took.
#[derive(Debug, Default)]
struct Tally {
    /// The most sweeps of one.
    sweeps: usize,
    /// Samples that did not converge.
    unconverged: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.sweeps = self.sweeps.max(other.sweeps);
        self.unconverged += other.unconverged;
    }
}

#[cfg(test)]
mod tests;
