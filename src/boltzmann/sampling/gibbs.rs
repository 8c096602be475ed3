//! Markov chains by block Gibbs sampling.

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut2};
use rand::Rng;

use super::block::{Expected, advance_block, restore, sample_probabilities, write_input};
use crate::boltzmann::Parameters;
use crate::boltzmann::machine::check_room;
use crate::boltzmann::machine::{Conditionals, Neighbours, PackedMachine};
use crate::checks::check_width;
#[cfg(feature = "serde")]
use crate::error::MachineError;
use crate::error::RecordsError;
use crate::numerics::aligned;
use crate::numerics::parallel::{block_of_rows, blocks_of, map_blocks};
use crate::numerics::random::Lanes;
#[cfg(feature = "serde")]
use crate::persistence::check_numbers;
use crate::{Float, Result};

/// Markov chains over the states of all layers, one chain per row.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{GibbsChains, Parameters};
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let theta = Parameters::<f64>::zeros(&[3, 2])?;
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let mut chains = GibbsChains::random(&theta, 1000, &mut rng)?;
/// chains.advance(&theta, 5, &mut rng);
/// // all parameters are zero: every unit is on half of the time
/// assert!((chains.states()[0].mean().unwrap() - 0.5).abs() < 0.05);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct GibbsChains<F> {
    pub(crate) states: Vec<Array2<F>>,
    /// Which visible units are clamped; empty if none are.
    known: Vec<bool>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    GibbsChains<F> { states, known } where F: Float
}

#[cfg(feature = "serde")]
impl<F: Float> GibbsChains<F> {
    /// Checks that all layers have as many chains, that every visible unit has a mark or none has,
    /// that all states are finite, and hidden ones 0 or 1.
    fn check_parts(&self) -> Result<()> {
        let shapes: Vec<_> = self.states.iter().map(Array2::dim).collect();
        let chains = shapes.first().map_or(0, |&(chains, _)| chains);
        let alike = |&(rows, units): &(usize, usize)| rows == chains && units > 0;
        if shapes.len() < 2 || !shapes.iter().all(alike) {
            return Err(MachineError::ChainShapes { shapes }.into());
        }
        let (expected, found) = (shapes[0].1, self.known.len());
        if found != 0 && found != expected {
            return Err(RecordsError::Width { expected, found }.into());
        }
        if !self.states.iter().flatten().all(|x| x.is_finite()) {
            return Err(MachineError::NonFiniteStates.into());
        }
        let is_state = |x| x == F::zero() || x == F::one();
        let mut hidden = self.states.iter().skip(1);
        hidden.try_for_each(|layer| check_numbers("hidden states", layer, is_state))
    }
}

impl<F: Float> GibbsChains<F> {
    /// Chains that start at uniformly random states, in Gaussian units at standard normal numbers.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::error::MachineError::TooLarge) for more chains than memory has room for.
    pub fn random<R: Rng + ?Sized>(
        parameters: &Parameters<F>,
        chains: usize,
        rng: &mut R,
    ) -> Result<Self> {
        let states = parameters.layers().into_iter().map(|units| (chains, units));
        check_room::<F>("states of the chains", 1, states)?;
        Ok(Self::at_random(parameters, chains, rng))
    }

    /// [`random`](Self::random) for so few chains that there is memory for them.
    pub(crate) fn at_random<R: Rng + ?Sized>(
        parameters: &Parameters<F>,
        chains: usize,
        rng: &mut R,
    ) -> Self {
        let origin = parameters.at_origin();
        let mut states: Vec<Array2<F>> = parameters
            .layers()
            .into_iter()
            .map(|units| aligned::zeros((chains, units)))
            .collect();
        let machine = Conditionals::of(&origin);
        let seed = rng.next_u64();
        map_blocks(&mut states, |number, block| {
            let mut random = Lanes::new(seed, number);
            for (layer, inputs) in block.iter_mut().enumerate() {
                machine.sample(layer, inputs.view_mut(), &mut random);
            }
        });
        Self {
            states,
            known: Vec::new(),
        }
    }

