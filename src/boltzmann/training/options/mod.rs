//! The options of training.

mod centring;
mod early_stopping;
mod held_out;
mod negative_phase;
mod per_layer;
mod schedules;
mod sparsity;
mod visible_input;

pub(crate) use centring::Offsets;
pub(crate) use early_stopping::mean_free_energy;
pub use early_stopping::{EarlyStopping, Metric};
pub(crate) use held_out::HeldOut;
pub use negative_phase::NegativePhase;
pub use per_layer::PerLayer;
pub use schedules::{LearningRate, Momentum};
pub use sparsity::Sparsity;
pub use visible_input::VisibleInput;
