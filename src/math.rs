//! Stable elementary functions and random states, over blocks of rows.

use ndarray::{Array2, Axis};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::Float;

/// Rows that one thread works on and that share a stream of random numbers. It is fixed, so that
/// results do not depend on the number of threads.
pub(crate) const BLOCK_ROWS: usize = 64;

/// Elements below which a matrix is not worth sharing among threads.
const SHARED_ELEMENTS: usize = 1 << 15;

/// Applies `f` to every block of [`BLOCK_ROWS`] rows (its number and its values, row after row).
fn for_each_block<F: Float>(matrix: &mut Array2<F>, f: impl Fn(usize, &mut [F]) + Sync) {
    let shared = matrix.len() >= SHARED_ELEMENTS;
    let block = BLOCK_ROWS * matrix.ncols().max(1);
    debug_assert!(matrix.is_standard_layout());
    let values = matrix.as_slice_memory_order_mut().unwrap_or_default();
    if shared {
        values
            .par_chunks_mut(block)
            .enumerate()
            .for_each(|(i, rows)| f(i, rows));
    } else {
        values
            .chunks_mut(block)
            .enumerate()
            .for_each(|(i, rows)| f(i, rows));
    }
}

/// Replaces every `x` by `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid_rows<F: Float>(matrix: &mut Array2<F>) {
    for_each_block(matrix, |_, rows| F::sigmoid_in_place(rows));
}

/// Replaces probabilities by independent Bernoulli states; block `i` of the rows draws from the
/// stream `(seed, i)`.
pub(crate) fn sample_rows<F: Float>(probabilities: &mut Array2<F>, seed: u64) {
    for_each_block(probabilities, |i, rows| {
        let mut rng = stream(seed, i);
        for p in rows {
            let on = F::unit_interval(rng.next_u64()) < *p;
            *p = if on { F::one() } else { F::zero() };
        }
    });
}

/// The random numbers of block `i` of a computation that was given `seed`.
fn stream(seed: u64, i: usize) -> Xoshiro256Plus {
    const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;
    Xoshiro256Plus::seed_from_u64(seed ^ (i as u64).wrapping_mul(GOLDEN_RATIO))
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
pub(crate) fn select_rows<F: Float>(
    matrix: ndarray::ArrayView2<F>,
    indices: &[usize],
) -> Array2<F> {
    matrix.select(Axis(0), indices)
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
        sample_rows(&mut states, 42);
        let bits: Vec<u8> = states.iter().map(|&x| x as u8).collect();
        let mut again = Array2::from_elem((2, 8), 0.5_f32);
        sample_rows(&mut again, 42);
        assert_eq!(bits, again.iter().map(|&x| x as u8).collect::<Vec<_>>());
        assert_eq!(bits, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1]);
    }

    /// The mean of n Bernoulli(p) states stays within 5 standard deviations of p.
    #[test]
    fn states_have_their_probabilities() {
        let (n, p) = (100_000.0_f64, 0.3_f64);
        let mut states = Array2::from_elem((1000, 100), p);
        sample_rows(&mut states, 1);
        let bound = 5.0 * (p * (1.0 - p) / n).sqrt();
        assert!((states.sum() / n - p).abs() < bound);
    }
}
