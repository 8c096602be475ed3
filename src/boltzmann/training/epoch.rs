//! One epoch of training.

use std::time::Instant;

use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::batch::Batch;
use super::carried::Carried;
use super::error::TrainingError;
use super::expectations::Expectations;
use super::hyperparams::Training;
use super::records::Records;
use super::sample::Positive;
use super::state::TrainingState;
use super::step::Step;
use crate::boltzmann::figures;
use crate::boltzmann::inference::{InferenceStats, reconstruction_error};
use crate::boltzmann::machine::{Conditionals, PackedMachine, Parameters};
use crate::numerics::parallel::{ScopedStandBy, StandBy};
use crate::numerics::random::shuffled;
use crate::observer::{Figures, SECONDS, Stage};
use crate::{Float, Result};

/// Trains a machine in one stage.
#[derive(Debug, Clone)]
pub(super) struct Trainer<'a, F> {
    pub(super) training: &'a Training<F>,
    pub(super) stage: Stage,
    /// Factors of the bottom-up and top-down input, see [`Conditionals`].
    pub(super) factors: (F, F),
}

impl<F: Float> Trainer<'_, F> {
    /// Passes over the records (`n x visible units`) once.
    ///
    /// # Errors
    ///
    /// [`TrainingError::Diverged`] as soon as a parameter is not finite, or so large that energies
    /// may overflow.
    pub(super) fn epoch<R: Rng>(
        &self,
        state: &mut TrainingState<F>,
        records: &Records<F>,
        rng: &mut R,
    ) -> Result<Figures> {
        let started = Instant::now();
        let order = shuffled(records.nrows(), rng);
        let seed = rng.next_u64();
        let standby = StandBy::default();
        // on a thread of the pool, where handing work to the others costs least
        let stats =
            rayon::scope(|scope| self.steps(state, records, &order, seed, standby.of(scope)))?;
        let error = self.reconstruction_error(&state.theta, records, &order);
        let rate = self
            .training
            .learning_rate
            .at(state.epoch, self.training.epochs);
        state.epoch += 1;
        let unconverged = stats.unconverged as f64 / records.nrows() as f64;
        let (error, rate) = (error.to_f64(), rate.to_f64());
        Ok(Figures::default()
            .with(figures::RECONSTRUCTION_ERROR, error.unwrap_or(f64::NAN))
            .with(figures::LEARNING_RATE, rate.unwrap_or(f64::NAN))
            .with(figures::MEAN_FIELD_SWEEPS, stats.sweeps as f64)
            .with(figures::UNCONVERGED_SHARE, unconverged)
            .with(SECONDS, started.elapsed().as_secs_f64()))
    }

    /// The gradient steps of an epoch.
    fn steps(
        &self,
        state: &mut TrainingState<F>,
        records: &Records<F>,
        order: &[usize],
        seed: u64,
        standby: ScopedStandBy,
    ) -> Result<InferenceStats> {
        let mut seeds = Xoshiro256Plus::seed_from_u64(seed);
        let mut stats = InferenceStats::default();
        let mut workspace = Workspace::take(&mut state.theta);
        for (number, rows) in order.chunks(self.training.batch_size).enumerate() {
            let batch = self.present(records, rows, workspace.machine.theta(), seeds.next_u64());
            let inferred = self.step(state, &mut workspace, &batch, seeds.next_u64(), standby);
            stats = stats.with(inferred);
            self.check(workspace.machine.theta(), state.epoch, number)?;
        }
        state.theta = workspace.machine.into_theta();
        Ok(stats)
    }

    /// The records `rows` as a batch.
    fn present<'a, 'r>(
        &self,
        records: &'a Records<'r, F>,
        rows: &'a [usize],
        theta: &Parameters<F>,
        seed: u64,
    ) -> Batch<'a, 'r, F> {
        Batch {
            records,
            rows,
            input: self.training.visible_input,
            units: theta.visible_units(),
            seed,
        }
    }

    /// One gradient step; `seed` is that of the chains.
    fn step(
        &self,
        state: &mut TrainingState<F>,
        workspace: &mut Workspace<F>,
        batch: &Batch<F>,
        seed: u64,
        standby: ScopedStandBy,
    ) -> InferenceStats {
        let Workspace { machine, gradient } = workspace;
        let step = Step {
            machine: self.scaled(machine.conditionals()),
            training: self.training,
            batch,
            seed,
        };
        let (expectations, stats) = Expectations::of(&step, state.carried.chains.as_mut());
        let _standby = standby.begin();
        let means = expectations.write_difference(gradient);
        let Carried {
            ascent, shaping, ..
        } = &mut state.carried;
        shaping.shape(self.training, self.factors, &means, gradient);
        let epoch = state.epoch;
        machine.update(|theta| ascent.step(theta, gradient, self.training, epoch));
        stats
    }

    /// Checks that energies of the machine are sure to be finite, after batch `number` (from 0) of
    /// an epoch (from 0).
    fn check(&self, theta: &Parameters<F>, epoch: usize, number: usize) -> Result<()> {
        match theta.is_moderate() {
            true => Ok(()),
            false => Err(TrainingError::Diverged {
                stage: self.stage.clone(),
                epoch: epoch + 1,
                batch: number + 1,
            }
            .into()),
        }
    }

    /// The reconstruction error of the first batch of an epoch.
    fn reconstruction_error(
        &self,
        theta: &Parameters<F>,
        records: &Records<F>,
        order: &[usize],
    ) -> F {
        let machine = self.scaled(Conditionals::of(theta));
        let rows = &order[..order.len().min(self.training.batch_size)];
        let positive = Positive::infer(self.training.mean_field, machine, records.select(rows));
        reconstruction_error(machine, &positive.layers())
    }

    fn scaled<'t>(&self, machine: Conditionals<'t, F>) -> Conditionals<'t, F> {
        machine.scaled(self.factors.0, self.factors.1)
    }
}

/// Buffers for the steps of an epoch.
struct Workspace<F: Float> {
    machine: PackedMachine<'static, F>,
    gradient: Parameters<F>,
}

impl<F: Float> Workspace<F> {
    /// The workspace for the machine `theta`, which is left empty.
    fn take(theta: &mut Parameters<F>) -> Self {
        let taken = std::mem::replace(theta, Parameters::of_zeros(&[]));
        Self {
            gradient: taken.at_origin(),
            machine: PackedMachine::owning(taken.aligned()),
        }
    }
}

#[cfg(test)]
mod tests;
