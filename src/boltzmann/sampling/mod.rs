//! Markov chains over the states of a machine.

mod chains;
mod gibbs;
mod tempering;

pub(crate) use chains::NegativeChains;
pub use gibbs::GibbsChains;
pub(crate) use gibbs::{advance_block, sample_probabilities, Expected};
pub use tempering::TemperedChains;
