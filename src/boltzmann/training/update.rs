//! Stochastic gradient ascent: an update is the gradient after a few small transforms.

use ndarray::Axis;
use rayon::prelude::*;

use super::hyperparams::Training;
use crate::Float;
use crate::boltzmann::machine::Parameters;
use crate::numerics::kernels::vectorised;
use crate::numerics::parallel::BLOCK_ELEMENTS;

/// Gradient ascent with momentum.
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
pub(crate) struct Ascent<F> {
    /// Velocity of the momentum method, shaped like the parameters.
    pub(crate) velocity: Parameters<F>,
}

impl<F: Float> Ascent<F> {
    pub(crate) fn new(layers: &[usize]) -> Self {
        Self {
            velocity: Parameters::of_zeros(layers),
        }
    }

    /// One ascent step along `gradient`, in the given epoch (counted from 0).
    pub(crate) fn step(
        &mut self,
        theta: &mut Parameters<F>,
        gradient: &Parameters<F>,
        training: &Training<F>,
        epoch: usize,
    ) {
        let weights = Transforms::of(training, epoch);
        let biases = weights.without_decay();
        let velocity = &mut self.velocity;
        let of_weights = velocity.weights.iter_mut().zip(&mut theta.weights);
        for ((velocity, theta), gradient) in of_weights.zip(&gradient.weights) {
            let places = [velocity.as_slice_mut(), theta.as_slice_mut()];
            weights.apply(places, gradient.as_slice());
        }
        if training.train_biases {
            let of_biases = velocity.biases.iter_mut().zip(&mut theta.biases);
            for ((velocity, theta), gradient) in of_biases.zip(&gradient.biases) {
                let places = [velocity.as_slice_mut(), theta.as_slice_mut()];
                biases.apply(places, gradient.as_slice());
            }
        }
        if let Some(most) = training.max_norm {
            limit_norms(theta, most);
        }
    }
}

/// The transforms of a gradient in one epoch. Each is a line of arithmetic on one number; the
/// compiler fuses them into one vectorised pass.
#[derive(Debug, Clone, Copy)]
struct Transforms<F> {
    decay: Decay<F>,
    rate: Rate<F>,
    momentum: HeavyBall<F>,
}

/// Weight decay: the gradient of the penalty `-decay / 2 * W^2` is added.
#[derive(Debug, Clone, Copy)]
struct Decay<F>(F);

/// The learning rate.
#[derive(Debug, Clone, Copy)]
struct Rate<F>(F);

/// Momentum: a fraction of the previous update is added.
#[derive(Debug, Clone, Copy)]
struct HeavyBall<F>(F);

impl<F: Float> Decay<F> {
    #[inline(always)]
    fn of(self, gradient: F, weight: F) -> F {
        gradient - self.0 * weight
    }
}

impl<F: Float> Rate<F> {
    #[inline(always)]
    fn of(self, gradient: F) -> F {
        self.0 * gradient
    }
}

impl<F: Float> HeavyBall<F> {
    #[inline(always)]
    fn of(self, velocity: F, step: F) -> F {
        self.0 * velocity + step
    }
}

impl<F: Float> Transforms<F> {
    fn of(training: &Training<F>, epoch: usize) -> Self {
        Self {
            decay: Decay(training.weight_decay),
            rate: Rate(training.learning_rate.at(epoch, training.epochs)),
            momentum: HeavyBall(training.momentum.at(epoch)),
        }
    }

    fn without_decay(self) -> Self {
        Self {
            decay: Decay(F::zero()),
            ..self
        }
    }

    /// The new velocity of one parameter.
    #[inline(always)]
    fn velocity(self, velocity: F, weight: F, gradient: F) -> F {
        let gradient = self.decay.of(gradient, weight);
        self.momentum.of(velocity, self.rate.of(gradient))
    }

