//! The pseudo-likelihood of a restricted machine.

use std::ops::Add;

use ndarray::{Array1, ArrayView2};
use rayon::prelude::*;

use crate::Float;
use crate::boltzmann::machine::{Conditionals, MachineError, Neighbours, Parameters};
use crate::numerics::scalar::softplus;

/// The error for deep machines and Gaussian units.
pub(crate) const UNDEFINED_PSEUDO_LIKELIHOOD: MachineError = MachineError::Undefined {
    quantity: "the pseudo-likelihood",
    machines: "restricted Boltzmann machines of binary units",
};

/// See [`Rbm::pseudo_log_likelihood`](crate::boltzmann::Rbm::pseudo_log_likelihood).
pub(crate) fn pseudo_log_likelihood<F: Float>(
    parameters: &Parameters<F>,
    visible: ArrayView2<F>,
) -> Array1<F> {
    let weights = &parameters.weights[0];
    let bias = &parameters.biases[0];
    let below = Some(visible);
    let input = Conditionals::of(parameters).input(1, &Neighbours { below, above: None });
    let of_row = |row: usize| {
        let (v, input) = (visible.row(row), input.row(row));
        let hidden: F = input.iter().map(|&x| softplus(x)).fold(F::zero(), Add::add);
        let mut terms = vec![F::zero(); input.len()];
        let mut unit = |unit: usize| {
            let flip = F::one() - (v[unit] + v[unit]);
            let inputs = terms.iter_mut().zip(&input).zip(weights.row(unit));
            inputs.for_each(|((term, &x), &w)| *term = x + flip * w);
            F::softplus_in_place(&mut terms);
            let flipped = terms.iter().copied().fold(F::zero(), Add::add);
            -softplus(flip * bias[unit] + flipped - hidden)
        };
        (0..v.len()).map(&mut unit).fold(F::zero(), Add::add)
    };
    let rows: Vec<F> = (0..visible.nrows()).into_par_iter().map(of_row).collect();
    rows.into()
}
