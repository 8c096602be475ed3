//! The rounds of successive halving.

use crate::error::SelectionError;
use crate::model_selection::fold_scores::FoldScores;
use crate::{Error, Result};

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
        plan.push(Round {
            settings: left,
            rows,
        });
        share = share.saturating_mul(factor);
    }
    let rounds = plan.len() as u32;
    for (place, round) in (0..).zip(&mut plan) {
        round.rows = rows / factor.saturating_pow(rounds - 1 - place);
    }
    plan
}

/// The places of the best outcomes, the first of equal ones, in the order of their settings; `keep`
/// of them at most. Those with a fault, or with a mean that is not a number, are out.
pub(super) fn survivors(outcomes: &[Result<FoldScores>], keep: usize) -> Vec<usize> {
    let mean = |place: usize| outcomes[place].as_ref().map_or(f64::NAN, FoldScores::mean);
    let mut places: Vec<usize> = (0..outcomes.len()).collect();
    places.retain(|&place| !mean(place).is_nan());
    places.sort_by(|&a, &b| mean(b).total_cmp(&mean(a)));
    places.truncate(keep);
    places.sort_unstable();
    places
}

/// Why no setting survives: the fault of the first one, or a metric that is never a number.
pub(super) fn without_choice(outcomes: Vec<Result<FoldScores>>) -> Error {
    let first = outcomes.into_iter().next().and_then(Result::err);
    match first {
        Some(error) => SelectionError::Trial {
            source: Box::new(error),
        },
        None => SelectionError::NoScore,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

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

    fn outcome(mean: f64) -> Result<FoldScores> {
        Ok(FoldScores::new(array![mean, mean], 0.5))
    }

    fn fault() -> Result<FoldScores> {
        Err(SelectionError::Jobs.into())
    }

    #[test]
    fn the_first_of_equals_survives() {
        let mut outcomes = vec![fault()];
        outcomes.extend([0.5, 0.9, f64::NAN, 0.9, 0.7].map(outcome));
        assert_eq!(survivors(&outcomes, 1), [2]);
        assert_eq!(survivors(&outcomes, 3), [2, 4, 5]);
        assert_eq!(survivors(&outcomes, 100), [1, 2, 4, 5]);
        assert!(survivors(&[fault(), outcome(f64::NAN)], 1).is_empty());
    }

    #[test]
    fn without_a_score_there_is_no_choice() {
        let why = |outcomes| match without_choice(outcomes) {
            Error::Selection(fault) => fault,
            other => panic!("{other}"),
        };
        assert!(matches!(
            why(vec![fault(), outcome(f64::NAN)]),
            SelectionError::Trial { source } if source.to_string().starts_with("no jobs")
        ));
        assert!(matches!(
            why(vec![outcome(f64::NAN), fault()]),
            SelectionError::NoScore
        ));
    }
}
