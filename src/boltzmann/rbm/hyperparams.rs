//! Hyper-parameters of a restricted Boltzmann machine.

use rand::Rng;

use crate::boltzmann::{training_builders, NegativePhase, Training};
use crate::Float;

/// Checked hyper-parameters, from [`RbmParams`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Rbm;
///
/// let params = Rbm::<f64>::params(10).check().unwrap();
/// assert_eq!(params.hidden(), 10);
/// assert!(params.training().train_biases());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "Parts<F, R>",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, R: Rng + Clone + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct RbmValidParams<F, R> {
    pub(super) hidden: usize,
    pub(super) training: Training<F>,
    pub(super) rng: R,
}

/// What a file says that hyper-parameters are.
#[cfg(feature = "serde")]
#[derive(serde_crate::Deserialize)]
#[serde(crate = "serde_crate", rename = "RbmValidParams")]
struct Parts<F, R> {
    hidden: usize,
    training: Training<F>,
    rng: R,
}

#[cfg(feature = "serde")]
impl<F: Float, R: Rng + Clone> TryFrom<Parts<F, R>> for RbmValidParams<F, R> {
    type Error = crate::Error;

    fn try_from(parts: Parts<F, R>) -> crate::Result<Self> {
        let unchecked = RbmParams(Self {
            hidden: parts.hidden,
            training: parts.training,
            rng: parts.rng,
        });
        linfa::ParamGuard::check(unchecked)
    }
}

impl<F: Float, R: Rng> RbmValidParams<F, R> {
    /// Number of hidden units.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// How the machine is trained.
    pub fn training(&self) -> &Training<F> {
        &self.training
    }

    /// The source of random numbers at its start.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

/// Hyper-parameters of [`Rbm`](crate::boltzmann::Rbm), from [`Rbm::params`](crate::boltzmann::Rbm::params).
///
/// By default it is trained by PCD-1 with 100 chains.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{NegativePhase, Rbm};
///
/// let params = Rbm::<f32>::params(10)
///     .epochs(20)
///     .negative_phase(NegativePhase::ContrastiveDivergence { steps: 1 });
/// assert!(params.check_ref().is_ok());
/// assert!(params.epochs(0).check_ref().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, R: Rng + Clone + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct RbmParams<F, R>(pub(super) RbmValidParams<F, R>);

impl<F: Float, R: Rng + Clone> RbmParams<F, R> {
    pub(super) fn with_rng(hidden: usize, rng: R) -> Self {
        Self(RbmValidParams {
            hidden,
            training: Training {
                negative_phase: NegativePhase::Persistent {
                    chains: 100,
                    steps: 1,
                },
                ..Training::default()
            },
            rng,
        })
    }

    training_builders!();
}
