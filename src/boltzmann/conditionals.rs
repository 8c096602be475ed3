//! The conditional distribution of one layer given its neighbours.

use ndarray::{Array2, ArrayView2};

use super::Parameters;
use crate::linalg::{add_product, product};
use crate::math::sigmoid_rows;
use crate::Float;

/// Conditionals of the layers of a Boltzmann machine,
///
/// ```text
/// p(x_l = 1 | x_{l-1}, x_{l+1}) = sigmoid(up * x_{l-1} W_{l-1} + down * x_{l+1} W_l' + b_l)
/// ```
///
/// `up` and `down` are 1 but in the layer-wise pretraining of a deep machine, where an RBM stands
/// for a layer that will have two neighbours and doubles its input instead (Salakhutdinov &
/// Hinton 2009, section 3.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditionals<'a, F> {
    pub(crate) parameters: &'a Parameters<F>,
    pub(crate) up: F,
    pub(crate) down: F,
}

impl<'a, F: Float> Conditionals<'a, F> {
    /// The machine's own conditionals.
    pub(crate) fn of(parameters: &'a Parameters<F>) -> Self {
        Self {
            parameters,
            up: F::one(),
            down: F::one(),
        }
    }

    /// `up * below W_{l-1} + down * above W_l' + b_l`, `n x units of layer l`; a neighbour that is
    /// `None` adds nothing, and at least one of them is there.
    pub(crate) fn input(
        &self,
        layer: usize,
        below: Option<ArrayView2<F>>,
        above: Option<ArrayView2<F>>,
    ) -> Array2<F> {
        let mut input = match (below, above) {
            (Some(below), above) => {
                let weights = &self.parameters.weights[layer - 1];
                let mut input = scaled(product(below, weights.view()), self.up);
                if let Some(above) = above {
                    let weights = &self.parameters.weights[layer];
                    add_product(above, weights.t(), self.down, input.view_mut());
                }
                input
            }
            (None, Some(above)) => {
                let weights = &self.parameters.weights[layer];
                scaled(product(above, weights.t()), self.down)
            }
            (None, None) => unreachable!("a layer has at least one neighbour"),
        };
        input += &self.parameters.biases[layer];
        input
    }

    /// `p(x_l = 1 | below, above)`, the sigmoid of [`input`](Self::input).
    pub(crate) fn probabilities(
        &self,
        layer: usize,
        below: Option<ArrayView2<F>>,
        above: Option<ArrayView2<F>>,
    ) -> Array2<F> {
        let mut input = self.input(layer, below, above);
        sigmoid_rows(&mut input);
        input
    }

    /// `p(x_l = 1 | all other layers)` from the states of all layers.
    pub(crate) fn given(&self, layer: usize, states: &[Array2<F>]) -> Array2<F> {
        let below = layer.checked_sub(1).map(|below| states[below].view());
        let above = states.get(layer + 1).map(Array2::view);
        self.probabilities(layer, below, above)
    }
}

fn scaled<F: Float>(mut matrix: Array2<F>, by: F) -> Array2<F> {
    if by != F::one() {
        matrix *= by;
    }
    matrix
}
