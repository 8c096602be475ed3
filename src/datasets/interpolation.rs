//! Values between pixels.

use linfa::Float;

/// The value at the fraction `part` of the way from `a` to `b`.
///
/// It is clamped to [a, b] because rounding may take it beyond: every estimator would refuse a
/// pixel above 1.
pub(super) fn between<F: Float>(a: F, b: F, part: f64) -> F {
    let value = a + (b - a) * F::cast(part);
    value.max(a.min(b)).min(a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_are_the_pixels() {
        assert_eq!(between(0.25_f32, 0.75, 0.0), 0.25);
        assert_eq!(between(0.25_f32, 0.75, 1.0), 0.75);
        assert_eq!(between(0.25_f32, 0.75, 0.5), 0.5);
    }

    proptest! {
        #[test]
        fn no_value_is_beyond_the_pixels(a in 0_f32..=1.0, b in 0_f32..=1.0, part in 0_f64..=1.0) {
            let value = between(a, b, part);
            prop_assert!(a.min(b) <= value && value <= a.max(b));
        }
    }
}
