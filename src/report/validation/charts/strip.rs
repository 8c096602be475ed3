//! A strip plot: a line a pipeline, a dot a fold, the mean and its interval.

use serde_crate::Serialize;

use super::axis::{Axis, Mark};
use super::{px, shortened};
use crate::report::validation::contents::Contents;
use crate::report::validation::pipeline::Scores;
use crate::report::validation::table::{interval, number};

/// Height of a pipeline's name and line.
const LINE: f64 = 48.0;
/// Height of the numbers along the axis.
const FOOT: f64 = 22.0;
/// Rows of dots, so that equal folds do not hide each other.
const LANES: usize = 5;

/// The values of one metric in all folds of all pipelines that have some.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(in super::super) struct StripChart {
    metric: String,
    height: f64,
    foot: f64,
    marks: Vec<Mark>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Line {
    name: String,
    short: String,
    text: String,
    y: f64,
    mean: f64,
    /// Both ends of the interval, if there is one.
    interval: Option<(f64, f64)>,
    dots: Vec<Dot>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Dot {
    x: f64,
    y: f64,
    text: String,
}

impl StripChart {
    /// The strip plot of the metric at a place, of the pipelines that have a finite value in every
    /// fold; `None` if there are none.
    pub(in super::super) fn new(contents: &Contents, metric: usize) -> Option<Self> {
        let pipelines = contents.pipelines.iter();
        let known: Vec<_> = pipelines
            .filter_map(|pipeline| Some((pipeline, pipeline.scores(metric)?)))
            .filter(|(_, scores)| scores.values.iter().all(|value| value.is_finite()))
            .collect();
        let shown = known.iter().flat_map(|(_, scores)| {
            let (low, high) = scores.interval;
            scores.values.iter().copied().chain([low, high])
        });
        let axis = Axis::of(shown);
        let foot = known.len() as f64 * LINE;
        let lines = known.iter().enumerate().map(|(place, (pipeline, scores))| {
            let folds = pipeline.folds.iter().map(|fold| fold.fold);
            Line::new(&pipeline.name, folds, scores, &axis, place as f64 * LINE)
        });
        (!known.is_empty()).then(|| Self {
            metric: contents.metrics[metric].clone(),
            height: foot + FOOT,
            foot,
            marks: axis.marks(),
            lines: lines.collect(),
        })
    }
}

impl Line {
    fn new(
        name: &str,
        folds: impl Iterator<Item = usize>,
        scores: &Scores,
        axis: &Axis,
        top: f64,
    ) -> Self {
        let y = top + 32.0;
        let dot = |(place, (fold, &value)): (usize, (usize, &f64))| Dot {
            x: axis.at(value),
            y: px(y + 3.5 * ((place % LANES) as f64 - (LANES / 2) as f64)),
            text: format!("fold {fold}: {}", number(value)),
        };
        let (low, high) = scores.interval;
        let dots = folds.zip(&scores.values).enumerate();
        Self {
            name: name.to_owned(),
            short: shortened(name),
            text: format!(
                "mean {}, interval {}",
                number(scores.mean),
                interval(scores.interval, number)
            ),
            y,
            mean: axis.at(scores.mean),
            interval: (!low.is_nan()).then(|| (axis.at(low), axis.at(high))),
            dots: dots.map(dot).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_at_the_values_of_the_folds() {
        let scores = |interval| Scores {
            values: vec![0.5, 1.0, 0.5],
            mean: 0.75,
            std_dev: f64::NAN,
            std_error: f64::NAN,
            interval,
        };
        let axis = Axis::of([0.5, 1.0]);
        let line = Line::new("p", [1, 2, 4].into_iter(), &scores((0.5, 1.0)), &axis, 0.0);
        let xs: Vec<_> = line.dots.iter().map(|dot| dot.x).collect();
        assert_eq!(xs, [16.0, 324.0, 16.0]);
        assert!(line.dots[0].y != line.dots[2].y);
        assert_eq!(line.dots[2].text, "fold 4: 0.5000");
        assert_eq!((line.mean, line.interval), (170.0, Some((16.0, 324.0))));
        let none = scores((f64::NAN, f64::NAN));
        let line = Line::new("p", [1, 2, 4].into_iter(), &none, &axis, 0.0);
        assert_eq!(line.interval, None);
        assert_eq!(line.text, "mean 0.7500, interval –");
    }
}
