//! Parallel tempering: Gibbs sampling that can leave deep modes.
//!
//! Replicas of the chains run at `beta theta` for several `beta`, from 0, where units are
//! independent and the chains mix at once, to 1, the machine itself. After every step, neighbouring
//! replicas swap states with probability
//!
//! ```text
//! min(1, exp((beta_i - beta_j) (theta . T(x_j) - theta . T(x_i))))
//! ```
//!
//! which leaves the distribution of each of them invariant (Desjardins et al. 2010; Cho, Raiko &
//! Ilin 2010).

use ndarray::{Array1, Array2, ArrayView2};
use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::boltzmann::machine::Conditionals;
use crate::boltzmann::machine::PackedMachine;
use crate::boltzmann::machine::check_room;
use crate::boltzmann::{GibbsChains, Parameters};
use crate::error::MachineError;
use crate::{Float, Result};

/// Markov chains with replicas at several temperatures.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{Parameters, TemperedChains};
/// use ndarray::array;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let theta = Parameters::<f64>::zeros(&[3, 2])?;
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let mut chains = TemperedChains::random(&theta, 100, 5, &mut rng)?;
/// chains.advance(&theta, 10, &mut rng);
/// assert_eq!(chains.coldest().states()[0].dim(), (100, 3));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct TemperedChains<F> {
    /// From `beta = 0` to 1, equally spaced.
    pub(crate) replicas: Vec<GibbsChains<F>>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    TemperedChains<F> { replicas } where F: Float
}

#[cfg(feature = "serde")]
impl<F: Float> TemperedChains<F> {
    /// Checks that there are at least two temperatures, with as many chains of the same layers at
    /// each.
    fn check_parts(&self) -> Result<()> {
        if self.replicas.len() < 2 {
            return Err(MachineError::InvalidTemperatures(self.replicas.len()).into());
        }
        let shapes = |chains: &GibbsChains<F>| -> Vec<(usize, usize)> {
            chains.states.iter().map(Array2::dim).collect()
        };
        let first = shapes(&self.replicas[0]);
        let mut others = self.replicas.iter().map(shapes);
        match others.find(|shapes| *shapes != first) {
            Some(shapes) => Err(MachineError::ChainShapes { shapes }.into()),
            None => Ok(()),
        }
    }
}

impl<F: Float> TemperedChains<F> {
    /// `chains` chains at each of `temperatures` temperatures, from random states.
    ///
    /// # Errors
    ///
    /// [`InvalidTemperatures`] for fewer than 2 temperatures; [`TooLarge`] for more chains than
    /// memory has room for.
    ///
    /// [`InvalidTemperatures`]: crate::error::MachineError::InvalidTemperatures
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    pub fn random<R: Rng + ?Sized>(
        parameters: &Parameters<F>,
        chains: usize,
        temperatures: usize,
        rng: &mut R,
    ) -> Result<Self> {
        if temperatures < 2 {
            return Err(MachineError::InvalidTemperatures(temperatures).into());
        }
        let layers = parameters.layers();
        let states = layers.iter().map(|&units| (chains, units));
        // the arrays themselves, which are more than the states of few chains
        let arrays = (layers.len(), 64);
        check_room::<F>("states of the chains", temperatures, states.chain([arrays]))?;
        let replica = |_| GibbsChains::at_random(parameters, chains, rng);
        Ok(Self {
            replicas: (0..temperatures).map(replica).collect(),
        })
    }

    /// The chains at `beta = 1`, which sample the machine itself.
    pub fn coldest(&self) -> &GibbsChains<F> {
        &self.replicas[self.replicas.len() - 1]
    }

    /// Takes `steps` steps: each is a Gibbs step at every temperature, followed by swaps.
    ///
    /// # Panics
    ///
    /// If the machine has other layers than the one that the chains were made for.
    pub fn advance<R: Rng + ?Sized>(
        &mut self,
        parameters: &Parameters<F>,
        steps: usize,
        rng: &mut R,
    ) {
        self.advance_by(Conditionals::of(parameters), steps, rng.next_u64());
    }

