//! Inference of the hidden layers given the visible one.

mod mean_field;
mod reconstruction;

pub use mean_field::MeanField;
pub(crate) use mean_field::{Inference, InferenceStats};
pub(crate) use reconstruction::reconstruction_error;
