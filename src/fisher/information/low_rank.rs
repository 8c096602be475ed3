//! The leading eigenvectors of the empirical information matrix: scores are whitened by them.

use ndarray::{Array1, Array2};

use super::basis::Basis;
#[cfg(feature = "serde")]
use super::kind::check_damping;
use super::projection::Projection;
use super::whitening::Whitening;
use crate::error::FisherError;
use crate::fisher::factored::Products;
use crate::fisher::moments::ScoreMoments;
use crate::fisher::streaming::Blocks;
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Whitening of `p` scores: `(S + damping * s_max)^(-1/2) U' (x - centre)`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct LowRank<F> {
    /// Means of the training scores.
    centre: Array1<F>,
    /// The eigenvectors `U`, each times its factor.
    basis: Basis<F>,
    damping: f64,
}

impl<F: Float> LowRank<F> {
    /// Decomposes the covariance of the training scores and keeps at most `rank` directions.
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation) if no score varies,
    /// [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the scores.
    pub(super) fn fit(
        rank: usize,
        damping: f64,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        check_variation(varies, blocks.samples())?;
        let mean = blocks.mean()?;
        let factors = |values: &Array1<f64>| whitening_factors(values, rank, damping);
        Ok(Self {
            basis: Basis::fit(blocks, &mean, rank, factors, observer)?,
            centre: mean.mapv(F::cast),
            damping,
        })
    }

    /// As [`fit`](Self::fit), from moments of scores, of which none is constant up to rounding that
    /// `varies` does not say so of.
    pub(super) fn of_moments(
        rank: usize,
        damping: f64,
        moments: &ScoreMoments,
        varies: Option<&Array1<bool>>,
    ) -> Result<Self> {
        check_variation(varies, moments.samples())?;
        let factors = |values: &Array1<f64>| whitening_factors(values, rank, damping);
        let (mean, covariance) = (moments.mean(), moments.covariance());
        Ok(Self {
            basis: Basis::of_moments(covariance, mean, moments.samples(), factors)?,
            centre: mean.mapv(F::cast),
            damping,
        })
    }

    /// The same eigenvectors, of which `rank` at most are kept, with another damping.
    ///
    /// # Errors
    ///
    /// [`RankNotFitted`](FisherError::RankNotFitted) for more directions than were kept of those in
    /// which the training scores vary.
    pub(super) fn with(&self, rank: usize, damping: f64) -> Result<Self> {
        let (fitted, spectrum) = (self.basis.length(), self.basis.spectrum());
        let rank = match self.basis.is_complete() {
            true => rank.min(spectrum.len()),
            false => rank,
        };
        if rank > fitted {
            return Err(FisherError::RankNotFitted { rank, fitted }.into());
        }
        let [old, new] = [self.damping, damping].map(|d| whitening_factors(spectrum, rank, d));
        if old.iter().any(|&factor| factor == 0.0) {
            return Err(FisherError::InvalidDamping(self.damping).into());
        }
        Ok(Self {
            centre: self.centre.clone(),
            basis: self.basis.rescaled(&(new / old).mapv(F::cast)),
            damping,
        })
    }
}

impl<F: Float> Whitening<F> for LowRank<F> {
    /// Whitens the scores, `n x r` from `n x p`.
    fn apply(&self, scores: Array2<F>) -> Array2<F> {
        let projection = Projection::new(self.basis.directions(), self.centre.view());
        projection.apply(&Products::Written(scores))
    }

    fn adjoint(&self, whitened: Array1<F>) -> Array1<F> {
        self.basis.directions().dot(&whitened)
    }

    fn projection(&self) -> Option<Projection<'_, F>> {
        let directions = self.basis.directions();
        Some(Projection::new(directions, self.centre.view()))
    }

    fn basis(&self) -> Option<&Basis<F>> {
        Some(&self.basis)
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        check_shape_of("centre of the scores", self.centre.shape(), &[p])?;
        check_numbers("the centre of the scores", &self.centre, F::is_finite)?;
        check_damping(self.damping)?;
        self.basis.check_loaded(p)
    }
}

/// Checks that some score varies, if it is known which do.
fn check_variation(varies: Option<&Array1<bool>>, samples: usize) -> Result<()> {
    match varies.is_some_and(|varies| !varies.iter().any(|&varies| varies)) {
        true => Err(FisherError::NoInformation { samples }.into()),
        false => Ok(()),
    }
}

/// `(s + damping * s_max)^(-1/2)` for the largest `rank` eigenvalues `s`.
pub(in crate::fisher) fn whitening_factors(
    values: &Array1<f64>,
    rank: usize,
    damping: f64,
) -> Array1<f64> {
    let damping = damping * values[0];
    let kept = values.iter().take(rank);
    kept.map(|s| 1.0 / (s + damping).sqrt()).collect()
}
