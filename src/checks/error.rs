//! Faults of the records, targets or weights that an estimator is given.

use crate::numerics::scalar::shown;

/// Faults of the records, targets or weights that an estimator is given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The records have no rows or no columns.
    #[error("the records are empty ({rows} x {columns}), expected at least one row and one column")]
    EmptyRecords {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// A record holds NaN or an infinity.
    #[error(
        "record [{row}, {column}] is {}, expected a finite number: leave such values out or replace them",
        shown(*value)
    )]
    NonFinite {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A value that half precision does not hold.
    #[error(
        "record [{row}, {column}] is {}, expected a number of at most 65504 in size, as half precision holds: scale the records",
        shown(*value)
    )]
    BeyondHalfPrecision {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A record lies outside the unit interval.
    #[error(
        "record [{row}, {column}] is {}, expected a value in [0, 1]: scale the records, or take Gaussian visible units where the model has them",
        shown(*value)
    )]
    OutsideUnitInterval {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// Records so large that energies of a machine that starts at their means may overflow.
    #[error(
        "the mean of column {column} is {mean:e} in size, too large to compute with: scale the records"
    )]
    HugeMean {
        /// The column with the largest mean.
        column: usize,
        /// The size of its mean.
        mean: f64,
    },
    /// A record is neither 0 nor 1.
    #[error("record [{row}, {column}] is {}, expected 0 or 1: binarise the records", shown(*value))]
    NotBinary {
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
    /// The number of weights differs from the number of records.
    #[error("{weights} weights for {records} records, expected none or one weight a record")]
    WeightCount {
        /// Rows of the records.
        records: usize,
        /// Weights found.
        weights: usize,
    },
    /// A weight that is negative, infinite or not a number.
    #[error("record {row} has the weight {weight}, expected a finite number that is not negative")]
    InvalidWeight {
        /// Row of the record.
        row: usize,
        /// The weight found.
        weight: f32,
    },
    /// Weights that are all zero.
    #[error("all weights are 0, expected some that are positive")]
    NoWeight,
    /// The targets hold a single class, so there is nothing to tell apart.
    #[error("all targets are of class {class}, expected at least two classes")]
    SingleClass {
        /// The only class.
        class: String,
    },
    /// A transformer of another crate makes another number of rows than there are records, or a
    /// source than there are targets.
    #[error(
        "the transformer or source makes {found} rows, expected {expected}, one for each record or target"
    )]
    RowCount {
        /// Records or targets.
        expected: usize,
        /// Rows found.
        found: usize,
    },
    /// A transformer of another crate makes rows without columns, as `Pca` does of constant
    /// records.
    #[error("{stage} makes no features of the records: they may all be equal")]
    NoFeatures {
        /// The type of the fitted transformer.
        stage: &'static str,
    },
    /// A transformer of another crate makes NaN or an infinity of finite records.
    #[error(
        "feature [{row}, {column}] that {stage} makes of the records is {}: scale the records, or leave the stage out",
        shown(*value)
    )]
    FeatureNotFinite {
        /// The type of the fitted transformer.
        stage: &'static str,
        /// Row of the value.
        row: usize,
        /// Column of the value, among the features of the stage.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// Records of another width than the model was trained on.
    #[error("the records have {found} columns, the model expects {expected}")]
    Width {
        /// Columns the model expects.
        expected: usize,
        /// Columns found.
        found: usize,
    },
}

impl RecordsError {
    /// The same fault in the dataset that the records were selected from as its `rows`.
    pub(crate) fn of_rows(mut self, rows: &[usize]) -> Self {
        if let Self::NonFinite { row, .. }
        | Self::OutsideUnitInterval { row, .. }
        | Self::NotBinary { row, .. }
        | Self::FeatureNotFinite { row, .. } = &mut self
        {
            *row = rows.get(*row).copied().unwrap_or(*row);
        }
        self
    }
}
