//! The variances of the scores: each feature is standardised.

use ndarray::{Array1, Array2, Axis, Zip};

use super::whitening::Whitening;
use crate::fisher::scaling::reciprocal;
use crate::fisher::streaming::Blocks;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Standardisation of each of `p` scores: `(x - centre) * factor`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Diagonal<F> {
    /// Means of the training scores.
    centre: Array1<F>,
    /// Reciprocals of their standard deviations, 0 for a score that does not vary.
    factor: Array1<F>,
}

impl<F: Float> Diagonal<F> {
    /// Learns the means and variances of the training scores.
    ///
    /// # Errors
    ///
    /// Those of computing the scores.
    pub(super) fn fit(blocks: &Blocks<F>) -> Result<Self> {
        let mean = blocks.mean()?;
        let variance = variance(blocks, &mean)?;
        let factor = Zip::from(&mean)
            .and(&variance)
            .map_collect(|&m, &s| standardising_factor(m, s.sqrt(), blocks.samples()));
        Ok(Self {
            factor,
            centre: mean.mapv(F::cast),
        })
    }
}

impl<F: Float> Whitening<F> for Diagonal<F> {
    /// Standardises the scores, `n x p`.
    fn apply(&self, mut scores: Array2<F>) -> Array2<F> {
        scores -= &self.centre;
        scores *= &self.factor;
        scores
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        check_shape_of("centre of the scores", self.centre.shape(), &[p])?;
        check_numbers("the centre of the scores", &self.centre, F::is_finite)?;
        check_shape_of("factors of the scores", self.factor.shape(), &[p])?;
        check_numbers("the factors of the scores", &self.factor, F::is_finite)
    }
}

/// Variance of each score about its mean, over `n`.
fn variance<F: Float>(blocks: &Blocks<F>, mean: &Array1<f64>) -> Result<Array1<f64>> {
    let mut variance = Array1::zeros(blocks.length());
    for range in blocks.ranges() {
        let squares = blocks.centred(range, mean)?.mapv_into(|x| x * x);
        variance += &squares.sum_axis(Axis(0));
    }
    Ok(variance / blocks.samples() as f64)
}

/// The reciprocal of a score's standard deviation, or 0 if the deviation is no more than what
/// rounding leaves of a constant: a score is known to its type's precision, and a mean of
/// `samples` numbers to `samples` times that of `f64`, both relative to the mean.
fn standardising_factor<F: Float>(mean: f64, deviation: f64, samples: usize) -> F {
    let epsilon = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    let rounding = epsilon.max(samples as f64 * f64::EPSILON);
    if deviation > rounding * mean.abs() {
        reciprocal(F::cast(deviation))
    } else {
        F::zero()
    }
}
