//! How well a machine reconstructs records from its hidden layers.

use ndarray::Array2;

use crate::Float;
use crate::boltzmann::machine::{Conditionals, Neighbours};

/// Mean squared difference between the visible layer and `E[v | mu_1]`, from the records and the
/// means of the hidden layers given them (`n x units` each).
pub(crate) fn reconstruction_error<F: Float>(machine: Conditionals<F>, layers: &[Array2<F>]) -> F {
    let reconstruction = machine.mean(0, &Neighbours::of(0, layers));
    let squares = (reconstruction - &layers[0]).mapv(|x| x * x);
    squares.mean().unwrap_or(F::zero())
}
