//! One epoch of training.

use std::time::Instant;

use ndarray::{Array1, Array2};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::difference::{narrow_width, Difference, Half};
use super::optimizer::Optimizer;
use super::options::reconstruction_error;
use super::options::NegativeChains;
use super::options::Offsets;
use super::records::Records;
use super::sample::Sample;
use super::section::Section;
use super::statistics::{Statistics, Tally};
use super::Training;
use crate::boltzmann::inference::Inference;
use crate::boltzmann::machine::Conditionals;
use crate::boltzmann::machine::PackedWeights;
use crate::boltzmann::machine::Visible;
use crate::boltzmann::{Parameters, VisibleUnits};
use crate::error::TrainingError;
use crate::numerics::parallel::map_reduce;
use crate::numerics::parallel::{join_if, ScopedStandBy, StandBy};
use crate::numerics::random::Lanes;
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
    /// Chains that persist, in [sections](super::section).
    pub(super) chains: Vec<NegativeChains<F>>,
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
    /// [`TrainingError::Diverged`](crate::error::TrainingError::Diverged) as soon as a parameter is not finite, or so large that energies may
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
            let (shown, chains) = (seeds.gen(), seeds.gen());
            let visible = state.theta.visible;
            let batch = |section: &Section<F>| {
                let mut random = Lanes::new(shown, section.number);
                self.shown(records, section.rows, visible, &mut random)
            };
            let packed = &workspace.packed;
            let (statistics, taken) = self.statistics(state, rows, batch, chains, packed);
            let _standby = standby.begin();
            tally = tally.with(taken);
            self.climb(state, &statistics, &mut workspace);
            if !state.theta.is_moderate() {
                return Err(Error::Training(TrainingError::Diverged {
                    stage: self.stage,
                    epoch: state.epoch + 1,
                    batch: number + 1,
                }));
            }
        }
        Ok(tally)
    }

    /// Records as the machine is shown them.
    fn shown(
        &self,
        records: &Records<F>,
        rows: &[usize],
        visible: VisibleUnits,
        random: &mut Lanes,
    ) -> Visible<F> {
        let mut batch = records.select(rows);
        self.training
            .presentation
            .present(&mut batch, visible, random);
        batch
    }

    /// Infers the hidden layers of the records `rows`, which `batch` gives, and takes the chains'
    /// steps. `packed` is of the machine as it is.
    fn statistics(
        &self,
        state: &mut TrainingState<F>,
        rows: &[usize],
        batch: impl Fn(&Section<F>) -> Visible<F> + Sync,
        seed: u64,
        packed: &PackedWeights<F>,
    ) -> (Statistics<F>, Tally) {
        let machine = Conditionals {
            packed: Some(packed),
            ..self.machine(&state.theta)
        };
        let layers = state.theta.layers();
        let Some(width) = narrow_width(&layers) else {
            let mut whole = Section {
                number: 0,
                chains: state.chains.first_mut(),
                rows,
            };
            let how = (true, Sample::transposed);
            let ((data, tally), model) = self.samples(machine, &mut whole, &batch, seed, how);
            return (Statistics::Samples { data, model }, tally);
        };
        let chains = state.chains.iter().map(NegativeChains::len).sum();
        let chains = if chains == 0 { rows.len() } else { chains };
        let [of_data, of_model] = [rows.len(), chains].map(|n| F::one() / F::cast(n));
        let sections = &mut Section::all(&mut state.chains, rows)[..];
        let how = (sections.len() == 1, std::convert::identity);
        let difference = |section: &mut Section<F>| {
            let ((data, tally), model) = self.samples(machine, section, &batch, seed, how);
            let mut difference = Difference::zeros(&layers, width);
            difference.add(Half::Data, &data, of_data);
            difference.add(Half::Model, &model, of_model);
            (difference, tally)
        };
        let both =
            |(a, tally): (Difference<F>, Tally), (b, other)| (a.merged(b), tally.with(other));
        match map_reduce(sections, &difference, &both) {
            Some((difference, tally)) => (Statistics::Difference(difference), tally),
            None => unreachable!("a step has a section"),
        }
    }

    /// The samples of a section, both at the same time, if they are `shared`, and what `finish` makes
    /// of them.
    fn samples<T: Send>(
        &self,
        machine: Conditionals<F>,
        section: &mut Section<F>,
        batch: &(impl Fn(&Section<F>) -> Visible<F> + Sync),
        seed: u64,
        (shared, finish): (bool, impl Fn(Sample<F>) -> T + Sync),
    ) -> ((T, Tally), T) {
        let phase = self.training.negative_phase;
        let seed = seed.wrapping_add(section.number as u64);
        let of_data = |positive: Positive<F>| {
            let (sample, tally) = positive.into_sample();
            (finish(sample), tally)
        };
        let of_model = |chains: &NegativeChains<F>, expected| {
            finish(Sample::of_chains(chains.samples(), expected))
        };
        if let Some(chains) = section.chains.take() {
            let expected = phase.advance(chains, machine, seed);
            let data = || of_data(self.infer(machine, batch(section)));
            return join_if(shared, data, || of_model(chains, expected));
        }
        let positive = self.infer(machine, batch(section));
        let mut chains = NegativeChains::contrastive(positive.layers(), machine, seed);
        let expected = phase.advance(&mut chains, machine, !seed);
        join_if(shared, || of_data(positive), || of_model(&chains, expected))
    }

    /// Takes a gradient step; `workspace` is where it is worked out.
    fn climb(
        &self,
        state: &mut TrainingState<F>,
        statistics: &Statistics<F>,
        workspace: &mut Workspace<F>,
    ) {
        let Workspace { packed, gradient } = workspace;
        let data_means = statistics.write(gradient);
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
        let sample = Sample {
            visible: self.batch,
            hidden: self.inference.hidden,
        };
        (sample, tally)
    }

    /// All layers, the visible one first.
    fn layers(&self) -> Vec<Array2<F>> {
        let visible = std::iter::once(self.batch.to_dense());
        let hidden = self.inference.hidden.iter().cloned();
        visible.chain(hidden).collect()
    }
}

#[cfg(test)]
mod tests;
