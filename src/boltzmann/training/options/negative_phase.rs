//! Where the model's expectation in the gradient comes from.

use ndarray::Array2;
use rand::Rng;

use crate::boltzmann::machine::Conditionals;
use crate::boltzmann::sampling::Expected;
use crate::boltzmann::training::section::section_sizes;
use crate::boltzmann::{GibbsChains, Parameters, TemperedChains};
use crate::error::MachineError;
use crate::{Error, Float, Result};

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
    fn steps(&self) -> usize {
        match *self {
            Self::ContrastiveDivergence { steps }
            | Self::Persistent { steps, .. }
            | Self::Tempered { steps, .. } => steps,
        }
    }

    /// The first number out of range.
    pub(crate) fn check(&self) -> Result<()> {
        match *self {
            _ if self.steps() == 0 => Err(Error::Machine(MachineError::InvalidGibbsSteps(0))),
            Self::Persistent { chains: 0, .. } | Self::Tempered { chains: 0, .. } => {
                Err(Error::Machine(MachineError::InvalidChains(0)))
            }
            Self::Tempered { temperatures, .. } if temperatures < 2 => Err(Error::Machine(
                MachineError::InvalidTemperatures(temperatures),
            )),
            _ => Ok(()),
        }
    }

    /// Chains at random states, if they are to persist, in [sections](super::section).
    pub(crate) fn start<F: Float, R: Rng>(
        &self,
        theta: &Parameters<F>,
        rng: &mut R,
    ) -> Result<Vec<NegativeChains<F>>> {
        Ok(match *self {
            Self::ContrastiveDivergence { .. } => Vec::new(),
            Self::Persistent { chains, .. } => section_sizes(chains, &theta.layers())
                .into_iter()
                .map(|chains| NegativeChains::Plain(GibbsChains::random(theta, chains, rng)))
                .collect(),
            Self::Tempered {
                chains,
                temperatures,
                ..
            } => {
                let chains = TemperedChains::random(theta, chains, temperatures, rng)?;
                vec![NegativeChains::Tempered(chains)]
            }
        })
    }

    /// Takes the steps of a batch.
    pub(crate) fn advance<F: Float>(
        &self,
        chains: &mut NegativeChains<F>,
        machine: Conditionals<F>,
        seed: u64,
    ) -> Expected<F> {
        match chains {
            NegativeChains::Plain(chains) => chains.advance_by(machine, self.steps(), seed),
            NegativeChains::Tempered(chains) => {
                chains.advance_by(machine, self.steps(), seed);
                // the last swaps have changed the states
                Expected {
                    odd: chains.coldest().expected_odd_layers(machine),
                    visible: None,
                }
            }
        }
    }
}

/// Chains that go on from batch to batch.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
    )
)]
pub(crate) enum NegativeChains<F> {
    Plain(GibbsChains<F>),
    Tempered(TemperedChains<F>),
}

impl<F: Float> NegativeChains<F> {
    /// Chains that start at a batch's activation probabilities.
    pub(crate) fn contrastive(layers: Vec<Array2<F>>, machine: Conditionals<F>, seed: u64) -> Self {
        Self::Plain(GibbsChains::from_layers(layers, machine, seed))
    }

    /// How many chains sample the machine itself.
    pub(crate) fn len(&self) -> usize {
        self.samples().states()[0].nrows()
    }

    /// The chains that sample the machine itself.
    pub(crate) fn samples(&self) -> &GibbsChains<F> {
        match self {
            Self::Plain(chains) => chains,
            Self::Tempered(chains) => chains.coldest(),
        }
    }
}
