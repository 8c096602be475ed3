//! The rounds of successive halving.

use super::trial::Trial;
use crate::Result;
use crate::error::SelectionError;

/// The number of settings that a round tries, and on how many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) settings: usize,
    pub(super) rows: usize,
}

/// The rounds of so many settings: each keeps one of `factor` and has as many times the rows, the
/// last one all of them. There are as many as the settings ask for, unless the first had fewer than
/// `least` rows.
pub(super) fn rounds(settings: usize, factor: usize, rows: usize, least: usize) -> Vec<Round> {
    let mut plan = vec![Round { settings, rows }];
    let (mut left, mut share) = (settings, factor);
    while left > factor && rows / share >= least.max(1) {
        left = left.div_ceil(factor);
        plan.iter_mut().for_each(|round| round.rows /= factor);
        plan.push(Round {
            settings: left,
            rows,
        });
        share = share.saturating_mul(factor);
    }
    // exact shares, not those of rounded ones
    let rounds = plan.len() as u32;
    for (place, round) in (0..).zip(&mut plan) {
        round.rows = rows / factor.saturating_pow(rounds - 1 - place);
    }
    plan
}

/// The places of the best trials, the first of equal ones, in the order of their settings; `keep`
/// of them at most.
///
/// # Errors
///
/// [`Trial`](SelectionError::Trial) with the fault of the first trial if all have one,
/// [`NoScore`](SelectionError::NoScore) if none has a mean that is a number.
pub(super) fn survivors(trials: &[Trial], keep: usize) -> Result<Vec<usize>> {
    let mut places: Vec<usize> = (0..trials.len()).collect();
    places.retain(|&place| !trials[place].mean().is_nan());
    if places.is_empty() {
        let mut faults = trials.iter().map(|trial| trial.outcome.as_ref().err());
        let all_failed = faults.clone().all(|fault| fault.is_some());
        let first = faults.next().flatten().filter(|_| all_failed);
        return Err(first
            .map_or(SelectionError::NoScore, |fault| {
                SelectionError::Trial(fault.clone())
            })
            .into());
    }
    places.sort_by(|&a, &b| trials[b].mean().total_cmp(&trials[a].mean()));
    places.truncate(keep);
    places.sort_unstable();
    Ok(places)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::model_selection::fold_scores::FoldScores;

    #[test]
    fn rounds_are_worked_by_hand() {
        let plan = |settings, factor, least| {
            let rounds = rounds(settings, factor, 1000, least);
            let pairs = rounds.iter().map(|round| (round.settings, round.rows));
            pairs.collect::<Vec<_>>()
        };
        assert_eq!(plan(9, 3, 1), [(9, 333), (3, 1000)]);
        assert_eq!(plan(27, 3, 1), [(27, 111), (9, 333), (3, 1000)]);
        assert_eq!(plan(10, 3, 1), [(10, 111), (4, 333), (2, 1000)]);
        assert_eq!(plan(3, 3, 1), [(3, 1000)]);
        // a first round of 111 rows would be too small
        assert_eq!(plan(27, 3, 200), [(27, 333), (9, 1000)]);
        assert_eq!(plan(27, 3, 2000), [(27, 1000)]);
        assert_eq!(plan(5, 6, 0), [(5, 1000)]);
    }

    fn trial(outcome: std::result::Result<f64, &str>) -> Trial {
        Trial {
            choices: Vec::new(),
            rows: 1,
            outcome: outcome
                .map(|mean| FoldScores::new(array![mean, mean], 0.5))
                .map_err(str::to_owned),
        }
    }

    #[test]
    fn the_first_of_equals_survives() {
        let trials = [Err("no"), Ok(0.5), Ok(0.9), Ok(f64::NAN), Ok(0.9), Ok(0.7)].map(trial);
        assert_eq!(survivors(&trials, 1).unwrap(), [2]);
        assert_eq!(survivors(&trials, 3).unwrap(), [2, 4, 5]);
        assert_eq!(survivors(&trials, 100).unwrap(), [1, 2, 4, 5]);
    }

    #[test]
    fn without_a_score_there_is_no_choice() {
        let fault = |trials: [Trial; 2]| match survivors(&trials, 1).unwrap_err() {
            Error::Selection(fault) => fault,
            other => panic!("{other}"),
        };
        assert!(matches!(
            fault([trial(Err("first")), trial(Err("second"))]),
            SelectionError::Trial(fault) if fault == "first"
        ));
        assert!(matches!(
            fault([trial(Ok(f64::NAN)), trial(Err("second"))]),
            SelectionError::NoScore
        ));
    }
}
