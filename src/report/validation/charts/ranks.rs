//! Mean ranks and what cannot be told apart: a critical-difference diagram.

use serde_crate::Serialize;

use super::axis::{Axis, Mark};
use super::{WIDTH, px, shortened};
use crate::report::validation::comparison::ComparisonResult;
use crate::report::validation::contents::Contents;

/// Pipelines at least that make ranks worth a picture.
const LEAST: usize = 3;
/// Height of a pipeline's name and line.
const LINE: f64 = 40.0;
/// Height of the numbers along the axis.
const FOOT: f64 = 22.0;

/// Pipelines in the order of their mean ranks (Demšar 2006, figure 1), one below the other; bars
/// at the right join those that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(in super::super) struct RankChart {
    metric: String,
    height: f64,
    foot: f64,
    marks: Vec<Mark>,
    lines: Vec<Line>,
    bars: Vec<Bar>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Line {
    name: String,
    short: String,
    rank: String,
    x: f64,
    y: f64,
}

/// A bar from one line to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Bar {
    x: f64,
    top: f64,
    bottom: f64,
    /// Names of the pipelines that it joins.
    names: String,
}

impl RankChart {
    /// The diagram of at least three pipelines.
    pub(in super::super) fn new(
        contents: &Contents,
        comparison: &ComparisonResult,
    ) -> Option<Self> {
        let order = &comparison.order;
        let axis = Axis::of([1.0, order.len() as f64]);
        let y = |place: usize| place as f64 * LINE + 28.0;
        let lines = order.iter().enumerate().map(|(place, &pipeline)| Line {
            name: contents.pipeline(pipeline).to_owned(),
            short: shortened(contents.pipeline(pipeline)),
            rank: format!("{:.2}", comparison.ranks[pipeline]),
            x: axis.at(comparison.ranks[pipeline]),
            y: y(place),
        });
        let place_of = |pipeline: usize| order.iter().position(|&other| other == pipeline);
        let bars = comparison
            .cliques
            .iter()
            .enumerate()
            .filter_map(|(bar, clique)| {
                let places = clique.iter().copied().filter_map(place_of);
                let names: Vec<_> = clique
                    .iter()
                    .map(|&pipeline| contents.pipeline(pipeline))
                    .collect();
                Some(Bar {
                    x: px(WIDTH - 3.0 - 7.0 * (bar % 2) as f64),
                    top: y(places.clone().min()?) - 8.0,
                    bottom: y(places.max()?) + 8.0,
                    names: names.join(", "),
                })
            });
        let foot = order.len() as f64 * LINE;
        (order.len() >= LEAST).then(|| Self {
            metric: comparison.metric.clone(),
            height: foot + FOOT,
            foot,
            marks: axis.marks(),
            lines: lines.collect(),
            bars: bars.collect(),
        })
    }
}