    /// Chains whose visible units are clamped to `visible` (`chains x d`) wherever `known` (`d`) is
    /// true: they sample the other units given these, as for inpainting. The other visible units
    /// start at random states, whatever their values in `visible`. Clamped values may be
    /// probabilities.
    ///
    /// # Errors
    ///
    /// [`Width`] if `visible` or `known` has another width than the machine; [`NonFinite`] or, for
    /// binary units, [`OutsideUnitInterval`] for the clamped values of `visible`.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::boltzmann::{GibbsChains, Parameters};
    /// use ndarray::array;
    /// use rand::SeedableRng;
    /// use rand_xoshiro::Xoshiro256Plus;
    ///
    /// let theta = Parameters::<f64>::zeros(&[3, 2])?;
    /// let mut rng = Xoshiro256Plus::seed_from_u64(42);
    /// let (visible, known) = (array![[1.0, 0.0, 0.0]], array![true, true, false]);
    /// let mut chains = GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng)?;
    /// chains.advance(&theta, 10, &mut rng);
    /// assert_eq!(chains.states()[0].row(0).to_vec()[..2], [1.0, 0.0]);
    /// assert_eq!(chains.visible_means(&theta).row(0).to_vec(), [1.0, 0.0, 0.5]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`OutsideUnitInterval`]: crate::error::RecordsError::OutsideUnitInterval
    /// [`Width`]: crate::error::RecordsError::Width
    pub fn clamped<R: Rng + ?Sized>(
        parameters: &Parameters<F>,
        visible: ArrayView2<F>,
        known: ArrayView1<bool>,
        rng: &mut R,
    ) -> Result<Self> {
        let expected = parameters.layers()[0];
        check_width(visible, expected)?;
        let found = known.len();
        if found != expected {
            return Err(RecordsError::Width { expected, found }.into());
        }
        let mut held = Array2::zeros(visible.dim());
        restore(&known.to_vec(), visible, held.view_mut());
        parameters.check_records(held.view())?;
        let mut chains = Self::random(parameters, visible.nrows(), rng)?;
        chains.known = known.to_vec();
        chains.hold(held.view());
        // a step begins with the even layers given the odd ones: sample the first hidden layer
        // given the clamped units, in place of its random start
        let machine = Conditionals::of(parameters);
        let mut first = machine.input(1, &Neighbours::of(1, &chains.states));
        machine.sample(1, first.view_mut(), &mut Lanes::new(rng.next_u64(), 0));
        chains.states[1] = first;
        Ok(chains)
    }

    /// Chains that start at states sampled from the layers' activation probabilities
    /// (`chains x units` each).
    pub(crate) fn from_layers(
        mut states: Vec<Array2<F>>,
        machine: Conditionals<F>,
        seed: u64,
    ) -> Self {
        map_blocks(&mut states, |number, block| {
            sample_probabilities(machine, block, &mut Lanes::new(seed, number));
        });
        Self {
            states,
            known: Vec::new(),
        }
    }

    /// The current states, `chains x units` for each layer, the visible one first.
    pub fn states(&self) -> &[Array2<F>] {
        &self.states
    }

