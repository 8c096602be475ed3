//! How well a machine reconstructs records from its hidden layers.

use ndarray::Array2;

use crate::Float;
use crate::boltzmann::machine::{Conditionals, Neighbours};

/// Mean squared difference between the visible layer and `E[v | mu_1]`, from the records and the
/// means of the hidden layers given them (`n x units` each).
pub(crate) fn reconstruction_error<F: Float>(machine: Conditionals<F>, layers: &[Array2<F>]) -> F {
    let reconstruction = machine.mean(0, &Neighbours::of(0, layers));
    let squares = (reconstruction - &layers[0]).mapv(|x| x * x);
    // a sum of millions of numbers in `f32` would lose them
    let sum: f64 = squares.iter().map(|x| x.to_f64().unwrap_or(f64::NAN)).sum();
    F::cast(sum / squares.len().max(1) as f64)
}
