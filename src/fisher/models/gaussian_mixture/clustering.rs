//! Mixtures of linfa-clustering.

use linfa_clustering::GaussianMixtureModel;

use super::score::GaussianMixtureScore;
use crate::{Error, Float, Result};

/// The mixture of the same weights, means and variances, of which what lies off the diagonals of
/// the covariances is left out as [`from_full`](GaussianMixtureScore::from_full) says.
///
/// # Errors
///
/// As [`new`](GaussianMixtureScore::new).
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_clustering::GaussianMixtureModel;
/// use linfa_fisher::fisher::GaussianMixtureScore;
/// use ndarray::array;
///
/// let x = array![[0.0, 1.0], [1.0, 0.2], [0.4, 0.0], [7.0, 9.0], [8.0, 8.1], [9.0, 7.2]];
/// let full = GaussianMixtureModel::params(2).fit(&DatasetBase::from(x.clone())).unwrap();
/// let left_out = GaussianMixtureScore::largest_correlation(full.covariances().view())?;
/// assert!(left_out > 0.5); // three points a component: far from diagonal
/// let mixture = GaussianMixtureScore::try_from(&full)?.maximised(x.view(), 5, 1e-6)?;
/// assert_eq!(mixture.ncomponents(), 2);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
impl<F: Float> TryFrom<&GaussianMixtureModel<F>> for GaussianMixtureScore<F> {
    type Error = Error;

    fn try_from(full: &GaussianMixtureModel<F>) -> Result<Self> {
        let (weights, means) = (full.weights().clone(), full.means().clone());
        Self::from_full(weights, means, full.covariances().view())
    }
}