    /// Updates one array of velocities and of parameters, in row-major order.
    fn apply(self, [velocity, theta]: [Option<&mut [F]>; 2], gradient: Option<&[F]>) {
        let (Some(velocity), Some(theta), Some(gradient)) = (velocity, theta, gradient) else {
            unreachable!("parameters are kept in row-major order");
        };
        velocity
            .par_chunks_mut(BLOCK_ELEMENTS)
            .zip(theta.par_chunks_mut(BLOCK_ELEMENTS))
            .zip(gradient.par_chunks(BLOCK_ELEMENTS))
            .for_each(|((velocity, theta), gradient)| {
                vectorised(|| {
                    for ((v, w), &g) in velocity.iter_mut().zip(theta).zip(gradient) {
                        *v = self.velocity(*v, *w, g);
                        *w += *v;
                    }
                });
            });
    }
}

/// Scales the incoming weights of every hidden unit down to a Euclidean norm of at most `most`.
/// Weights whose norm is not finite stay as they are, so that the check after the step finds them.
fn limit_norms<F: Float>(theta: &mut Parameters<F>, most: F) {
    for weights in &mut theta.weights {
        let squares = weights.fold_axis(Axis(0), F::zero(), |&sum, &w| sum + w * w);
        let shrink = squares.mapv(|square| {
            let norm = square.sqrt();
            if norm > most && norm.is_finite() {
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
    use crate::boltzmann::LearningRate;
    use ndarray::array;

    fn training(momentum: f64, weight_decay: f64) -> Training<f64> {
        Training {
            learning_rate: LearningRate::Constant(0.5),
            momentum: momentum.into(),
            weight_decay,
            ..Training::default()
        }
    }

    fn ones() -> Parameters<f64> {
        let mut gradient = Parameters::of_zeros(&[1, 1]);
        gradient.weights[0].fill(1.0);
        gradient.biases[0].fill(1.0);
        gradient
    }

    /// Two steps by hand: rate 0.5, momentum 0.5, decay 0.1, gradient 1.
    #[test]
    fn momentum_and_decay() {
        let mut theta = Parameters::<f64>::of_zeros(&[1, 1]);
        theta.weights[0] = array![[2.0]];
        let mut ascent = Ascent::new(&[1, 1]);
        let training = training(0.5, 0.1);
        ascent.step(&mut theta, &ones(), &training, 0); // velocity 0.5 * (1 - 0.2) = 0.4
        assert!((theta.weights[0][[0, 0]] - 2.4).abs() < 1e-12);
        ascent.step(&mut theta, &ones(), &training, 1); // 0.2 + 0.5 * (1 - 0.24) = 0.58
        assert!((theta.weights[0][[0, 0]] - 2.98).abs() < 1e-12);
        assert!((theta.biases[0][0] - 1.25).abs() < 1e-12);
        assert_eq!(theta.biases[1][0], 0.0);
    }

    #[test]
    fn biases_stay_where_they_are_not_trained() {
        let mut theta = Parameters::<f64>::of_zeros(&[1, 1]);
        let training = Training {
            train_biases: false,
            ..training(0.0, 0.0)
        };
        Ascent::new(&[1, 1]).step(&mut theta, &ones(), &training, 0);
        assert_eq!((theta.weights[0][[0, 0]], theta.biases[0][0]), (0.5, 0.0));
    }

    #[test]
    fn norms_are_limited_unit_by_unit() {
        let mut theta = Parameters::<f64>::of_zeros(&[2, 2]);
        theta.weights[0] = array![[3.0, 0.1], [4.0, 0.2]];
        limit_norms(&mut theta, 1.0);
        let expected = array![[0.6, 0.1], [0.8, 0.2]];
        assert!(
            (&theta.weights[0] - expected)
                .iter()
                .all(|x: &f64| x.abs() < 1e-12)
        );
    }

    #[test]
    fn norms_beyond_all_bounds_are_left_to_be_found() {
        let mut theta = Parameters::<f64>::of_zeros(&[2, 1]);
        theta.weights[0] = array![[1e200], [1.0]];
        limit_norms(&mut theta, 1.0);
        assert!(!theta.is_moderate());
    }
}
