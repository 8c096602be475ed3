//! Markov chains over the states of a machine.

mod block;
mod chains;
mod gibbs;
mod tempering;

pub(crate) use block::{Expected, advance_block, sample_probabilities};
pub(crate) use chains::NegativeChains;
pub use gibbs::GibbsChains;
pub use tempering::TemperedChains;
