//! Fisher-vector features from Boltzmann machines.

pub mod classification;
#[cfg(feature = "datasets")]
pub mod datasets;
pub mod error;
pub mod model_selection;

pub use error::{Error, Result};
