//! Faults of what a metric is to measure.

/// Faults of what a metric is to measure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// A distance of a ranking that is NaN.
    #[error(
        "distance [{query}, {row}] of the ranking is not a number, expected one that can be compared"
    )]
    IncomparableDistance {
        /// Row of the query.
        query: usize,
        /// Row among those that are ranked.
        row: usize,
    },
}
