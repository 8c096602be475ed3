//! The chains of the negative phase.

use super::block::Expected;
use super::gibbs::GibbsChains;
use super::tempering::TemperedChains;
use crate::Float;
use crate::boltzmann::machine::Conditionals;

/// Persistent chains, which continue from batch to batch.
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
    /// Runs Gibbs steps of all chains; returns what the last one computes besides the states.
    pub(crate) fn advance(
        &mut self,
        machine: Conditionals<F>,
        steps: usize,
        seed: u64,
    ) -> Expected<F> {
        match self {
            Self::Plain(chains) => chains.advance_by(machine, steps, seed),
            Self::Tempered(chains) => {
                chains.advance_by(machine, steps, seed);
                // the swaps after the last step have changed the states
                Expected {
                    odd: chains.coldest().expected_odd_layers(machine),
                    visible: None,
                }
            }
        }
    }

    /// Number of chains at `beta = 1`, which sample the machine itself.
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
