//! Elementary functions, vectorised for `f32`.

use pulp::{Simd, WithSimd};

use crate::numerics::random::{LANES, Lanes};

/// A function of one number. `FMA` says that the processor has a fused multiply-add instruction.
pub(super) trait Function {
    fn at<const FMA: bool>(x: f32) -> f32;
}

/// Whether a unit is on, given its probability or its input `x` and a uniform number in `[0, 1)`,
/// in units of `1 / STEPS`.
pub(super) trait Unit {
    fn is_on<const FMA: bool>(steps: f32, x: f32) -> bool;
}

/// `1 / (1 + exp(-x))`.
pub(super) struct Sigmoid;

/// `ln(1 + exp(x))`.
pub(super) struct Softplus;

/// A unit of probability `x`.
pub(super) struct OfProbability;

/// A unit of probability `1 / (1 + exp(-x))`.
pub(super) struct OfInput;

/// Replaces every value by the function of it, by the widest vectors of the processor.
pub(super) struct Each<'a, G>(pub(super) &'a mut [f32], pub(super) G);

impl<G: Function> WithSimd for Each<'_, G> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if has_fma::<S>() {
            self.0.iter_mut().for_each(|x| *x = G::at::<true>(*x));
        } else {
            self.0.iter_mut().for_each(|x| *x = G::at::<false>(*x));
        }
    }
}

/// Replaces every value, a probability or an input, by a random state of that unit.
pub(super) struct States<'a, U>(
    pub(super) &'a mut [f32],
    pub(super) &'a mut Lanes,
    pub(super) U,
);

impl<U: Unit> WithSimd for States<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if has_fma::<S>() {
            self.draw::<true>();
        } else {
            self.draw::<false>();
        }
    }
}

impl<U: Unit> States<'_, U> {
    #[inline(always)]
    fn draw<const FMA: bool>(self) {
        let Self(values, random, _) = self;
        let mut lanes = random.clone();
        let mut chunks = values.chunks_exact_mut(LANES);
        for chunk in chunks.by_ref() {
            let uniform = lanes.next();
            for lane in 0..LANES {
                chunk[lane] = state_f32::<U, FMA>(uniform[lane], chunk[lane]);
            }
        }
        for (x, bits) in chunks.into_remainder().iter_mut().zip(lanes.next()) {
            *x = state_f32::<U, FMA>(bits, *x);
        }
        *random = lanes;
    }
}

/// Whether [`f32::mul_add`] compiles to an instruction, not to a call, for these vectors.
#[inline(always)]
fn has_fma<S: Simd>() -> bool {
    cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) && S::F32_LANES > 1
}

/// `a * b + c`.
#[inline(always)]
fn mul_add<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// The number of different uniform numbers, which have 24 bits.
const STEPS: f32 = (1u32 << 24) as f32;

/// The state of a unit.
#[inline(always)]
fn state_f32<U: Unit, const FMA: bool>(bits: u32, x: f32) -> f32 {
    if U::is_on::<FMA>((bits >> 8) as i32 as f32, x) {
        1.0
    } else {
        0.0
    }
}

impl Unit for OfProbability {
    #[inline(always)]
    fn is_on<const FMA: bool>(steps: f32, x: f32) -> bool {
        steps < x * STEPS
    }
}

impl Unit for OfInput {
    /// `uniform < 1 / (1 + exp(-x))`, without the division.
    #[inline(always)]
    fn is_on<const FMA: bool>(steps: f32, x: f32) -> bool {
        mul_add::<FMA>(steps, exp_f32::<FMA>(-x), steps) < STEPS
    }
}

/// Replaces every `x` by a state of probability `p(x)`; the uniform numbers have 32 bits.
pub(super) fn bernoulli_f64(values: &mut [f64], random: &mut Lanes, p: impl Fn(f64) -> f64) {
    const STEP: f64 = 1.0 / (1u64 << 32) as f64;
    for chunk in values.chunks_mut(LANES) {
        for (x, bits) in chunk.iter_mut().zip(random.next()) {
            let uniform = f64::from(bits) * STEP;
            *x = if uniform < p(*x) { 1.0 } else { 0.0 };
        }
    }
}

