//! The course of a whole training: its stages, one after another, each for some epochs.

use rand::Rng;

use super::epoch::Trainer;
use super::options::mean_free_energy;
use super::stage::{Below, StagePlan};
use super::state::{Best, Progress, TrainingState};
use super::windows::{TrainingSet, Validation, Windows};
use crate::boltzmann::figures;
use crate::observer::{EpochRecord, Event, Figures, Observer, Stage, TerminationReason};
use crate::{Float, Result};

/// Runs the remaining stages. The parameters are then, if the observer asks to stop, as trained so
/// far; with early stopping, those of the best epoch in either case.
///
/// `save` is called after every epoch.
pub(super) fn train<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    mut progress: Progress<F, R>,
    records: &dyn TrainingSet<F>,
    observer: &mut dyn Observer,
    mut save: impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<Progress<F, R>> {
    let early_stopping = stages.last().and_then(|plan| plan.training.early_stopping);
    if let (Some(early), None) = (early_stopping, &progress.held_out) {
        let [_, held_out] = early.held_out().split(records.dim().0, &mut progress.rng)?;
        progress.held_out = Some(held_out);
    }
    let held_out = progress.held_out.clone();
    let parts = held_out.as_deref().map(|rows| records.divided(rows));
    let parts = parts.transpose()?;
    resume(stages, &progress, observer);
    let data = match &parts {
        None => (records, None),
        Some((rest, validation)) => (&**rest, Some(validation)),
    };
    run_stages(stages, &mut progress, data, observer, &mut save)?;
    Ok(progress)
}

/// Runs the remaining stages on the training records and the held-out ones.
fn run_stages<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    progress: &mut Progress<F, R>,
    (records, validation): (&dyn TrainingSet<F>, Option<&Validation<F>>),
    observer: &mut dyn Observer,
    save: &mut impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<()> {
    while let Some(plan) = stages.get(progress.stage) {
        let below = Below::of(stages, progress.stage, &progress.theta);
        let activations = below.map(|below| records.activations(below)).transpose()?;
        let data: (&dyn Windows<F>, _) = match &activations {
            None => (records, validation),
            Some(activations) => (&**activations, validation),
        };
        let reason = run_stage(plan, progress, data, observer, save)?;
        finish_stage(stages, progress);
        observer.observe(&Event::Finished {
            stage: plan.stage.clone(),
            reason,
        });
        if reason == TerminationReason::Interrupted {
            break;
        }
    }
    Ok(())
}

/// Tells the observer about the epochs of earlier runs, if any.
fn resume<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    progress: &Progress<F, R>,
    observer: &mut dyn Observer,
) {
    if let (Some(plan), Some(state)) = (stages.get(progress.stage), &progress.state) {
        observer.observe(&Event::Resumed {
            stage: plan.stage.clone(),
            epoch: state.epoch,
            epochs: plan.training.epochs,
            records: progress.epochs.clone(),
        });
    }
}

/// Runs the remaining epochs of a stage on its training records and the held-out ones.
fn run_stage<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    data: (&dyn Windows<F>, Option<&Validation<F>>),
    observer: &mut dyn Observer,
    save: &mut impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<TerminationReason> {
    let mut state = match progress.state.take() {
        Some(state) => state,
        None => start_stage(plan, progress, data)?,
    };
    loop {
        if let Some(reason) = finished(plan, progress, &state) {
            progress.state = Some(state);
            return Ok(reason);
        }
        run_epoch(plan, progress, &mut state, data, observer)?;
        let stopped = observer.should_stop();
        progress.ending = stopped || finished(plan, progress, &state).is_some();
        let epoch = state.epoch;
        progress.state = Some(state);
        let saved = save(progress);
        if stopped {
            return saved.map(|()| TerminationReason::Interrupted);
        }
        if let Err(fault) = saved {
            observer.observe(&Event::NotSaved {
                stage: plan.stage.clone(),
                epoch,
                fault: fault.to_string(),
            });
        }
        let Some(reached) = progress.state.take() else {
            unreachable!("it has just been set");
        };
        state = reached;
    }
}

