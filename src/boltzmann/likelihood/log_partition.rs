//! An estimate of `log Z`.

use super::log_sum_exp::log_sum_exp;
#[cfg(feature = "serde")]
use crate::Result;
#[cfg(feature = "serde")]
use crate::error::MachineError;

/// An estimate of `log Z` by [`Ais`](super::Ais).
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::likelihood::Ais;
/// use linfa_fisher::boltzmann::Parameters;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// // The base is the machine itself: all weights are equal.
/// let fair = Parameters::<f64>::zeros(&[3, 2])?;
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let estimate = Ais::new(10, 5)?.log_partition(&fair, &mut rng)?;
/// assert!((estimate.value() - 5.0 * 2f64.ln()).abs() < 1e-12);
/// assert!(estimate.standard_error() < 1e-12);
/// assert!((estimate.effective_sample_size() - 10.0).abs() < 1e-9);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct LogPartition {
    value: f64,
    log_weights: Vec<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LogPartition { value, log_weights }
}

#[cfg(feature = "serde")]
impl LogPartition {
    /// Checks that there are at least two chains and that their log-weights are finite.
    fn check_parts(&self) -> Result<()> {
        let infinite = |x: &f64| !x.is_finite();
        let mut numbers = self.log_weights.iter().copied().chain([self.value]);
        match (numbers.find(infinite), self.log_weights.len()) {
            (Some(fault), _) => Err(MachineError::NonFiniteLogWeight(fault).into()),
            (None, chains @ (0 | 1)) => Err(MachineError::InvalidChains(chains).into()),
            (None, _) => Ok(()),
        }
    }
}

impl LogPartition {
    /// `log Z_base + sign * log mean(w)`.
    pub(super) fn new(base: f64, sign: f64, log_weights: Vec<f64>) -> Self {
        let mean = log_sum_exp(log_weights.iter().copied()) - (log_weights.len() as f64).ln();
        Self {
            value: base + sign * mean,
            log_weights,
        }
    }

    /// The estimate of `log Z`.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Standard error of the estimate by the delta method, `sd(w) / (mean(w) sqrt(n))`. It does not
    /// account for states that no chain has reached.
    pub fn standard_error(&self) -> f64 {
        let n = self.log_weights.len() as f64;
        let weights = self.normalised_weights();
        let squares: f64 = weights.iter().map(|w| (w * n - 1.0).powi(2)).sum();
        (squares / (n - 1.0) / n).sqrt()
    }

    /// `1 / sum w^2` of the normalised weights, from 1 to the number of chains: how many equally
    /// weighted chains the estimate is worth.
    pub fn effective_sample_size(&self) -> f64 {
        let squares: f64 = self.normalised_weights().iter().map(|w| w * w).sum();
        1.0 / squares
    }

    /// The chains' log-weights.
    pub fn log_weights(&self) -> &[f64] {
        &self.log_weights
    }

    /// Weights that sum to 1.
    fn normalised_weights(&self) -> Vec<f64> {
        let total = log_sum_exp(self.log_weights.iter().copied());
        let normalise = |log: &f64| (log - total).exp();
        self.log_weights.iter().map(normalise).collect()
    }
}
