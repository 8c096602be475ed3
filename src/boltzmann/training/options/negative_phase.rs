//! Where the model's expectation in the gradient comes from.

use rand::Rng;

use crate::boltzmann::sampling::NegativeChains;
use crate::boltzmann::{GibbsChains, Parameters, TemperedChains};
use crate::error::MachineError;
use crate::{Float, Result};

/// Where the model's expectation in the gradient comes from.
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
    /// CD-k: chains that start at the batch, `k = steps` (Hinton 2002).
    ContrastiveDivergence {
        /// Gibbs steps, at least 1.
        steps: usize,
    },
    /// PCD-k: chains that go on from batch to batch (Tieleman 2008).
    Persistent {
        /// Chains, at least 1.
        chains: usize,
        /// Gibbs steps a batch, at least 1.
        steps: usize,
    },
    /// Persistent chains with parallel tempering ([`TemperedChains`]; Desjardins et al. 2010), for
    /// models with modes that plain chains do not leave.
    Tempered {
        /// Chains at each temperature, at least 1.
        chains: usize,
        /// Temperatures, at least 2.
        temperatures: usize,
        /// Gibbs steps a batch, each followed by swaps, at least 1.
        steps: usize,
    },
}

impl NegativePhase {
    /// Gibbs steps a batch.
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

    /// Chains at random states, if there are chains that persist.
    pub(crate) fn start<F: Float, R: Rng>(
        &self,
        theta: &Parameters<F>,
        rng: &mut R,
    ) -> Result<Option<NegativeChains<F>>> {
        Ok(match *self {
            Self::ContrastiveDivergence { .. } => None,
            Self::Persistent { chains, .. } => {
                let chains = GibbsChains::random(theta, chains, rng);
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

    /// Whether these are its chains over layers of the given units.
    #[cfg(feature = "serde")]
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
