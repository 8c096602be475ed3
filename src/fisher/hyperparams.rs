//! Hyper-parameters of Fisher features.

use linfa::ParamGuard;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::{Information, ModelExpectation, Scaling, ScoreModel};
use crate::{Error, Float, Result};

/// Checked hyper-parameters, from [`FisherFeaturesParams`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::fisher::{FisherFeatures, Information};
///
/// let params = FisherFeatures::idfk(Dbm::<f32>::params(&[20, 40])).check()?;
/// assert_eq!(params.information(), Information::LowRank { rank: 256, damping: 0.1 });
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "FisherFeaturesParams<F, S, R>",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, S: ScoreModel<F> + serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct FisherFeaturesValidParams<F, S, R = Xoshiro256Plus> {
    pub(super) source: S,
    pub(super) scaling: Scaling<F>,
    pub(super) information: Information<F>,
    pub(super) rotated: bool,
    pub(super) biases: bool,
    pub(super) expectation: ModelExpectation,
    pub(super) rng: R,
}

impl<F: Float, S, R: Rng> FisherFeaturesValidParams<F, S, R> {
    /// The model, or the hyper-parameters it is trained with.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// How scores are normalised.
    pub fn scaling(&self) -> Scaling<F> {
        self.scaling
    }

    /// Approximation of the information matrix.
    pub fn information(&self) -> Information<F> {
        self.information
    }

    /// Whether features are coordinates in the span of the training features.
    pub fn rotated(&self) -> bool {
        self.rotated
    }

    /// Whether scores hold the gradients of biases.
    pub fn biases(&self) -> bool {
        self.biases
    }

    /// How the model's expectation is estimated.
    pub fn expectation(&self) -> ModelExpectation {
        self.expectation
    }

    /// The source of random numbers for the model's expectation, at its start.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

/// Hyper-parameters of [`FisherFeatures`](super::FisherFeatures): where the model comes from and
/// what is made of its scores.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::fisher::{FisherFeatures, Information, Scaling};
///
/// let params = FisherFeatures::params(Rbm::<f32>::params(10))
///     .scaling(Scaling::min_max_l2())
///     .information(Information::LowRank { rank: 128, damping: 1e-3 })
///     .biases(true);
/// assert!(params.check_ref().is_ok());
/// assert!(params.information(Information::LowRank { rank: 0, damping: 0.0 }).check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct FisherFeaturesParams<F, S, R = Xoshiro256Plus>(
    pub(super) FisherFeaturesValidParams<F, S, R>,
);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    FisherFeaturesParams<F, S, R> {
        source, scaling, information, rotated, biases, expectation, rng
    } => Ok(Self(FisherFeaturesValidParams {
        source, scaling, information, rotated, biases, expectation, rng
    }));
    where
        F: serde_crate::Deserialize<'de>,
        S: serde_crate::Deserialize<'de>,
        R: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, S: ScoreModel<F>, R> TryFrom<FisherFeaturesParams<F, S, R>>
    for FisherFeaturesValidParams<F, S, R>
{
    type Error = Error;

    fn try_from(unchecked: FisherFeaturesParams<F, S, R>) -> Result<Self> {
        unchecked.check()
    }
}

impl<F: Float, S> FisherFeaturesParams<F, S> {
    pub(super) fn new(source: S) -> Self {
        Self(FisherFeaturesValidParams {
            source,
            scaling: Scaling::none(),
            information: Information::Identity,
            rotated: false,
            biases: false,
            expectation: ModelExpectation::default(),
            rng: Xoshiro256Plus::seed_from_u64(42),
        })
    }
}

impl<F: Float, S, R> FisherFeaturesParams<F, S, R> {
    /// How scores are normalised. Defaults to [`Scaling::none`].
    pub fn scaling(mut self, scaling: Scaling<F>) -> Self {
        self.0.scaling = scaling;
        self
    }

    /// Approximation of the information matrix. Defaults to [`Information::Identity`].
    pub fn information(mut self, information: Information<F>) -> Self {
        self.0.information = information;
        self
    }

    /// Whether features of `Identity` and `Diagonal` are given as `r <= min(n, p)` coordinates in
    /// an orthonormal basis of the training features' span rather than as `p` numbers. Inner
    /// products with training features, and so any linear or kernel machine, stay the same, as
    /// does the order of a sample's distances to them; `LowRank` features are such coordinates
    /// already. Defaults to false.
    pub fn rotated(mut self, rotated: bool) -> Self {
        self.0.rotated = rotated;
        self
    }

    /// Whether scores hold the gradients of biases too. Defaults to false: weights only.
    pub fn biases(mut self, biases: bool) -> Self {
        self.0.biases = biases;
        self
    }

    /// How the model's expectation is estimated. Defaults to [`ModelExpectation::default`].
    pub fn expectation(mut self, expectation: ModelExpectation) -> Self {
        self.0.expectation = expectation;
        self
    }

    /// The source of random numbers for the model's expectation. Defaults to a generator seeded
    /// with 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> FisherFeaturesParams<F, S, R2> {
        FisherFeaturesParams(FisherFeaturesValidParams {
            source: self.0.source,
            scaling: self.0.scaling,
            information: self.0.information,
            rotated: self.0.rotated,
            biases: self.0.biases,
            expectation: self.0.expectation,
            rng,
        })
    }
}

impl<F: Float, S: ScoreModel<F>, R> ParamGuard for FisherFeaturesParams<F, S, R> {
    type Checked = FisherFeaturesValidParams<F, S, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        ScoreModel::check(&self.0.source)?;
        self.0.scaling.check()?;
        self.0.information.check()?;
        self.0.expectation.check()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
