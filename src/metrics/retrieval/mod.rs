//! Metrics of rankings of rows by their distance from queries.

mod by_class;
mod mean_average_precision;
mod precision_at_k;
mod queries;

pub use by_class::{RetrievalByClass, RetrievalScores};
pub use mean_average_precision::MeanAveragePrecision;
pub use precision_at_k::PrecisionAtK;
