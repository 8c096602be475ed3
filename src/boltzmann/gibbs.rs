//! Block Gibbs sampling.
//!
//! Layers of equal parity are independent of each other given the rest, so a step samples all
//! even layers given the odd ones and then all odd layers given the *new* even ones. (Updating all
//! layers from the old state at once samples another distribution.)

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::conditionals::Conditionals;
use super::Parameters;
use crate::math::sample_rows;
use crate::Float;

/// Markov chains over the states of all layers, one chain a row.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{GibbsChains, Parameters};
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let theta = Parameters::<f64>::zeros(&[3, 2]);
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let mut chains = GibbsChains::random(&theta, 1000, &mut rng);
/// chains.advance(&theta, 5, &mut rng);
/// // all parameters are zero: every unit is on half of the time
/// assert!((chains.states()[0].mean().unwrap() - 0.5).abs() < 0.05);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GibbsChains<F> {
    states: Vec<Array2<F>>,
}

impl<F: Float> GibbsChains<F> {
    /// Chains that start at fair coin flips.
    pub fn random<R: Rng + ?Sized>(parameters: &Parameters<F>, chains: usize, rng: &mut R) -> Self {
        let half = F::cast(0.5);
        let states = parameters
            .layers()
            .into_iter()
            .map(|units| sampled(Array2::from_elem((chains, units), half), rng))
            .collect();
        Self { states }
    }

    /// Chains that start at the given visible states (`chains x visible units`), the hidden
    /// layers at their mean-field activations' states.
    pub(crate) fn from_layers<R: Rng + ?Sized>(layers: &[Array2<F>], rng: &mut R) -> Self {
        Self {
            states: layers.iter().map(|p| sampled(p.clone(), rng)).collect(),
        }
    }

    /// The current states, `chains x units` for each layer, the visible one first.
    pub fn states(&self) -> &[Array2<F>] {
        &self.states
    }

    /// Takes `steps` steps of block Gibbs sampling.
    pub fn advance<R: Rng + ?Sized>(
        &mut self,
        parameters: &Parameters<F>,
        steps: usize,
        rng: &mut R,
    ) {
        self.advance_by(Conditionals::of(parameters), steps, rng);
    }

    pub(crate) fn advance_by<R: Rng + ?Sized>(
        &mut self,
        machine: Conditionals<F>,
        steps: usize,
        rng: &mut R,
    ) {
        for _ in 0..steps {
            for first in [0, 1] {
                for layer in (first..self.states.len()).step_by(2) {
                    self.states[layer] = sampled(machine.given(layer, &self.states), rng);
                }
            }
        }
    }

    /// The chains' mean sufficient statistics with the odd layers integrated out given the even
    /// ones: every pair of neighbours has one layer of each parity, so this estimates
    /// `E[x_l x_{l+1}']` without bias and with less variance than the states themselves.
    pub fn expected_statistics(&self, parameters: &Parameters<F>) -> Parameters<F> {
        self.mean_statistics(Conditionals::of(parameters))
    }

    pub(crate) fn mean_statistics(&self, machine: Conditionals<F>) -> Parameters<F> {
        let expected: Vec<Option<Array2<F>>> = (0..self.states.len())
            .map(|layer| (layer % 2 == 1).then(|| machine.given(layer, &self.states)))
            .collect();
        let layers: Vec<ArrayView2<F>> = expected
            .iter()
            .zip(&self.states)
            .map(|(expected, state)| expected.as_ref().unwrap_or(state).view())
            .collect();
        Parameters::mean_statistics(&layers)
    }
}

/// Bernoulli states of the given probabilities.
fn sampled<F: Float, R: Rng + ?Sized>(mut probabilities: Array2<F>, rng: &mut R) -> Array2<F> {
    sample_rows(&mut probabilities, rng.gen());
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{example_machine, model_expectation};
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    /// 20,000 independent chains, 200 steps each from random states. An average of n independent
    /// numbers of [0, 1] has a standard deviation of at most 0.5 / sqrt(n); 5 of them are exceeded
    /// with probability 6e-7. The chains' bias after 200 steps is far below that: the machines are
    /// small and their couplings weak.
    #[test]
    fn moments_are_those_of_the_machine() {
        let chains = 20_000;
        let bound = 5.0 * 0.5 / (chains as f64).sqrt();
        for layers in [vec![5, 4], vec![4, 3, 3], vec![3, 3, 2, 2]] {
            let theta = example_machine(&layers, 1.0);
            let mut rng = Xoshiro256Plus::seed_from_u64(7);
            let mut sampler = GibbsChains::random(&theta, chains, &mut rng);
            sampler.advance(&theta, 200, &mut rng);
            let exact = model_expectation(&theta);
            let views: Vec<_> = sampler.states().iter().map(Array2::view).collect();
            assert_close(&Parameters::mean_statistics(&views), &exact, bound);
            let smoothed = sampler.mean_statistics(Conditionals::of(&theta));
            assert_close(&smoothed, &exact, bound);
        }
    }

    fn assert_close(found: &Parameters<f64>, exact: &Parameters<f64>, bound: f64) {
        let weights = found
            .weights
            .iter()
            .flatten()
            .zip(exact.weights.iter().flatten());
        let biases = found
            .biases
            .iter()
            .flatten()
            .zip(exact.biases.iter().flatten());
        for (a, b) in weights.chain(biases) {
            assert!(
                (a - b).abs() < bound,
                "{a} differs from {b} by more than {bound}"
            );
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<GibbsChains<f32>>();
    }
}
