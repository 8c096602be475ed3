//! Checks that a saved state fits the training: a file may hold anything.

use crate::Float;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::training::stage::StagePlan;
use crate::boltzmann::training::state::{Best, Progress, TrainingState};
use crate::observer::EpochRecord;

/// The error names what does not fit.
type Fit = Result<(), String>;

/// Checks that `saved` is a state of a training with these stages on `rows` rows from `start`.
pub(super) fn check_fit<F: Float, R>(
    saved: &Progress<F, R>,
    stages: &[StagePlan<F>],
    start: &Progress<F, R>,
    rows: usize,
) -> Fit {
    let theta = &start.theta;
    held(saved.theta.layers() != theta.layers(), "layers")?;
    let (units, expected) = (saved.theta.visible_units(), theta.visible_units());
    held(units != expected, "visible units")?;
    held(saved.stage >= stages.len(), "stages")?;
    let plan = &stages[saved.stage];
    if let Some(state) = &saved.state {
        let of_stage = |record: &&EpochRecord| record.stage == plan.stage;
        let recorded = saved.epochs.iter().filter(of_stage).count();
        held(state.epoch != recorded, "records of epochs")?;
        check_state(state, plan, theta)?;
    }
    if let Some(best) = &saved.best {
        let reached = saved.state.as_ref().map(|state| state.epoch);
        check_best(best, reached, plan, theta)?;
    }
    match &saved.held_out {
        Some(held_out) => check_held_out(held_out, rows),
        None => Ok(()),
    }
}

fn held(wrong: bool, what: &str) -> Fit {
    match wrong {
        true => Err(format!("{what} of the state do not fit the training")),
        false => Ok(()),
    }
}

/// Checks the state of the current stage.
fn check_state<F: Float>(
    state: &TrainingState<F>,
    plan: &StagePlan<F>,
    whole: &Parameters<F>,
) -> Fit {
    let layers = &whole.layers()[plan.layers.clone()];
    let training = &plan.training;
    if state.epoch > training.epochs {
        let (found, asked) = (state.epoch, training.epochs);
        return Err(format!(
            "it holds {found} epochs of a training that is to take {asked}: ask for at least as many, or name another file or folder"
        ));
    }
    held(!is_of(&state.theta, plan, whole), "parameters")?;
    match state.carried.misfit(training, layers) {
        Some(part) => held(true, part),
        None => Ok(()),
    }
}

/// Whether parameters have the layers and units of a stage of the whole machine.
fn is_of<F: Float>(theta: &Parameters<F>, plan: &StagePlan<F>, whole: &Parameters<F>) -> bool {
    theta.layers() == whole.layers()[plan.layers.clone()]
        && theta.visible_units() == plan.visible_units(whole)
}

/// Checks the best epoch, which the stage must have reached.
fn check_best<F: Float>(
    best: &Best<F>,
    reached: Option<usize>,
    plan: &StagePlan<F>,
    whole: &Parameters<F>,
) -> Fit {
    held(
        !is_of(&best.theta, plan, whole),
        "parameters of the best epoch",
    )?;
    held(Some(best.epoch) > reached, "epochs of the best epoch")
}

/// Checks the held-out rows: some, but not all, in ascending order.
fn check_held_out(held_out: &[usize], rows: usize) -> Fit {
    let ascending = held_out.windows(2).all(|pair| pair[0] < pair[1]);
    let last = held_out.last().copied();
    let fit = ascending && last.is_some_and(|last| last < rows) && held_out.len() < rows;
    held(!fit, "rows held out")
}
