//! Generative models whose Fisher scores this crate computes, one file each.

mod boltzmann;
mod gaussian_mixture;
mod model_expectation;

pub use gaussian_mixture::{GaussianMixtureScore, MixtureError, Spread};
pub use model_expectation::ModelExpectation;
