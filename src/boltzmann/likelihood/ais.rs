//! Annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008), forward and reverse.
//!
//! The machines `theta(beta) = (1 - beta) theta_base + beta theta`, with a base of independent
//! units, lead from one whose `log Z` is known to the one in question. A chain that walks from
//! `beta = 0` to 1 collects
//!
//! ```text
//! log w = sum_k log p*_k(x_k) - log p*_{k-1}(x_k),        E[w] = Z / Z_base
//! ```
//!
//! so that `log mean(w)` underestimates `log(Z / Z_base)` on average (Jensen). A chain that walks
//! backwards from a sample of the machine gives `E[w] = Z_base / Z`, hence an overestimate (Burda,
//! Grosse & Salakhutdinov 2015). Where both agree, `log Z` is known.
//!
//! Layers of one parity, those with more units, are summed out of `p*`.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::log_sum_exp::log_sum_exp;
use crate::boltzmann::machine::PackedMachine;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::boltzmann::training::{means_of, visible_biases};
use crate::boltzmann::{GibbsChains, Parameters};
use crate::error::{MachineError, RecordsError};
use crate::numerics::random::Lanes;
use crate::{Float, Result};

/// Chains that one thread works on. It is fixed, so that results do not depend on the number of
/// threads.
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
    /// Numbers that [`Ais::new`] takes, and base rates that could be means of records.
    fn check_parts(&self) -> Result<()> {
        Self::new(self.chains, self.temperatures)?;
        match &self.base {
            Some(means) => crate::checks::check_records(means.view().insert_axis(Axis(0))),
            None => Ok(()),
        }
    }
}

impl<F: Float> Ais<F> {
    /// `chains` chains over `temperatures` steps of `beta`, equally far apart, from a base of
    /// fair coins (of standard normal numbers where the visible units are Gaussian).
    ///
    /// # Errors
    ///
    /// [`InvalidChains`] unless there are at least 2 chains, [`InvalidTemperatures`]
    /// for no step.
    ///
    /// [`InvalidChains`]: crate::error::MachineError::InvalidChains
    /// [`InvalidTemperatures`]: crate::error::MachineError::InvalidTemperatures
    pub fn new(chains: usize, temperatures: usize) -> Result<Self> {
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

    /// Starts at the visible units' means over `records` (`n x d`; those of binary units are kept
    /// within `[0.01, 0.99]`): nearer to a machine that has learnt these records, so that fewer
    /// temperatures do.
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

    /// Estimates `log Z` from below: chains walk from the base to the machine.
    ///
    /// # Errors
    ///
    /// [`Width`] if the base rates are of another width than the machine,
    /// [`ParameterShapes`] or [`NonFiniteParameters`] for parameters of no machine.
    ///
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

    /// Estimates `log Z` from above: chains walk from samples of the machine back to the base.
    ///
    /// The samples are those of fair coins after `burn_in` steps of Gibbs sampling; the estimate is
    /// an upper bound on average only as far as they are samples of the machine.
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
            let mut gibbs = GibbsChains::random(parameters, chains, &mut rng);
            gibbs.advance(parameters, burn_in, &mut rng);
            let mut random = Lanes::new(rng.gen(), 0);
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

    /// The log-weights of all chains, a block with a seed of its own after the other.
    fn run<R: Rng>(&self, rng: &mut R, block: impl Fn(u64, usize) -> Vec<f64> + Sync) -> Vec<f64> {
        let blocks: Vec<(u64, usize)> = (0..self.chains)
            .step_by(BLOCK_CHAINS)
            .map(|first| (rng.gen(), BLOCK_CHAINS.min(self.chains - first)))
            .collect();
        blocks
            .into_par_iter()
            .flat_map_iter(|(seed, chains)| block(seed, chains))
            .collect()
    }
}

/// The machines between the base and the one in question.
struct Path<'a, F: Float> {
    machine: PackedMachine<'a, F>,
    /// Biases of the base, whose couplings are zero.
    base: Vec<Array1<F>>,
    /// Parity of the layers whose states are kept; the others are summed out.
    kept: usize,
}

