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

mod dbm;
#[cfg(test)]
pub(crate) mod enumeration;
mod inference;
pub mod likelihood;
mod machine;
mod rbm;
mod sampling;
mod training;

pub use dbm::{Dbm, DbmParams, DbmValidParams};
pub use inference::MeanField;
pub use machine::{MachineError, Parameters, VisibleUnits};
pub use rbm::{Rbm, RbmParams, RbmValidParams};
pub use sampling::{GibbsChains, TemperedChains};
#[cfg(feature = "serde")]
pub use training::Checkpoint;
pub use training::{
    EarlyStopping, LearningRate, Metric, Momentum, NegativePhase, Presentation, Sparsity, Training,
    TrainingError,
};

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

        /// Share of the last step that is taken again: a number in `[0, 1)`, or a schedule.
        /// Defaults to 0.5.
        pub fn momentum(mut self, momentum: impl Into<$crate::boltzmann::Momentum<F>>) -> Self {
            self.0.training.momentum = momentum.into();
            self
        }

        /// Coefficient of the penalty on the weights' squares, at least 0. Defaults to 2e-4.
        pub fn weight_decay(mut self, weight_decay: F) -> Self {
            self.0.training.weight_decay = weight_decay;
            self
        }

        /// Greatest Euclidean norm of a hidden unit's incoming weights (Srivastava et al. 2014),
        /// a positive number. Defaults to no limit.
        pub fn max_norm(mut self, max_norm: Option<F>) -> Self {
            self.0.training.max_norm = max_norm;
            self
        }

        /// Target for the hidden units' mean activation. Defaults to none.
        pub fn sparsity(mut self, sparsity: Option<$crate::boltzmann::Sparsity<F>>) -> Self {
            self.0.training.sparsity = sparsity;
            self
        }

        /// Whether steps follow the centred gradient (Melchior, Fischer & Wiskott 2016), whose
        /// offsets are running means of the data's activations; it makes deep machines trainable
        /// without pretraining, and likelihoods of all of them higher. Defaults to false.
        pub fn centred(mut self, centred: bool) -> Self {
            self.0.training.centred = centred;
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

        /// What the visible units hold. Defaults to binary states.
        pub fn visible_units(mut self, visible: $crate::boltzmann::VisibleUnits) -> Self {
            self.0.training.visible_units = visible;
            self
        }

        /// How records are shown to the machine. Defaults to showing them as they are.
        pub fn presentation(mut self, presentation: $crate::boltzmann::Presentation) -> Self {
            self.0.training.presentation = presentation;
            self
        }

        /// When training ends before its last epoch. Defaults to never.
        pub fn early_stopping(
            mut self,
            early_stopping: Option<$crate::boltzmann::EarlyStopping>,
        ) -> Self {
            self.0.training.early_stopping = early_stopping;
            self
        }
    };
}
pub(crate) use training_builders;