/// The initial state of a stage; a model that training continues from may be its best epoch.
fn start_stage<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    (records, validation): (&dyn Windows<F>, Option<&Validation<F>>),
) -> Result<TrainingState<F>> {
    let (means, rng) = (records.means(), &mut progress.rng);
    let theta = plan.start(&progress.theta, means, rng);
    let layers = theta.layers();
    let carried = progress.carried.take();
    let state = match carried.filter(|it| it.misfit(&plan.training, &layers).is_none()) {
        Some(carried) => TrainingState {
            theta,
            epoch: 0,
            carried,
        },
        None => TrainingState::start(theta, &plan.training, means, rng)?,
    };
    if let (true, Some(validation)) = (progress.trained, validation) {
        validate(plan, progress, &state, validation);
    }
    Ok(state)
}

/// Runs one epoch and reports it.
fn run_epoch<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    state: &mut TrainingState<F>,
    (records, validation): (&dyn Windows<F>, Option<&Validation<F>>),
    observer: &mut dyn Observer,
) -> Result<()> {
    let trainer = Trainer {
        training: &plan.training,
        stage: plan.stage.clone(),
        factors: plan.factors,
    };
    // the first look at the records was pass 0
    let pass = progress.epochs.len() + 1;
    let mut measured = trainer.epoch(state, (records, pass), &mut progress.rng)?;
    if let (Stage::Rbm | Stage::Joint, Some(validation)) = (&plan.stage, validation) {
        let validated = validate(plan, progress, state, validation);
        measured = validated.and(measured);
    }
    progress.epochs.push(EpochRecord {
        stage: plan.stage.clone(),
        epoch: state.epoch,
        figures: measured.clone(),
    });
    observer.observe(&Event::Epoch {
        stage: plan.stage.clone(),
        epoch: state.epoch,
        epochs: plan.training.epochs,
        figures: measured,
    });
    Ok(())
}

/// Whether no epoch of any stage is left.
#[cfg(feature = "serde")]
pub(super) fn is_over<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    progress: &Progress<F, R>,
) -> bool {
    let last = stages.len() == progress.stage + 1;
    let current = stages.get(progress.stage).zip(progress.state.as_ref());
    last && current.is_some_and(|(plan, state)| finished(plan, progress, state).is_some())
}

/// Why a stage is over, if it is.
fn finished<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &Progress<F, R>,
    state: &TrainingState<F>,
) -> Option<TerminationReason> {
    let early = plan.training.early_stopping.zip(progress.best.as_ref());
    match early {
        Some((early, best)) if early.held_out().is_over(state.epoch, best.epoch) => {
            Some(TerminationReason::EarlyStopped {
                best_epoch: best.epoch,
            })
        }
        _ => (state.epoch >= plan.training.epochs).then_some(TerminationReason::Epochs),
    }
}

/// Evaluates the epoch on the held-out records, and keeps its parameters if it is the best so far.
fn validate<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    state: &TrainingState<F>,
    validation: &Validation<F>,
) -> Figures {
    let Some(early) = plan.training.early_stopping else {
        return Figures::default();
    };
    let (theta, mean_field) = (&state.theta, plan.training.mean_field);
    let Validation { held_out, seen } = validation;
    let value = early.metric().of(theta, mean_field, held_out.view());
    let gap = mean_free_energy(theta, mean_field, held_out.view())
        - mean_free_energy(theta, mean_field, seen.view());
    let best = progress.best.as_ref();
    if best.is_none_or(|best| early.metric().is_better(value, best.value)) {
        progress.best = Some(Best {
            epoch: state.epoch,
            value,
            theta: theta.clone(),
        });
    }
    Figures::default()
        .with(figures::VALIDATION_METRIC, value)
        .with(figures::FREE_ENERGY_GAP, gap)
}

/// Takes over the result of the current stage. What the last one carries belongs to its last epoch:
/// if another is the best, chains and velocity start anew when the training goes on.
fn finish_stage<F: Float, R: Rng>(stages: &[StagePlan<F>], progress: &mut Progress<F, R>) {
    let Some(state) = progress.state.take() else {
        return;
    };
    let best = progress
        .best
        .take()
        .filter(|best| best.epoch != state.epoch);
    let is_last = progress.stage + 1 == stages.len();
    progress.carried = (is_last && best.is_none()).then_some(state.carried);
    let trained = best.map_or(state.theta, |best| best.theta);
    stages[progress.stage].compose(trained, &mut progress.theta);
    progress.stage += 1;
}
