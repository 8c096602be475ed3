//! Bounds of scores in the training data, and which scores vary there.

use ndarray::{Array1, Array2, Zip};

use crate::numerics::columns::Extremes;
use crate::{Float, Result};

/// The least and the largest value of each of `p` scores in the training data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScoreBounds<F> {
    pub(super) least: Array1<F>,
    pub(super) most: Array1<F>,
    /// Whether the score varies by more than rounding.
    pub(super) varies: Array1<bool>,
}

impl<F: Float> ScoreBounds<F> {
    /// The bounds of blocks of training scores, which are statistics minus their `expectation`.
    ///
    /// # Errors
    ///
    /// The first error of a block.
    pub(super) fn of(
        expectation: &Array1<F>,
        blocks: impl Iterator<Item = Result<Array2<F>>>,
    ) -> Result<Self> {
        let mut extremes = Extremes::new(expectation.len());
        for block in blocks {
            extremes.extend(block?.view());
        }
        let Extremes { least, most } = extremes;
        let varies = Zip::from(&least)
            .and(&most)
            .and(expectation)
            .map_collect(|&least, &most, &expectation| varies(least, most, expectation));
        Ok(Self {
            least,
            most,
            varies,
        })
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
    use ndarray::{Axis, array};

    use super::*;
    use crate::Error;
    use crate::error::FisherError;

    #[test]
    fn blocks_merge_to_the_bounds_of_the_whole() {
        let train = Array2::from_shape_fn((6, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64);
        let bounds = |rows| {
            let blocks = train.axis_chunks_iter(Axis(0), rows);
            let blocks = blocks.map(|block| Ok(block.to_owned()));
            ScoreBounds::of(&Array1::zeros(3), blocks).unwrap()
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
        let blocks = [Ok(array![[0.0, 0.0, 0.3], [ulp, ulp, 0.3]])].into_iter();
        let bounds = ScoreBounds::of(&array![0.7, 0.0, 0.0], blocks).unwrap();
        assert_eq!(bounds.varies, array![false, true, false]);
    }

    #[test]
    fn an_error_of_a_block_is_passed_on() {
        let fault = FisherError::InvalidRank(0);
        let blocks = [Ok(array![[1.0]]), Err(fault.into())].into_iter();
        let error = ScoreBounds::of(&array![0.0], blocks).unwrap_err();
        assert!(matches!(error, Error::Fisher(FisherError::InvalidRank(0))));
    }
}
