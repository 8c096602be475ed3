//! Annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008), forward and reverse.
//!
//! The distributions with parameters `theta(beta) = (1 - beta) theta_base + beta theta` lead from a
//! base of independent units, whose `log Z` is known, to the machine of interest. A chain that runs
//! from `beta = 0` to 1 accumulates the log-weight
//!
//! ```text
//! log w = sum_k log p*_k(x_k) - log p*_{k-1}(x_k),        E[w] = Z / Z_base
//! ```
//!
//! so that `log mean(w)` underestimates `log(Z / Z_base)` on average (Jensen's inequality). A chain
//! that runs backwards from a sample of the machine gives `E[w] = Z_base / Z`, hence an
//! overestimate (Burda, Grosse & Salakhutdinov 2015). Where the two agree, `log Z` is known.
//!
//! The layers of one parity (odd or even), whichever have more units, are summed out of the
//! unnormalised probabilities `p*`.

use ndarray::{Array1, ArrayView2};
use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::log_partition::LogPartition;
use super::path::Path;
use crate::boltzmann::machine::check_room;
use crate::boltzmann::machine::{PackedMachine, Parameters, visible_biases};
use crate::boltzmann::sampling::GibbsChains;
use crate::error::{MachineError, RecordsError};
use crate::numerics::columns::means_of;
use crate::numerics::random::Lanes;
use crate::{Float, Result};

/// Number of chains in a block, which one thread runs. It is fixed, so that results do not depend
/// on the number of threads.
const BLOCK_CHAINS: usize = 50;

/// Annealed importance sampling of the partition function.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::likelihood::{exact_log_partition, Ais};
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::datasets;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let rbm = Rbm::params(8).epochs(2).fit(&digits)?;
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let ais = Ais::new(100, 500)?.base_rates(digits.records.view())?;
/// let estimate = ais.log_partition(rbm.parameters(), &mut rng)?;
/// let exact = exact_log_partition(rbm.parameters())?;
/// assert!((estimate.value() - exact).abs() < 0.1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct Ais<F> {
    chains: usize,
    temperatures: usize,
    base: Option<Array1<F>>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    Ais<F> { chains, temperatures, base } where F: Float
}

#[cfg(feature = "serde")]
impl<F: Float> Ais<F> {
    /// Checks what [`Ais::new`] checks, and that the base rates could be means of records.
    fn check_parts(&self) -> Result<()> {
        Self::new(self.chains, self.temperatures)?;
        match &self.base {
            Some(means) => crate::checks::check_records(means.view().insert_axis(ndarray::Axis(0))),
            None => Ok(()),
        }
    }
}

impl<F: Float> Ais<F> {
    /// `chains` chains over `temperatures` equally spaced steps of `beta`, from a uniform base
    /// distribution (standard normal where the visible units are Gaussian).
    ///
    /// # Errors
    ///
    /// [`InvalidChains`] for fewer than 2 chains, or [`TooLarge`] for more than memory has room
    /// for; [`InvalidTemperatures`] for no step.
    ///
    /// [`InvalidChains`]: crate::error::MachineError::InvalidChains
    /// [`InvalidTemperatures`]: crate::error::MachineError::InvalidTemperatures
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    pub fn new(chains: usize, temperatures: usize) -> Result<Self> {
        check_room::<f64>("log-weights of the chains", 1, [(chains, 1)])?;
        match (chains, temperatures) {
            (0 | 1, _) => Err(MachineError::InvalidChains(chains).into()),
            (_, 0) => Err(MachineError::InvalidTemperatures(temperatures).into()),
            _ => Ok(Self {
                chains,
                temperatures,
                base: None,
            }),
        }
    }

    /// Takes the means of `records` (`n x d`) as base rates of the visible units (those of binary
    /// units are clamped to `[0.01, 0.99]`). This base is closer to a machine that has learnt these
    /// records, so fewer temperatures suffice.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`], [`NonFinite`].
    ///
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    pub fn base_rates(mut self, records: ArrayView2<F>) -> Result<Self> {
        crate::checks::check_records(records)?;
        self.base = Some(means_of(records));
        Ok(self)
    }

