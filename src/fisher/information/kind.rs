//! The choice of an information matrix.

use super::low_rank;
use crate::{Float, Result};

/// Approximation of the Fisher information matrix `F` in the kernel `phi(x)' F^-1 phi(y)`.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Information;
///
/// let idfk = Information::LowRank { rank: 256, damping: 1e-4_f32 };
/// assert_ne!(idfk, Information::full_rank(1e-4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Information<F> {
    /// The identity: the Fisher kernel of an RBM (FK) or of a DBM (DFK).
    Identity,
    /// The variances of the scores: each score is centred and divided by its standard deviation; a
    /// score that does not vary in training becomes 0.
    Diagonal,
    /// The leading eigenvectors of the empirical Fisher information, the covariance
    /// `F = U S U'` (over `n`) of the normalised training scores: features
    /// `(S + damping * s_max)^(-1/2) U' (phi - mean)`, the improved deep Fisher kernel (IDFK).
    LowRank {
        /// Largest number of directions, at least 1; directions without variance are dropped.
        rank: usize,
        /// What is added to every eigenvalue, relative to the largest one; at least 0.
        damping: F,
    },
}

impl<F: Float> Information<F> {
    /// All directions in which the training scores vary.
    pub fn full_rank(damping: F) -> Self {
        Self::LowRank {
            rank: usize::MAX,
            damping,
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
            Self::Identity | Self::Diagonal => Ok(()),
            Self::LowRank { rank, damping } => low_rank::check(rank, damping),
        }
    }
}
