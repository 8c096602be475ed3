//! The negative phase: how the model's expectation in the gradient is estimated.

use rand::Rng;

use crate::boltzmann::sampling::NegativeChains;
use crate::boltzmann::{GibbsChains, Parameters, TemperedChains};
use crate::error::MachineError;
use crate::{Float, Result};

/// The negative phase: how the model's expectation in the gradient is estimated.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{NegativePhase, Rbm};
/// use linfa::ParamGuard;
///
/// let cd10 = NegativePhase::ContrastiveDivergence { steps: 10 };
/// let params = Rbm::<f32>::params(20).negative_phase(cd10).check().unwrap();
/// assert_eq!(params.training().negative_phase(), cd10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum NegativePhase {
    /// CD-k: chains that start at the batch, with `k = steps` (Hinton 2002).
    ContrastiveDivergence {
        /// Gibbs steps, at least 1.
        steps: usize,
    },
    /// PCD-k: persistent chains, which continue from batch to batch (Tieleman 2008).
    Persistent {
        /// Number of chains, at least 1.
        chains: usize,
        /// Gibbs steps per batch, at least 1.
        steps: usize,
    },
    /// Persistent chains with parallel tempering ([`TemperedChains`]; Desjardins et al. 2010), for
    /// models with modes that plain chains cannot leave.
    Tempered {
        /// Number of chains at each temperature, at least 1.
        chains: usize,
        /// Number of temperatures, at least 2.
        temperatures: usize,
        /// Gibbs steps per batch, each followed by swaps, at least 1.
        steps: usize,
    },
}

impl NegativePhase {
    /// Gibbs steps per batch.
    pub(crate) fn steps(&self) -> usize {
        match *self {
            Self::ContrastiveDivergence { steps }
            | Self::Persistent { steps, .. }
            | Self::Tempered { steps, .. } => steps,
        }
    }

    /// The first number out of range.
    pub(crate) fn check(&self) -> Result<()> {
        match *self {
            _ if self.steps() == 0 => Err(MachineError::InvalidGibbsSteps(0).into()),
            Self::Persistent { chains: 0, .. } | Self::Tempered { chains: 0, .. } => {
                Err(MachineError::InvalidChains(0).into())
            }
            Self::Tempered { temperatures, .. } if temperatures < 2 => {
                Err(MachineError::InvalidTemperatures(temperatures).into())
            }
            _ => Ok(()),
        }
    }

    /// Persistent chains at random states; `None` for contrastive divergence.
    pub(crate) fn start<F: Float, R: Rng>(
        &self,
        theta: &Parameters<F>,
        rng: &mut R,
    ) -> Result<Option<NegativeChains<F>>> {
        Ok(match *self {
            Self::ContrastiveDivergence { .. } => None,
            Self::Persistent { chains, .. } => {
                let chains = GibbsChains::random(theta, chains, rng)?;
                Some(NegativeChains::Plain(chains))
            }
            Self::Tempered {
                chains,
                temperatures,
                ..
            } => {
                let chains = TemperedChains::random(theta, chains, temperatures, rng)?;
                Some(NegativeChains::Tempered(chains))
            }
        })
    }

    /// Whether `chains` are those of this negative phase, over layers of the given sizes.
    pub(crate) fn owns<F: Float>(
        &self,
        chains: Option<&NegativeChains<F>>,
        layers: &[usize],
    ) -> bool {
        match (*self, chains) {
            (Self::ContrastiveDivergence { .. }, None) => true,
            (Self::Persistent { chains: count, .. }, Some(NegativeChains::Plain(chains))) => {
                chains.fit(count, layers)
            }
            (
                Self::Tempered {
                    chains: count,
                    temperatures,
                    ..
                },
                Some(NegativeChains::Tempered(chains)),
            ) => chains.fit(count, temperatures, layers),
            _ => false,
        }
    }
}
