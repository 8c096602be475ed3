//! A featuriser and a classifier as one estimator.
//!
//! [`PipelineExt::then`] makes [`PipelineParams`] of a featuriser's hyper-parameters and a
//! classifier's. Fitting them gives a [`Pipeline`], which predicts labels from records.

mod extension;
mod params;
#[allow(clippy::module_inception)]
mod pipeline;
#[cfg(test)]
mod tests;

pub use extension::PipelineExt;
pub use params::PipelineParams;
pub use pipeline::Pipeline;
