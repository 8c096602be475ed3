//! What a report says of several pipelines on the same folds.

use serde_crate::Serialize;

use super::pipeline::Scores;
use crate::model_selection::{Comparison, PairedDifference};

/// The level below which a difference is called significant.
pub(super) const LEVEL: f64 = 0.05;

/// A comparison by one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct ComparisonResult {
    pub(super) metric: String,
    /// Mean rank of each pipeline, in the order of the report; 1 is the best.
    pub(super) ranks: Vec<f64>,
    /// Places of the pipelines, the best mean rank first.
    pub(super) order: Vec<usize>,
    pub(super) pairs: Vec<PairResult>,
    /// Runs of pipelines that cannot be told apart at the level 0.05, in the order of ranks.
    pub(super) cliques: Vec<Vec<usize>>,
}

/// The difference of two pipelines, the first one's value less the second one's.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct PairResult {
    pub(super) first: usize,
    pub(super) second: usize,
    pub(super) difference: Scores,
    pub(super) p_value: f64,
    /// With Holm's correction for the number of pairs.
    pub(super) corrected_p_value: f64,
}

impl From<&PairedDifference> for PairResult {
    fn from(pair: &PairedDifference) -> Self {
        let (first, second) = pair.places();
        Self {
            first,
            second,
            difference: pair.difference().into(),
            p_value: pair.difference().p_value(),
            corrected_p_value: pair.corrected_p_value(),
        }
    }
}

impl From<&Comparison> for ComparisonResult {
    fn from(comparison: &Comparison) -> Self {
        Self {
            metric: comparison.metric().to_owned(),
            ranks: comparison.ranks().to_vec(),
            order: comparison.order(),
            pairs: comparison.pairs().iter().map(PairResult::from).collect(),
            cliques: comparison.cliques(LEVEL),
        }
    }
}
