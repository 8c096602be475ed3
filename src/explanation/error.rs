//! Faults of an explanation.

use crate::numerics::scalar::shown;

/// Faults of an explanation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplanationError {
    /// Too few pairs of permutations to tell a standard error.
    #[error(
        "{0} pairs of permutations, expected at least 2: standard errors are estimated from how pairs differ"
    )]
    InvalidPairs(usize),
    /// A mean of the background of another length than there are features.
    #[error("the background's mean has {found} numbers, but the model has {expected} features")]
    MeanLength {
        /// Features of the model.
        expected: usize,
        /// Numbers found.
        found: usize,
    },
    /// A number of the background's mean that is NaN or infinite.
    #[error("number {feature} of the background's mean is {}, expected a finite number", shown(*value))]
    NonFiniteMean {
        /// The feature.
        feature: usize,
        /// The value found.
        value: f64,
    },
    /// A coefficient of a linear model that is NaN or infinite.
    #[error("coefficient [{feature}, {class}] is {}, expected a finite number", shown(*value))]
    NonFiniteCoefficient {
        /// Row of the coefficient.
        feature: usize,
        /// Column of the coefficient.
        class: usize,
        /// The value found.
        value: f64,
    },
    /// A place past that of the last class.
    #[error("class {class} of {classes}, expected a place below their number")]
    ClassPlace {
        /// The place asked for.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A class without records, which support nothing.
    #[error("no record is of class {class}, expected at least one of every class")]
    AbsentClass {
        /// The class.
        class: String,
    },
    /// Outputs of a model in another shape than one row a record and the classes of other records.
    #[error("the model's outputs are {}, expected {}", dims(*found), dims(*expected))]
    OutputShape {
        /// Rows and columns expected.
        expected: (usize, usize),
        /// Rows and columns found.
        found: (usize, usize),
    },
    /// An output of a model that is NaN or infinite.
    #[error(
        "the model's output for class {class} is {}, expected a finite number for every mixture of the record with the background",
        shown(*value)
    )]
    NonFiniteOutput {
        /// Column of the output.
        class: usize,
        /// The value found.
        value: f64,
    },
    /// A SHAP value, or a mean or standard error of such, that overflows.
    #[error(
        "the SHAP value of feature {feature} for class {class} is {}, expected a finite number: scale the records or the model's outputs down",
        shown(*value)
    )]
    NonFiniteValue {
        /// The feature.
        feature: usize,
        /// Place of the class.
        class: usize,
        /// The value found.
        value: f64,
    },
}

fn dims((rows, columns): (usize, usize)) -> String {
    format!("{rows} x {columns}")
}
