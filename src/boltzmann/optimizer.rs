//! Stochastic gradient ascent on the log-likelihood: learning-rate schedule, momentum, decay.

use super::Parameters;
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
#[non_exhaustive]
pub enum LearningRate<F> {
    /// The same in every epoch.
    Constant(F),
    /// `initial / (1 + decay * epoch)`.
    Inverse {
        /// Rate of the first epoch.
        initial: F,
        /// Decay an epoch, at least 0.
        decay: F,
    },
    /// `initial * ratio^epoch`.
    Geometric {
        /// Rate of the first epoch.
        initial: F,
        /// Factor an epoch, in `(0, 1]`.
        ratio: F,
    },
    /// `initial * (1 - epoch / epochs)`.
    LinearToZero {
        /// Rate of the first epoch.
        initial: F,
    },
}

impl<F: Float> LearningRate<F> {
    /// The rate of an epoch counted from 0, of `epochs` in all.
    pub fn at(&self, epoch: usize, epochs: usize) -> F {
        let time = F::cast(epoch);
        match *self {
            Self::Constant(rate) => rate,
            Self::Inverse { initial, decay } => initial / (F::one() + decay * time),
            Self::Geometric { initial, ratio } => initial * ratio.powf(time),
            Self::LinearToZero { initial } => initial * (F::one() - time / F::cast(epochs)),
        }
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

/// Momentum's velocity, shaped like the parameters.
///
/// ```text
/// velocity <- momentum * velocity + rate * (gradient - decay * W)     (biases: no decay)
/// theta    <- theta + velocity
/// ```
pub(crate) struct Optimizer<F> {
    velocity: Parameters<F>,
    pub(crate) momentum: F,
    pub(crate) weight_decay: F,
    pub(crate) train_biases: bool,
}

impl<F: Float> Optimizer<F> {
    pub(crate) fn new(layers: &[usize], momentum: F, weight_decay: F, train_biases: bool) -> Self {
        Self {
            velocity: Parameters::zeros(layers),
            momentum,
            weight_decay,
            train_biases,
        }
    }

    /// One step uphill along `gradient`.
    pub(crate) fn step(&mut self, theta: &mut Parameters<F>, gradient: &Parameters<F>, rate: F) {
        self.velocity.scale(self.momentum);
        self.velocity.add_scaled(rate, gradient);
        for (velocity, weights) in self.velocity.weights.iter_mut().zip(&theta.weights) {
            velocity.scaled_add(-rate * self.weight_decay, weights);
        }
        if !self.train_biases {
            self.velocity
                .biases
                .iter_mut()
                .for_each(|b| b.fill(F::zero()));
        }
        theta.add_scaled(F::one(), &self.velocity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

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

    /// Two steps by hand: rate 0.5, momentum 0.5, decay 0.1, gradient 1.
    #[test]
    fn momentum_and_decay() {
        let mut theta = Parameters::<f64>::zeros(&[1, 1]);
        theta.weights[0] = array![[2.0]];
        let mut gradient = Parameters::zeros(&[1, 1]);
        gradient.weights[0].fill(1.0);
        gradient.biases[0].fill(1.0);
        let mut optimizer = Optimizer::new(&[1, 1], 0.5, 0.1, true);
        optimizer.step(&mut theta, &gradient, 0.5); // velocity 0.5 * (1 - 0.2) = 0.4
        assert!((theta.weights[0][[0, 0]] - 2.4).abs() < 1e-12);
        optimizer.step(&mut theta, &gradient, 0.5); // 0.2 + 0.5 * (1 - 0.24) = 0.58
        assert!((theta.weights[0][[0, 0]] - 2.98).abs() < 1e-12);
        assert!((theta.biases[0][0] - 1.25).abs() < 1e-12);
        assert_eq!(theta.biases[1][0], 0.0);
    }
}
