//! The share of right predictions.

use ndarray::Array1;

/// The share of right predictions in per cent.
pub(crate) fn accuracy(predicted: &Array1<usize>, targets: &Array1<usize>) -> f32 {
    let right = predicted
        .iter()
        .zip(targets)
        .filter(|(a, b)| a == b)
        .count();
    100.0 * right as f32 / targets.len() as f32
}
