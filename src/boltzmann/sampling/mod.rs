//! Markov chains over the states of a machine.

mod gibbs;
mod tempering;

pub(crate) use gibbs::Expected;
pub use gibbs::GibbsChains;
pub use tempering::TemperedChains;
