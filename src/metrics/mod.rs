//! Metrics of predictions and of rankings.

mod confusion;
mod error;
mod mean_average_precision;

pub use confusion::ConfusionMatrix;
pub use error::MetricError;
pub use mean_average_precision::MeanAveragePrecision;