    /// Takes `steps` steps of block Gibbs sampling.
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
        let laid_out = (steps > 1).then(|| PackedMachine::of(parameters));
        let plain = Conditionals::of(parameters);
        let machine = laid_out.as_ref().map_or(plain, PackedMachine::conditionals);
        self.advance_by(machine, steps, rng.next_u64());
    }

    /// [`advance`](Self::advance) with random numbers from the given seed; returns what the last
    /// step (there is at least one) computes besides the states.
    pub(crate) fn advance_by(
        &mut self,
        machine: Conditionals<F>,
        steps: usize,
        seed: u64,
    ) -> Expected<F> {
        self.assert_fits(machine);
        let known = &self.known[..];
        let blocks = map_blocks(&mut self.states, |number, states| {
            advance_block(known, machine, steps, states, &mut Lanes::new(seed, number))
        });
        Expected::stacked(blocks)
    }

    /// Whether these are `count` chains without clamped units over layers of the given sizes.
    pub(crate) fn fit(&self, count: usize, layers: &[usize]) -> bool {
        let expected = layers.iter().map(|&units| (count, units));
        self.known.is_empty()
            && self.states.iter().all(|x| x.is_standard_layout())
            && expected.eq(self.states.iter().map(|x| x.dim()))
    }

    /// The states, in blocks of chains.
    pub(crate) fn blocks_mut(&mut self) -> Vec<Vec<ArrayViewMut2<'_, F>>> {
        blocks_of(&mut self.states)
    }

    /// Sets the clamped visible units.
    fn hold(&mut self, visible: ArrayView2<F>) {
        restore(&self.known, visible, self.states[0].view_mut());
    }

    /// `E[v | h]` of every chain (`chains x d`), less noisy than the visible states; units that
    /// are [clamped](Self::clamped) stay as they are.
    ///
    /// # Panics
    ///
    /// If the machine has other layers than the one that the chains were made for.
    pub fn visible_means(&self, parameters: &Parameters<F>) -> Array2<F> {
        let machine = Conditionals::of(parameters);
        self.assert_fits(machine);
        let mut means = machine.mean(0, &Neighbours::of(0, &self.states));
        restore(&self.known, self.states[0].view(), means.view_mut());
        means
    }

    /// The chains' mean sufficient statistics with the odd layers integrated out given the even
    /// ones: every pair of neighbours has one layer of each parity, so this estimates
    /// `E[x_l x_{l+1}']` without bias and with less variance than the states themselves.
    ///
    /// # Panics
    ///
    /// If the machine has other layers than the one that the chains were made for.
    pub fn expected_statistics(&self, parameters: &Parameters<F>) -> Parameters<F> {
        let odd = self.expected_odd_layers(Conditionals::of(parameters));
        Parameters::mean_statistics(&self.views(&odd))
    }

    /// Means of the odd layers given the states of the even ones.
    pub(crate) fn expected_odd_layers(&self, machine: Conditionals<F>) -> Vec<Array2<F>> {
        self.assert_fits(machine);
        let mean = |layer: usize| {
            let units = machine.theta().biases[layer].len();
            let mut mean = [Array2::zeros((self.states[layer].nrows(), units))];
            map_blocks(&mut mean, |number, block| {
                let above = self.states.get(layer + 1);
                let neighbours = Neighbours {
                    below: Some(block_of_rows(&self.states[layer - 1], number)),
                    above: above.map(|x| block_of_rows(x, number)),
                };
                write_input(
                    &self.known,
                    machine,
                    layer,
                    &neighbours,
                    block[0].view_mut(),
                );
                machine.activate(layer, block[0].view_mut());
            });
            let [mean] = mean;
            mean
        };
        (1..self.states.len()).step_by(2).map(mean).collect()
    }

    /// Views of the layers, with the odd ones replaced by those given.
    pub(crate) fn views<'a>(&'a self, odd: &'a [Array2<F>]) -> Vec<ArrayView2<'a, F>> {
        let layers = self.states.iter().enumerate();
        let view = |(layer, state): (usize, &'a Array2<F>)| match layer % 2 {
            0 => state.view(),
            _ => odd[layer / 2].view(),
        };
        layers.map(view).collect()
    }

    fn assert_fits(&self, machine: Conditionals<F>) {
        let found: Vec<usize> = self.states.iter().map(Array2::ncols).collect();
        let expected = machine.theta().layers();
        assert_eq!(
            found, expected,
            "the chains have other layers than the machine"
        );
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis};

    use super::*;
    use crate::Error;
    use crate::boltzmann::VisibleUnits;
    use crate::boltzmann::enumeration::{
        all_states, example_machine, expectation, joint_states, log_sum_exp, model_expectation,
    };
    use crate::boltzmann::machine::half_squared_norms;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    /// 20,000 independent chains, 200 steps each from random states. An average of n independent
    /// numbers in [0, 1] has a standard deviation of at most 0.5 / sqrt(n); 5 of them are exceeded
    /// with probability 6e-7. The chains' bias after 200 steps is far below that: the machines and
    /// their weights are small.
    #[test]
    fn moments_are_those_of_the_machine() {
        let chains = 20_000;
        let bound = 5.0 * 0.5 / (chains as f64).sqrt();
        for layers in [vec![5, 4], vec![4, 3, 3], vec![3, 3, 2, 2]] {
            let theta = example_machine(&layers, 1.0);
            let mut rng = Xoshiro256Plus::seed_from_u64(7);
            let mut sampler = GibbsChains::random(&theta, chains, &mut rng).unwrap();
            sampler.advance(&theta, 200, &mut rng);
            let exact = model_expectation(&theta);
            let views: Vec<_> = sampler.states().iter().map(Array2::view).collect();
            assert_close(&Parameters::mean_statistics(&views), &exact, bound);
            let smoothed = sampler.expected_statistics(&theta);
            assert_close(&smoothed, &exact, bound);
        }
    }

    /// The test above notices a sampler that updates all layers from the old state at once.
    #[test]
    fn a_synchronous_sampler_has_other_moments() {
        let theta = example_machine(&[3, 3, 2, 2], 1.0);
        let mut rng = Xoshiro256Plus::seed_from_u64(7);
        let mut states = GibbsChains::random(&theta, 20_000, &mut rng)
            .unwrap()
            .states;
        let machine = Conditionals::of(&theta);
        for step in 0..200 {
            let old = states.clone();
            for (layer, state) in states.iter_mut().enumerate() {
                *state = machine.input(layer, &Neighbours::of(layer, &old));
                machine.sample(layer, state.view_mut(), &mut Lanes::new(step, layer));
            }
        }
        let views: Vec<_> = states.iter().map(Array2::view).collect();
        let mut difference = Parameters::mean_statistics(&views);
        difference.add_scaled(-1.0, &model_expectation(&theta));
        let largest = difference
            .weights
            .iter()
            .flatten()
            .fold(0.0_f64, |a, b| a.max(b.abs()));
        let bound = 5.0 * 0.5 / 20_000_f64.sqrt();
        assert!(largest > 3.0 * bound, "{largest}");
    }

    /// Given the clamped units, the others' moments are those of the enumerated completions.
    #[test]
    fn clamped_chains_sample_the_conditional_distribution() {
        let theta = example_machine(&[5, 3, 2], 1.0);
        let known = ndarray::array![true, false, true, false, true];
        let visible = Array2::from_shape_fn((20_000, 5), |(_, i)| (i == 2) as u8 as f64);
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        let mut chains =
            GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng).unwrap();
        chains.advance(&theta, 100, &mut rng);
        let states = joint_states(&[5, 3, 2]);
        let agree: Vec<usize> = (0..states[0].nrows())
            .filter(|&row| {
                let v = states[0].row(row);
                (v[0], v[2], v[4]) == (0.0, 1.0, 0.0)
            })
            .collect();
        let states: Vec<_> = states.iter().map(|x| x.select(Axis(0), &agree)).collect();
        let exact = expectation(&theta, &states);
        let views: Vec<_> = chains.states().iter().map(Array2::view).collect();
        let bound = 5.0 * 0.5 / 20_000_f64.sqrt();
        assert_close(&Parameters::mean_statistics(&views), &exact, bound);
        let means = chains.visible_means(&theta).mean_axis(Axis(0)).unwrap();
        for (mean, exact) in means.iter().zip(&exact.biases[0]) {
            assert!((mean - exact).abs() < bound, "{mean} differs from {exact}");
        }
    }

    /// A clamped unit may hold a probability, which is used as it is.
    #[test]
    fn clamped_units_may_be_grey() {
        let mut theta = Parameters::<f64>::of_zeros(&[10, 1]);
        theta.weights[0][[0, 0]] = 4.0;
        theta.biases[0].fill(-20.0);
        theta.biases[1][0] = -1.0;
        let mut visible = Array2::from_elem((100, 10), f64::NAN);
        visible.column_mut(0).fill(0.3);
        let known = Array1::from_shape_fn(10, |unit| unit == 0);
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        let mut chains =
            GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng).unwrap();
        let mut mean = 0.0;
        for _ in 0..100 {
            chains.advance(&theta, 1, &mut rng);
            mean += chains.states()[1].mean().unwrap() / 100.0;
        }
        let p = 1.0 / (1.0 + (1.0 - 4.0 * 0.3_f64).exp());
        assert!(
            (mean - p).abs() < 5.0 * (p * (1.0 - p) / 1e4).sqrt(),
            "{mean} != {p}"
        );
        let expected = chains.expected_statistics(&theta).biases()[1][0];
        assert!((expected - p).abs() < 1e-6, "{expected} != {p}");
    }

    #[test]
    fn clamps_that_do_not_fit_are_errors() {
        let theta = Parameters::<f64>::of_zeros(&[2, 1]);
        let mut rng = Xoshiro256Plus::seed_from_u64(0);
        let mut clamp = |visible: Array2<f64>, known: Vec<bool>| {
            GibbsChains::clamped(&theta, visible.view(), Array1::from(known).view(), &mut rng)
        };
        let width = clamp(Array2::zeros((1, 3)), vec![true; 2]);
        assert!(matches!(
            width,
            Err(Error::Records(RecordsError::Width {
                expected: 2,
                found: 3
            }))
        ));
        let width = clamp(Array2::zeros((1, 2)), vec![true; 1]);
        assert!(matches!(
            width,
            Err(Error::Records(RecordsError::Width {
                expected: 2,
                found: 1
            }))
        ));
        let value = clamp(Array2::from_elem((1, 2), 2.0), vec![true; 2]);
        assert!(matches!(
            value,
            Err(Error::Records(RecordsError::OutsideUnitInterval { .. }))
        ));
    }

    /// `v = b + W h + noise`: mean and variance of the visible units by the law of total variance.
    #[test]
    fn gaussian_units_have_their_moments() {
        let mut theta =
            Parameters::<f64>::of_zeros(&[2, 2]).with_visible_units(VisibleUnits::Gaussian);
        theta.weights[0] = ndarray::array![[0.8, -0.5], [0.3, 0.6]];
        theta.biases[0] = ndarray::array![0.5, -1.0];
        theta.biases[1] = ndarray::array![-0.4, 0.2];
        // p(h) is proportional to exp(c'h + |b + W h|^2 / 2)
        let hidden = all_states(2);
        let means = hidden.dot(&theta.weights[0].t()) + &theta.biases[0];
        let logs = hidden.dot(&theta.biases[1]) + half_squared_norms(means.view());
        let p = logs.mapv(|x| (x - log_sum_exp(&logs)).exp());
        let exact = p.dot(&means);
        let chains = 40_000;
        let mut rng = Xoshiro256Plus::seed_from_u64(5);
        let mut sampler = GibbsChains::random(&theta, chains, &mut rng).unwrap();
        sampler.advance(&theta, 200, &mut rng);
        let v = &sampler.states()[0];
        let found = v.mean_axis(Axis(0)).unwrap();
        for unit in 0..2 {
            let spread = p.dot(&means.column(unit).mapv(|m| (m - exact[unit]).powi(2)));
            let variance: f64 = 1.0 + spread;
            let bound = 5.0 * (variance / chains as f64).sqrt();
            assert!((found[unit] - exact[unit]).abs() < bound);
            // the fourth moment of such a mixture is below 3 variance^2 + 6 variance
            let bound = 5.0 * ((2.0 * variance.powi(2) + 6.0 * variance) / chains as f64).sqrt();
            let sample = v
                .column(unit)
                .mapv(|x| (x - exact[unit]).powi(2))
                .mean()
                .unwrap();
            assert!(
                (sample - variance).abs() < bound,
                "{sample} differs from {variance}"
            );
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
