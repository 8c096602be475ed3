//! What every kind of information offers once it is fitted.

use ndarray::{Array1, Array2};

use super::basis::Basis;
use super::projection::Projection;
use crate::Float;
#[cfg(feature = "serde")]
use crate::Result;

/// The whitening of normalised scores by an information matrix.
pub(super) trait Whitening<F: Float> {
    /// The whitened scores, `n x r` from `n x p`.
    fn apply(&self, scores: Array2<F>) -> Array2<F>;

    /// The adjoint of [`apply`](Self::apply) but for its shift: `p` numbers whose product with
    /// scores is that of these `r` with the whitened scores, up to a constant.
    fn adjoint(&self, whitened: Array1<F>) -> Array1<F>;

    /// The same as a projection of scores that need not be written out, if it is one.
    fn projection(&self) -> Option<Projection<'_, F>> {
        None
    }

    /// The basis that whitened scores are coordinates in; `None` if there is one feature for each
    /// of the `p` scores.
    fn basis(&self) -> Option<&Basis<F>> {
        None
    }

    /// Checks loaded parts, which must fit `p` scores.
    ///
    /// # Errors
    ///
    /// [`PersistenceError`](crate::error::PersistenceError) for parts of other shapes, or numbers
    /// that are out of range.
    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()>;
}
