//! A mixture of diagonal Gaussians as a source of Fisher vectors.

use ndarray::{Array1, Array2};

use super::checks::{check_gaussians, check_shapes, check_weights};
use super::components::Components;
use super::error::MixtureError;
use super::spread::Spread;
#[cfg(feature = "serde")]
use crate::persistence::Typed;
use crate::{Float, Result};

/// A mixture of `k` Gaussians of `d` coordinates with diagonal covariances, and its scores by
/// weights, means and deviations:
///
/// ```text
/// p(x) = sum_k w_k N(x; mu_k, diag sigma_k^2),  gamma_k = p(k | x),  u_k = (x - mu_k) / sigma_k
///
/// d log p / d alpha_k = gamma_k - w_k    where w_k = exp alpha_k / sum exp alpha
/// d log p / d mu_k    = gamma_k u_k / sigma_k
/// d log p / d sigma_k = gamma_k (u_k^2 - 1) / sigma_k
/// ```
///
/// (Perronnin & Dance 2007; Sanchez, Perronnin, Mensink & Verbeek 2013), `p = k + 2 k d` numbers in
/// this order. The scores are exact, and their expectation is zero. The information has a
/// [closed form](crate::fisher::Information::Analytical) if each descriptor belongs to one
/// component.
///
/// A record is a descriptor, or a set of `s` descriptors end to end
/// ([`sets_of`](Self::sets_of)), such as the patches of an image
/// ([`DensePatches`](crate::preprocessing::DensePatches)); the score of a set is the mean of those
/// of its descriptors. [`FisherFeatures::improved_fisher_vector`] makes features of records, and
/// [`fisher_vector`](Self::fisher_vector) one of a set of any size.
///
/// [`FisherFeatures::improved_fisher_vector`]: crate::FisherFeatures::improved_fisher_vector
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::{FisherFeatures, GaussianMixtureScore};
/// use ndarray::array;
///
/// let means = array![[0.0, 0.0], [4.0, 4.0]];
/// let variances = array![[1.0, 1.0], [1.0, 4.0]];
/// let mixture = GaussianMixtureScore::new(array![0.5, 0.5], means, variances)?;
///
/// // two sets of two descriptors each
/// let sets = DatasetBase::from(array![[0.1, -0.3, 3.9, 5.0], [4.1, 3.0, 4.4, 6.0]]);
/// let params = FisherFeatures::improved_fisher_vector(mixture.sets_of(2)?);
/// let features = params.fit(&sets)?.transform(&sets.records)?;
/// assert_eq!(features.dim(), (2, 2 + 2 * 2 * 2));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct GaussianMixtureScore<F> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(super) weights: Array1<F>,
    pub(super) means: Array2<F>,
    pub(super) variances: Array2<F>,
    pub(super) spread: Spread,
    /// Descriptors of a record.
    descriptors: usize,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) components: Components<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    GaussianMixtureScore<F> { weights, means, variances, spread, descriptors } => {
        let mixture = Self::new(Typed::into_arrays(weights)?, means, variances)?;
        mixture.spread(spread).sets_of(descriptors)
    };
    where F: Float + serde_crate::Deserialize<'de>
}

impl<F: Float> GaussianMixtureScore<F> {
    /// A mixture of the given weights (`k`), means and variances (`k x d`), such as
    /// scikit-learn's `weights_`, `means_` and `covariances_` of a `GaussianMixture` of diagonal
    /// covariances.
    ///
    /// # Errors
    ///
    /// [`Empty`] or [`Shape`] for parameters that do not make a mixture; [`InvalidWeight`],
    /// [`NonFiniteMean`] or [`InvalidVariance`] for the first number that is out of range,
    /// [`WeightSum`] for weights that do not sum to 1 up to 1e-4.
    ///
    /// [`Empty`]: crate::error::MixtureError::Empty
    /// [`Shape`]: crate::error::MixtureError::Shape
    /// [`InvalidWeight`]: crate::error::MixtureError::InvalidWeight
    /// [`NonFiniteMean`]: crate::error::MixtureError::NonFiniteMean
    /// [`InvalidVariance`]: crate::error::MixtureError::InvalidVariance
    /// [`WeightSum`]: crate::error::MixtureError::WeightSum
    pub fn new(weights: Array1<F>, means: Array2<F>, variances: Array2<F>) -> Result<Self> {
        check_shapes(&weights, &means, &variances)?;
        check_weights(&weights)?;
        check_gaussians(&means, &variances)?;
        // in row-major order, as a file would have them, so that sums have the same bits
        let means = means.as_standard_layout().into_owned();
        let variances = variances.as_standard_layout().into_owned();
        Ok(Self {
            components: Components::of(&weights, &means, &variances),
            weights,
            means,
            variances,
            spread: Spread::default(),
            descriptors: 1,
        })
    }

    /// The same mixture for records of `descriptors` descriptors end to end (`n x (s d)`), whose
    /// score is the mean of those of the descriptors. By default, a record is one descriptor.
    ///
    /// # Errors
    ///
    /// [`InvalidDescriptors`](crate::error::MixtureError::InvalidDescriptors) for none.
    pub fn sets_of(mut self, descriptors: usize) -> Result<Self> {
        match descriptors {
            0 => Err(MixtureError::InvalidDescriptors(0).into()),
            _ => {
                self.descriptors = descriptors;
                Ok(self)
            }
        }
    }

    /// The same mixture with scores by other parameters of its spread. Defaults to
    /// [`Spread::Deviations`].
    pub fn spread(mut self, spread: Spread) -> Self {
        self.spread = spread;
        self
    }

    /// The weights `w` (`k`).
    pub fn weights(&self) -> &Array1<F> {
        &self.weights
    }

    /// The means `mu` (`k x d`).
    pub fn means(&self) -> &Array2<F> {
        &self.means
    }

    /// The variances `sigma^2` (`k x d`).
    pub fn variances(&self) -> &Array2<F> {
        &self.variances
    }

    /// Number of components `k`.
    pub fn ncomponents(&self) -> usize {
        self.weights.len()
    }

    /// Width `d` of a descriptor.
    pub fn width(&self) -> usize {
        self.means.ncols()
    }

    /// Number of descriptors `s` of a record.
    pub fn descriptors(&self) -> usize {
        self.descriptors
    }

    /// Length `p = k + 2 k d` of a score.
    pub(super) fn length(&self) -> usize {
        self.weights.len() + 2 * self.means.len()
    }
}