    /// [`advance`](Self::advance) with random numbers from the given seed.
    pub(crate) fn advance_by(&mut self, machine: Conditionals<F>, steps: usize, seed: u64) {
        let origin = machine.theta().at_origin();
        let last = F::cast(self.replicas.len() - 1);
        let betas: Vec<F> = (0..self.replicas.len())
            .map(|i| F::cast(i) / last)
            .collect();
        let tempered: Vec<Parameters<F>> = betas
            .iter()
            .map(|&beta| machine.theta().scaled(beta))
            .collect();
        let laid_out: Vec<PackedMachine<F>> = tempered.par_iter().map(PackedMachine::of).collect();
        let (up, down) = machine.factors();
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        for _ in 0..steps {
            let seeds: Vec<u64> = self.replicas.iter().map(|_| rng.next_u64()).collect();
            let replicas = self.replicas.par_iter_mut().zip(&laid_out).zip(seeds);
            replicas.for_each(|((chains, tempered), seed)| {
                let conditionals = tempered.conditionals().scaled(up, down);
                chains.advance_by(conditionals, 1, seed);
            });
            self.swap(machine.theta(), &origin, &betas, &mut rng);
        }
    }

    /// Whether these are `count` chains without clamped units at each of so many temperatures, over
    /// layers of the given sizes.
    pub(crate) fn fit(&self, count: usize, temperatures: usize, layers: &[usize]) -> bool {
        self.replicas.len() == temperatures
            && self.replicas.iter().all(|each| each.fit(count, layers))
    }

    /// Proposes swaps between all neighbouring replicas of every chain, from the hottest pair on.
    fn swap<R: Rng>(
        &mut self,
        parameters: &Parameters<F>,
        origin: &Parameters<F>,
        betas: &[F],
        rng: &mut R,
    ) {
        let gain = |replica: &GibbsChains<F>| log_ratio(parameters, origin, &replica.states);
        let mut gains: Vec<Array1<F>> = self.replicas.iter().map(gain).collect();
        for lower in 0..self.replicas.len() - 1 {
            let (left, right) = self.replicas.split_at_mut(lower + 1);
            let (hot, cold) = (&mut left[lower].states, &mut right[0].states);
            for chain in 0..gains[lower].len() {
                let (of_hot, of_cold) = (gains[lower][chain], gains[lower + 1][chain]);
                let log_acceptance = (betas[lower + 1] - betas[lower]) * (of_hot - of_cold);
                if F::cast(rng.r#gen::<f64>().ln()) < log_acceptance {
                    swap_rows(chain, hot, cold);
                    (gains[lower][chain], gains[lower + 1][chain]) = (of_cold, of_hot);
                }
            }
        }
    }
}

/// `theta . T(x)` of every chain: the difference to the energy of a machine whose parameters are
/// zero, so that the term `|v|^2 / 2` of Gaussian units cancels.
fn log_ratio<F: Float>(
    parameters: &Parameters<F>,
    origin: &Parameters<F>,
    states: &[Array2<F>],
) -> Array1<F> {
    let views: Vec<ArrayView2<F>> = states.iter().map(Array2::view).collect();
    parameters.negative_energy(&views) - origin.negative_energy(&views)
}

