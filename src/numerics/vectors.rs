//! Products and sums of two vectors, for loops over single records. To be called inside of
//! [`vectorised`](super::kernels::vectorised), which compiles them for the widest vectors.

use super::Float;

/// Partial sums of a product, two AVX-512 vectors of `f32`. Fixed, as sums depend on it.
const LANES: usize = 32;

/// `a'b`.
#[inline(always)]
pub(crate) fn dot<F: Float>(a: &[F], b: &[F]) -> F {
    let mut sums = [F::zero(); LANES];
    let (blocks_a, blocks_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = blocks_a.remainder().iter().zip(blocks_b.remainder());
    let rest = rest.fold(F::zero(), |sum, (&a, &b)| sum + a * b);
    for (a, b) in blocks_a.zip(blocks_b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] = sums[lane] + sums[lane + width];
        }
        width /= 2;
    }
    rest + sums[0]
}

/// `b += scale a`.
#[inline(always)]
pub(crate) fn add_scaled<F: Float>(scale: F, a: &[F], b: &mut [F]) {
    b.iter_mut().zip(a).for_each(|(b, &a)| *b += scale * a);
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
