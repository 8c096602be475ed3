//! The parameters of a Gaussian's spread.

/// By which parameters of the Gaussians' spread the gradient is taken.
///
/// The Fisher kernel is the same for both, and so are whitened gradients but for the sign of this
/// block.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::{GaussianMixtureScore, Scaling, Spread};
/// use ndarray::{array, s};
///
/// let (means, variances) = (array![[0.0], [4.0]], array![[1.0], [1.0]]);
/// let mixture = GaussianMixtureScore::new(array![0.5, 0.5], means, variances)?;
/// let x = array![[0.3], [3.1]];
/// let by_deviations = mixture.fisher_vector(x.view(), Scaling::none())?;
/// let mixture = mixture.spread(Spread::Precisions);
/// let by_precisions = mixture.fisher_vector(x.view(), Scaling::none())?;
/// assert_eq!(by_deviations.slice(s![..4]), by_precisions.slice(s![..4]));
/// assert_eq!(by_deviations.slice(s![4..]), -&by_precisions.slice(s![4..]));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub enum Spread {
    /// The standard deviations `sigma` (Perronnin & Dance 2007):
    /// `d log p / d sigma = gamma (u^2 - 1) / sigma`.
    #[default]
    Deviations,
    /// The precisions `lambda = sigma^-2`: `d log p / d lambda = gamma (1 - u^2) sigma^2 / 2`.
    /// scikit-image's `fisher_vector` has the sign of these.
    Precisions,
}
