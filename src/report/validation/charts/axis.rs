//! Axes.

use serde_crate::Serialize;

use super::{WIDTH, px};
use crate::report::plot::{Tick, fraction, ticks};

/// Room beside the ends of an axis, for half a number.
const MARGIN: f64 = 16.0;

/// A number at its place along an axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Mark {
    pub(super) at: f64,
    pub(super) label: String,
}

/// A linear scale from the left to the right of a drawing.
pub(super) struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// The scale that shows all of these numbers, of which those that are not finite are left out.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = finite.fold(ends, |(low, high), value| (low.min(value), high.max(value)));
        match low <= high {
            true => Self { low, high },
            false => Self {
                low: 0.0,
                high: 1.0,
            },
        }
    }

    /// The place of a number.
    pub(super) fn at(&self, value: f64) -> f64 {
        let room = WIDTH - 2.0 * MARGIN;
        px(MARGIN + room * fraction(value, self.low, self.high))
    }

    /// Round numbers at their places.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let mark = |Tick { value, label }: Tick| Mark {
            at: self.at(value),
            label,
        };
        ticks(self.low, self.high).into_iter().map(mark).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_places() {
        let axis = Axis::of([0.5, f64::NAN, 1.0, 0.75]);
        assert_eq!([0.5, 0.75, 1.0].map(|x| axis.at(x)), [16.0, 170.0, 324.0]);
        let labels: Vec<_> = axis.marks().into_iter().map(|mark| mark.label).collect();
        assert_eq!(labels, ["0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]);
        assert_eq!(Axis::of([f64::NAN]).at(0.5), 170.0);
        assert_eq!(Axis::of([2.0, 2.0]).at(2.0), 170.0);
    }
}
