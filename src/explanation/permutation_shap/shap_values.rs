//! The values of one record.

use ndarray::{Array1, Array2};

/// The SHAP values of one record, and how well they are known.
///
/// # Example
///
/// See [`PermutationShap`](super::PermutationShap).
#[derive(Debug, Clone, PartialEq)]
pub struct ShapValues {
    /// The value of each feature (rows) for each class (columns), `d x c`. A column sums up to the
    /// `output` of the class less its `base`, but for rounding.
    pub values: Array2<f64>,
    /// The standard error of each value, `d x c`: the standard deviation of the pairs' values over
    /// the square root of their number. It is that of sampling permutations: the background is
    /// taken as it is.
    pub standard_errors: Array2<f64>,
    /// The mean output of each class over the background, `c`.
    pub base: Array1<f64>,
    /// The output of each class for the record, `c`.
    pub output: Array1<f64>,
}
