//! Everything that can go wrong, one variant a fault, each carrying what was found.

#[cfg(feature = "datasets")]
use crate::datasets::DataError;

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A fault in the data, the hyper-parameters or the course of a computation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The records have no rows or no columns.
    #[error(
        "the records are empty ({rows} x {columns}), expected at least one row and one column"
    )]
    EmptyRecords {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// A record holds NaN or an infinity.
    #[error("record [{row}, {column}] is {value}, expected a finite number")]
    NonFinite {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A record lies outside the unit interval.
    #[error("record [{row}, {column}] is {value}, expected a value in [0, 1]")]
    OutsideUnitInterval {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// The number of targets differs from the number of records.
    #[error("{targets} targets for {records} records, expected one target a record")]
    TargetCount {
        /// Rows of the records.
        records: usize,
        /// Targets found.
        targets: usize,
    },
    /// The targets hold a single class, so there is nothing to tell apart.
    #[error("all targets are of class {class}, expected at least two classes")]
    SingleClass {
        /// The only class.
        class: String,
    },
    /// Records of another width than the model was trained on.
    #[error("the records have {found} columns, the model expects {expected}")]
    Width {
        /// Columns the model expects.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// Number of folds outside `2..=n`.
    #[error("{k} folds of {samples} samples, expected 2 <= k <= the number of samples")]
    Folds {
        /// Folds asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// Number of neighbours outside `1..=n`.
    #[error("{k} neighbours of {samples} samples, expected 1 <= k <= the number of samples")]
    Neighbors {
        /// Neighbours asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// An error of a classifier or another estimator that was plugged in.
    #[error("the wrapped estimator failed: {0}")]
    Estimator(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file could not be read as a dataset.
    #[cfg(feature = "datasets")]
    #[error(transparent)]
    Data(#[from] DataError),
    /// An error of linfa's own.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}
