//! Visible biases from the means of records.

use ndarray::Array1;

use super::units::VisibleUnits;
use crate::Float;
use crate::numerics::scalar::logit;

/// The biases of independent units with the given means: the means themselves for Gaussian units;
/// the logits of the means, clamped to `[0.01, 0.99]`, for binary ones.
pub(crate) fn visible_biases<F: Float>(means: &Array1<F>, visible: VisibleUnits) -> Array1<F> {
    let [low, high] = [0.01, 0.99].map(F::cast);
    match visible {
        VisibleUnits::Binary => means.mapv(|p| logit(p.max(low).min(high))),
        VisibleUnits::Gaussian => means.clone(),
    }
}
