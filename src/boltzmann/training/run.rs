//! A whole training: its stages, one after another, each for some epochs.

use std::ops::RangeInclusive;

use ndarray::{Array1, Array2, ArrayView2};
use rand::Rng;

use super::options::mean_free_energy;
use super::trainer::{Trainer, TrainingState};
use super::{starting_point, Records, Training};
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::boltzmann::{Parameters, VisibleUnits};
use crate::numerics::scalar::select_rows;
use crate::observer::{EpochRecord, Event, Observer, Stage, TerminationReason, Validation};
use crate::{Float, Result};

/// A stage: which layers are trained, and how.
#[derive(Debug, Clone)]
pub(in crate::boltzmann) struct StagePlan<F> {
    pub(in crate::boltzmann) stage: Stage,
    pub(in crate::boltzmann) layers: RangeInclusive<usize>,
    pub(in crate::boltzmann) training: Training<F>,
    /// Factors of the bottom-up and top-down input, see [`Conditionals`].
    pub(in crate::boltzmann) doubling: (F, F),
}

/// How far a training has come: all that its rest depends on, but the records.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "F: crate::Float + serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub(in crate::boltzmann) struct Progress<F, R> {
    /// The machine as earlier stages have left it.
    pub(super) theta: Parameters<F>,
    /// The source of random numbers as it is now.
    pub(super) rng: R,
    /// Stages done.
    pub(super) stage: usize,
    /// The stage under way.
    pub(super) state: Option<TrainingState<F>>,
    /// Rows held out for early stopping.
    pub(super) held_out: Option<Vec<usize>>,
    /// The best epoch of the stage under way, by the metric of early stopping.
    pub(super) best: Option<Best<F>>,
    /// Whether the start is a trained model, which may be better than any epoch.
    pub(super) trained: bool,
    /// The epochs of all stages so far.
    pub(super) epochs: Vec<EpochRecord>,
    /// Whether the stage under way ends with this epoch, or the training is told to stop: a moment
    /// to save whatever the interval.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) ending: bool,
}

/// The best epoch so far.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: crate::Float + serde_crate::Deserialize<'de>")
    )
)]
pub(super) struct Best<F> {
    pub(super) epoch: usize,
    pub(super) value: f64,
    pub(super) theta: Parameters<F>,
}

impl<F: Float, R: Rng> Progress<F, R> {
    /// The start of a training from `theta`.
    pub(in crate::boltzmann) fn start(theta: Parameters<F>, rng: R) -> Self {
        Self {
            theta,
            rng,
            stage: 0,
            state: None,
            held_out: None,
            best: None,
            trained: false,
            epochs: Vec::new(),
            ending: false,
        }
    }

    /// The start of a training that goes on from the model `theta`.
    pub(in crate::boltzmann) fn going_on(theta: Parameters<F>, rng: R) -> Self {
        Self {
            trained: true,
            ..Self::start(theta, rng)
        }
    }

    /// Shows the stage under way to `inspect`: its kind, the epochs done, the parameters.
    pub(in crate::boltzmann) fn show(
        &self,
        stages: &[StagePlan<F>],
        inspect: &mut dyn FnMut(Stage, usize, &Parameters<F>),
    ) {
        if let (Some(plan), Some(state)) = (stages.get(self.stage), &self.state) {
            inspect(plan.stage, state.epoch, &state.theta);
        }
    }
}

/// Runs the stages that are left; the machine, which is the one that has been reached if the
/// observer has asked to stop. With early stopping, it is the best epoch's in either case.
///
/// `save` is called after every epoch.
pub(in crate::boltzmann) fn train<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    mut progress: Progress<F, R>,
    records: &Records<F>,
    observer: &mut dyn Observer,
    mut save: impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<Parameters<F>> {
    let early_stopping = stages.last().and_then(|plan| plan.training.early_stopping);
    if let (Some(early), None) = (early_stopping, &progress.held_out) {
        let [_, held_out] = early.split(records.values().nrows(), &mut progress.rng)?;
        progress.held_out = Some(held_out);
    }
    let held_out = progress.held_out.as_deref();
    let parts = held_out.map(|held_out| divided(records.values(), held_out));
    resume(stages, &progress, observer);
    match parts {
        None => run_stages(stages, &mut progress, (records, None), observer, &mut save)?,
        Some((rest, held_out)) => {
            let data = (&Records::of(rest.view()), Some(held_out.view()));
            run_stages(stages, &mut progress, data, observer, &mut save)?;
        }
    }
    Ok(progress.theta)
}

