//! Generative models whose Fisher scores this crate computes, one file each.

mod boltzmann;
mod model_expectation;

pub use model_expectation::ModelExpectation;
