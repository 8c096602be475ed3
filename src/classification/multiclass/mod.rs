//! Multi-class classification by binary classifiers: one implementation for all strategies.

mod model;
mod params;
mod strategy;
#[cfg(test)]
mod tests;

pub use model::MultiClassModel;
pub use params::MultiClass;
pub use strategy::{BinaryProblem, MultiClassStrategy};
