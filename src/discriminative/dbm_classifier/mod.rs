//! The deep Boltzmann machine, fine-tuned to classify.

mod model;
mod params;

pub use model::DbmClassifier;
pub use params::{DbmClassifierParams, DbmClassifierValidParams, Unrolled};
