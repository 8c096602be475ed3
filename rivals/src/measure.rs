//! What a system does on the splits of a set, and what it costs.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use linfa_fisher::datasets::Split;

use crate::clock::{Clock, peak_memory};
use crate::outcome::Outcome;
use crate::sets::Set;
use crate::systems::System;

/// Of splits and trainings.
const SEED: u64 = 1;

/// What a system does on one split.
struct Fold {
    right: usize,
    tested: usize,
    training_seconds: f64,
    prediction_seconds: f64,
    numbers: usize,
    settings: String,
}

/// What a system does on all splits of a set.
pub(crate) fn outcome(
    system: System,
    set: Set,
    quick: bool,
    folder: &Path,
) -> Result<Outcome, Box<dyn Error>> {
    let splits = set.splits(folder, system.folds(quick), SEED)?;
    let folds: Vec<Fold> = splits
        .iter()
        .map(|split| of_split(system, set, quick, split))
        .collect::<Result<_, _>>()?;
    let count = |of: fn(&Fold) -> usize| folds.iter().map(of).sum::<usize>() as f64;
    let seconds = |of: fn(&Fold) -> f64| folds.iter().map(of).sum::<f64>();
    let tested = count(|fold| fold.tested);
    Ok(Outcome {
        system: system.title().into(),
        settings: settings(&folds),
        accuracy: 100.0 * count(|fold| fold.right) / tested,
        tested: tested as usize,
        training_seconds: seconds(|fold| fold.training_seconds) / folds.len() as f64,
        prediction_seconds: seconds(|fold| fold.prediction_seconds) / tested,
        peak_memory: peak_memory(),
        bytes: 4 * folds.iter().map(|fold| fold.numbers).max().unwrap_or(0),
        quick,
    })
}

fn of_split(
    system: System,
    set: Set,
    quick: bool,
    split: &Split<f32>,
) -> Result<Fold, Box<dyn Error>> {
    eprintln!("{}, {}", system.title(), set.title());
    let mut clock = Clock::start();
    let trained = system.train(set, quick, &split.train, SEED)?;
    let training_seconds = clock.lap();
    let predicted = (trained.predict)(&split.test.records)?;
    let pairs = predicted.iter().zip(&split.test.targets);
    Ok(Fold {
        right: pairs.filter(|(a, b)| a == b).count(),
        tested: split.test.targets.len(),
        training_seconds,
        prediction_seconds: clock.lap(),
        numbers: trained.numbers,
        settings: trained.settings,
    })
}

/// Each setting, with the number of its folds if there are several.
fn settings(folds: &[Fold]) -> String {
    let mut times = BTreeMap::<&str, usize>::new();
    for fold in folds {
        *times.entry(&fold.settings).or_default() += 1;
    }
    let texts = times.into_iter().map(|(text, times)| match folds.len() {
        1 => text.to_owned(),
        _ => format!("{text} in {times} folds"),
    });
    texts.collect::<Vec<String>>().join("; ")
}
