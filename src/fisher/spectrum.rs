//! The spectrum of fitted information, and what it tells.

use ndarray::Array1;

use super::features::FisherFeatures;
use super::information::Basis;
use super::model::FisherScore;
use crate::Float;
use crate::numerics::spectrum;

/// The spectrum of the information. A [`Diagonal`](super::Information::Diagonal) or
/// [`Analytical`](super::Information::Analytical) one, and the identity, are not decomposed, and
/// have none unless their features are [rotated](super::FisherFeaturesParams::rotated).
impl<F: Float, M: FisherScore<F>> FisherFeatures<F, M> {
    /// Eigenvalues of the second moments of the normalised training scores, largest first: of
    /// their covariance for `LowRank`, about zero for rotated features; `None` for others. All of
    /// them but zeros, or those of the features alone where few of many were asked for.
    pub fn spectrum(&self) -> Option<&Array1<f64>> {
        self.information.spectrum()
    }

    /// The share of the sum of all eigenvalues that is along the directions of the features, in
    /// `(0, 1]` but for rounding: of the variance of the normalised training scores for `LowRank`
    /// information; `None` where [`spectrum`](Self::spectrum) is.
    pub fn explained(&self) -> Option<f64> {
        self.information.basis().map(Basis::explained)
    }

    /// The effective rank of the information along the directions of the features: the exponential
    /// of the entropy of its eigenvalues' shares in their sum, from 1 to `r` (Roy & Vetterli 2007).
    /// `None` where [`spectrum`](Self::spectrum) is.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::prelude::*;
    /// use linfa_fisher::fisher::{FisherFeatures, Information};
    /// use linfa_fisher::Rbm;
    /// use ndarray::array;
    ///
    /// let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
    /// let params = FisherFeatures::fk(Rbm::params(2).epochs(5));
    /// let whitened = params.clone().information(Information::full_rank(0.0)).fit(&train)?;
    /// let (rank, condition) = (whitened.effective_rank(), whitened.condition_number());
    /// assert!(rank.is_some_and(|rank| (1.0..=whitened.nfeatures() as f64).contains(&rank)));
    /// assert!(condition.is_some_and(|condition| condition >= 1.0));
    /// assert!(whitened.explained().is_some_and(|share| (share - 1.0).abs() < 1e-9));
    /// assert_eq!(params.fit(&train)?.effective_rank(), None); // the identity has no spectrum
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn effective_rank(&self) -> Option<f64> {
        let basis = self.information.basis()?;
        Some(spectrum::effective_rank(basis.kept()))
    }

    /// The condition number of the information along the directions of the features: its largest
    /// eigenvalue over the least, before damping. `None` where [`spectrum`](Self::spectrum) is.
    pub fn condition_number(&self) -> Option<f64> {
        let basis = self.information.basis()?;
        Some(spectrum::condition_number(basis.kept()))
    }
}
