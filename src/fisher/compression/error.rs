//! Faults of the compression of features.

use crate::numerics::scalar::shown;

/// Faults of the compression of features.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompressionError {
    /// No features to keep.
    #[error("{0} features to keep, expected at least 1")]
    InvalidFeatures(usize),
    /// More features to keep than there are.
    #[error("{features} features to keep of {columns}, expected at most {columns}")]
    FeatureCount {
        /// Features asked for.
        features: usize,
        /// Features at hand.
        columns: usize,
    },
    /// A column of values so large that its variance is not finite.
    #[error("the variance of column {column} is not finite: scale the records down")]
    VarianceOverflow {
        /// The column.
        column: usize,
    },
    /// A threshold of a sign bit that is NaN or infinite.
    #[error("threshold {column} is {}, expected a finite number", shown(*value))]
    InvalidThreshold {
        /// Column of the threshold.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A product of no subspaces.
    #[error("{0} subspaces of a product quantiser, expected at least 1")]
    InvalidSubspaces(usize),
    /// A number of centroids that a byte does not count.
    #[error("{0} centroids of a subspace, expected 1 to 256")]
    InvalidCentroids(usize),
    /// No iterations of Lloyd's algorithm.
    #[error("{0} iterations of Lloyd's algorithm, expected at least 1")]
    InvalidIterations(usize),
    /// More subspaces than there are columns.
    #[error("{subspaces} subspaces of {columns} columns, expected at most one a column")]
    SubspaceCount {
        /// Subspaces asked for.
        subspaces: usize,
        /// Columns of the records.
        columns: usize,
    },
    /// More centroids than there are records to find them from.
    #[error("{centroids} centroids of {rows} records, expected at most one a record")]
    CentroidCount {
        /// Centroids asked for.
        centroids: usize,
        /// Rows of the records.
        rows: usize,
    },
    /// Codes of another length than the encoder makes.
    #[error("codes of length {found}, expected {expected}: encode all records by one encoder")]
    CodeLength {
        /// Bits or subspaces of the encoder.
        expected: usize,
        /// Bits or subspaces of the codes.
        found: usize,
    },
    /// A code that names no centroid.
    #[error("code [{row}, {subspace}] is {code}, expected less than the {centroids} centroids")]
    UnknownCode {
        /// Row of the code.
        row: usize,
        /// The subspace.
        subspace: usize,
        /// The code found.
        code: u8,
        /// Centroids of a subspace.
        centroids: usize,
    },
}
