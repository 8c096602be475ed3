//! Fisher-vector features from Boltzmann machines.

pub mod boltzmann;
pub mod classification;
#[cfg(feature = "datasets")]
pub mod datasets;
pub mod error;
pub mod fisher;
mod float;
mod linalg;
mod math;
pub mod model_selection;
pub mod observer;
pub mod pipeline;
mod validation;

pub use error::{Error, Result};
pub use float::Float;
