//! Stochastic gradient ascent on the log-likelihood: schedules, momentum, decay, bounded weights.

use ndarray::Axis;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::Training;
use crate::boltzmann::Parameters;
use crate::Float;

/// Parameters that one thread updates at a time.
const BLOCK_ELEMENTS: usize = 1 << 15;

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

/// The share of the last step that each epoch's steps take again.
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
        /// First epoch of the later value.
        epoch: usize,
    },
    /// From `initial` to `last` over the first `epochs` epochs, in equal steps.
    Linear {
        /// Momentum of the first epoch, in `[0, 1)`.
        initial: F,
        /// Momentum from epoch `epochs` on, in `[0, 1)`.
        last: F,
        /// Epochs that the way takes.
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

/// Momentum's velocity, shaped like the parameters.
///
/// ```text
/// velocity <- momentum * velocity + rate * (gradient - decay * W)     (biases: no decay)
/// theta    <- theta + velocity
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: crate::Float + serde_crate::Deserialize<'de>")
    )
)]
pub(crate) struct Optimizer<F> {
    pub(crate) velocity: Parameters<F>,
}

impl<F: Float> Optimizer<F> {
    pub(crate) fn new(layers: &[usize]) -> Self {
        Self {
            velocity: Parameters::zeros(layers),
        }
    }

    /// One step uphill along `gradient`, in the given epoch (counted from 0).
    pub(crate) fn step(
        &mut self,
        theta: &mut Parameters<F>,
        gradient: &Parameters<F>,
        training: &Training<F>,
        epoch: usize,
    ) {
        let rate = training.learning_rate.at(epoch, training.epochs);
        let momentum = training.momentum.at(epoch);
        let weights = self.velocity.weights.iter_mut().zip(&mut theta.weights);
        for ((velocity, weights), gradient) in weights.zip(&gradient.weights) {
            climb(
                [velocity.as_slice_mut(), weights.as_slice_mut()],
                gradient.as_slice(),
                (momentum, rate, training.weight_decay),
            );
        }
        if training.train_biases {
            let biases = self.velocity.biases.iter_mut().zip(&mut theta.biases);
            for ((velocity, bias), gradient) in biases.zip(&gradient.biases) {
                climb(
                    [velocity.as_slice_mut(), bias.as_slice_mut()],
                    gradient.as_slice(),
                    (momentum, rate, F::zero()),
                );
            }
        }
        if let Some(most) = training.max_norm {
            limit_norms(theta, most);
        }
    }
}

/// The update of [`Optimizer`] for one array in row-major order.
fn climb<F: Float>(
    [velocity, theta]: [Option<&mut [F]>; 2],
    gradient: Option<&[F]>,
    (momentum, rate, decay): (F, F, F),
) {
    let (Some(velocity), Some(theta), Some(gradient)) = (velocity, theta, gradient) else {
        unreachable!("parameters are kept in row-major order");
    };
    velocity
        .par_chunks_mut(BLOCK_ELEMENTS)
        .zip(theta.par_chunks_mut(BLOCK_ELEMENTS))
        .zip(gradient.par_chunks(BLOCK_ELEMENTS))
        .for_each(|((velocity, theta), gradient)| {
            Arch::new().dispatch(Climb {
                velocity,
                theta,
                gradient,
                momentum,
                rate,
                decay,
            });
        });
}

/// [`climb`] for some of the parameters, with the widest vectors that the machine has.
struct Climb<'a, F> {
    velocity: &'a mut [F],
    theta: &'a mut [F],
    gradient: &'a [F],
    momentum: F,
    rate: F,
    decay: F,
}

impl<F: Float> WithSimd for Climb<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let parameters = self.velocity.iter_mut().zip(self.theta).zip(self.gradient);
        for ((v, w), &g) in parameters {
            *v = self.momentum * *v + self.rate * (g - self.decay * *w);
            *w += *v;
        }
    }
}

/// Shrinks the incoming weights of every hidden unit to a Euclidean norm of at most `most`.
fn limit_norms<F: Float>(theta: &mut Parameters<F>, most: F) {
    for weights in &mut theta.weights {
        let squares = weights.fold_axis(Axis(0), F::zero(), |&sum, &w| sum + w * w);
        let shrink = squares.mapv(|square| {
            let norm = square.sqrt();
            if norm > most {
                most / norm
            } else {
                F::one()
            }
        });
        if shrink.iter().any(|&factor| factor < F::one()) {
            *weights *= &shrink;
        }
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

    fn training(momentum: f64, weight_decay: f64) -> Training<f64> {
        Training {
            learning_rate: LearningRate::Constant(0.5),
            momentum: momentum.into(),
            weight_decay,
            ..Training::default()
        }
    }

    fn ones() -> Parameters<f64> {
        let mut gradient = Parameters::zeros(&[1, 1]);
        gradient.weights[0].fill(1.0);
        gradient.biases[0].fill(1.0);
        gradient
    }

    /// Two steps by hand: rate 0.5, momentum 0.5, decay 0.1, gradient 1.
    #[test]
    fn momentum_and_decay() {
        let mut theta = Parameters::<f64>::zeros(&[1, 1]);
        theta.weights[0] = array![[2.0]];
        let mut optimizer = Optimizer::new(&[1, 1]);
        let training = training(0.5, 0.1);
        optimizer.step(&mut theta, &ones(), &training, 0); // velocity 0.5 * (1 - 0.2) = 0.4
        assert!((theta.weights[0][[0, 0]] - 2.4).abs() < 1e-12);
        optimizer.step(&mut theta, &ones(), &training, 1); // 0.2 + 0.5 * (1 - 0.24) = 0.58
        assert!((theta.weights[0][[0, 0]] - 2.98).abs() < 1e-12);
        assert!((theta.biases[0][0] - 1.25).abs() < 1e-12);
        assert_eq!(theta.biases[1][0], 0.0);
    }

    #[test]
    fn biases_stay_where_they_are_not_trained() {
        let mut theta = Parameters::<f64>::zeros(&[1, 1]);
        let training = Training {
            train_biases: false,
            ..training(0.0, 0.0)
        };
        Optimizer::new(&[1, 1]).step(&mut theta, &ones(), &training, 0);
        assert_eq!((theta.weights[0][[0, 0]], theta.biases[0][0]), (0.5, 0.0));
    }

    #[test]
    fn norms_are_limited_unit_by_unit() {
        let mut theta = Parameters::<f64>::zeros(&[2, 2]);
        theta.weights[0] = array![[3.0, 0.1], [4.0, 0.2]];
        limit_norms(&mut theta, 1.0);
        let expected = array![[0.6, 0.1], [0.8, 0.2]];
        assert!((&theta.weights[0] - expected)
            .iter()
            .all(|x: &f64| x.abs() < 1e-12));
    }
}
