//! Where a number lies between two others.

/// Where `value` lies between two ends: 0 at `from` and before it, 1 at `to` and beyond; one half
/// if the ends are the same. All are finite.
pub(in crate::report) fn fraction(value: f64, from: f64, to: f64) -> f64 {
    if from == to {
        return 0.5;
    }
    // In units of the greater end no difference of finite numbers overflows or vanishes.
    let unit = from.abs().max(to.abs());
    let value = value.clamp(from.min(to), from.max(to));
    (value / unit - from / unit) / (to / unit - from / unit)
}

/// Any finite number, the extreme ones often.
#[cfg(test)]
pub(super) fn any_finite() -> impl proptest::strategy::Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    proptest::prop_oneof![
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        proptest::sample::select(vec![
            f64::MAX,
            f64::MIN,
            5e-324,
            1.0,
            1.0 - f64::EPSILON / 2.0
        ]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_are_zero_and_one_in_either_order() {
        let quarters = [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0].map(|x| fraction(x, 0.0, 4.0));
        assert_eq!(quarters, [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]);
        assert_eq!(fraction(1.0, 4.0, 0.0), 0.75);
        assert_eq!(fraction(7.0, 3.0, 3.0), 0.5);
    }

    proptest! {
        #[test]
        fn fractions_of_any_numbers_are_in_order(
            a in any_finite(), b in any_finite(), x in any_finite(), y in any_finite(),
        ) {
            prop_assume!(a != b);
            prop_assert_eq!(fraction(a, a, b), 0.0);
            prop_assert_eq!(fraction(b, a, b), 1.0);
            let [p, q] = [x, y].map(|value| fraction(value, a, b));
            prop_assert!((0.0..=1.0).contains(&p) && (0.0..=1.0).contains(&q));
            prop_assert!(p == q || (p < q) == ((x < y) == (a < b)));
        }
    }
}
