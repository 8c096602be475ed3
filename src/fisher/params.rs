//! Hyper-parameters of Fisher features.

use linfa::ParamGuard;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::error::FisherError;
use super::information::Information;
use super::model::FisherScore;
use super::scaling::Scaling;
use super::source::ScoreModel;
use crate::{Error, Float, Result};

/// The options of the expectation of the model that comes from a source.
type ExpectationOf<F, S> = <<S as ScoreModel<F>>::Model as FisherScore<F>>::Expectation;

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
            serialize = "F: serde_crate::Serialize, S: serde_crate::Serialize, R: serde_crate::Serialize, ExpectationOf<F, S>: serde_crate::Serialize",
            deserialize = "F: serde_crate::Deserialize<'de>, S: serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>, ExpectationOf<F, S>: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct FisherFeaturesValidParams<F: Float, S: ScoreModel<F>, R = Xoshiro256Plus> {
    pub(super) source: S,
    pub(super) scaling: Scaling<F>,
    pub(super) information: Information,
    pub(super) feature_scaling: Scaling<F>,
    pub(super) rotated: bool,
    pub(super) biases: bool,
    pub(super) expectation: ExpectationOf<F, S>,
    pub(super) rng: R,
}

impl<F: Float, S: ScoreModel<F>, R: Rng> FisherFeaturesValidParams<F, S, R> {
    /// The trained model, or the hyper-parameters to train it with.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// How scores are normalised.
    pub fn scaling(&self) -> Scaling<F> {
        self.scaling
    }

    /// Approximation of the information matrix.
    pub fn information(&self) -> Information {
        self.information
    }

    /// How whitened scores are normalised.
    pub fn feature_scaling(&self) -> Scaling<F> {
        self.feature_scaling
    }

    /// Whether features are coordinates in the span of the training features.
    pub fn rotated(&self) -> bool {
        self.rotated
    }

    /// Whether scores include the gradients of the biases.
    pub fn biases(&self) -> bool {
        self.biases
    }

    /// Options of the model's expectation.
    pub fn expectation(&self) -> &ExpectationOf<F, S> {
        &self.expectation
    }

    /// The random-number generator for the model's expectation, in its initial state.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

impl<F: Float, S: ScoreModel<F>, R> FisherFeaturesValidParams<F, S, R> {
    /// Checks that the model has an analytical information, which is of the scores that it whitens.
    ///
    /// # Errors
    ///
    /// [`NoAnalyticalInformation`](FisherError::NoAnalyticalInformation),
    /// [`ScaledAnalytical`](FisherError::ScaledAnalytical).
    fn check_analytical(&self) -> Result<()> {
        if !S::Model::HAS_ANALYTICAL_INFORMATION {
            Err(FisherError::NoAnalyticalInformation.into())
        } else if self.scaling.is_none() {
            Ok(())
        } else {
            Err(FisherError::ScaledAnalytical.into())
        }
    }
}

/// Hyper-parameters of [`FisherFeatures`](super::FisherFeatures): the source of the model, and the
/// scaling and the information of its scores.
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
    serde(
        crate = "serde_crate",
        bound = "F: serde_crate::Serialize, S: serde_crate::Serialize, R: serde_crate::Serialize, ExpectationOf<F, S>: serde_crate::Serialize"
    )
)]
pub struct FisherFeaturesParams<F: Float, S: ScoreModel<F>, R = Xoshiro256Plus>(
    pub(super) FisherFeaturesValidParams<F, S, R>,
);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    FisherFeaturesParams<F, S, R> {
        source, scaling, information, feature_scaling, rotated, biases, expectation, rng
    } => Ok(Self(FisherFeaturesValidParams {
        source, scaling, information, feature_scaling, rotated, biases, expectation, rng
    }));
    where
        F: Float + serde_crate::Deserialize<'de>,
        S: ScoreModel<F> + serde_crate::Deserialize<'de>,
        ExpectationOf<F, S>: serde_crate::Deserialize<'de>,
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

impl<F: Float, S: ScoreModel<F>> FisherFeaturesParams<F, S> {
    pub(super) fn new(source: S) -> Self {
        Self(FisherFeaturesValidParams {
            source,
            scaling: Scaling::none(),
            information: Information::Identity,
            feature_scaling: Scaling::none(),
            rotated: false,
            biases: false,
            expectation: Default::default(),
            rng: Xoshiro256Plus::seed_from_u64(42),
        })
    }
}

impl<F: Float, S: ScoreModel<F>, R> FisherFeaturesParams<F, S, R> {
    /// How scores are normalised. Defaults to [`Scaling::none`].
    pub fn scaling(mut self, scaling: Scaling<F>) -> Self {
        self.0.scaling = scaling;
        self
    }

    /// Approximation of the information matrix. Defaults to [`Information::Identity`].
    pub fn information(mut self, information: Information) -> Self {
        self.0.information = information;
        self
    }

    /// How scores are normalised once more, after the information: by signed power and L2, not by
    /// min-max. Improved Fisher vectors of Gaussian mixtures have this order (Perronnin, Sanchez &
    /// Mensink 2010), those of deep Boltzmann machines that of [`scaling`](Self::scaling). Defaults
    /// to [`Scaling::none`].
    pub fn feature_scaling(mut self, scaling: Scaling<F>) -> Self {
        self.0.feature_scaling = scaling;
        self
    }

    /// Whether features of all information but `LowRank` are given as `r <= min(n, p)`
    /// coordinates in an orthonormal basis of the training features' span, instead of as `p`
    /// numbers. Inner products with training features stay the same, and so does every linear or
    /// kernel machine; the order of a sample's distances to the training features stays the same,
    /// too. `LowRank` features are such coordinates already. Defaults to false.
    pub fn rotated(mut self, rotated: bool) -> Self {
        self.0.rotated = rotated;
        self
    }

    /// Whether scores include the gradients of the biases. Defaults to false: weights only.
    pub fn biases(mut self, biases: bool) -> Self {
        self.0.biases = biases;
        self
    }

    /// The options of the model's expectation, of the type that the model asks for:
    /// [`ModelExpectation`](super::ModelExpectation) for a Boltzmann machine. Defaults to that
    /// type's default.
    pub fn expectation(mut self, expectation: ExpectationOf<F, S>) -> Self {
        self.0.expectation = expectation;
        self
    }

    /// The random-number generator for the model's expectation. Defaults to one that is seeded
    /// with 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> FisherFeaturesParams<F, S, R2> {
        FisherFeaturesParams(FisherFeaturesValidParams {
            source: self.0.source,
            scaling: self.0.scaling,
            information: self.0.information,
            feature_scaling: self.0.feature_scaling,
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
        self.0.feature_scaling.check_of_features()?;
        if self.0.information == Information::Analytical {
            self.0.check_analytical()?;
        }
        S::Model::check_expectation(&self.0.expectation)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
