//! What linear classifiers share: a hyperplane for each class.

use ndarray::{Array2, ArrayView2, aview1};

use super::decision::check_decisions;
use super::error::ClassificationError;
use crate::checks::check_query;
use crate::numerics::dense::product;
#[cfg(feature = "serde")]
use crate::persistence::{check_classes, check_numbers, check_shape_of};
use crate::{Float, Result};

/// `X W + b` of records `X` (`n x d`), by the weights `W` (`d x c`) and the intercepts `b` (`c`):
/// `n x c`, finite.
pub(super) fn decision_values<F: Float>(
    records: ArrayView2<F>,
    coefficients: &Array2<F>,
    intercepts: &[f64],
) -> Result<Array2<F>> {
    check_query(records, coefficients.nrows())?;
    let mut values = product(records, coefficients.view());
    values += &aview1(intercepts).mapv(F::cast);
    for (class, values) in values.columns().into_iter().enumerate() {
        check_decisions(values, 0, class)?;
    }
    Ok(values)
}

/// Weights (`d x c`) and intercepts (`c`) in the numbers of the records, if these hold them.
///
/// # Errors
///
/// [`NonFiniteWeights`](ClassificationError::NonFiniteWeights).
pub(super) fn fitted<F: Float>(
    weights: ArrayView2<f64>,
    intercepts: Vec<f64>,
) -> Result<(Array2<F>, Vec<f64>)> {
    let coefficients = weights.mapv(F::cast);
    let finite = coefficients.iter().all(|w| w.is_finite());
    match finite && intercepts.iter().all(|b| b.is_finite()) {
        true => Ok((coefficients, intercepts)),
        false => Err(ClassificationError::NonFiniteWeights.into()),
    }
}

/// Distinct classes in ascending order, and finite weights for each.
#[cfg(feature = "serde")]
pub(super) fn check_hyperplanes<F: Float, L: Ord>(
    coefficients: &Array2<F>,
    intercepts: &[f64],
    classes: &[L],
) -> Result<()> {
    let expected = [coefficients.nrows(), classes.len()];
    check_classes(classes)?;
    check_shape_of("weights", coefficients.shape(), &expected)?;
    check_shape_of("intercepts", &[intercepts.len()], &[classes.len()])?;
    check_numbers("the weights", coefficients, F::is_finite)?;
    check_numbers("the intercepts", &aview1(intercepts), f64::is_finite)
}
