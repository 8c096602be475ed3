//! Learning rates of stochastic gradient descent.

use super::super::loss::Loss;
use crate::Result;
use crate::error::ClassificationError;

/// The learning rate at step `t = 0, 1, ...` (records seen so far), for a problem with penalty
/// `lambda |w|^2 / 2` beside the mean loss, where `lambda = 1 / (C n)`.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{Schedule, Sgd};
///
/// let sgd = Sgd::new(20).schedule(Schedule::InverseScaling { initial: 0.1, power: 0.25 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Schedule {
    /// `1 / (lambda (t0 + t))`, with Bottou's `t0`: the first step is about as long as weights are
    /// to become (Bottou 2012; Shalev-Shwartz et al. 2007).
    Optimal,
    /// The same rate in every step.
    Constant(f64),
    /// `initial / (1 + t)^power`.
    InverseScaling {
        /// The rate of the first step.
        initial: f64,
        /// How fast it falls.
        power: f64,
    },
}

impl Schedule {
    /// The rate at step `t`, given Bottou's `t0`.
    pub(super) fn rate(self, t: f64, lambda: f64, t0: f64) -> f64 {
        match self {
            Self::Optimal => 1.0 / (lambda * (t0 + t)),
            Self::Constant(rate) => rate,
            Self::InverseScaling { initial, power } => initial / (1.0 + t).powf(power),
        }
    }

    /// Positive rates that do not grow.
    pub(super) fn check(self) -> Result<()> {
        let (rate, power) = match self {
            Self::Optimal => (1.0, 0.0),
            Self::Constant(rate) => (rate, 0.0),
            Self::InverseScaling { initial, power } => (initial, power),
        };
        let good = rate > 0.0 && rate.is_finite() && power >= 0.0 && power.is_finite();
        match good {
            true => Ok(()),
            false => Err(ClassificationError::InvalidSchedule(self).into()),
        }
    }
}

/// Bottou's `t0`, by which the first step is `sqrt(1 / sqrt(lambda))` at the steepest.
pub(super) fn optimal_start(loss: Loss, lambda: f64) -> f64 {
    let typical = lambda.powf(-0.25);
    let first = typical / loss.pull(-typical).max(1.0);
    1.0 / (first * lambda)
}