fn swap_rows<F: Float>(row: usize, left: &mut [Array2<F>], right: &mut [Array2<F>]) {
    for (left, right) in left.iter_mut().zip(right) {
        let pairs = left.row_mut(row).into_iter().zip(right.row_mut(row));
        pairs.for_each(|(a, b)| std::mem::swap(a, b));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::boltzmann::VisibleUnits;
    use crate::boltzmann::enumeration::{mixture, model_expectation};

    /// Two modes, all units off and all on, of equal weight and with nothing in between.
    fn bimodal() -> Parameters<f64> {
        let mut theta = Parameters::<f64>::of_zeros(&[6, 4]);
        theta.weights[0].fill(5.0);
        theta.biases[0].fill(-10.0);
        theta.biases[1].fill(-15.0);
        theta
    }

    /// Chains that all start in one mode. The mean over 2,000 chains and 20 readings has a standard
    /// deviation of at most 0.5 / sqrt(2000) if only the chains are independent.
    #[test]
    fn tempered_chains_change_modes_where_plain_ones_do_not() {
        let theta = bimodal();
        let exact = model_expectation(&theta);
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let mut tempered = TemperedChains::random(&theta, 2000, 10, &mut rng).unwrap();
        for replica in &mut tempered.replicas {
            replica.states.iter_mut().for_each(|x| x.fill(0.0));
        }
        let mut plain = tempered.replicas[9].clone();
        tempered.advance(&theta, 500, &mut rng);
        plain.advance(&theta, 500, &mut rng);
        let bound = 5.0 * 0.5 / 2000_f64.sqrt();
        let on = |chains: &GibbsChains<f64>| chains.states[0].mean().unwrap();
        let truth = exact.biases[0].mean().unwrap();
        assert!((truth - 0.5).abs() < 0.01);
        assert!(
            (on(tempered.coldest()) - truth).abs() < bound,
            "{}",
            on(tempered.coldest())
        );
        assert!(on(&plain) < 0.1, "{}", on(&plain));
        let statistics = tempered.coldest().expected_statistics(&theta);
        for (a, b) in statistics.weights[0].iter().zip(&exact.weights[0]) {
            assert!((a - b).abs() < bound, "{a} differs from {b}");
        }
    }

    /// Two clusters of Gaussian units six standard deviations apart in each of two directions, with
    /// odds of e: chains that start in the rarer one have the mixture's moments after tempering
    /// only. Of `n` independent chains, a mean has the variance `Var / n`, and a mean of squares at
    /// most `(3 Var^2 + 6 Var) / n`.
    #[test]
    fn tempered_chains_of_gaussian_units_have_the_moments_of_the_mixture() {
        let mut theta =
            Parameters::<f64>::of_zeros(&[2, 1]).with_visible_units(VisibleUnits::Gaussian);
        theta.weights[0] = array![[6.0], [-6.0]];
        theta.biases = vec![array![-3.0, 3.0], array![1.0]];
        let mixture = mixture(&theta);
        let exact = mixture.expectation();
        let n = 4000;
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let mut tempered = TemperedChains::random(&theta, n, 10, &mut rng).unwrap();
        for replica in &mut tempered.replicas {
            let [v, h] = replica.states.as_mut_slice() else {
                panic!("two layers");
            };
            v.rows_mut()
                .into_iter()
                .for_each(|mut v| v.assign(&theta.biases[0]));
            h.fill(0.0);
        }
        let mut plain = tempered.coldest().clone();
        tempered.advance(&theta, 300, &mut rng);
        plain.advance(&theta, 300, &mut rng);
        let on = |chains: &GibbsChains<f64>| chains.states[1].mean().unwrap();
        assert!(on(&plain) < 0.1, "{}", on(&plain));
        let share = exact.biases[1][0];
        assert!((on(tempered.coldest()) - share).abs() < 5.0 * 0.5 / (n as f64).sqrt());
        let v = &tempered.coldest().states[0];
        let statistics = tempered.coldest().expected_statistics(&theta);
        for unit in 0..2 {
            let mean = exact.biases[0][unit];
            let squares = |x: f64| (x - mean).powi(2);
            let spread = mixture
                .weights
                .dot(&mixture.means.column(unit).mapv(squares));
            let variance: f64 = 1.0 + spread;
            let bound = 5.0 * (variance / n as f64).sqrt();
            let found = v.column(unit).mean().unwrap();
            assert!((found - mean).abs() < bound, "{found} differs from {mean}");
            // v p(h | v) is closer to its mean than v to 0
            let product = statistics.weights[0][[unit, 0]];
            let bound = 5.0 * ((variance + mean * mean) / n as f64).sqrt();
            assert!((product - exact.weights[0][[unit, 0]]).abs() < bound);
            let found = v.column(unit).mapv(squares).mean().unwrap();
            let bound = 5.0 * ((3.0 * variance.powi(2) + 6.0 * variance) / n as f64).sqrt();
            assert!(
                (found - variance).abs() < bound,
                "{found} differs from {variance}"
            );
        }
    }

    #[test]
    fn one_temperature_is_none() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let chains = TemperedChains::random(&bimodal(), 10, 1, &mut rng);
        assert!(matches!(
            chains,
            Err(Error::Machine(MachineError::InvalidTemperatures(1)))
        ));
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<TemperedChains<f32>>();
    }
}
