//! Faults of a classifier.

/// Faults of a classifier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassificationError {
    /// A decision value of a classifier that is NaN or infinite.
    #[error("decision value {value} of record {row} by binary model {model}, expected a finite number; the records may be too large")]
    NonFiniteDecision {
        /// Row of the record.
        row: usize,
        /// Position of the binary model in the multi-class one.
        model: usize,
        /// The value found.
        value: f64,
    },
    /// Number of neighbours outside `1..=n`.
    #[error("{k} neighbours of {samples} samples, expected 1 <= k <= the number of samples")]
    Neighbors {
        /// Neighbours asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// No neighbours to vote.
    #[error("{0} neighbours, expected at least 1")]
    InvalidNeighbors(usize),
    /// A spatial index that would miss neighbours by the distance.
    #[error("{index:?} does not find nearest neighbours by this distance, use LinearSearch")]
    InvalidIndex {
        /// The index asked for.
        index: linfa_nn::CommonNearestNeighbour,
    },
    /// Records so large that distances between them overflow.
    #[error("distances between records of magnitude {magnitude} are not finite")]
    DistanceOverflow {
        /// The greatest absolute value of the records.
        magnitude: f64,
    },
}