    /// Estimates `log Z` from below: chains run from the base to the machine.
    ///
    /// # Errors
    ///
    /// [`Width`] if the base rates are of another width than the machine, [`ParameterShapes`] or
    /// [`NonFiniteParameters`] or [`HugeParameters`] for invalid
    /// parameters.
    ///
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    /// [`Width`]: crate::error::RecordsError::Width
    pub fn log_partition<R: Rng>(
        &self,
        parameters: &Parameters<F>,
        rng: &mut R,
    ) -> Result<LogPartition> {
        let path = self.path(parameters)?;
        let logs = self.run(rng, |seed, chains| {
            let mut random = Lanes::new(seed, 0);
            let states = path.base_states(chains, &mut random);
            path.walk(states, self.betas(), &mut random)
        });
        Ok(LogPartition::new(path.base_log_partition(), 1.0, logs))
    }

    /// Estimates `log Z` from above: chains run from samples of the machine back to the base.
    ///
    /// The samples come from `burn_in` steps of Gibbs sampling that start at random states; the
    /// estimate is an upper bound on average only as far as they are samples of the machine.
    ///
    /// # Errors
    ///
    /// As for [`log_partition`](Self::log_partition).
    pub fn reverse_log_partition<R: Rng>(
        &self,
        parameters: &Parameters<F>,
        burn_in: usize,
        rng: &mut R,
    ) -> Result<LogPartition> {
        let path = self.path(parameters)?;
        let logs = self.run(rng, |seed, chains| {
            let mut rng = Xoshiro256Plus::seed_from_u64(seed);
            let mut gibbs = GibbsChains::at_random(parameters, chains, &mut rng);
            gibbs.advance(parameters, burn_in, &mut rng);
            let mut random = Lanes::new(rng.next_u64(), 0);
            path.walk(gibbs.states, self.betas().rev(), &mut random)
        });
        Ok(LogPartition::new(path.base_log_partition(), -1.0, logs))
    }

    /// `0, 1/K, ..., 1`.
    fn betas(&self) -> impl DoubleEndedIterator<Item = f64> {
        let steps = self.temperatures;
        (0..=steps).map(move |k| k as f64 / steps as f64)
    }

