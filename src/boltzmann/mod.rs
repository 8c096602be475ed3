//! Boltzmann machines: [`Rbm`] with one hidden layer, [`Dbm`] with two or more.
//!
//! Both are layers `x_0` (visible), `x_1`, ..., `x_m` of binary units with couplings between
//! neighbouring layers only,
//!
//! ```text
//! p(x) = exp(-E(x)) / Z,    -E(x) = sum_l x_l' W_l x_{l+1} + sum_l b_l' x_l = theta . T(x)
//! ```
//!
//! so one [`Parameters`] type holds `theta`, the sufficient statistics `T`, gradients and
//! velocities of either, and one training loop follows
//!
//! ```text
//! d log p(v) / d theta = E[T | v] - E[T]
//! ```
//!
//! with `E[T | v]` by mean field (exact for one hidden layer) and `E[T]` by Gibbs sampling.

mod conditionals;
mod dbm;
#[cfg(test)]
pub(crate) mod enumeration;
mod gibbs;
pub mod likelihood;
mod mean_field;
mod optimizer;
mod parameters;
mod rbm;
mod training;

pub(crate) use conditionals::Conditionals;
pub use dbm::{Dbm, DbmParams, DbmValidParams};
pub use gibbs::GibbsChains;
pub use mean_field::MeanField;
pub use optimizer::LearningRate;
pub use parameters::Parameters;
pub use rbm::{Rbm, RbmParams, RbmValidParams};
#[cfg(test)]
pub(crate) use training::statistics;
pub use training::{NegativePhase, Training};

/// Builder methods of the hyper-parameters in [`Training`], for a `Params` type around a
/// `ValidParams` with a field `training`.
macro_rules! training_builders {
    () => {
        /// Passes over the data, at least 1. Defaults to 30.
        pub fn epochs(mut self, epochs: usize) -> Self {
            self.0.training.epochs = epochs;
            self
        }

        /// Samples a gradient step, at least 1. Defaults to 100.
        pub fn batch_size(mut self, batch_size: usize) -> Self {
            self.0.training.batch_size = batch_size;
            self
        }

        /// Schedule of the learning rate. Defaults to linear from 0.05 to zero.
        pub fn learning_rate(mut self, learning_rate: $crate::boltzmann::LearningRate<F>) -> Self {
            self.0.training.learning_rate = learning_rate;
            self
        }

        /// Share of the last step that is taken again, in `[0, 1)`. Defaults to 0.5.
        pub fn momentum(mut self, momentum: F) -> Self {
            self.0.training.momentum = momentum;
            self
        }

        /// Coefficient of the penalty on the weights' squares, at least 0. Defaults to 2e-4.
        pub fn weight_decay(mut self, weight_decay: F) -> Self {
            self.0.training.weight_decay = weight_decay;
            self
        }

        /// Whether biases are learnt, rather than left at their start. Defaults to true.
        pub fn train_biases(mut self, train_biases: bool) -> Self {
            self.0.training.train_biases = train_biases;
            self
        }

        /// How the model's expectation is estimated.
        pub fn negative_phase(mut self, negative_phase: $crate::boltzmann::NegativePhase) -> Self {
            self.0.training.negative_phase = negative_phase;
            self
        }
    };
}
pub(crate) use training_builders;
