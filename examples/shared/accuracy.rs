//! The share of right predictions.

use ndarray::{Array1, ArrayView1};

/// The place of the largest value, the first of equals, and the value.
pub(crate) fn largest(values: ArrayView1<f32>) -> (usize, f32) {
    let pairs = values.iter().copied().enumerate();
    pairs.fold((0, f32::NEG_INFINITY), |best, new| {
        if new.1 > best.1 { new } else { best }
    })
}

/// The share of right predictions in per cent.
pub(crate) fn accuracy(predicted: &Array1<usize>, targets: &Array1<usize>) -> f32 {
    let right = predicted
        .iter()
        .zip(targets)
        .filter(|(a, b)| a == b)
        .count();
    100.0 * right as f32 / targets.len() as f32
}
