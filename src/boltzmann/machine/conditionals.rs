//! The conditional distribution of one layer given its neighbours.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use ndarray_rand::rand_distr::StandardNormal;
use rand::distributions::Distribution;

use super::packed_weights::PackedWeights;
use super::parameters::Parameters;
use super::units::VisibleUnits;
use crate::Float;
use crate::numerics::dense::product_onto;
use crate::numerics::kernels::Onto;
use crate::numerics::random::Lanes;
use crate::numerics::scalar::{sigmoid, softplus_all};
use crate::numerics::sparse::SparseRows;

/// Conditional distributions of the layers of a Boltzmann machine,
///
/// ```text
/// input_l = up * x_{l-1} W_{l-1} + down * x_{l+1} W_l' + b_l
/// p(x_l = 1 | x_{l-1}, x_{l+1}) = sigmoid(input_l)
/// ```
///
/// and `p(x_0 | x_1) = N(input_0, 1)` where the visible units are Gaussian.
///
/// `up` and `down` are 1 except in the layer-wise pretraining of a deep machine. There a layer has
/// only one of the two neighbours that it will have in the deep machine, and the input from that
/// one is doubled instead (Salakhutdinov & Hinton 2009, section 3.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditionals<'a, F> {
    theta: &'a Parameters<F>,
    up: F,
    down: F,
    /// The packed weights of `theta`, if any.
    packed: Option<&'a PackedWeights<F>>,
}

/// States of the layers below and above a layer (`n x units` each); a neighbour that is `None`
/// contributes nothing.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours<'a, F> {
    pub(crate) below: Option<ArrayView2<'a, F>>,
    pub(crate) above: Option<ArrayView2<'a, F>>,
}

impl<'a, F> Neighbours<'a, F> {
    /// The neighbours of `layer` among the states of all layers.
    pub(crate) fn of(layer: usize, states: &'a [Array2<F>]) -> Self {
        Self {
            below: layer.checked_sub(1).map(|below| states[below].view()),
            above: states.get(layer + 1).map(Array2::view),
        }
    }

    /// The neighbours of `layer`, and a view to write its own states to.
    pub(crate) fn and_own<'b: 'a>(
        layer: usize,
        states: &'a mut [ArrayViewMut2<'b, F>],
    ) -> (Self, ArrayViewMut2<'a, F>) {
        let (lower, upper) = states.split_at_mut(layer);
        let (own, upper) = upper.split_at_mut(1);
        let neighbours = Self {
            below: lower.last().map(|x| x.view()),
            above: upper.first().map(|x| x.view()),
        };
        (neighbours, own[0].view_mut())
    }

    fn rows(&self) -> usize {
        let neighbour = self.below.as_ref().or(self.above.as_ref());
        neighbour.map_or(0, ArrayView2::nrows)
    }
}

impl<'a, F: Float> Conditionals<'a, F> {
    /// The conditionals of a machine for few products; for many, use those of
    /// [`PackedMachine`](super::PackedMachine).
    pub(crate) fn of(theta: &'a Parameters<F>) -> Self {
        Self::by(theta, None)
    }

    /// [`of`](Self::of), with the packed weights of `theta` if there are any.
    pub(super) fn by(theta: &'a Parameters<F>, packed: Option<&'a PackedWeights<F>>) -> Self {
        Self {
            theta,
            up: F::one(),
            down: F::one(),
            packed,
        }
    }

    /// The same conditionals with the bottom-up and the top-down input multiplied by factors.
    pub(crate) fn scaled(self, up: F, down: F) -> Self {
        Self {
            up: up * self.up,
            down: down * self.down,
            ..self
        }
    }

