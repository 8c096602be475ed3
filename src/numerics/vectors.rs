//! Products and sums of two vectors, for loops over single records.

use pulp::{Arch, NullaryFnOnce};

use super::Float;
use super::kernels::vectorised;

/// Partial sums of a product, two AVX-512 vectors of `f32`. Fixed, as sums depend on it.
const LANES: usize = 32;

/// `a'b`.
pub(crate) fn dot<F: Float>(a: &[F], b: &[F]) -> F {
    let ((blocks_a, rest_a), (blocks_b, rest_b)) = (a.as_chunks(), b.as_chunks());
    let mut sums = Arch::new().dispatch(Products(blocks_a, blocks_b));
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    let rest = rest_a.iter().zip(rest_b);
    rest.fold(sums[0], |sum, (&a, &b)| sum + a * b)
}

/// The sums of the products of two vectors, lane by lane. A closure would be too long for the
/// compiler to inline where the processor's vectors are known.
struct Products<'a, F>(&'a [[F; LANES]], &'a [[F; LANES]]);

impl<F: Float> NullaryFnOnce for Products<'_, F> {
    type Output = [F; LANES];

    #[inline(always)]
    fn call(self) -> [F; LANES] {
        let mut sums = [F::zero(); LANES];
        for (a, b) in self.0.iter().zip(self.1) {
            sums = plus_product(sums, a, b);
        }
        sums
    }
}

/// `b += scale a`.
pub(crate) fn add_scaled<F: Float>(scale: F, a: &[F], b: &mut [F]) {
    let ((blocks_a, rest_a), (blocks_b, rest_b)) = (a.as_chunks(), b.as_chunks_mut());
    vectorised(|| {
        for (a, b) in blocks_a.iter().zip(blocks_b) {
            *b = plus_product(*b, a, &[scale; LANES]);
        }
    });
    let rest = rest_b.iter_mut().zip(rest_a);
    rest.for_each(|(b, &a)| *b += scale * a);
}

/// `sums + a * b`, lane by lane.
#[inline(always)]
fn plus_product<F: Float>(mut sums: [F; LANES], a: &[F; LANES], b: &[F; LANES]) -> [F; LANES] {
    for lane in 0..LANES {
        sums[lane] += a[lane] * b[lane];
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact_at_every_length() {
        for length in [0, 1, 31, 32, 33, 100] {
            let a: Vec<f32> = (0..length).map(|i| (i % 7) as f32).collect();
            let b: Vec<f32> = (0..length).map(|i| (i % 5) as f32 - 2.0).collect();
            let expected: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert_eq!(dot(&a, &b), expected);
            let mut c = b.clone();
            add_scaled(3.0, &a, &mut c);
            let sums = a.iter().zip(&b).map(|(a, b)| b + 3.0 * a);
            assert!(c.iter().copied().eq(sums));
        }
    }
}
