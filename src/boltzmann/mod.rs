//! Boltzmann machines: [`Rbm`] with one hidden layer, [`Dbm`] with two or more.
//!
//! Both are layers `x_0` (visible), `x_1`, ..., `x_m` of binary units (the visible ones may be
//! Gaussian) with couplings between neighbouring layers only,
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
pub mod figures;
mod inference;
pub mod likelihood;
mod machine;
mod rbm;
mod representation;
mod sampling;
mod training;

pub use dbm::Dbm;
pub use inference::MeanField;
pub(crate) use machine::{Conditionals, Neighbours, check_room};
pub use machine::{MachineError, Parameters, VisibleUnits};
pub use rbm::Rbm;
pub(crate) use representation::transforms_records;
pub use sampling::{GibbsChains, TemperedChains};
pub use training::{
    Architecture, BoltzmannParams, BoltzmannValidParams, DbmParams, DbmValidParams, Deep,
    EarlyStopping, LearningRate, Metric, Momentum, NegativePhase, Ongoing, PerLayer, RbmParams,
    RbmValidParams, Restricted, Run, Sparsity, Training, TrainingError, VisibleInput,
};
pub(crate) use training::{Ascent, HeldOut, starting_point};
#[cfg(feature = "serde")]
pub use training::{Checkpoint, Checkpointed};
#[cfg(feature = "serde")]
pub(crate) use training::{Digests, StoreRef};
