//! The identity as the information matrix: scores are the features.

use ndarray::{Array1, Array2};

use super::whitening::Whitening;
use crate::Float;
#[cfg(feature = "serde")]
use crate::Result;

/// Leaves the scores as they are.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Identity;

impl<F: Float> Whitening<F> for Identity {
    fn apply(&self, scores: Array2<F>) -> Array2<F> {
        scores
    }

    fn adjoint(&self, whitened: Array1<F>) -> Array1<F> {
        whitened
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, _p: usize) -> Result<()> {
        Ok(())
    }
}
