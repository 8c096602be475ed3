//! The expectation of a Boltzmann machine's sufficient statistics, by Gibbs sampling.

use rand::RngCore;

use crate::boltzmann::{GibbsChains, Parameters};
use crate::error::{FisherError, MachineError};
use crate::{Error, Float, Result};

/// How the expectation `E[T]` of a Boltzmann machine is estimated: as the mean over Gibbs chains.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::ModelExpectation;
///
/// let precise = ModelExpectation { samples: 1000, ..Default::default() };
/// assert_eq!(precise.chains, 100);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct ModelExpectation {
    /// Parallel chains that start in random states, at least 1.
    pub chains: usize,
    /// Steps before the first estimate.
    pub burn_in: usize,
    /// Estimates that are averaged, one after each further step, at least 1.
    pub samples: usize,
}

impl Default for ModelExpectation {
    /// 100 chains, 200 steps of burn-in, 100 estimates.
    fn default() -> Self {
        Self {
            chains: 100,
            burn_in: 200,
            samples: 100,
        }
    }
}

impl ModelExpectation {
    /// Checks that there is something to average.
    ///
    /// # Errors
    ///
    /// [`InvalidChains`](crate::error::MachineError::InvalidChains),
    /// [`InvalidExpectationSamples`](crate::error::FisherError::InvalidExpectationSamples).
    pub(super) fn check(&self) -> Result<()> {
        if self.chains == 0 {
            Err(Error::Machine(MachineError::InvalidChains(0)))
        } else if self.samples == 0 {
            Err(Error::Fisher(FisherError::InvalidExpectationSamples(0)))
        } else {
            Ok(())
        }
    }

    /// The estimate of `E[T]` of the machine with the parameters `theta`, in their shape.
    ///
    /// # Errors
    ///
    /// [`InvalidChains`](crate::error::MachineError::InvalidChains) for no chains,
    /// [`InvalidExpectationSamples`](crate::error::FisherError::InvalidExpectationSamples) for no
    /// samples, [`TooLarge`](crate::error::MachineError::TooLarge) for more chains than memory has
    /// room for.
    pub fn estimate<F: Float>(
        &self,
        theta: &Parameters<F>,
        rng: &mut dyn RngCore,
    ) -> Result<Parameters<F>> {
        self.check()?;
        let mut chains = GibbsChains::random(theta, self.chains, rng)?;
        chains.advance(theta, self.burn_in, rng);
        let mut mean = Parameters::of_zeros(&theta.layers());
        let share = F::one() / F::cast(self.samples);
        for _ in 0..self.samples {
            chains.advance(theta, 1, rng);
            mean.add_scaled(share, &chains.expected_statistics(theta));
        }
        Ok(mean)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    use super::super::boltzmann::flat;
    use super::*;
    use crate::boltzmann::Rbm;
    use crate::boltzmann::enumeration::{example_machine, model_expectation};
    use crate::fisher::FisherScore;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ModelExpectation>();
    }

    /// 20,000 independent chains, each of which gives a mean over time of numbers in [0, 1]. The
    /// mean of n such means has a standard deviation of at most 0.5 / sqrt(n), of which 5 are
    /// exceeded with probability 6e-7; the chains' bias after 100 steps is far below that.
    #[test]
    fn the_estimated_expectation_is_the_exact_one() {
        let theta = example_machine(&[4, 3, 2], 1.0);
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        let expectation = ModelExpectation {
            chains: 20_000,
            burn_in: 100,
            samples: 10,
        };
        let found = flat(&expectation.estimate(&theta, &mut rng).unwrap(), true);
        let exact = flat(&model_expectation(&theta), true);
        let bound = 5.0 * 0.5 / 20_000_f64.sqrt();
        assert!(
            (found - exact)
                .iter()
                .all(|difference| difference.abs() < bound)
        );
    }

    #[test]
    fn nothing_to_average_is_an_error() {
        let theta = example_machine(&[2, 1], 1.0);
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        let [no_chains, no_samples] = [(0, 1), (1, 0)].map(|(chains, samples)| ModelExpectation {
            chains,
            samples,
            burn_in: 0,
        });
        let error = no_chains.estimate(&theta, &mut rng).unwrap_err();
        assert!(matches!(
            error,
            Error::Machine(MachineError::InvalidChains(0))
        ));
        let error = no_samples.estimate(&theta, &mut rng).unwrap_err();
        assert!(matches!(
            error,
            Error::Fisher(FisherError::InvalidExpectationSamples(0))
        ));
        let [b, c] = [theta.biases()[0].clone(), theta.biases()[1].clone()];
        let rbm = Rbm::from_parts(theta.weights()[0].clone(), b, c).unwrap();
        let error = rbm.model_statistics(&no_chains, false, &mut rng);
        assert!(matches!(
            error,
            Err(Error::Machine(MachineError::InvalidChains(0)))
        ));
    }
}
