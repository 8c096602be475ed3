//! Mixtures of Gaussians with full covariances, of which the diagonals are taken.

use ndarray::{Array1, Array2, ArrayView2, ArrayView3};

use super::error::MixtureError;
use super::score::GaussianMixtureScore;
use crate::{Float, Result};

impl<F: Float> GaussianMixtureScore<F> {
    /// A mixture of the given weights (`k`), means (`k x d`) and full covariances (`k x d x d`), of
    /// which the diagonals alone are taken.
    ///
    /// Each Gaussian becomes the product of its marginal distributions, the nearest diagonal one to
    /// it by the Kullback-Leibler divergence. Fisher vectors do not know then how coordinates vary
    /// together within a component, and the mixture fits the descriptors less well:
    /// [`largest_correlation`](Self::largest_correlation) says how much is left out, and
    /// [`maximised`](Self::maximised) fits the diagonal mixture itself, from here on. Descriptors
    /// that a principal component analysis has rotated lose less.
    ///
    /// # Errors
    ///
    /// [`Shape`](MixtureError::Shape) for covariances of another shape; as [`new`](Self::new).
    pub fn from_full(
        weights: Array1<F>,
        means: Array2<F>,
        covariances: ArrayView3<F>,
    ) -> Result<Self> {
        let (components, width) = (weights.len(), means.ncols());
        check_covariances(covariances, &[components, width, width])?;
        let mut variances = Array2::zeros((components, width));
        let pairs = variances
            .rows_mut()
            .into_iter()
            .zip(covariances.outer_iter());
        pairs.for_each(|(mut variances, covariance)| variances.assign(&covariance.diag()));
        Self::new(weights, means, variances)
    }

    /// The largest correlation, by its absolute value, of two coordinates within a component of a
    /// mixture of full covariances (`k x d x d`); 0 if all are diagonal, which is in `[0, 1]` but
    /// for rounding.
    ///
    /// # Errors
    ///
    /// [`Shape`](MixtureError::Shape) for covariances that are not square,
    /// [`InvalidVariance`](MixtureError::InvalidVariance) for a diagonal that is not positive,
    /// [`NonFiniteCovariance`](MixtureError::NonFiniteCovariance).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::fisher::GaussianMixtureScore;
    /// use ndarray::array;
    ///
    /// let covariances = array![[[4.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]];
    /// let left_out = GaussianMixtureScore::largest_correlation(covariances.view())?;
    /// assert_eq!(left_out, 0.5);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn largest_correlation(covariances: ArrayView3<F>) -> Result<F> {
        let (components, width, _) = covariances.dim();
        check_covariances(covariances, &[components, width, width])?;
        let mut largest = F::zero();
        for (component, covariance) in covariances.outer_iter().enumerate() {
            largest = largest.max(correlation(component, covariance)?);
        }
        Ok(largest)
    }
}

/// The largest correlation within a component.
fn correlation<F: Float>(component: usize, covariance: ArrayView2<F>) -> Result<F> {
    let variances = covariance.diag();
    let number = |x: F| x.to_f64().unwrap_or(f64::NAN);
    let wrong = |&x: &F| !(x > F::zero() && x.is_finite());
    if let Some(coordinate) = variances.iter().position(wrong) {
        let value = number(variances[coordinate]);
        return Err(MixtureError::InvalidVariance {
            component,
            coordinate,
            value,
        }
        .into());
    }
    let mut largest = F::zero();
    for ((row, column), &x) in covariance.indexed_iter() {
        if !x.is_finite() {
            return Err(MixtureError::NonFiniteCovariance {
                component,
                row,
                column,
                value: number(x),
            }
            .into());
        }
        if row != column {
            largest = largest.max(x.abs() / (variances[row].sqrt() * variances[column].sqrt()));
        }
    }
    Ok(largest)
}

/// As many matrices of as many rows and columns as expected.
fn check_covariances<F>(covariances: ArrayView3<F>, expected: &[usize]) -> Result<()> {
    match covariances.shape() == expected {
        true => Ok(()),
        false => Err(MixtureError::Shape {
            part: "covariances",
            found: covariances.shape().to_vec(),
            expected: expected.to_vec(),
        }
        .into()),
    }
}
