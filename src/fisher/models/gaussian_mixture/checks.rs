//! Checks of a mixture's parameters.

use ndarray::{Array1, Array2, Axis};

use super::error::MixtureError;
use crate::checks::check_values;
use crate::{Error, Float, Result};

/// How far the sum of the weights may be from 1, which is further than rounding takes it.
const WEIGHT_SUM_TOLERANCE: f64 = 1e-4;

/// At least one component of one coordinate, and as many of each parameter.
pub(super) fn check_shapes<F: Float>(
    weights: &Array1<F>,
    means: &Array2<F>,
    variances: &Array2<F>,
) -> Result<()> {
    let (components, width) = (weights.len(), means.ncols());
    if components.min(width) == 0 {
        return Err(MixtureError::Empty { components, width }.into());
    }
    for (part, found) in [("means", means), ("variances", variances)] {
        if found.dim() != (components, width) {
            return Err(MixtureError::Shape {
                part,
                found: found.shape().to_vec(),
                expected: vec![components, width],
            }
            .into());
        }
    }
    Ok(())
}

/// Every weight positive, and their sum 1.
pub(super) fn check_weights<F: Float>(weights: &Array1<F>) -> Result<()> {
    check_values(
        weights.view().insert_axis(Axis(0)),
        |weight| !is_positive(weight),
        |_, component, value| MixtureError::InvalidWeight { component, value }.into(),
    )?;
    let sum: f64 = weights.iter().filter_map(|weight| weight.to_f64()).sum();
    match (sum - 1.0).abs() <= WEIGHT_SUM_TOLERANCE {
        true => Ok(()),
        false => Err(MixtureError::WeightSum(sum).into()),
    }
}

/// Every mean finite, and every variance positive.
pub(super) fn check_gaussians<F: Float>(means: &Array2<F>, variances: &Array2<F>) -> Result<()> {
    check_values(
        means.view(),
        |mean| !mean.is_finite(),
        |component, coordinate, value| {
            Error::Mixture(MixtureError::NonFiniteMean {
                component,
                coordinate,
                value,
            })
        },
    )?;
    check_values(
        variances.view(),
        |variance| !is_positive(variance),
        |component, coordinate, value| {
            Error::Mixture(MixtureError::InvalidVariance {
                component,
                coordinate,
                value,
            })
        },
    )
}

/// Whether a number is positive, finite and large enough for a finite reciprocal.
fn is_positive<F: Float>(x: F) -> bool {
    x > F::zero() && x.is_normal()
}
