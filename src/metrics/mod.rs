//! How good predictions are.

mod confusion;

pub use confusion::ConfusionMatrix;
