//! The choice of an information matrix.

use crate::Result;
use crate::error::FisherError;

/// Approximation of the Fisher information matrix `F` in the kernel `phi(x)' F^-1 phi(y)`.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Information;
///
/// let idfk = Information::LowRank { rank: 256, damping: 1e-4 };
/// assert_ne!(idfk, Information::full_rank(1e-4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Information {
    /// The identity: the Fisher kernel of an RBM (FK) or of a DBM (DFK).
    Identity,
    /// The variances of the scores: each score is clipped to its bounds in the training data,
    /// centred, and divided by `sqrt(variance + damping * largest variance)`. A score that is
    /// constant in training, up to rounding, becomes 0. No feature is larger than `sqrt(n - 1)`
    /// or the range of its score over `sqrt(damping * largest variance)`.
    Diagonal {
        /// What is added to every variance, relative to the largest one; at least 0.
        damping: f64,
    },
    /// The leading eigenvectors of the empirical Fisher information, the covariance
    /// `F = U S U'` (over `n`) of the normalised training scores: features
    /// `(S + damping * s_max)^(-1/2) U' (phi - mean)`, the improved deep Fisher kernel (IDFK).
    LowRank {
        /// Largest number of directions, at least 1; directions without variance are dropped.
        rank: usize,
        /// What is added to every eigenvalue, relative to the largest one; at least 0.
        damping: f64,
    },
    /// The diagonal of `F` in the closed form that the model has for it, as a
    /// [`GaussianMixtureScore`](crate::fisher::GaussianMixtureScore) has: each score is divided by
    /// the square root of its entry, and nothing is estimated from the training scores. Scores are
    /// not scaled before; their features may be, by [`feature_scaling`].
    ///
    /// [`feature_scaling`]: crate::fisher::FisherFeaturesParams::feature_scaling
    Analytical,
}

impl Information {
    /// All directions in which the training scores vary.
    pub fn full_rank(damping: impl Into<f64>) -> Self {
        Self::LowRank {
            rank: usize::MAX,
            damping: damping.into(),
        }
    }

    /// Checks the settings of the kind.
    ///
    /// # Errors
    ///
    /// [`InvalidRank`](crate::error::FisherError::InvalidRank),
    /// [`InvalidDamping`](crate::error::FisherError::InvalidDamping).
    pub(in crate::fisher) fn check(&self) -> Result<()> {
        match *self {
            Self::Identity | Self::Analytical => Ok(()),
            Self::LowRank { rank: 0, .. } => Err(FisherError::InvalidRank(0).into()),
            Self::Diagonal { damping } | Self::LowRank { damping, .. } => check_damping(damping),
        }
    }

    /// Whether the kind has to know which scores vary.
    pub(in crate::fisher) fn needs_bounds(&self) -> bool {
        matches!(self, Self::Diagonal { .. } | Self::LowRank { .. })
    }
}

/// Checks that damping is a finite number of at least 0.
pub(super) fn check_damping(damping: f64) -> Result<()> {
    match damping >= 0.0 && damping.is_finite() {
        true => Ok(()),
        false => Err(FisherError::InvalidDamping(damping).into()),
    }
}
