//! Receiver operating characteristics of pooled decision values, one class against the rest.

use linfa::Label;
use ndarray::Array1;
use serde_crate::Serialize;

use super::pooled::Pooled;
use crate::metrics::RocCurve;

/// Classes at most of which every curve is drawn.
const ALL_CURVES: usize = 8;
/// Curves of the lowest areas that are drawn of more classes.
const LOWEST_CURVES: usize = 5;
/// Steps of the false positive rate at which curves are averaged.
const STEPS: usize = 100;
/// Two points of a curve that are nearer than this cannot be told apart in a picture.
const RESOLUTION: f64 = 0.005;

/// A point of a curve: false and true positive rate.
pub(super) type Point = (f64, f64);

/// The curves of all classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Roc {
    /// The area of every class of the dataset; `None` for one without validated rows.
    pub(super) areas: Vec<Option<f64>>,
    /// The mean of the areas.
    pub(super) macro_area: f64,
    /// The mean of the curves, at equal steps of the false positive rate.
    pub(super) macro_curve: Vec<Point>,
    /// The curves of all classes or, of more than eight, the five of the lowest areas.
    pub(super) curves: Vec<ClassCurve>,
}

/// The curve of one class against the rest, without points that no picture shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct ClassCurve {
    /// Place of the class in the dataset.
    pub(super) class: usize,
    pub(super) area: f64,
    pub(super) points: Vec<Point>,
}

impl Roc {
    /// The curves of pooled values, or why there are none.
    pub(super) fn new<L: Label>(pooled: &Pooled<L>) -> Result<Self, String> {
        let of_class = |class: usize| {
            let positive: Array1<bool> = pooled.truth.mapv(|label| label == pooled.classes[class]);
            RocCurve::new(pooled.values.column(class), positive.view())
        };
        let curves: Vec<_> = (0..pooled.classes.len()).map(of_class).collect();
        let known: Vec<(usize, &RocCurve)> = curves
            .iter()
            .enumerate()
            .filter_map(|(class, curve)| Some((class, curve.as_ref().ok()?)))
            .collect();
        if let (true, Some(Err(fault))) = (known.is_empty(), curves.first()) {
            return Err(fault.to_string());
        }
        let areas = curves.iter().map(|curve| Some(curve.as_ref().ok()?.area()));
        let total: f64 = known.iter().map(|(_, curve)| curve.area()).sum();
        Ok(Self {
            areas: areas.collect(),
            macro_area: total / known.len() as f64,
            macro_curve: mean_curve(&known),
            curves: drawn(known),
        })
    }
}

/// The mean true positive rate at equal steps of the false positive rate, from the origin.
fn mean_curve(curves: &[(usize, &RocCurve)]) -> Vec<Point> {
    let mean = |step: usize| {
        let x = step as f64 / STEPS as f64;
        let rates = curves.iter().map(|(_, curve)| rate_at(curve, x));
        (x, rates.sum::<f64>() / curves.len() as f64)
    };
    std::iter::once((0.0, 0.0))
        .chain((0..=STEPS).map(mean))
        .collect()
}

/// The true positive rate at a false positive rate in `[0, 1]`, between two points by a straight
/// line; of several points at this rate the highest.
fn rate_at(curve: &RocCurve, x: f64) -> f64 {
    let (xs, ys) = (curve.false_positive_rates(), curve.true_positive_rates());
    let next = xs.iter().take_while(|&&rate| rate <= x).count();
    match (xs.get(next), ys.get(next)) {
        (Some(right), Some(top)) => {
            let (left, bottom) = (xs[next - 1], ys[next - 1]);
            bottom + (top - bottom) * (x - left) / (right - left)
        }
        _ => 1.0,
    }
}

/// The curves that are drawn, in the order of classes or, of many, the lowest areas first.
fn drawn(mut curves: Vec<(usize, &RocCurve)>) -> Vec<ClassCurve> {
    if curves.len() > ALL_CURVES {
        curves.sort_by(|a, b| a.1.area().total_cmp(&b.1.area()));
        curves.truncate(LOWEST_CURVES);
    }
    let curve = |(class, curve): (usize, &RocCurve)| ClassCurve {
        class,
        area: curve.area(),
        points: visible_points(curve),
    };
    curves.into_iter().map(curve).collect()
}

/// The points that are far enough from the one before, and the last one.
fn visible_points(curve: &RocCurve) -> Vec<Point> {
    let xs = curve.false_positive_rates().into_iter();
    let mut points: Vec<Point> = Vec::new();
    for (&x, &y) in xs.zip(curve.true_positive_rates()) {
        let near = |&(a, b): &Point| x - a + y - b < RESOLUTION;
        if !points.last().is_some_and(near) {
            points.push((x, y));
        }
    }
    if points.last() != Some(&(1.0, 1.0)) {
        points.push((1.0, 1.0));
    }
    points
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn curves_and_areas_are_worked_by_hand() {
        let pooled = Pooled {
            classes: &["a", "b"],
            values: array![[0.9, 0.1], [0.4, 0.6], [0.65, 0.35], [0.2, 0.8]],
            truth: array!["a", "a", "b", "b"],
        };
        let roc = Roc::new(&pooled).unwrap();
        // of four pairs of an a and a b, one is in the wrong order
        assert_eq!(roc.areas, [Some(0.75), Some(0.75)]);
        assert_eq!(roc.macro_area, 0.75);
        let expected = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)];
        assert_eq!(roc.curves[0].points, expected);
        assert_eq!(roc.macro_curve[..2], [(0.0, 0.0), (0.0, 0.5)]);
        assert_eq!(roc.macro_curve[50], (0.49, 0.5));
        assert_eq!(roc.macro_curve[51], (0.5, 1.0));
    }

    /// A mean of areas is the area of the mean curve.
    #[test]
    fn the_lowest_areas_of_many_classes_are_drawn() {
        let classes: Vec<usize> = (0..12).collect();
        let values = Array2::from_shape_fn((240, 12), |(row, class)| {
            let noise = ((row * 7919 + class * 104_729) % 1009) as f64 / 1009.0;
            noise
                + if row % 12 == class {
                    class as f64 / 20.0
                } else {
                    0.0
                }
        });
        let truth = Array1::from_shape_fn(240, |row| row % 12);
        let classes = &classes;
        let roc = Roc::new(&Pooled {
            classes,
            values,
            truth,
        })
        .unwrap();
        assert_eq!(roc.curves.len(), LOWEST_CURVES);
        let lowest = roc.curves.last().unwrap().area;
        let below = roc.areas.iter().flatten().filter(|&&area| area < lowest);
        assert_eq!(below.count(), LOWEST_CURVES - 1);
        let strips = roc.macro_curve.windows(2);
        let area: f64 = strips
            .map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0)
            .sum();
        // a hundred steps know the steps of each curve to half of one
        assert!((area - roc.macro_area).abs() < 0.005, "{area}");
    }

    #[test]
    fn a_class_without_rows_has_no_area() {
        let pooled = Pooled {
            classes: &[1, 2, 3],
            values: array![[0.9, 0.1, 0.0], [0.1, 0.9, 0.0]],
            truth: array![1, 2],
        };
        let roc = Roc::new(&pooled).unwrap();
        assert_eq!(roc.areas, [Some(1.0), Some(1.0), None]);
        let truth = array![1, 1];
        let fault = Roc::new(&Pooled { truth, ..pooled }).unwrap_err();
        assert!(
            fault.starts_with("none of the 2 samples is negative"),
            "{fault}"
        );
    }
}
