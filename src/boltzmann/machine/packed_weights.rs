//! A machine's couplings, laid out for the products of samplers and mean-field inference.

use ndarray::{s, ArrayView2};

use super::parameters::Parameters;
use crate::numerics::aligned::Aligned;
use crate::numerics::packed::Packed;
use crate::numerics::sparse::WIDTHS;
use crate::Float;

/// Couplings in both directions.
#[derive(Debug)]
pub(crate) struct PackedWeights<F> {
    /// `W_0` for products with sparse states, in rows of [`WIDTHS`], if it fits.
    first: Option<Aligned<F>>,
    /// `W_1, W_2, ...`
    up: Vec<Packed<F>>,
    /// `W_0', W_1', ...`
    down: Vec<Packed<F>>,
}

impl<F: Float> PackedWeights<F> {
    pub(crate) fn of(parameters: &Parameters<F>) -> Self {
        let weights = &parameters.weights;
        let (visible, units) = weights[0].dim();
        let width = WIDTHS.into_iter().find(|&width| units <= width);
        let mut packed = Self {
            first: width.map(|width| Aligned::zeros((visible, width))),
            up: weights[1..].iter().map(|w| Packed::of(w.view())).collect(),
            down: weights.iter().map(|w| Packed::of(w.t())).collect(),
        };
        packed.write_first(parameters);
        packed
    }

    /// Takes over other couplings of the same shapes.
    pub(crate) fn write(&mut self, parameters: &Parameters<F>) {
        self.write_first(parameters);
        let weights = &parameters.weights;
        for (packed, weights) in self.up.iter_mut().zip(&weights[1..]) {
            packed.write(weights.view());
        }
        for (packed, weights) in self.down.iter_mut().zip(weights) {
            packed.write(weights.t());
        }
    }

    fn write_first(&mut self, parameters: &Parameters<F>) {
        if let Some(first) = &mut self.first {
            let weights = &parameters.weights[0];
            let mut first = first.view_mut();
            first.slice_mut(s![.., ..weights.ncols()]).assign(weights);
        }
    }

    /// The factor of sparse visible states; columns of zeros may follow.
    pub(super) fn first(&self) -> Option<ArrayView2<'_, F>> {
        self.first.as_ref().map(Aligned::view)
    }

    /// The factor of states of the layer below `layer`.
    pub(super) fn up_to(&self, layer: usize) -> Option<&Packed<F>> {
        self.up.get(layer.checked_sub(2)?)
    }

    /// The factor of states of the layer above `layer`.
    pub(super) fn down_to(&self, layer: usize) -> &Packed<F> {
        &self.down[layer]
    }
}
