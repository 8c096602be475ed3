//! Faults of a classifier.

/// Faults of a classifier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassificationError {
    /// A decision value of a classifier that is NaN or infinite.
    #[error(
        "binary model {model} gives record {row} the decision value {value}, expected a finite number: scale the records down"
    )]
    NonFiniteDecision {
        /// Row of the record.
        row: usize,
        /// Position of the binary model in the multi-class one.
        model: usize,
        /// The value found.
        value: f64,
    },
    /// A tolerance of linfa-svm that its numbers cannot reach.
    #[error(
        "the support vector machine's tolerance `eps` is {tolerance:e}, which its numbers cannot reach, expected at least {least:.1e}: set `.eps(1e-3)`, as `classification::svm` does"
    )]
    UnreachableTolerance {
        /// The tolerance asked for.
        tolerance: f64,
        /// The least that can be reached.
        least: f64,
    },
    /// More neighbours than samples.
    #[error(
        "{k} neighbours of {samples} samples, expected at most as many as there are samples: lower k"
    )]
    Neighbors {
        /// Neighbours asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// No neighbours to vote.
    #[error("{0} neighbours, expected at least 1: raise k")]
    InvalidNeighbors(usize),
    /// An order p of a distance that is not a positive number.
    #[error("order {0} of the Lp distance, expected a positive number")]
    InvalidOrder(f64),
    /// A spatial index that would miss neighbours by the distance.
    #[error(
        "{index:?} does not find the nearest neighbours by this distance, expected an index that the distance admits: use LinearSearch"
    )]
    InvalidIndex {
        /// The index asked for.
        index: linfa_nn::CommonNearestNeighbour,
    },
    /// Records so large that distances between them overflow.
    #[error(
        "distances between records of magnitude {magnitude} are not finite: scale the records down"
    )]
    DistanceOverflow {
        /// The greatest absolute value of the records.
        magnitude: f64,
    },
}
