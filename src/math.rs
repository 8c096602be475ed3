//! Stable elementary functions and random states of whole matrices.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use crate::random::Lanes;
use crate::Float;

/// Elements that one thread works on and that share a stream of random numbers. It is fixed, so
/// that results do not depend on the number of threads.
const BLOCK_ELEMENTS: usize = 1 << 15;

/// Applies `f` to every block of elements (its number and its values) of a matrix in row-major
/// order.
fn for_each_block<F: Float>(mut matrix: ArrayViewMut2<F>, f: impl Fn(usize, &mut [F]) + Sync) {
    let values = matrix
        .as_slice_mut()
        .expect("matrices of activations are allocated in row-major order");
    if values.len() <= BLOCK_ELEMENTS {
        f(0, values);
    } else {
        let blocks = values.par_chunks_mut(BLOCK_ELEMENTS).enumerate();
        blocks.for_each(|(i, block)| f(i, block));
    }
}

/// Replaces every `x` by `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid<F: Float>(matrix: ArrayViewMut2<F>) {
    for_each_block(matrix, |_, block| F::sigmoid_in_place(block));
}

/// Replaces every `x` by `ln(1 + exp(x))`.
pub(crate) fn softplus_all<F: Float>(matrix: ArrayViewMut2<F>) {
    for_each_block(matrix, |_, block| F::softplus_in_place(block));
}

/// Replaces probabilities by independent Bernoulli states; block `i` draws from the stream
/// `(seed, i)`.
pub(crate) fn bernoulli<F: Float>(probabilities: ArrayViewMut2<F>, seed: u64) {
    for_each_block(probabilities, |i, block| {
        F::bernoulli_in_place(block, &mut Lanes::new(seed, i));
    });
}

/// `ln(1 + exp(x))` without overflow.
pub(crate) fn softplus<F: Float>(x: F) -> F {
    x.max(F::zero()) + (-x.abs()).exp().ln_1p()
}

/// `-p ln p - (1 - p) ln(1 - p)`, zero at both ends.
pub(crate) fn binary_entropy<F: Float>(p: F) -> F {
    let term = |p: F| {
        if p > F::zero() {
            -p * p.ln()
        } else {
            F::zero()
        }
    };
    term(p) + term(F::one() - p)
}

/// `ln(p / (1 - p))`.
pub(crate) fn logit<F: Float>(p: F) -> F {
    (p / (F::one() - p)).ln()
}

/// The rows of `indices`, in that order.
pub(crate) fn select_rows<F: Float>(matrix: ArrayView2<F>, indices: &[usize]) -> Array2<F> {
    let mut rows = Array2::zeros((indices.len(), matrix.ncols()));
    for (mut row, &index) in rows.rows_mut().into_iter().zip(indices) {
        row.assign(&matrix.row(index));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softplus_is_stable() {
        assert_eq!(softplus(1000.0_f32), 1000.0);
        assert_eq!(softplus(-1000.0_f32), 0.0);
        assert!((softplus(0.0_f64) - std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn entropy_vanishes_at_certainty() {
        assert_eq!(binary_entropy(0.0_f64), 0.0);
        assert_eq!(binary_entropy(1.0_f64), 0.0);
        assert!((binary_entropy(0.5_f64) - std::f64::consts::LN_2).abs() < 1e-15);
    }

    /// The streams are part of the crate's promise that a seed gives the same bits.
    #[test]
    fn states_are_pinned() {
        let mut states = Array2::from_elem((2, 8), 0.5_f64);
        bernoulli(states.view_mut(), 42);
        let bits: Vec<u8> = states.iter().map(|&x| x as u8).collect();
        let mut again = Array2::from_elem((2, 8), 0.5_f32);
        bernoulli(again.view_mut(), 42);
        assert_eq!(bits, again.iter().map(|&x| x as u8).collect::<Vec<_>>());
        assert_eq!(bits, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1]);
    }

    /// The mean of n Bernoulli(p) states stays within 5 standard deviations of p.
    #[test]
    fn states_have_their_probabilities() {
        let (n, p) = (100_000.0_f64, 0.3_f64);
        let mut states = Array2::from_elem((1000, 100), p);
        bernoulli(states.view_mut(), 1);
        let bound = 5.0 * (p * (1.0 - p) / n).sqrt();
        assert!((states.sum() / n - p).abs() < bound);
    }
}
