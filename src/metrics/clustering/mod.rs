//! Metrics of clusters, and of classes as clusters of an embedding.

mod purity;
mod silhouette;

pub use purity::purity;
pub use silhouette::{silhouette_samples, silhouette_score};
