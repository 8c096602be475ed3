//! Curves in the unit square.

use serde_crate::Serialize;

use super::axis::Mark;
use super::px;
use crate::report::validation::calibration::Calibration;
use crate::report::validation::contents::Contents;
use crate::report::validation::roc::{Point, Roc};
use crate::report::validation::table::number;

/// Place of the square's left and upper edges.
const LEFT: f64 = 44.0;
const TOP: f64 = 8.0;
/// Length of its sides.
const SIDE: f64 = 284.0;
/// Radius of the largest dot.
const RADIUS: f64 = 9.0;

/// A unit square with curves in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(in super::super) struct SquareChart {
    left: f64,
    top: f64,
    side: f64,
    height: f64,
    x_label: &'static str,
    y_label: &'static str,
    x_marks: Vec<Mark>,
    y_marks: Vec<Mark>,
    curves: Vec<Curve>,
    dots: Vec<Dot>,
}

/// A curve and its line in the legend.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Curve {
    name: String,
    /// Number of its colour and dashes.
    style: usize,
    /// Pairs of places, as an SVG polyline has them.
    points: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Dot {
    x: f64,
    y: f64,
    r: f64,
    text: String,
}

impl SquareChart {
    /// The ROC curves of classes, and their mean.
    pub(in super::super) fn of_roc(roc: &Roc, contents: &Contents) -> Self {
        let mean = format!("mean of all classes, area {}", number(roc.macro_area));
        let mean = Curve::new(mean, 0, roc.macro_curve.iter().copied());
        let curves = roc.curves.iter().enumerate().map(|(place, curve)| {
            let class = contents.class(curve.class);
            let name = format!("class {class}, area {}", number(curve.area));
            Curve::new(name, place + 1, curve.points.iter().copied())
        });
        let labels = ("false positive rate", "true positive rate");
        Self::new(
            labels,
            std::iter::once(mean).chain(curves).collect(),
            Vec::new(),
        )
    }

    /// The reliability curve, with dots whose area is the number of rows.
    pub(in super::super) fn of_calibration(calibration: &Calibration) -> Self {
        let bins = &calibration.bins;
        let points = bins.iter().map(|bin| (bin.predicted, bin.observed));
        let name = format!(
            "expected calibration error {}",
            number(calibration.expected_error)
        );
        let most = bins.iter().map(|bin| bin.rows).max().unwrap_or(1) as f64;
        let dots = bins.iter().map(|bin| Dot {
            x: x(bin.predicted),
            y: y(bin.observed),
            r: px(2.0 + (RADIUS - 2.0) * (bin.rows as f64 / most).sqrt()),
            text: format!(
                "{} rows: confidence {}, right {}",
                bin.rows,
                number(bin.predicted),
                number(bin.observed)
            ),
        });
        let labels = ("mean confidence", "share of rows that are right");
        Self::new(labels, vec![Curve::new(name, 0, points)], dots.collect())
    }

    fn new(labels: (&'static str, &'static str), curves: Vec<Curve>, dots: Vec<Dot>) -> Self {
        let marks = |place: fn(f64) -> f64| {
            let shares = [0.0, 0.25, 0.5, 0.75, 1.0];
            let mark = |share: f64| Mark {
                at: place(share),
                label: share.to_string(),
            };
            shares.map(mark).to_vec()
        };
        Self {
            left: LEFT,
            top: TOP,
            side: SIDE,
            height: TOP + SIDE + 40.0,
            x_label: labels.0,
            y_label: labels.1,
            x_marks: marks(x),
            y_marks: marks(y),
            curves,
            dots,
        }
    }
}

impl Curve {
    fn new(name: String, style: usize, points: impl Iterator<Item = Point>) -> Self {
        let points: Vec<_> = points.map(|(a, b)| format!("{},{}", x(a), y(b))).collect();
        Self {
            name,
            style,
            points: points.join(" "),
        }
    }
}

fn x(share: f64) -> f64 {
    px(LEFT + SIDE * share)
}

fn y(share: f64) -> f64 {
    px(TOP + SIDE * (1.0 - share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_runs_from_the_lower_left_to_the_upper_right() {
        let curve = Curve::new(
            "c".to_owned(),
            1,
            [(0.0, 0.0), (0.5, 0.75), (1.0, 1.0)].into_iter(),
        );
        assert_eq!(curve.points, "44,292 186,79 328,8");
    }
}