/// Runs the stages that are left, on training records and with those held out.
fn run_stages<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    progress: &mut Progress<F, R>,
    (records, validation): (&Records<F>, Option<ArrayView2<F>>),
    observer: &mut dyn Observer,
    save: &mut impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<()> {
    while let Some(plan) = stages.get(progress.stage) {
        let activations = activations_below(plan, stages, &progress.theta, records.values());
        let reason = match activations {
            None => run_stage(plan, progress, (records, validation), observer, save),
            Some(activations) => {
                let data = (&Records::of(activations.view()), validation);
                run_stage(plan, progress, data, observer, save)
            }
        }?;
        finish_stage(plan, progress);
        observer.observe(&Event::Finished {
            stage: plan.stage,
            reason,
        });
        if reason == TerminationReason::Interrupted {
            break;
        }
    }
    Ok(())
}

/// Tells the observer of the epochs that earlier runs have done, if any.
fn resume<F: Float, R: Rng>(
    stages: &[StagePlan<F>],
    progress: &Progress<F, R>,
    observer: &mut dyn Observer,
) {
    if let (Some(plan), Some(state)) = (stages.get(progress.stage), &progress.state) {
        observer.observe(&Event::Resumed {
            stage: plan.stage,
            epoch: state.epoch,
            epochs: plan.training.epochs,
            records: progress.epochs.clone(),
        });
    }
}

/// The records to learn from and those held out.
fn divided<F: Float>(records: ArrayView2<F>, held_out: &[usize]) -> (Array2<F>, Array2<F>) {
    let mut rest: Vec<usize> = (0..records.nrows()).collect();
    rest.retain(|row| held_out.binary_search(row).is_err());
    (select_rows(records, &rest), select_rows(records, held_out))
}

/// The activations of the lowest layer of a stage, as earlier stages have trained it and those
/// below; none for a stage that sees the records themselves.
fn activations_below<F: Float>(
    plan: &StagePlan<F>,
    stages: &[StagePlan<F>],
    theta: &Parameters<F>,
    records: ArrayView2<F>,
) -> Option<Array2<F>> {
    let mut activations: Option<Array2<F>> = None;
    for layer in 1..=*plan.layers.start() {
        let (up, down) = stages[layer - 1].doubling;
        let machine = Conditionals {
            up,
            down,
            ..Conditionals::of(theta)
        };
        let below = activations.as_ref().map_or(records.view(), Array2::view);
        let (below, above) = (Some(below), None);
        let next = machine.mean(layer, &Neighbours { below, above });
        activations = Some(next);
    }
    activations
}

/// Runs the epochs that a stage has left, on its training records and with those held out.
fn run_stage<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    (records, validation): (&Records<F>, Option<ArrayView2<F>>),
    observer: &mut dyn Observer,
    save: &mut impl FnMut(&Progress<F, R>) -> Result<()>,
) -> Result<TerminationReason> {
    let trainer = Trainer {
        training: &plan.training,
        stage: plan.stage,
        doubling: plan.doubling,
    };
    let mut state = match progress.state.take() {
        Some(state) => state,
        None => {
            let theta = first_theta(plan, progress, records.means());
            let state =
                TrainingState::start(theta, &plan.training, records.means(), &mut progress.rng)?;
            if let (true, Some(validation)) = (progress.trained, validation) {
                validate(plan, progress, &state, (records.values(), validation));
            }
            state
        }
    };
    loop {
        if let Some(reason) = finished(plan, progress, &state) {
            progress.state = Some(state);
            return Ok(reason);
        }
        let mut statistics = trainer.epoch(&mut state, records, &mut progress.rng)?;
        if let (Stage::Rbm | Stage::Joint, Some(validation)) = (plan.stage, validation) {
            statistics.validation =
                validate(plan, progress, &state, (records.values(), validation));
        }
        progress.epochs.push(EpochRecord {
            stage: plan.stage,
            epoch: state.epoch,
            statistics,
        });
        observer.observe(&Event::Epoch {
            stage: plan.stage,
            epoch: state.epoch,
            epochs: plan.training.epochs,
            statistics,
        });
        let stopped = observer.should_stop();
        progress.ending = stopped || finished(plan, progress, &state).is_some();
        progress.state = Some(state);
        save(progress)?;
        if stopped {
            return Ok(TerminationReason::Interrupted);
        }
        let Some(reached) = progress.state.take() else {
            unreachable!("it has just been set");
        };
        state = reached;
    }
}

