//! The likelihood of data under a Boltzmann machine.
//!
//! `log p(v) = -F(v) - log Z` needs the partition function `Z`, a sum over all states:
//!
//! - [`exact_log_partition`]: enumerates the states of the even or of the odd layers; up to
//!   [`EXACT_UNITS`] units in them
//! - [`Ais`]: annealed importance sampling, forward and reverse; any size; brackets `log Z`
//! - [`exact_log_likelihood`]: enumerates hidden states too; as `exact_log_partition`
//! - [`Dbm::variational_free_energy`](super::Dbm::variational_free_energy): mean field; an upper
//!   bound on `F(v)`, hence a lower bound on `log p(v)`
//! - [`Rbm::pseudo_log_likelihood`](super::Rbm::pseudo_log_likelihood): needs no `Z`; to monitor
//!   training

mod ais;
mod bound;
mod exact;
mod free_energy;
mod log_partition;
mod log_sum_exp;
mod path;
mod pseudo;

pub use ais::Ais;
#[cfg(test)]
pub(crate) use bound::unnormalised_bound;
pub(crate) use bound::variational_free_energy;
pub use exact::{EXACT_UNITS, exact_log_likelihood, exact_log_partition};
pub(crate) use free_energy::log_summed_out;
pub use log_partition::LogPartition;
pub(crate) use pseudo::{UNDEFINED_PSEUDO_LIKELIHOOD, pseudo_log_likelihood};
