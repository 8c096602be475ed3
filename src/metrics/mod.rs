//! Metrics of predictions.

mod confusion;

pub use confusion::ConfusionMatrix;