/// Why a stage is over, if it is.
fn finished<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &Progress<F, R>,
    state: &TrainingState<F>,
) -> Option<TerminationReason> {
    let early = plan.training.early_stopping.zip(progress.best.as_ref());
    match early {
        Some((early, best)) if early.is_over(state.epoch, best.epoch) => {
            Some(TerminationReason::EarlyStopped {
                best_epoch: best.epoch,
            })
        }
        _ => (state.epoch >= plan.training.epochs).then_some(TerminationReason::Epochs),
    }
}

/// Where a stage starts: all layers at what they are, or two layers anew.
fn first_theta<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    means: &Array1<F>,
) -> Parameters<F> {
    let Stage::Pretraining { layer } = plan.stage else {
        return progress.theta.clone();
    };
    let layers = progress.theta.layers();
    let visible = match layer {
        1 => progress.theta.visible,
        _ => VisibleUnits::Binary,
    };
    starting_point(
        &layers[plan.layers.clone()],
        means,
        visible,
        &mut progress.rng,
    )
}

/// Measures the epoch on the records held out, and remembers it if it is the best.
fn validate<F: Float, R: Rng>(
    plan: &StagePlan<F>,
    progress: &mut Progress<F, R>,
    state: &TrainingState<F>,
    (training, validation): (ArrayView2<F>, ArrayView2<F>),
) -> Option<Validation> {
    let early = plan.training.early_stopping?;
    let (theta, mean_field) = (&state.theta, plan.training.mean_field);
    let value = early.metric().of(theta, mean_field, validation);
    let alike = training.nrows().min(validation.nrows());
    let seen = select_rows(training, &evenly_spaced(alike, training.nrows()));
    let gap = mean_free_energy(theta, mean_field, validation)
        - mean_free_energy(theta, mean_field, seen.view());
    let best = progress.best.as_ref();
    if best.is_none_or(|best| early.metric().is_better(value, best.value)) {
        progress.best = Some(Best {
            epoch: state.epoch,
            value,
            theta: theta.clone(),
        });
    }
    Some(Validation {
        metric: value,
        free_energy_gap: gap,
    })
}

/// `count` of `rows` rows, evenly spaced: the first ones may be of one class only.
fn evenly_spaced(count: usize, rows: usize) -> Vec<usize> {
    let place = |i| (i as u128 * rows as u128 / count as u128) as usize;
    (0..count).map(place).collect()
}

/// Takes over what a stage has reached: its weights and hidden biases, and of the one at the
/// bottom the visible biases.
fn finish_stage<F: Float, R: Rng>(plan: &StagePlan<F>, progress: &mut Progress<F, R>) {
    let reached = progress.state.take().map(|state| state.theta);
    let best = progress.best.take().map(|best| best.theta);
    let Some(trained) = best.or(reached) else {
        return;
    };
    let first = *plan.layers.start();
    let theta = &mut progress.theta;
    for (place, weights) in theta.weights[first..].iter_mut().zip(trained.weights) {
        *place = weights;
    }
    let skipped = usize::from(first > 0);
    let biases = trained.biases.into_iter().skip(skipped);
    for (place, bias) in theta.biases[first + skipped..].iter_mut().zip(biases) {
        *place = bias;
    }
    progress.stage += 1;
}
