//! The variances of the scores: each feature is standardised.

use ndarray::{Array1, Array2, Zip};

use super::whitening::Whitening;
use crate::fisher::moments::ScoreMoments;
use crate::fisher::scaling::reciprocal;
use crate::fisher::streaming::Blocks;
use crate::numerics::columns::Extremes;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Standardisation of each of `p` scores, clipped to its bounds in the training data:
/// `(clipped x - centre) * factor`.
///
/// No training score is further from the mean of `n` than `sqrt(n - 1)` standard deviations
/// (Samuelson 1968), and so no feature of any sample is larger.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Diagonal<F> {
    least: Array1<F>,
    most: Array1<F>,
    /// Means of the training scores.
    centre: Array1<F>,
    /// Reciprocals of their damped standard deviations, 0 for a score that does not vary.
    factor: Array1<F>,
}

impl<F: Float> Diagonal<F> {
    /// Learns the bounds, means and variances of the training scores. Those of which `varies` says
    /// that they do not are constant up to rounding.
    ///
    /// # Errors
    ///
    /// Those of computing the scores.
    pub(super) fn fit(
        damping: f64,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
    ) -> Result<Self> {
        let mean = blocks.mean()?;
        let (variance, extremes) = variance(blocks, &mean)?;
        Ok(Self::new(damping, &mean, variance, extremes, varies))
    }

    /// As [`fit`](Self::fit), from moments of scores.
    pub(super) fn of_moments(
        damping: f64,
        moments: &ScoreMoments,
        varies: Option<&Array1<bool>>,
    ) -> Self {
        let variance = moments.variances();
        Self::new(
            damping,
            moments.mean(),
            variance,
            moments.extremes(),
            varies,
        )
    }

    fn new(
        damping: f64,
        mean: &Array1<f64>,
        variance: Array1<f64>,
        Extremes { least, most }: Extremes<F>,
        varies: Option<&Array1<bool>>,
    ) -> Self {
        let largest = variance.fold(0.0, |a: f64, &b| a.max(b));
        let damping = damping * largest;
        let mut factor = variance.mapv(|v| reciprocal(F::cast((v + damping).sqrt())));
        let unit = |&varies: &bool| if varies { F::one() } else { F::zero() };
        if let Some(varies) = varies {
            factor *= &varies.map(unit);
        }
        Self {
            least,
            most,
            centre: mean.mapv(F::cast),
            factor,
        }
    }
}

impl<F: Float> Whitening<F> for Diagonal<F> {
    /// Standardises the scores, `n x p`.
    fn apply(&self, mut scores: Array2<F>) -> Array2<F> {
        for mut row in scores.rows_mut() {
            Zip::from(&mut row)
                .and(&self.least)
                .and(&self.most)
                .for_each(|x, &least, &most| *x = x.max(least).min(most));
        }
        scores -= &self.centre;
        scores *= &self.factor;
        scores
    }

    fn adjoint(&self, whitened: Array1<F>) -> Array1<F> {
        whitened * &self.factor
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        check_shape_of("lower bounds of the scores", self.least.shape(), &[p])?;
        check_numbers("the lower bounds of the scores", &self.least, F::is_finite)?;
        check_shape_of("upper bounds of the scores", self.most.shape(), &[p])?;
        check_numbers("the upper bounds of the scores", &self.most, F::is_finite)?;
        check_shape_of("centre of the scores", self.centre.shape(), &[p])?;
        check_numbers("the centre of the scores", &self.centre, F::is_finite)?;
        check_shape_of("factors of the scores", self.factor.shape(), &[p])?;
        check_numbers("the factors of the scores", &self.factor, F::is_finite)
    }
}

/// Variance of each score about its mean, over `n`, and its bounds.
fn variance<F: Float>(
    blocks: &Blocks<F>,
    mean: &Array1<f64>,
) -> Result<(Array1<f64>, Extremes<F>)> {
    let mut variance = Array1::<f64>::zeros(blocks.length());
    let mut extremes = Extremes::new(blocks.length());
    for range in blocks.ranges() {
        let rows = blocks.rows(range)?;
        extremes.extend(rows.view());
        for row in rows.rows() {
            Zip::from(&mut variance)
                .and(&row)
                .and(mean)
                .for_each(|sum, x, mean| *sum += (x.to_f64().unwrap_or(f64::NAN) - mean).powi(2));
        }
    }
    Ok((variance / blocks.samples() as f64, extremes))
}
