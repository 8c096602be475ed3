//! What a training can be told.

mod centring;
mod early_stopping;
mod negative_phase;
mod sparsity;
mod visible_input;

pub(crate) use centring::Offsets;
pub(crate) use early_stopping::{mean_free_energy, reconstruction_error};
pub use early_stopping::{EarlyStopping, Metric};
pub(crate) use negative_phase::NegativeChains;
pub use negative_phase::NegativePhase;
pub use sparsity::Sparsity;
pub use visible_input::Presentation;