    fn path<'a>(&self, parameters: &'a Parameters<F>) -> Result<Path<'a, F>> {
        parameters.check()?;
        let layers = parameters.layers();
        let mut base: Vec<Array1<F>> = layers.iter().map(|&units| Array1::zeros(units)).collect();
        if let Some(means) = &self.base {
            if means.len() != layers[0] {
                return Err(RecordsError::Width {
                    expected: layers[0],
                    found: means.len(),
                }
                .into());
            }
            base[0] = visible_biases(means, parameters.visible_units());
        }
        let units = |parity: usize| layers.iter().skip(parity).step_by(2).sum::<usize>();
        Ok(Path {
            machine: PackedMachine::of(parameters),
            base,
            kept: usize::from(units(1) <= units(0)),
        })
    }

    /// The log-weights of all chains, which run in blocks, each with a seed of its own.
    fn run<R: Rng>(&self, rng: &mut R, block: impl Fn(u64, usize) -> Vec<f64> + Sync) -> Vec<f64> {
        let blocks: Vec<(u64, usize)> = (0..self.chains)
            .step_by(BLOCK_CHAINS)
            .map(|first| (rng.next_u64(), BLOCK_CHAINS.min(self.chains - first)))
            .collect();
        blocks
            .into_par_iter()
            .flat_map_iter(|(seed, chains)| block(seed, chains))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::boltzmann::VisibleUnits;
    use crate::boltzmann::enumeration::{example_machine, log_partition, mixture, samples};

    fn rng() -> Xoshiro256Plus {
        Xoshiro256Plus::seed_from_u64(42)
    }

    /// Both estimates lie within 3 standard errors of the truth, the reverse one after a burn-in
    /// that is long for machines as small as these.
    #[test]
    fn forward_and_reverse_bracket_the_exact_value() {
        for layers in [[6, 4].as_slice(), &[4, 6], &[5, 4, 3], &[4, 3, 3, 2]] {
            let theta = example_machine(layers, 1.0);
            let exact = log_partition(&theta);
            let records = samples(&theta, 200);
            for ais in [
                Ais::new(500, 100).unwrap(),
                Ais::new(500, 100)
                    .unwrap()
                    .base_rates(records.view())
                    .unwrap(),
            ] {
                let up = ais.log_partition(&theta, &mut rng()).unwrap();
                let down = ais.reverse_log_partition(&theta, 200, &mut rng()).unwrap();
                for estimate in [&up, &down] {
                    let error = estimate.standard_error();
                    assert!(error > 0.0 && error < 0.05, "{error}");
                    let distance = (estimate.value() - exact).abs();
                    assert!(distance < 3.0 * error, "{distance} {error} {layers:?}");
                }
                assert!(up.effective_sample_size() > 250.0);
            }
        }
    }

    /// The same for Gaussian visible units, whose `log Z` is that of a mixture.
    #[test]
    fn gaussian_units_have_their_exact_value_bracketed() {
        for layers in [[4, 3], [3, 5]] {
            let theta = example_machine(&layers, 0.8).with_visible_units(VisibleUnits::Gaussian);
            let mixture = mixture(&theta);
            let ais = Ais::new(500, 200).unwrap();
            for ais in [ais.clone(), ais.base_rates(mixture.means.view()).unwrap()] {
                let up = ais.log_partition(&theta, &mut rng()).unwrap();
                let down = ais.reverse_log_partition(&theta, 200, &mut rng()).unwrap();
                for estimate in [&up, &down] {
                    let error = estimate.standard_error();
                    assert!(error > 0.0 && error < 0.05, "{error}");
                    let distance = (estimate.value() - mixture.log_partition).abs();
                    assert!(distance < 3.0 * error, "{distance} {error} {layers:?}");
                }
                assert!(up.effective_sample_size() > 250.0);
            }
        }
    }

    #[test]
    fn weights_are_worked_by_hand() {
        // w = 1 and 3: mean 2, sd sqrt(2), normalised 1/4 and 3/4.
        let estimate = LogPartition::new(5.0, 1.0, vec![0.0, 3f64.ln()]);
        assert_abs_diff_eq!(estimate.value(), 5.0 + 2f64.ln(), epsilon = 1e-14);
        assert_abs_diff_eq!(estimate.standard_error(), 0.5, epsilon = 1e-14);
        assert_abs_diff_eq!(estimate.effective_sample_size(), 1.6, epsilon = 1e-14);
        let reverse = LogPartition::new(5.0, -1.0, vec![0.0, 3f64.ln()]);
        assert_abs_diff_eq!(reverse.value(), 5.0 - 2f64.ln(), epsilon = 1e-14);
    }

    #[test]
    fn threads_change_nothing() {
        let theta = example_machine(&[6, 4, 2], 1.0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| {
                let ais = Ais::new(120, 10).unwrap();
                ais.log_partition(&theta, &mut rng()).unwrap()
            })
        };
        assert_eq!(on(1), on(3));
        assert_eq!(on(1).log_weights().len(), 120);
    }

    #[test]
    fn faults_are_named() {
        assert!(matches!(
            Ais::<f32>::new(1, 5),
            Err(Error::Machine(MachineError::InvalidChains(1)))
        ));
        assert!(matches!(
            Ais::<f32>::new(2, 0),
            Err(Error::Machine(MachineError::InvalidTemperatures(0)))
        ));
        let ais = Ais::new(2, 1).unwrap();
        assert!(matches!(
            ais.clone().base_rates(array![[f64::NAN]].view()),
            Err(Error::Records(RecordsError::NonFinite { .. }))
        ));
        let narrow = ais.base_rates(array![[0.5, 1.0]].view()).unwrap();
        let theta = Parameters::<f64>::of_zeros(&[3, 2]);
        assert!(matches!(
            narrow.log_partition(&theta, &mut rng()),
            Err(Error::Records(RecordsError::Width {
                expected: 3,
                found: 2
            }))
        ));
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Ais<f32>>();
        has_autotraits::<LogPartition>();
    }
}
