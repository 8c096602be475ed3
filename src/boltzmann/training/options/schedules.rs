//! Schedules of the learning rate and of momentum.

use crate::Float;

/// The learning rate of each epoch.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::LearningRate;
///
/// let rate = LearningRate::LinearToZero { initial: 0.1_f64 };
/// assert_eq!(rate.at(0, 10), 0.1);
/// assert_eq!(rate.at(5, 10), 0.05);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum LearningRate<F> {
    /// The same in every epoch.
    Constant(F),
    /// `initial / (1 + decay * epoch)`.
    Inverse {
        /// Rate of the first epoch.
        initial: F,
        /// Decay per epoch, at least 0.
        decay: F,
    },
    /// `initial * ratio^epoch`.
    Geometric {
        /// Rate of the first epoch.
        initial: F,
        /// Factor per epoch, in `(0, 1]`.
        ratio: F,
    },
    /// `initial * (1 - epoch / epochs)`.
    LinearToZero {
        /// Rate of the first epoch.
        initial: F,
    },
}

impl<F: Float> LearningRate<F> {
    /// The rate of an epoch (counted from 0) out of `epochs`.
    pub fn at(&self, epoch: usize, epochs: usize) -> F {
        let time = F::cast(epoch);
        match *self {
            Self::Constant(rate) => rate,
            Self::Inverse { initial, decay } => initial / (F::one() + decay * time),
            Self::Geometric { initial, ratio } => initial * ratio.powf(time),
            Self::LinearToZero { initial } => initial * (F::one() - time / F::cast(epochs)),
        }
    }

    /// Whether the rate of an epoch depends on how many there are.
    #[cfg(feature = "serde")]
    pub(crate) fn depends_on_the_end(&self) -> bool {
        matches!(self, Self::LinearToZero { .. })
    }

    /// The number in the schedule that is out of range, if any.
    pub(crate) fn invalid(&self) -> Option<F> {
        let unless = |valid: bool, value: F| (!valid).then_some(value);
        let positive = |rate: F| unless(rate > F::zero() && rate.is_finite(), rate);
        match *self {
            Self::Constant(rate) => positive(rate),
            Self::Inverse { initial, decay } => {
                positive(initial).or_else(|| unless(decay >= F::zero() && decay.is_finite(), decay))
            }
            Self::Geometric { initial, ratio } => {
                positive(initial).or_else(|| unless(ratio > F::zero() && ratio <= F::one(), ratio))
            }
            Self::LinearToZero { initial } => positive(initial),
        }
    }
}

/// The momentum of each epoch: the fraction of the previous update that is added to the next one.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::Momentum;
///
/// let hinton = Momentum::Step { initial: 0.5_f64, later: 0.9, epoch: 5 };
/// assert_eq!((hinton.at(4), hinton.at(5)), (0.5, 0.9));
/// let ramp = Momentum::Linear { initial: 0.5_f64, last: 0.9, epochs: 4 };
/// assert_eq!((ramp.at(0), ramp.at(9)), (0.5, 0.9));
/// assert_eq!(Momentum::from(0.5_f64).at(7), 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Momentum<F> {
    /// The same in every epoch, in `[0, 1)`.
    Constant(F),
    /// One value before `epoch` (counted from 0), another from it on (Hinton 2010, section 9).
    Step {
        /// Momentum of the first epochs, in `[0, 1)`.
        initial: F,
        /// Momentum from `epoch` on, in `[0, 1)`.
        later: F,
        /// First epoch with the later value.
        epoch: usize,
    },
    /// From `initial` to `last` over the first `epochs` epochs, in equal steps.
    Linear {
        /// Momentum of the first epoch, in `[0, 1)`.
        initial: F,
        /// Momentum from epoch `epochs` on, in `[0, 1)`.
        last: F,
        /// Number of epochs from `initial` to `last`.
        epochs: usize,
    },
}

impl<F: Float> From<F> for Momentum<F> {
    fn from(momentum: F) -> Self {
        Self::Constant(momentum)
    }
}

impl<F: Float> Momentum<F> {
    /// The momentum of an epoch counted from 0.
    pub fn at(&self, epoch: usize) -> F {
        match *self {
            Self::Constant(momentum) => momentum,
            Self::Step {
                initial,
                later,
                epoch: first,
            } => {
                if epoch < first {
                    initial
                } else {
                    later
                }
            }
            Self::Linear { last, epochs, .. } if epoch >= epochs => last,
            Self::Linear {
                initial,
                last,
                epochs,
            } => initial + (last - initial) * (F::cast(epoch) / F::cast(epochs)),
        }
    }

    /// The number in the schedule that is out of range, if any.
    pub(crate) fn invalid(&self) -> Option<F> {
        let ends = match *self {
            Self::Constant(momentum) => [momentum, momentum],
            Self::Step { initial, later, .. } => [initial, later],
            Self::Linear { initial, last, .. } => [initial, last],
        };
        ends.into_iter()
            .find(|end| !(F::zero()..F::one()).contains(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        let inverse = LearningRate::Inverse {
            initial: 0.1_f64,
            decay: 1.0,
        };
        assert_eq!(inverse.at(1, 9), 0.05);
        let geometric = LearningRate::Geometric {
            initial: 0.1_f64,
            ratio: 0.5,
        };
        assert_eq!(geometric.at(2, 9), 0.025);
        assert_eq!(LearningRate::Constant(0.1_f64).at(7, 9), 0.1);
        assert_eq!(LearningRate::Constant(0.0_f64).invalid(), Some(0.0));
        let growing = LearningRate::Geometric {
            initial: 0.1_f64,
            ratio: 2.0,
        };
        assert_eq!(growing.invalid(), Some(2.0));
        assert_eq!(inverse.invalid(), None);
    }

    #[test]
    fn momentum_schedules() {
        let step = Momentum::Step {
            initial: 0.5_f64,
            later: 0.9,
            epoch: 2,
        };
        assert_eq!(
            [0, 1, 2, 3].map(|epoch| step.at(epoch)),
            [0.5, 0.5, 0.9, 0.9]
        );
        let linear = Momentum::Linear {
            initial: 0.0_f64,
            last: 0.5,
            epochs: 2,
        };
        assert_eq!(
            [0, 1, 2, 3].map(|epoch| linear.at(epoch)),
            [0.0, 0.25, 0.5, 0.5]
        );
        assert_eq!(linear.invalid(), None);
        assert_eq!(Momentum::Constant(1.0_f64).invalid(), Some(1.0));
        let late = Momentum::Step {
            initial: 0.5_f64,
            later: -0.1,
            epoch: 2,
        };
        assert_eq!(late.invalid(), Some(-0.1));
    }
}
