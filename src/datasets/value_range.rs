//! The values that background and full ink have in a file.

use super::error::DataError;

/// The value of background, which becomes 0, and that of full ink, which becomes 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ValueRange {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl ValueRange {
    /// Checks that the range can be scaled to [0, 1].
    pub(super) fn check(self) -> Result<(), DataError> {
        let Self { low, high } = self;
        match low.is_finite() && high.is_finite() && low < high {
            true => Ok(()),
            false => Err(DataError::ValueRange { low, high }),
        }
    }

    /// A value scaled to [0, 1]; `None` if it is outside the range.
    pub(super) fn scaled(self, value: f64) -> Option<f64> {
        let inside = (self.low..=self.high).contains(&value);
        inside.then(|| self.scale(value))
    }

    /// The value of the range nearest to 0, scaled to [0, 1].
    pub(super) fn background(self) -> f64 {
        self.scale(0_f64.clamp(self.low, self.high))
    }

    /// Maps [low, high] to [0, 1], by halves where `high - low` overflows.
    fn scale(self, value: f64) -> f64 {
        let width = self.high - self.low;
        match width.is_finite() {
            true => (value - self.low) / width,
            false => (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_and_the_widest_range_are_scaled() {
        for (low, high) in [
            (0.0, 5e-324),
            (-f64::MAX, f64::MAX),
            (1.0, 1.0 + f64::EPSILON),
        ] {
            let range = ValueRange { low, high };
            assert!(range.check().is_ok());
            assert_eq!(range.scaled(low).zip(range.scaled(high)), Some((0.0, 1.0)));
        }
        assert_eq!(
            ValueRange {
                low: 0.0,
                high: 1.0
            }
            .scaled(f64::NAN),
            None
        );
    }
}
