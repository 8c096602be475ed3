//! Records that are held out from training, and how long it goes on without getting better on them.

use rand::Rng;

use crate::Result;
use crate::error::TrainingError;
use crate::numerics::random::shuffled;

/// A share of the records that training does not see, and a number of epochs without a new best on
/// them after which it stops.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(crate) struct HeldOut {
    pub(crate) validation_share: f64,
    pub(crate) patience: usize,
}

impl HeldOut {
    /// Checks both numbers; the error is that of the first one out of range.
    pub(crate) fn check(&self) -> Result<()> {
        if self.patience == 0 {
            Err(TrainingError::InvalidPatience(0).into())
        } else if !(self.validation_share > 0.0 && self.validation_share < 1.0) {
            Err(TrainingError::InvalidValidationShare(self.validation_share).into())
        } else {
            Ok(())
        }
    }

    /// Rows to train on and rows to hold out, each in ascending order.
    pub(crate) fn split<R: Rng>(&self, rows: usize, rng: &mut R) -> Result<[Vec<usize>; 2]> {
        let held_out = (rows as f64 * self.validation_share).round() as usize;
        if held_out == 0 || held_out == rows {
            return Err(TrainingError::ValidationRows {
                share: self.validation_share,
                records: rows,
            }
            .into());
        }
        let mut order = shuffled(rows, rng);
        let mut training = order.split_off(held_out);
        training.sort_unstable();
        order.sort_unstable();
        Ok([training, order])
    }

    /// Whether training ends after `epoch` if the best one was `best`.
    pub(crate) fn is_over(&self, epoch: usize, best: usize) -> bool {
        epoch.saturating_sub(best) >= self.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    const HELD_OUT: HeldOut = HeldOut {
        validation_share: 0.25,
        patience: 2,
    };

    #[test]
    fn every_row_is_on_one_side() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let [training, held_out] = HELD_OUT.split(20, &mut rng).unwrap();
        assert_eq!((training.len(), held_out.len()), (15, 5));
        let mut all = [training, held_out].concat();
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
        let none = HELD_OUT.split(1, &mut rng);
        assert!(matches!(
            none,
            Err(Error::Training(TrainingError::ValidationRows {
                records: 1,
                ..
            }))
        ));
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        assert!(HELD_OUT.check().is_ok());
        let patience = HeldOut {
            patience: 0,
            ..HELD_OUT
        };
        assert!(matches!(
            patience.check(),
            Err(Error::Training(TrainingError::InvalidPatience(0)))
        ));
        for validation_share in [0.0, 1.0, f64::NAN] {
            let share = HeldOut {
                validation_share,
                ..HELD_OUT
            };
            assert!(matches!(
                share.check(),
                Err(Error::Training(TrainingError::InvalidValidationShare(_)))
            ));
        }
    }

    #[test]
    fn patience_counts_epochs_after_the_best() {
        assert!(!HELD_OUT.is_over(4, 3));
        assert!(HELD_OUT.is_over(5, 3));
        let endless = HeldOut {
            patience: usize::MAX,
            ..HELD_OUT
        };
        assert!(!endless.is_over(5, 3));
    }
}
