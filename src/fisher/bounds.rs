//! Bounds of scores in the training data, and which scores vary there.

use ndarray::{Array1, Zip};

use crate::Float;
use crate::numerics::columns::Extremes;

/// The least and the largest value of each of `p` scores in the training data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FittedBounds<F> {
    pub(super) least: Array1<F>,
    pub(super) most: Array1<F>,
    /// Whether the score varies by more than rounding.
    pub(super) varies: Array1<bool>,
}

impl<F: Float> FittedBounds<F> {
    /// The bounds of the training scores, which are statistics minus their `expectation`.
    pub(super) fn new(extremes: Extremes<F>, expectation: &Array1<F>) -> Self {
        let Extremes { least, most } = extremes;
        let varies = Zip::from(&least)
            .and(&most)
            .and(expectation)
            .map_collect(|&least, &most, &expectation| varies(least, most, expectation));
        Self {
            least,
            most,
            varies,
        }
    }
}

/// Whether a score varies by more than rounding. A statistic, which is the score plus its
/// expectation, is known to a few units in its last place; the score inherits that error however
/// small it is itself.
fn varies<F: Float>(least: F, most: F, expectation: F) -> bool {
    let magnitude = least.abs().max(most.abs()).max(expectation.abs());
    most - least > F::cast(4.0) * F::epsilon() * magnitude
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array};

    use super::*;

    #[test]
    fn blocks_merge_to_the_bounds_of_the_whole() {
        let train = Array2::from_shape_fn((6, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64);
        let bounds = |rows| {
            let mut extremes = Extremes::new(3);
            let blocks = train.axis_chunks_iter(Axis(0), rows);
            blocks.for_each(|block| extremes.extend(block));
            FittedBounds::new(extremes, &Array1::zeros(3))
        };
        assert_eq!(bounds(4), bounds(6));
        assert_eq!(bounds(6).least, array![0.0, 0.0, 1.0]);
        assert_eq!(bounds(6).most, array![10.0, 8.0, 10.0]);
    }

    /// Statistics of 0.7 that differ in the last place, less an expectation of 0.7: only rounding
    /// is left. The same difference of small statistics is information.
    #[test]
    fn rounding_is_no_variation() {
        let ulp = f32::EPSILON / 2.0;
        let mut extremes = Extremes::new(3);
        extremes.extend(array![[0.0, 0.0, 0.3], [ulp, ulp, 0.3]].view());
        let bounds = FittedBounds::new(extremes, &array![0.7, 0.0, 0.0]);
        assert_eq!(bounds.varies, array![false, true, false]);
    }
}