impl<F: Float> Path<'_, F> {
    fn machine(&self) -> Conditionals<'_, F> {
        self.machine.conditionals()
    }

    /// `log Z` of the base.
    fn base_log_partition(&self) -> f64 {
        let layers = self.base.iter().enumerate().map(|(layer, bias)| {
            let mut units = bias.clone().insert_axis(Axis(0));
            self.machine().sum_out(layer, units.view_mut());
            units.iter().map(|&x| to_f64(x)).sum::<f64>()
        });
        layers.sum()
    }

    /// Independent samples of the base.
    fn base_states(&self, chains: usize, random: &mut Lanes) -> Vec<Array2<F>> {
        let sample = |(layer, bias): (usize, &Array1<F>)| {
            let mut states = Array2::from_shape_fn((chains, bias.len()), |(_, unit)| bias[unit]);
            self.machine().sample(layer, states.view_mut(), random);
            states
        };
        self.base.iter().enumerate().map(sample).collect()
    }

    /// Walks along `betas`, the first of which the states are samples of, and sums up
    /// `log p*_next(x) - log p*_now(x)`.
    fn walk(
        &self,
        mut states: Vec<Array2<F>>,
        betas: impl Iterator<Item = f64>,
        random: &mut Lanes,
    ) -> Vec<f64> {
        let mut betas = betas.peekable();
        let mut logs = vec![0.0; states[0].nrows()];
        while let (Some(now), Some(&next)) = (betas.next(), betas.peek()) {
            let inputs = self.inputs(1 - self.kept, &states);
            self.add_log_ratio(&states, &inputs, now, next, &mut logs);
            self.sample(inputs, next, &mut states, random);
            let inputs = self.inputs(self.kept, &states);
            self.sample(inputs, next, &mut states, random);
        }
        logs
    }

    /// Inputs of the layers of a parity under the machine in question, with their numbers.
    fn inputs(&self, parity: usize, states: &[Array2<F>]) -> Vec<(usize, Array2<F>)> {
        let input = |layer: usize| {
            let mut input = Array2::zeros(states[layer].dim());
            let neighbours = Neighbours::of(layer, states);
            self.machine()
                .write_input_of_states(layer, &neighbours, input.view_mut());
            (layer, input)
        };
        (parity..states.len()).step_by(2).map(input).collect()
    }

    /// Adds `log p*_next(x) - log p*_now(x)` of every chain, with the layers of `inputs` summed
    /// out.
    fn add_log_ratio(
        &self,
        states: &[Array2<F>],
        inputs: &[(usize, Array2<F>)],
        now: f64,
        next: f64,
        logs: &mut [f64],
    ) {
        for layer in (self.kept..states.len()).step_by(2) {
            let difference = &self.machine.theta().biases[layer] - &self.base[layer];
            let gains = states[layer].dot(&difference);
            let gains = gains.iter().map(|&gain| (next - now) * to_f64(gain));
            logs.iter_mut()
                .zip(gains)
                .for_each(|(log, gain)| *log += gain);
        }
        for (layer, input) in inputs {
            let summed_out = |beta| {
                let mut input = self.at(*layer, input.clone(), beta);
                self.machine().sum_out(*layer, input.view_mut());
                input
            };
            let gains = summed_out(next) - summed_out(now);
            for (log, gains) in logs.iter_mut().zip(gains.rows()) {
                *log += to_f64(gains.sum());
            }
        }
    }

    /// A layer's inputs at `beta` from those of the machine in question.
    fn at(&self, layer: usize, mut input: Array2<F>, beta: f64) -> Array2<F> {
        let beta = F::cast(beta);
        for mut row in input.rows_mut() {
            row.zip_mut_with(&self.base[layer], |x, &a| *x = a + beta * (*x - a));
        }
        input
    }

    /// New states at `beta` of the layers whose inputs are given.
    fn sample(
        &self,
        inputs: Vec<(usize, Array2<F>)>,
        beta: f64,
        states: &mut [Array2<F>],
        random: &mut Lanes,
    ) {
        for (layer, input) in inputs {
            states[layer] = self.at(layer, input, beta);
            self.machine()
                .sample(layer, states[layer].view_mut(), random);
        }
    }
}

fn to_f64<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

/// An estimate of `log Z` by [`Ais`].
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
/// let fair = Parameters::<f64>::zeros(&[3, 2]);
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
    /// Finite log-weights of at least two chains.
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
    fn new(base: f64, sign: f64, log_weights: Vec<f64>) -> Self {
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
    /// know of states that no chain has met.
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

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;
    use crate::boltzmann::enumeration::{example_machine, log_partition, mixture, samples};
    use crate::boltzmann::VisibleUnits;
    use crate::Error;

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

    /// The same of Gaussian visible units, whose `log Z` is that of a mixture.
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
        let theta = Parameters::<f64>::zeros(&[3, 2]);
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
