//! What records go through before a machine sees them.

mod error;
mod min_max;
mod patches;

pub use error::PreprocessingError;
pub use min_max::{MinMaxScaler, MinMaxScalerParams};
pub use patches::DensePatches;
