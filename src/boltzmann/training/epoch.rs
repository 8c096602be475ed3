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
use super::windows::Windows;
use crate::boltzmann::figures;
use crate::boltzmann::inference::{InferenceStats, reconstruction_error};
use crate::boltzmann::machine::{Conditionals, PackedMachine, Parameters, Visible};
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
    /// Passes over the records (`n x visible units`) once, which is pass `number` over them.
    ///
    /// # Errors
    ///
    /// [`TrainingError::Diverged`] as soon as a parameter is not finite, or so large that energies
    /// may overflow; those of the records.
    pub(super) fn epoch<R: Rng>(
        &self,
        state: &mut TrainingState<F>,
        (records, number): (&dyn Windows<F>, usize),
        rng: &mut R,
    ) -> Result<Figures> {
        let started = Instant::now();
        let mut workspace = Workspace::take(&mut state.theta);
        let mut course = Course::default();
        records.pass(number, &mut |window| {
            let order = shuffled(window.nrows(), rng);
            let seed = rng.next_u64();
            let first = || window.select(&order[..order.len().min(self.training.batch_size)]);
            course.first_batch.get_or_insert_with(first);
            let standby = StandBy::default();
            let data = (window, order.as_slice());
            // on a thread of the pool, where handing work to the others costs least
            rayon::scope(|scope| {
                let standby = standby.of(scope);
                self.steps(state, &mut workspace, &mut course, data, seed, standby)
            })
        })?;
        state.theta = workspace.machine.into_theta();
        let error = course
            .first_batch
            .map(|batch| self.reconstruction_error(&state.theta, batch));
        let rate = self
            .training
            .learning_rate
            .at(state.epoch, self.training.epochs);
        state.epoch += 1;
        let unconverged = course.stats.unconverged as f64 / course.rows as f64;
        let (error, rate) = (error.and_then(|error| error.to_f64()), rate.to_f64());
        Ok(Figures::default()
            .with(figures::RECONSTRUCTION_ERROR, error.unwrap_or(f64::NAN))
            .with(figures::LEARNING_RATE, rate.unwrap_or(f64::NAN))
            .with(figures::MEAN_FIELD_SWEEPS, course.stats.sweeps as f64)
            .with(figures::UNCONVERGED_SHARE, unconverged)
            .with(SECONDS, started.elapsed().as_secs_f64()))
    }

    /// The gradient steps of a window, whose records are taken in the given order.
    fn steps(
        &self,
        state: &mut TrainingState<F>,
        workspace: &mut Workspace<F>,
        course: &mut Course<F>,
        (records, order): (&Records<F>, &[usize]),
        seed: u64,
        standby: ScopedStandBy,
    ) -> Result<()> {
        let mut seeds = Xoshiro256Plus::seed_from_u64(seed);
        for rows in order.chunks(self.training.batch_size) {
            let batch = self.present(records, rows, workspace.machine.theta(), seeds.next_u64());
            let inferred = self.step(state, workspace, &batch, seeds.next_u64(), standby);
            course.stats = course.stats.with(inferred);
            course.rows += rows.len();
            self.check(workspace.machine.theta(), state.epoch, course.batches)?;
            course.batches += 1;
        }
        Ok(())
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

    /// The reconstruction error of some records.
    fn reconstruction_error(&self, theta: &Parameters<F>, records: Visible<F>) -> F {
        let machine = self.scaled(Conditionals::of(theta));
        let positive = Positive::infer(self.training.mean_field, machine, records);
        reconstruction_error(machine, &positive.layers())
    }

    fn scaled<'t>(&self, machine: Conditionals<'t, F>) -> Conditionals<'t, F> {
        machine.scaled(self.factors.0, self.factors.1)
    }
}

/// How far an epoch has come.
struct Course<F> {
    /// The records of the first batch, by which the whole epoch is measured.
    first_batch: Option<Visible<F>>,
    batches: usize,
    rows: usize,
    stats: InferenceStats,
}

impl<F> Default for Course<F> {
    fn default() -> Self {
        Self {
            first_batch: None,
            batches: 0,
            rows: 0,
            stats: InferenceStats::default(),
        }
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
