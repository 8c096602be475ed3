//! Transformers and a classifier, one after another, as one estimator.
//!
//! [`PipelineExt::then`] makes [`PipelineParams`] of the hyper-parameters of two stages; `then`
//! once more adds a third one. Fitting them gives a [`Pipeline`], which predicts labels from
//! records. Before the classifier may stand this crate's machines, features and scalers and any
//! transformer of linfa's: each is fitted on what the stage before it makes of the training
//! records. A stage in [`Shared`] is fitted once for all settings of later ones.
//!
//! With the feature `datasets`, `VirtualExamples` fits a pipeline of images once more to changed
//! copies of its support vectors.

mod extension;
mod featuriser;
mod foreign;
mod params;
#[allow(clippy::module_inception)]
mod pipeline;
mod shape;
mod shared;
#[cfg(test)]
mod tests;
#[cfg(feature = "datasets")]
mod virtual_examples;

pub use extension::PipelineExt;
pub use featuriser::IntoFeaturiser;
pub use foreign::Foreign;
pub use params::PipelineParams;
pub use pipeline::Pipeline;
pub use shape::{EndsWith, Fallible, Projects, Transforms};
pub use shared::{Shared, SharedModel};
#[cfg(feature = "datasets")]
pub use virtual_examples::VirtualExamples;
