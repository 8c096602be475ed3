//! What records go through before a machine sees them.

mod min_max;

pub use min_max::{MinMaxScaler, MinMaxScalerParams};
