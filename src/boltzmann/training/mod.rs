//! The training that restricted and deep Boltzmann machines share.
//!
//! - Hyper-parameters: `hyperparams` and `options` hold them, `params` builds them; `architecture`
//!   defines how `restricted` and `deep` machines differ.
//! - A training run: `run` starts it, `course` runs its `stage`s, `state` is its progress,
//!   `checkpoint` saves that; `ongoing` is what continues with more records.
//! - The records: in memory as `records`, or as a `stream` that is read from a source; of either,
//!   an epoch sees `windows`.
//! - An epoch: for each `batch` of the `records`, `epoch` computes the gradient from its
//!   `expectations` (by the `narrow` path for few hidden units), then applies `shaping` and
//!   `update`.

mod architecture;
mod batch;
mod carried;
#[cfg(feature = "serde")]
mod checkpoint;
#[cfg(feature = "serde")]
mod checkpointed;
mod course;
mod deep;
mod digests;
mod epoch;
mod error;
mod expectations;
mod fit;
mod hyperparams;
mod in_memory;
mod input;
mod narrow;
mod ongoing;
mod options;
mod params;
mod records;
mod restricted;
mod run;
mod sample;
mod shaping;
mod stage;
mod start;
mod state;
mod step;
#[cfg(feature = "serde")]
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod update;
mod windows;

pub use architecture::Architecture;
#[cfg(feature = "serde")]
pub use checkpoint::Checkpoint;
#[cfg(feature = "serde")]
pub use checkpointed::Checkpointed;
pub use deep::{DbmParams, DbmValidParams, Deep};
#[cfg(feature = "serde")]
pub(crate) use digests::Digests;
pub use error::TrainingError;
pub use hyperparams::Training;
pub use ongoing::Ongoing;
pub(crate) use options::HeldOut;
pub use options::{
    EarlyStopping, LearningRate, Metric, Momentum, NegativePhase, PerLayer, Sparsity, VisibleInput,
};
pub use params::{BoltzmannParams, BoltzmannValidParams};
pub use restricted::{RbmParams, RbmValidParams, Restricted};
pub use run::Run;
pub(crate) use start::starting_point;
#[cfg(feature = "serde")]
pub(crate) use store::StoreRef;
pub(crate) use update::Ascent;
