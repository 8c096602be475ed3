//! How to use this crate, in four short chapters.
//!
//! - [`boltzmann_machines`]: What is learnt, how is it trained, how good is the model?
//! - [`fisher_vectors`]: What are the features, and what does the Fisher information do to them?
//! - [`evaluation`]: How do features and a classifier become one estimator, and what is it worth?
//! - [`reproducibility`]: Which results repeat, and how does a training survive a kill?
//!
//! These modules hold documentation only.

pub mod boltzmann_machines;
pub mod evaluation;
pub mod fisher_vectors;
pub mod reproducibility;
