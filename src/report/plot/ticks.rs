//! Round numbers along an axis.

/// A marked place of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Tick {
    pub(in crate::report) value: f64,
    pub(in crate::report) label: String,
}

impl Tick {
    fn new(value: f64, exponent: i32) -> Self {
        let label = label(value, exponent);
        Self { value, label }
    }
}

/// Two to six multiples of 1, 2 or 5 times a power of ten from `low` to `high`; the ends themselves
/// where there are none.
pub(in crate::report) fn ticks(low: f64, high: f64) -> Vec<Tick> {
    let (step, exponent) = round_step(high / 5.0 - low / 5.0);
    let [first, last] = [(low / step).ceil(), (high / step).floor()];
    let countable = step.is_normal() && first.abs().max(last.abs()) < 1e15;
    if !countable {
        return ends(low, high);
    }
    (0..=(last - first) as usize)
        .map(|i| Tick::new((first + i as f64) * step, exponent))
        .collect()
}

/// The least of 1, 2, 5 and 10 times a power of ten that is not below `least`, and the power of ten
/// of its digit.
fn round_step(least: f64) -> (f64, i32) {
    let exponent = least.log10().floor() as i32;
    let (digit, exponent) = match least / 10_f64.powi(exponent) {
        ..=1.0 => (1.0, exponent),
        ..=2.0 => (2.0, exponent),
        ..=5.0 => (5.0, exponent),
        _ => (1.0, exponent + 1),
    };
    (digit * 10_f64.powi(exponent), exponent)
}

fn ends(low: f64, high: f64) -> Vec<Tick> {
    let mut values = vec![low, high];
    values.dedup();
    values
        .into_iter()
        .map(|value| Tick::new(value, order(value).saturating_sub(3)))
        .collect()
}

/// The number, down to the digit of `10^exponent`.
fn label(value: f64, exponent: i32) -> String {
    match order(value) {
        _ if value == 0.0 => "0".to_string(),
        -4..6 if exponent >= -6 => format!("{value:.*}", exponent.min(0).unsigned_abs() as usize),
        first => format!(
            "{value:.*e}",
            first.saturating_sub(exponent).max(0) as usize
        ),
    }
}

/// Power of ten of the first digit; `i32::MIN` of 0.
fn order(value: f64) -> i32 {
    value.abs().log10().floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::fraction::any_finite;
    use proptest::prelude::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        ticks(low, high)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(1.0, 30.0), ["10", "20", "30"]);
        assert_eq!(
            labels(-142.9, -97.2),
            ["-140", "-130", "-120", "-110", "-100"]
        );
        assert_eq!(labels(0.031, 0.089), ["0.04", "0.06", "0.08"]);
        assert_eq!(labels(0.0, 4e7), ["0", "1e7", "2e7", "3e7", "4e7"]);
        assert_eq!(
            labels(1.5e-9, 3e-9),
            ["1.5e-9", "2.0e-9", "2.5e-9", "3.0e-9"]
        );
    }

    #[test]
    fn ends_that_are_the_same_are_one_tick() {
        assert_eq!(labels(0.25, 0.25), ["0.2500"]);
        assert_eq!(labels(0.0, 0.0), ["0"]);
        assert_eq!(labels(-3e100, -3e100), ["-3.000e100"]);
    }

    proptest! {
        #[test]
        fn any_axis_has_a_few_ticks_in_order(a in any_finite(), b in any_finite()) {
            let (low, high) = (a.min(b), a.max(b));
            let ticks = ticks(low, high);
            prop_assert!((1..=6).contains(&ticks.len()), "{:?}", ticks);
            prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
            let margin = (high / 1e9 - low / 1e9).max(0.0);
            for tick in ticks {
                prop_assert!(low - margin <= tick.value && tick.value <= high + margin, "{:?}", tick);
                prop_assert!(tick.label.len() <= 24, "{}", tick.label);
            }
        }
    }
}
