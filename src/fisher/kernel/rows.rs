//! What is done to every number of a row of kernels, compiled for the widest vectors.

use crate::Float;
use crate::numerics::kernels::vectorised;

/// Numbers that are raised to a power at a time: a few of the widest vectors, which stay in
/// registers. A loop that raises one number after another is not vectorised.
const LANES: usize = 64;

/// Replaces every value of a row by a function of itself and of a value beside it.
pub(super) fn update<F: Float>(row: &mut [F], beside: &[F], f: impl Fn(F, F) -> F) {
    vectorised(|| {
        for (value, &other) in row.iter_mut().zip(beside) {
            *value = f(*value, other);
        }
    });
}

/// `sum_l (x_l' y_l) (x_{l+1}' y_{l+1}) [+ sum_l x_l' y_l]` from the layers' inner products.
pub(super) fn write_inner_products<F: Float>(row: &mut [F], layers: &[&[F]], biases: bool) {
    row.fill(F::zero());
    for pair in layers.windows(2) {
        let pairs = pair[0].iter().zip(pair[1]);
        vectorised(|| {
            for (sum, (&below, &above)) in row.iter_mut().zip(pairs) {
                *sum += below * above;
            }
        });
    }
    for layer in layers.iter().filter(|_| biases) {
        update(row, layer, |sum, product| sum + product);
    }
}

/// Raises every value to a power of at least 1.
pub(super) fn raise<F: Float>(values: &mut [F], power: u32) {
    vectorised(|| {
        for block in values.chunks_mut(LANES) {
            let mut powers = [F::one(); LANES];
            powers[..block.len()].copy_from_slice(block);
            raise_lanes(&mut powers, power);
            block.copy_from_slice(&powers[..block.len()]);
        }
    });
}

/// Raises every number to a power of at least 1, by repeated squaring.
#[inline(always)]
fn raise_lanes<F: Float>(numbers: &mut [F; LANES], power: u32) {
    let (mut square, mut left) = (*numbers, power);
    numbers.fill(F::one());
    while left > 1 {
        if left % 2 == 1 {
            multiply(numbers, &square);
        }
        square.iter_mut().for_each(|x| *x *= *x);
        left /= 2;
    }
    multiply(numbers, &square);
}

#[inline(always)]
fn multiply<F: Float>(numbers: &mut [F; LANES], by: &[F; LANES]) {
    for (number, &factor) in numbers.iter_mut().zip(by) {
        *number *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Powers of 3 up to the 32nd are integers that `f64` holds.
    #[test]
    fn powers_are_exact_where_they_can_be() {
        for power in 1..=32 {
            let expected = 3_u64.pow(power) as f64;
            let sign = if power % 2 == 0 { 1.0 } else { -1.0 };
            for length in [0, 1, LANES - 1, LANES, 2 * LANES + 1] {
                let mut values: Vec<f64> = (0..length).map(|i| [3.0, -3.0, 0.0][i % 3]).collect();
                raise(&mut values, power);
                for (i, value) in values.into_iter().enumerate() {
                    assert_eq!(value, [expected, sign * expected, 0.0][i % 3]);
                }
            }
        }
    }

    #[test]
    fn the_first_power_keeps_all_bits() {
        let values: Vec<f32> = (0..100).map(|i| (i as f32 - 50.0) / 7.0).collect();
        let mut powers = values.clone();
        raise(&mut powers, 1);
        assert_eq!(powers, values);
    }
}
