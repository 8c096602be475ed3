//! Generative models whose Fisher scores this crate knows; each is a file.

mod boltzmann;
mod model_expectation;

pub use model_expectation::ModelExpectation;
