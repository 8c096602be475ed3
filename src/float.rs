//! The element types: `f32` and `f64` with the numerical kernels that the crate is built on.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::{Arch, Simd, WithSimd};
use std::convert::identity;

use crate::random::{Lanes, LANES};

/// Floating point numbers that Boltzmann machines can be trained in: `f32` and `f64`.
///
/// It is [`linfa::Float`] plus single-threaded matrix multiplication and a vectorised logistic
/// function; the trait is sealed.
///
/// # Example
///
/// ```
/// fn in_place_to_spread<F: linfa_fisher::Float>(bits: &[bool]) -> Vec<F> {
///     bits.iter().map(|&b| if b { F::one() } else { F::zero() }).collect()
/// }
/// assert_eq!(in_place_to_spread::<f32>(&[true, false]), [1.0, 0.0]);
/// ```
pub trait Float: linfa::Float + kernels::Kernels {}

impl Float for f32 {}
impl Float for f64 {}

/// The kernels behind [`Float`], kept out of the public interface.
pub(crate) mod kernels {
    use super::*;

    /// What a matrix product does with the values that its destination holds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Into {
        /// Overwrite them.
        Replace,
        /// Add to them.
        Add,
    }

    impl From<Into> for Accum {
        fn from(into: Into) -> Self {
            match into {
                Into::Replace => Accum::Replace,
                Into::Add => Accum::Add,
            }
        }
    }

    /// A sum of some rows of a matrix, each with a factor.
    #[derive(Clone, Copy, Debug)]
    pub struct Terms<'a, F> {
        /// Which rows, in ascending order.
        pub places: &'a [u32],
        /// Their factors; none if all of them are 1.
        pub factors: &'a [F],
        /// The matrix, row after row.
        pub rows: &'a [F],
        /// Length of a row.
        pub width: usize,
    }

    /// Matrix product and elementary functions of one element type.
    pub trait Kernels: Sized {
        /// `destination (+)= alpha * left * right` on the calling thread.
        fn gemm(
            destination: MatMut<'_, Self>,
            into: Into,
            left: MatRef<'_, Self>,
            right: MatRef<'_, Self>,
            alpha: Self,
        );

        /// Replaces every `x` by `1 / (1 + exp(-x))`.
        fn sigmoid_in_place(values: &mut [Self]);

        /// Replaces every probability by an independent Bernoulli state, 0 or 1.
        fn bernoulli_in_place(probabilities: &mut [Self], random: &mut Lanes);

        /// Replaces every `x` by a Bernoulli state of probability `1 / (1 + exp(-x))`.
        fn bernoulli_of_input_in_place(inputs: &mut [Self], random: &mut Lanes);

        /// Replaces every `x` by `ln(1 + exp(x))`.
        fn softplus_in_place(values: &mut [Self]);

        /// Appends the positions of the values that are not zero.
        fn append_places(values: &[Self], places: &mut Vec<u32>);

        /// `out (+)= alpha * sum`.
        fn sum_of_rows(terms: Terms<Self>, alpha: Self, into: Into, out: &mut [Self]);
    }

    impl Kernels for f32 {
        fn gemm(
            destination: MatMut<'_, f32>,
            into: Into,
            left: MatRef<'_, f32>,
            right: MatRef<'_, f32>,
            alpha: f32,
        ) {
            matmul(destination, into.into(), left, right, alpha, Par::Seq);
        }

        fn sigmoid_in_place(values: &mut [f32]) {
            Arch::new().dispatch(Each(values, sigmoid_f32));
        }

        fn bernoulli_in_place(probabilities: &mut [f32], random: &mut Lanes) {
            Arch::new().dispatch(States(probabilities, random, identity));
        }

        fn bernoulli_of_input_in_place(inputs: &mut [f32], random: &mut Lanes) {
            Arch::new().dispatch(States(inputs, random, sigmoid_f32));
        }

        fn softplus_in_place(values: &mut [f32]) {
            Arch::new().dispatch(Each(values, softplus_f32));
        }

        fn append_places(values: &[f32], places: &mut Vec<u32>) {
            Arch::new().dispatch(AppendPlaces(values, places));
        }

        fn sum_of_rows(terms: Terms<f32>, alpha: f32, into: Into, out: &mut [f32]) {
            Arch::new().dispatch(SumOfRows(terms, alpha, into, out));
        }
    }

    /// Replaces every value by a function of it, with the widest vectors that the machine has.
    struct Each<'a, G>(&'a mut [f32], G);

    impl<G: Fn(f32) -> f32> WithSimd for Each<'_, G> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            for x in self.0 {
                *x = (self.1)(*x);
            }
        }
    }

    /// Replaces every value by a state of a probability that is a function of it.
    struct States<'a, G>(&'a mut [f32], &'a mut Lanes, G);

    impl<G: Fn(f32) -> f32> WithSimd for States<'_, G> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Self(values, random, p) = self;
            let mut lanes = random.clone();
            let mut chunks = values.chunks_exact_mut(LANES);
            for chunk in chunks.by_ref() {
                let uniform = lanes.next();
                for lane in 0..LANES {
                    chunk[lane] = state_f32(uniform[lane], p(chunk[lane]));
                }
            }
            for (x, bits) in chunks.into_remainder().iter_mut().zip(lanes.next()) {
                *x = state_f32(bits, p(*x));
            }
            *random = lanes;
        }
    }

    impl Kernels for f64 {
        fn gemm(
            destination: MatMut<'_, f64>,
            into: Into,
            left: MatRef<'_, f64>,
            right: MatRef<'_, f64>,
            alpha: f64,
        ) {
            matmul(destination, into.into(), left, right, alpha, Par::Seq);
        }

        fn sigmoid_in_place(values: &mut [f64]) {
            values.iter_mut().for_each(|x| *x = sigmoid_f64(*x));
        }

        fn bernoulli_in_place(probabilities: &mut [f64], random: &mut Lanes) {
            bernoulli_f64(probabilities, random, identity);
        }

        fn bernoulli_of_input_in_place(inputs: &mut [f64], random: &mut Lanes) {
            bernoulli_f64(inputs, random, sigmoid_f64);
        }

        fn softplus_in_place(values: &mut [f64]) {
            values
                .iter_mut()
                .for_each(|x| *x = crate::math::softplus(*x));
        }

        fn append_places(values: &[f64], places: &mut Vec<u32>) {
            Arch::new().dispatch(AppendPlaces(values, places));
        }

        fn sum_of_rows(terms: Terms<f64>, alpha: f64, into: Into, out: &mut [f64]) {
            Arch::new().dispatch(SumOfRows(terms, alpha, into, out));
        }
    }

    /// See [`Kernels::append_places`].
    struct AppendPlaces<'a, F>(&'a [F], &'a mut Vec<u32>);

    /// Vectors of `$float`: the lanes that are not zero add up different powers of two, the sum of
    /// which names them.
    macro_rules! append_places {
        ($float:ty, $lanes:ident, $split:ident, $splat:ident, $equal:ident, $select:ident, $sum:ident) => {
            impl WithSimd for AppendPlaces<'_, $float> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(self, simd: S) {
                    let Self(values, places) = self;
                    let powers: [$float; 16] =
                        std::array::from_fn(|lane| (1_u32 << lane) as $float);
                    let powers = S::$split(&powers[..S::$lanes]).0[0];
                    let zero = simd.$splat(0.0);
                    let (vectors, rest) = S::$split(values);
                    let mut end = places.len();
                    places.resize(end + values.len(), 0);
                    for (number, &vector) in vectors.iter().enumerate() {
                        let lanes = simd.$select(simd.$equal(vector, zero), zero, powers);
                        let bits = simd.$sum(lanes) as u32;
                        if bits == 0 {
                            continue;
                        }
                        // every lane is written, and kept or overwritten by the next one: branches
                        // on pixels would mostly be mispredicted
                        for lane in 0..S::$lanes {
                            places[end] = (number * S::$lanes + lane) as u32;
                            end += (bits >> lane & 1) as usize;
                        }
                    }
                    places.truncate(end);
                    let first = values.len() - rest.len();
                    for (place, _) in rest.iter().enumerate().filter(|(_, &x)| x != 0.0) {
                        places.push((first + place) as u32);
                    }
                }
            }
        };
    }

    append_places!(
        f32,
        F32_LANES,
        as_simd_f32s,
        splat_f32s,
        equal_f32s,
        select_f32s,
        reduce_sum_f32s
    );
    append_places!(
        f64,
        F64_LANES,
        as_simd_f64s,
        splat_f64s,
        equal_f64s,
        select_f64s,
        reduce_sum_f64s
    );

    /// See [`Kernels::sum_of_rows`].
    struct SumOfRows<'a, F>(Terms<'a, F>, F, Into, &'a mut [F]);

    /// Vectors of `$float`: tiles of a row's columns are summed up in registers. Where a tile is
    /// wider than what is left of a row, it runs on into the next one, and what does not belong
    /// is not written; the rows at the end of the matrix, where it would run out, come last.
    macro_rules! sum_of_rows {
        ($float:ty, $lanes:ident, $split:ident, $splat:ident, $add:ident, $mul_add:ident) => {
            impl WithSimd for SumOfRows<'_, $float> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(self, simd: S) {
                    let Self(terms, alpha, into, out) = self;
                    let mut column = 0;
                    while column < out.len() {
                        let tile = Tile::<$float> {
                            terms,
                            alpha,
                            into,
                            column,
                        };
                        let out = &mut out[column..];
                        column += match out.len().div_ceil(S::$lanes) {
                            0..=1 => tile.write::<S, 1>(simd, out),
                            2 => tile.write::<S, 2>(simd, out),
                            3..=4 => tile.write::<S, 4>(simd, out),
                            5..=8 => tile.write::<S, 8>(simd, out),
                            _ => tile.write::<S, 16>(simd, out),
                        };
                    }
                }
            }

            impl Tile<'_, $float> {
                /// Writes `VECTORS` vectors of columns, or what there are; how many columns.
                #[inline(always)]
                fn write<S: Simd, const VECTORS: usize>(
                    self,
                    simd: S,
                    out: &mut [$float],
                ) -> usize {
                    let columns = VECTORS * S::$lanes;
                    let Terms {
                        places,
                        factors,
                        rows,
                        width,
                    } = self.terms;
                    let start = |place: u32| place as usize * width + self.column;
                    let within = |&place: &u32| start(place) + columns <= rows.len();
                    let whole = places.partition_point(within);
                    let mut sums = [simd.$splat(0.0); VECTORS];
                    if factors.is_empty() {
                        for &place in &places[..whole] {
                            let row = S::$split(&rows[start(place)..][..columns]).0;
                            for v in 0..VECTORS {
                                sums[v] = simd.$add(sums[v], row[v]);
                            }
                        }
                    } else {
                        for (&place, &factor) in places[..whole].iter().zip(factors) {
                            let factor = simd.$splat(factor);
                            let row = S::$split(&rows[start(place)..][..columns]).0;
                            for v in 0..VECTORS {
                                sums[v] = simd.$mul_add(factor, row[v], sums[v]);
                            }
                        }
                    }
                    let written = columns.min(out.len());
                    let sums: &[$float] = pulp::bytemuck::cast_slice(&sums);
                    for (out, &sum) in out.iter_mut().zip(sums) {
                        *out = match self.into {
                            Into::Replace => self.alpha * sum,
                            Into::Add => *out + self.alpha * sum,
                        };
                    }
                    for (entry, &place) in places.iter().enumerate().skip(whole) {
                        let factor = self.alpha * factors.get(entry).copied().unwrap_or(1.0);
                        let row = &rows[start(place)..][..written];
                        for (out, &x) in out.iter_mut().zip(row) {
                            *out += factor * x;
                        }
                    }
                    written
                }
            }
        };
    }

    /// Some columns of a sum of rows.
    #[derive(Clone, Copy)]
    struct Tile<'a, F> {
        terms: Terms<'a, F>,
        alpha: F,
        into: Into,
        column: usize,
    }

    sum_of_rows!(
        f32,
        F32_LANES,
        as_simd_f32s,
        splat_f32s,
        add_f32s,
        mul_add_f32s
    );
    sum_of_rows!(
        f64,
        F64_LANES,
        as_simd_f64s,
        splat_f64s,
        add_f64s,
        mul_add_f64s
    );

    /// 1 if a uniform number of 24 bits is below `p`.
    #[inline(always)]
    fn state_f32(bits: u32, p: f32) -> f32 {
        const STEP: f32 = 1.0 / (1u32 << 24) as f32;
        let uniform = (bits >> 8) as i32 as f32 * STEP;
        if uniform < p {
            1.0
        } else {
            0.0
        }
    }

    /// States of probability `p(x)`; a uniform number has 32 bits.
    fn bernoulli_f64(values: &mut [f64], random: &mut Lanes, p: impl Fn(f64) -> f64) {
        const STEP: f64 = 1.0 / (1u64 << 32) as f64;
        for chunk in values.chunks_mut(LANES) {
            for (x, bits) in chunk.iter_mut().zip(random.next()) {
                let uniform = f64::from(bits) * STEP;
                *x = if uniform < p(*x) { 1.0 } else { 0.0 };
            }
        }
    }

    #[inline(always)]
    fn sigmoid_f32(x: f32) -> f32 {
        1.0 / (1.0 + exp_f32(-x))
    }

    fn sigmoid_f64(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    /// `max(x, 0) + ln(1 + y)` with `y = exp(-|x|)`, and `ln(1 + y) = 2 artanh(s)` of
    /// `s = y / (2 + y) <= 1/3` by the first seven terms of its series; the rest is below 1.4e-8.
    #[inline(always)]
    fn softplus_f32(x: f32) -> f32 {
        let y = exp_f32(-x.abs());
        let s = y / (2.0 + y);
        let square = s * s;
        let series = 2.0 / 13.0;
        let series = series * square + 2.0 / 11.0;
        let series = series * square + 2.0 / 9.0;
        let series = series * square + 2.0 / 7.0;
        let series = series * square + 2.0 / 5.0;
        let series = series * square + 2.0 / 3.0;
        let series = series * square + 2.0;
        let positive = if x < 0.0 { 0.0 } else { x };
        positive + s * series
    }

    /// `exp(x)` by `2^n * exp(r)`, `n` whole and `|r| <= ln(2) / 2`, with a polynomial of degree 6
    /// for `exp(r)`: branch-free, so that the loop around it is vectorised. The argument is
    /// clamped to [-87, 88], where the result is a normal number.
    #[inline(always)]
    fn exp_f32(x: f32) -> f32 {
        /// Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
        const ROUND: f32 = 12_582_912.0;
        const LN2_HIGH: f32 = 0.693_359_4;
        const LN2_LOW: f32 = -2.121_944_4e-4;
        let x = x.clamp(-87.0, 88.0);
        let shifted = x * std::f32::consts::LOG2_E + ROUND;
        let n = shifted - ROUND;
        let r = x - n * LN2_HIGH - n * LN2_LOW;
        let series = 1.0 / 720.0;
        let series = series * r + 1.0 / 120.0;
        let series = series * r + 1.0 / 24.0;
        let series = series * r + 1.0 / 6.0;
        let series = series * r + 0.5;
        let series = series * r + 1.0;
        let series = series * r + 1.0;
        let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits());
        series * f32::from_bits(exponent.wrapping_add(127) << 23)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn sigmoid_is_accurate_and_saturates() {
            let inputs: Vec<f32> = (-400_000..=400_000).map(|i| i as f32 * 2.5e-4).collect();
            let mut values = inputs.clone();
            f32::sigmoid_in_place(&mut values);
            for (x, y) in inputs.iter().zip(&values) {
                let exact = 1.0 / (1.0 + (-f64::from(*x)).exp());
                let bound = 4.0 * f64::from(f32::EPSILON) * exact + 1e-38;
                assert!((f64::from(*y) - exact).abs() <= bound, "sigmoid({x}) = {y}");
            }
            let mut extremes = [-1000.0, 1000.0, f32::NEG_INFINITY, f32::INFINITY];
            f32::sigmoid_in_place(&mut extremes);
            assert!(extremes[0] < 1e-37 && extremes[2] < 1e-37);
            assert!(extremes[1] == 1.0 && extremes[3] == 1.0);
            let mut nan = [f32::NAN];
            f32::sigmoid_in_place(&mut nan);
            assert!(nan[0].is_nan());
        }

        #[test]
        fn softplus_is_accurate_and_does_not_overflow() {
            let inputs: Vec<f32> = (-200_000..=200_000).map(|i| i as f32 * 5e-4).collect();
            let mut values = inputs.clone();
            f32::softplus_in_place(&mut values);
            for (x, y) in inputs.iter().zip(&values) {
                let exact = crate::math::softplus(f64::from(*x));
                let bound = 4.0 * f64::from(f32::EPSILON) * exact + 1e-37;
                assert!(
                    (f64::from(*y) - exact).abs() <= bound,
                    "softplus({x}) = {y}"
                );
            }
            let mut extremes = [-1000.0_f32, 1000.0, f32::INFINITY, f32::NAN];
            f32::softplus_in_place(&mut extremes);
            assert!(extremes[0] < 1e-37 && extremes[1] == 1000.0);
            assert!(extremes[2] == f32::INFINITY && extremes[3].is_nan());
        }

        /// The streams are part of the crate's promise that a seed gives the same bits.
        #[test]
        fn states_are_pinned() {
            let mut states = [0.5_f64; 16];
            f64::bernoulli_in_place(&mut states, &mut Lanes::new(42, 0));
            let mut again = [0.5_f32; 16];
            f32::bernoulli_in_place(&mut again, &mut Lanes::new(42, 0));
            assert_eq!(states, again.map(f64::from));
            let bits = states.map(|x| x as u8);
            assert_eq!(bits, [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
        }

        /// The mean of n Bernoulli(p) states stays within 5 standard deviations of p.
        #[test]
        fn states_have_their_probabilities() {
            let (n, input) = (100_003, -0.8_f32);
            let p = 1.0 / (1.0 + 0.8_f64.exp());
            let mut states = vec![input; n];
            f32::bernoulli_of_input_in_place(&mut states, &mut Lanes::new(1, 0));
            let mean = states.iter().filter(|&&x| x == 1.0).count() as f64 / n as f64;
            assert!((mean - p).abs() < 5.0 * (p * (1.0 - p) / n as f64).sqrt());
        }

        #[test]
        fn certain_states_are_certain() {
            let mut random = Lanes::new(1, 0);
            let mut states = vec![1.0_f32; 1000];
            f32::bernoulli_in_place(&mut states, &mut random);
            assert!(states.iter().all(|&x| x == 1.0));
            let mut states = vec![0.0_f64; 1000];
            f64::bernoulli_in_place(&mut states, &mut random);
            assert!(states.iter().all(|&x| x == 0.0));
        }
    }
}