impl Function for Sigmoid {
    #[inline(always)]
    fn at<const FMA: bool>(x: f32) -> f32 {
        1.0 / (1.0 + exp_f32::<FMA>(-x))
    }
}

pub(super) fn sigmoid_f64(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + exp(x))` without overflow.
pub(crate) fn softplus<F: linfa::Float>(x: F) -> F {
    x.max(F::zero()) + (-x.abs()).exp().ln_1p()
}

impl Function for Softplus {
    /// `max(x, 0) + ln(1 + y)` with `y = exp(-|x|)`, and `ln(1 + y) = 2 artanh(s)` of
    /// `s = y / (2 + y) <= 1/3` by the first seven terms of its series; the rest is below 1.4e-8.
    #[inline(always)]
    fn at<const FMA: bool>(x: f32) -> f32 {
        let y = exp_f32::<FMA>(-x.abs());
        let s = y / (2.0 + y);
        let square = s * s;
        let series = [11.0, 9.0, 7.0, 5.0, 3.0, 1.0]
            .into_iter()
            .fold(2.0 / 13.0, |sum, n| mul_add::<FMA>(sum, square, 2.0 / n));
        let positive = if x < 0.0 { 0.0 } else { x };
        mul_add::<FMA>(s, series, positive)
    }
}

/// `exp(x) = 2^n * exp(r)` with an integer `n` and `|r| <= ln(2) / 2`, by a polynomial of degree 6
/// for `exp(r)`. It has no branches, so that the compiler vectorises the loop around it. The
/// argument is clamped to `[-87, 88]`, where the result is a normal number.
#[inline(always)]
fn exp_f32<const FMA: bool>(x: f32) -> f32 {
    /// Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    /// `1 / k!` for `k` from 5 down to 0.
    const INVERSE_FACTORIALS: [f32; 6] = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let x = x.clamp(-87.0, 88.0);
    let shifted = mul_add::<FMA>(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = mul_add::<FMA>(-n, LN2_LOW, mul_add::<FMA>(-n, LN2_HIGH, x));
    let series = INVERSE_FACTORIALS
        .into_iter()
        .fold(1.0 / 720.0, |sum, c| mul_add::<FMA>(sum, r, c));
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    series * f32::from_bits(exponent.wrapping_add(127) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::kernels::Kernels;

    #[test]
    fn sigmoid_is_accurate_and_saturates() {
        let inputs: Vec<f32> = (-400_000..=400_000).map(|i| i as f32 * 2.5e-4).collect();
        let mut values = inputs.clone();
        f32::sigmoid_in_place(&mut values);
        for (x, y) in inputs.iter().zip(&values) {
            let exact = 1.0 / (1.0 + (-f64::from(*x)).exp());
            let bound = 4.0 * f64::from(f32::EPSILON) * exact + 1e-38;
            assert!((f64::from(*y) - exact).abs() <= bound, "sigmoid({x}) = {y}");
            let unfused = f64::from(Sigmoid::at::<false>(*x));
            assert!((unfused - exact).abs() <= bound, "sigmoid({x}) = {unfused}");
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
            let exact = softplus(f64::from(*x));
            let bound = 4.0 * f64::from(f32::EPSILON) * exact + 1e-37;
            assert!(
                (f64::from(*y) - exact).abs() <= bound,
                "softplus({x}) = {y}"
            );
            let unfused = f64::from(Softplus::at::<false>(*x));
            assert!(
                (unfused - exact).abs() <= bound,
                "softplus({x}) = {unfused}"
            );
        }
        let mut extremes = [-1000.0_f32, 1000.0, f32::INFINITY, f32::NAN];
        f32::softplus_in_place(&mut extremes);
        assert!(extremes[0] < 1e-37 && extremes[1] == 1000.0);
        assert!(extremes[2] == f32::INFINITY && extremes[3].is_nan());
    }

    #[test]
    fn softplus_is_stable() {
        assert_eq!(softplus(1000.0_f32), 1000.0);
        assert_eq!(softplus(-1000.0_f32), 0.0);
        assert!((softplus(0.0_f64) - std::f64::consts::LN_2).abs() < 1e-15);
    }

    /// A seed gives the same bits in every version of the crate, so the streams are pinned.
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
