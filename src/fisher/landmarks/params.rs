//! Hyper-parameters of improved Fisher vectors by landmarks.

use linfa::ParamGuard;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::error::FisherError;
use crate::fisher::information::Information;
use crate::fisher::kernel::FisherKernel;
use crate::fisher::source::ScoreModel;
use crate::{Error, Float, Result};

/// Checked hyper-parameters of [`LandmarkFeatures`](super::LandmarkFeatures).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::fisher::LandmarkFeatures;
///
/// let params = LandmarkFeatures::idfk(Dbm::<f32>::params(&[20, 40])).check()?;
/// assert_eq!((params.landmarks(), params.rank()), (1024, 256));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "LandmarkFeaturesParams<F, S, R>",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, S: ScoreModel<F> + serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct LandmarkFeaturesValidParams<F, S, R = Xoshiro256Plus> {
    pub(super) kernel: FisherKernel<F, S>,
    pub(super) landmarks: usize,
    pub(super) rank: usize,
    pub(super) damping: f64,
    pub(super) rng: R,
}

impl<F, S, R> LandmarkFeaturesValidParams<F, S, R> {
    /// Number of landmarks.
    pub fn landmarks(&self) -> usize {
        self.landmarks
    }

    /// Largest number of features.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// What is added to every variance, relative to the largest one.
    pub fn damping(&self) -> f64 {
        self.damping
    }
}

impl<F: Float, S, R> LandmarkFeaturesValidParams<F, S, R> {
    /// Power of the kernel of the scores, 1 for a Gaussian one.
    pub fn power(&self) -> u32 {
        self.kernel.powers().0
    }

    /// Power of the kernel of the pixels, 0 for none.
    pub fn pixel_power(&self) -> u32 {
        self.kernel.powers().1
    }
}

/// Hyper-parameters of [`LandmarkFeatures`](super::LandmarkFeatures).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::fisher::{FisherKernel, LandmarkFeatures};
///
/// let kernel = FisherKernel::new(Dbm::<f32>::params(&[20, 40])).cosine().gaussian(0.5)?;
/// let params = LandmarkFeatures::params(kernel).landmarks(4096).rank(512).damping(1e-4);
/// let params = params.power(2).pixel_power(4); // no Gaussian any more
/// let checked = params.check_ref()?;
/// assert_eq!((checked.power(), checked.pixel_power()), (2, 4));
/// assert!(params.power(0).check().is_err());
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct LandmarkFeaturesParams<F, S, R = Xoshiro256Plus>(LandmarkFeaturesValidParams<F, S, R>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LandmarkFeaturesParams<F, S, R> { kernel, landmarks, rank, damping, rng } =>
        Ok(Self(LandmarkFeaturesValidParams { kernel, landmarks, rank, damping, rng }));
    where
        F: Float + serde_crate::Deserialize<'de>,
        S: serde_crate::Deserialize<'de>,
        R: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, S: ScoreModel<F>, R> TryFrom<LandmarkFeaturesParams<F, S, R>>
    for LandmarkFeaturesValidParams<F, S, R>
{
    type Error = Error;

    fn try_from(unchecked: LandmarkFeaturesParams<F, S, R>) -> Result<Self> {
        unchecked.check()
    }
}

impl<F: Float, S: ScoreModel<F>> LandmarkFeaturesParams<F, S> {
    pub(super) fn new(kernel: FisherKernel<F, S>) -> Self {
        Self(LandmarkFeaturesValidParams {
            kernel,
            landmarks: 1024,
            rank: 256,
            damping: 0.1,
            rng: Xoshiro256Plus::seed_from_u64(42),
        })
    }
}

impl<F, S, R> LandmarkFeaturesParams<F, S, R> {
    /// Number of training records that are drawn as landmarks, at least 1 and at most all of them.
    /// Defaults to 1024.
    pub fn landmarks(mut self, landmarks: usize) -> Self {
        self.0.landmarks = landmarks;
        self
    }

    /// Largest number of features, at least 1. Defaults to 256.
    pub fn rank(mut self, rank: usize) -> Self {
        self.0.rank = rank;
        self
    }

    /// What is added to every variance, relative to the largest one; at least 0. Defaults to 0.1,
    /// as for [`FisherFeatures::idfk`](crate::fisher::FisherFeatures::idfk).
    pub fn damping(mut self, damping: impl Into<f64>) -> Self {
        self.0.damping = damping.into();
        self
    }

    /// The random-number generator that draws the landmarks. Defaults to one that is seeded with
    /// 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> LandmarkFeaturesParams<F, S, R2> {
        LandmarkFeaturesParams(LandmarkFeaturesValidParams {
            kernel: self.0.kernel,
            landmarks: self.0.landmarks,
            rank: self.0.rank,
            damping: self.0.damping,
            rng,
        })
    }
}

impl<F: Float, S, R> LandmarkFeaturesParams<F, S, R> {
    /// Power of the kernel of the scores, from 1 to 32, in place of the kernel's own: see
    /// [`FisherKernel::power`]. Defaults to that of the kernel, 1 for
    /// [`idfk`](super::LandmarkFeatures::idfk).
    pub fn power(mut self, power: u32) -> Self {
        self.0.kernel = self.0.kernel.with_power(power);
        self
    }

    /// Power of the cosine of the records, from 0 to 32, by which the kernel is multiplied, in
    /// place of the kernel's own: see [`FisherKernel::pixel_power`]. Defaults to that of the
    /// kernel, 0 (none) for [`idfk`](super::LandmarkFeatures::idfk).
    pub fn pixel_power(mut self, power: u32) -> Self {
        self.0.kernel = self.0.kernel.with_pixel_power(power);
        self
    }
}

impl<F: Float, S: ScoreModel<F>, R> ParamGuard for LandmarkFeaturesParams<F, S, R> {
    type Checked = LandmarkFeaturesValidParams<F, S, R>;
    type Error = Error;

    /// # Errors
    ///
    /// Those of the model's hyper-parameters; [`InvalidPower`](FisherError::InvalidPower),
    /// [`InvalidPixelPower`](FisherError::InvalidPixelPower),
    /// [`InvalidLandmarks`](FisherError::InvalidLandmarks),
    /// [`InvalidRank`](FisherError::InvalidRank), [`InvalidDamping`](FisherError::InvalidDamping).
    fn check_ref(&self) -> Result<&Self::Checked> {
        let (rank, damping) = (self.0.rank, self.0.damping);
        self.0.kernel.model().check()?;
        self.0.kernel.check()?;
        Information::LowRank { rank, damping }.check()?;
        match self.0.landmarks {
            0 => Err(FisherError::InvalidLandmarks(0).into()),
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
