//! Numerically stable elementary functions of numbers and of whole matrices.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use crate::numerics::Float;
pub(crate) use crate::numerics::kernels::softplus;
use crate::numerics::kernels::vectorised;
use crate::numerics::parallel::BLOCK_ELEMENTS;

/// Applies `f` to every block of elements of a matrix in row-major order.
fn for_each_block<F: Float>(mut matrix: ArrayViewMut2<F>, f: impl Fn(&mut [F]) + Send + Sync) {
    let values = matrix
        .as_slice_mut()
        .expect("matrices of activations are allocated in row-major order");
    if values.len() <= BLOCK_ELEMENTS {
        f(values);
    } else {
        values.par_chunks_mut(BLOCK_ELEMENTS).for_each(f);
    }
}

/// A power of two that brings a number to about 1. To multiply by it changes no digit.
pub(crate) fn inverse_scale(largest: f64) -> f64 {
    match largest > 0.0 {
        true => 2.0_f64.powi(-largest.log2().floor().clamp(-1000.0, 1000.0) as i32),
        false => 1.0,
    }
}

/// Whether `holds` is true of every value. The loop has no early exit, so that the compiler
/// vectorises it: that takes a tenth of the time.
pub(crate) fn all<F: Float>(values: &[F], holds: impl Fn(F) -> bool) -> bool {
    vectorised(|| values.iter().fold(true, |all, &x| all & holds(x)))
}

/// Replaces every `x` by `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid<F: Float>(matrix: ArrayViewMut2<F>) {
    for_each_block(matrix, F::sigmoid_in_place);
}

/// Replaces every `x` by `ln(1 + exp(x))`.
pub(crate) fn softplus_all<F: Float>(matrix: ArrayViewMut2<F>) {
    for_each_block(matrix, F::softplus_in_place);
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

/// A number as a message shows it: as short as its value allows, also if that came from `f32`, and
/// tiny and huge ones with an exponent.
pub(crate) fn shown(value: f64) -> String {
    let single = value as f32;
    let shown = match f64::from(single) == value {
        true => format!("{single:?}"),
        false => format!("{value:?}"),
    };
    match shown.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => shown,
    }
}

/// The values in double precision.
pub(crate) fn to_f64<F: Float>(values: &Array2<F>) -> Array2<f64> {
    values.mapv(|x| x.to_f64().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_vanishes_at_certainty() {
        assert_eq!(binary_entropy(0.0_f64), 0.0);
        assert_eq!(binary_entropy(1.0_f64), 0.0);
        assert!((binary_entropy(0.5_f64) - std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn numbers_are_shown_as_they_were_written() {
        let cases = [
            (16.0, "16"),
            (f64::from(0.1_f32), "0.1"),
            (0.1, "0.1"),
            (-1e-320, "-1e-320"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(shown(value), expected);
        }
    }
}
