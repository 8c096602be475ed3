//! How likely data are under a Boltzmann machine.
//!
//! `log p(v) = -F(v) - log Z` needs the partition function `Z`, a sum over all states:
//!
//! | what | how | when |
//! |---|---|---|
//! | [`exact_log_partition`] | sums over the states of every other layer | up to [`EXACT_UNITS`] units in them |
//! | [`Ais`] | annealed importance sampling, forward and reverse | any size; brackets `log Z` |
//! | [`exact_log_likelihood`] | sums over hidden states too | as `exact_log_partition` |
//! | [`Dbm::variational_free_energy`](super::Dbm::variational_free_energy) | mean field | a lower bound on `log p(v)` |
//! | [`Rbm::pseudo_log_likelihood`](super::Rbm::pseudo_log_likelihood) | needs no `Z` | to watch a training |

mod ais;
mod exact;

pub use ais::{Ais, LogPartition};
pub use exact::{exact_log_likelihood, exact_log_partition, EXACT_UNITS};

/// `log sum_i exp(x_i)` without overflow, negative infinity of nothing.
fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_infinite() {
        return most;
    }
    most + values.map(|x| (x - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_sum_exp_is_stable() {
        let sum = |values: &[f64]| log_sum_exp(values.iter().copied());
        assert!((sum(&[1000.0, 1000.0]) - 1000.0 - 2f64.ln()).abs() < 1e-12);
        assert_eq!(sum(&[]), f64::NEG_INFINITY);
        assert_eq!(sum(&[f64::NEG_INFINITY, 3.0]), 3.0);
    }
}