    /// The machine's parameters.
    pub(crate) fn theta(&self) -> &'a Parameters<F> {
        self.theta
    }

    /// Factors of the bottom-up and the top-down input.
    pub(crate) fn factors(&self) -> (F, F) {
        (self.up, self.down)
    }

    /// Writes the input of a layer to `out` (`n x units of the layer`).
    pub(crate) fn write_input(
        &self,
        layer: usize,
        neighbours: &Neighbours<F>,
        mut out: ArrayViewMut2<F>,
    ) {
        match (neighbours.below, neighbours.above) {
            (Some(below), above) => {
                self.write_from_below(layer, below, out.view_mut());
                if let Some(above) = above {
                    self.write_from_above(layer, above, Onto::Destination, out);
                }
            }
            (None, Some(above)) => self.write_from_above(layer, above, self.bias(layer), out),
            (None, None) => out.assign(&self.theta.biases[layer]),
        }
    }

    /// The bias of a layer, to add products to.
    pub(crate) fn bias(&self, layer: usize) -> Onto<'a, F> {
        match self.theta.biases[layer].as_slice() {
            Some(bias) => Onto::Row(bias),
            None => unreachable!("biases are contiguous"),
        }
    }

    /// Writes the bias of `layer` and what the layer below contributes to its input.
    fn write_from_below(&self, layer: usize, below: ArrayView2<F>, out: ArrayViewMut2<F>) {
        let bias = self.bias(layer);
        match self.packed.and_then(|packed| packed.up_to(layer)) {
            Some(packed) => packed.write_product(below, self.up, bias, out),
            None => {
                let weights = self.theta.weights[layer - 1].view();
                let below = below.as_standard_layout(); // sums depend on the memory order
                product_onto(below.view(), weights, self.up, bias, out);
            }
        }
    }

    /// Writes what the layer above contributes to the input of `layer`.
    pub(crate) fn write_from_above(
        &self,
        layer: usize,
        above: ArrayView2<F>,
        onto: Onto<F>,
        out: ArrayViewMut2<F>,
    ) {
        match self.packed {
            Some(packed) => packed
                .down_to(layer)
                .write_product(above, self.down, onto, out),
            None => {
                let weights = self.theta.weights[layer].t();
                let above = above.as_standard_layout(); // sums depend on the memory order
                product_onto(above.view(), weights, self.down, onto, out);
            }
        }
    }

    /// [`write_input`](Self::write_input) from neighbours that are states, not probabilities. As
    /// most binary visible units are off, it tries a sparse product; it returns the visible states
    /// as sparse rows if it has used them.
    pub(crate) fn write_input_of_states(
        &self,
        layer: usize,
        neighbours: &Neighbours<F>,
        mut out: ArrayViewMut2<F>,
    ) -> Option<SparseRows<F>> {
        let visible = neighbours
            .below
            .filter(|_| layer == 1 && !self.is_gaussian(0));
        let rows = visible.and_then(SparseRows::of_states);
        let Some(rows) = rows else {
            self.write_input(layer, neighbours, out);
            return None;
        };
        self.write_from_sparse(&rows, out.view_mut());
        if let Some(above) = neighbours.above {
            self.write_from_above(1, above, Onto::Destination, out);
        }
        Some(rows)
    }

    /// Writes the bias of the first hidden layer and what sparse visible units contribute.
    pub(crate) fn write_from_sparse(&self, rows: &SparseRows<F>, out: ArrayViewMut2<F>) {
        let weights = self.theta.weights[0].view();
        rows.write_product(weights, self.up, self.bias(1), out);
    }

    /// The input of a layer, `n x units of the layer`.
    pub(crate) fn input(&self, layer: usize, neighbours: &Neighbours<F>) -> Array2<F> {
        let mut input = Array2::zeros((neighbours.rows(), self.theta.biases[layer].len()));
        self.write_input(layer, neighbours, input.view_mut());
        input
    }

    /// `E[x_l | neighbours]`, `n x units of the layer`.
    pub(crate) fn mean(&self, layer: usize, neighbours: &Neighbours<F>) -> Array2<F> {
        let mut mean = self.input(layer, neighbours);
        self.activate(layer, mean.view_mut());
        mean
    }

    /// Replaces the inputs of a layer by its means.
    pub(crate) fn activate(&self, layer: usize, inputs: ArrayViewMut2<F>) {
        if !self.is_gaussian(layer) {
            sigmoid(inputs);
        }
    }

    /// Replaces the inputs of a layer by samples.
    pub(crate) fn sample(&self, layer: usize, mut inputs: ArrayViewMut2<F>, random: &mut Lanes) {
        if self.is_gaussian(layer) {
            let mut rng = random.scalar();
            inputs.iter_mut().for_each(|x| {
                let noise: f64 = StandardNormal.sample(&mut rng);
                *x += F::cast(noise);
            });
        } else if let Some(inputs) = inputs.as_slice_mut() {
            F::bernoulli_of_input_in_place(inputs, random);
        }
    }

    /// Replaces each input of a layer by `log sum exp(x * input)` over the states `x` of the unit:
    /// what summing the unit out contributes to `-F`.
    pub(crate) fn sum_out(&self, layer: usize, mut inputs: ArrayViewMut2<F>) {
        if self.is_gaussian(layer) {
            let (half, constant) = (F::cast(0.5), F::cast(0.5 * std::f64::consts::TAU.ln()));
            inputs.mapv_inplace(|x| half * x * x + constant);
        } else {
            softplus_all(inputs);
        }
    }

    pub(crate) fn is_gaussian(&self, layer: usize) -> bool {
        layer == 0 && self.theta.visible == VisibleUnits::Gaussian
    }
}
