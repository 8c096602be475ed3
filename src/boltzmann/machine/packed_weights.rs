//! A machine's weights, packed for the products of Gibbs sampling and mean-field inference.

use super::parameters::Parameters;
use crate::Float;
use crate::numerics::packed::Packed;

/// Packed weights for both directions, bottom-up and top-down.
#[derive(Debug)]
pub(crate) struct PackedWeights<F> {
    /// `W_1, W_2, ...`
    up: Vec<Packed<F>>,
    /// `W_0', W_1', ...`
    down: Vec<Packed<F>>,
}

impl<F: Float> PackedWeights<F> {
    pub(crate) fn of(parameters: &Parameters<F>) -> Self {
        let weights = &parameters.weights;
        Self {
            up: weights[1..].iter().map(|w| Packed::of(w.view())).collect(),
            down: weights.iter().map(|w| Packed::of(w.t())).collect(),
        }
    }

    /// Replaces the weights by others of the same shapes.
    pub(crate) fn write(&mut self, parameters: &Parameters<F>) {
        let weights = &parameters.weights;
        for (packed, weights) in self.up.iter_mut().zip(&weights[1..]) {
            packed.write(weights.view());
        }
        for (packed, weights) in self.down.iter_mut().zip(weights) {
            packed.write(weights.t());
        }
    }

    /// The packed weights that multiply the states of the layer below `layer`.
    pub(super) fn up_to(&self, layer: usize) -> Option<&Packed<F>> {
        self.up.get(layer.checked_sub(2)?)
    }

    /// The packed weights that multiply the states of the layer above `layer`.
    pub(super) fn down_to(&self, layer: usize) -> &Packed<F> {
        &self.down[layer]
    }
}
