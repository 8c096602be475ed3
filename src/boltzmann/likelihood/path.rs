//! The path of intermediate distributions of annealed importance sampling.

use ndarray::{Array1, Array2, Axis};

use crate::Float;
use crate::boltzmann::machine::{Conditionals, Neighbours, PackedMachine};
use crate::numerics::random::Lanes;

/// The distributions between the base and the machine of interest.
pub(super) struct Path<'a, F: Float> {
    pub(super) machine: PackedMachine<'a, F>,
    /// Biases of the base, whose weights are zero.
    pub(super) base: Vec<Array1<F>>,
    /// Parity of the layers whose states are kept; the others are summed out.
    pub(super) kept: usize,
}

impl<F: Float> Path<'_, F> {
    fn machine(&self) -> Conditionals<'_, F> {
        self.machine.conditionals()
    }

    /// `log Z` of the base.
    pub(super) fn base_log_partition(&self) -> f64 {
        let layers = self.base.iter().enumerate().map(|(layer, bias)| {
            let mut units = bias.clone().insert_axis(Axis(0));
            self.machine().sum_out(layer, units.view_mut());
            units.iter().map(|&x| to_f64(x)).sum::<f64>()
        });
        layers.sum()
    }

    /// Independent samples of the base.
    pub(super) fn base_states(&self, chains: usize, random: &mut Lanes) -> Vec<Array2<F>> {
        let sample = |(layer, bias): (usize, &Array1<F>)| {
            let mut states = Array2::from_shape_fn((chains, bias.len()), |(_, unit)| bias[unit]);
            self.machine().sample(layer, states.view_mut(), random);
            states
        };
        self.base.iter().enumerate().map(sample).collect()
    }

    /// Runs chains along `betas`, from samples at the first of them, and accumulates
    /// `log p*_next(x) - log p*_now(x)`.
    pub(super) fn walk(
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

    /// Inputs of the layers of a parity in the machine of interest, each with its layer's number.
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

    /// A layer's inputs at `beta` from those in the machine of interest.
    fn at(&self, layer: usize, mut input: Array2<F>, beta: f64) -> Array2<F> {
        let beta = F::cast(beta);
        for mut row in input.rows_mut() {
            row.zip_mut_with(&self.base[layer], |x, &a| *x = a + beta * (*x - a));
        }
        input
    }

    /// Samples new states at `beta` for the layers whose inputs are given.
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
