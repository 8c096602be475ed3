//! The hidden layers given the visible one.

mod mean_field;

pub use mean_field::MeanField;
pub(crate) use mean_field::{unnormalised_bound, Inference};
