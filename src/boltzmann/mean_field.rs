//! Mean-field inference: the factorised distribution closest to the posterior `p(h | v)`.
//!
//! `q(h) = prod mu^h (1 - mu)^(1 - h)` maximises the lower bound
//!
//! ```text
//! log p(v) >= theta . T(v, mu) + H(mu) - log Z
//! ```
//!
//! by the fixed point `mu_l = sigmoid(mu_{l-1} W_{l-1} + mu_{l+1} W_l' + b_l)`, odd layers first,
//! then even ones; each update maximises the bound over the layers it touches (Salakhutdinov &
//! Hinton 2009, section 3.2). With one hidden layer the first update is exact.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

use super::conditionals::Conditionals;
use super::Parameters;
use crate::math::binary_entropy;
use crate::{Error, Float, Result};

/// When mean-field inference stops.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::MeanField;
///
/// let precise = MeanField { iterations: 200, tolerance: 1e-6 };
/// assert!(precise.iterations > MeanField::<f64>::default().iterations);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanField<F> {
    /// Sweeps over all hidden layers at most, at least 1.
    pub iterations: usize,
    /// A sample is finished once no unit of its hidden layers moves by more, in `[0, 1)`. Samples
    /// stop one by one, so that a sample's result does not depend on its neighbours in a batch.
    pub tolerance: F,
}

impl<F: Float> Default for MeanField<F> {
    /// 30 sweeps, tolerance 1e-3.
    fn default() -> Self {
        Self {
            iterations: 30,
            tolerance: F::cast(1e-3),
        }
    }
}

impl<F: Float> MeanField<F> {
    /// # Errors
    ///
    /// [`Error::InvalidMeanFieldIterations`], [`Error::InvalidMeanFieldTolerance`].
    pub(crate) fn check(&self) -> Result<()> {
        if self.iterations == 0 {
            Err(Error::InvalidMeanFieldIterations(self.iterations))
        } else if !(F::zero()..F::one()).contains(&self.tolerance) {
            let tolerance = self.tolerance.to_f64().unwrap_or(f64::NAN);
            Err(Error::InvalidMeanFieldTolerance(tolerance))
        } else {
            Ok(())
        }
    }

    /// The activation probabilities of all layers, the records themselves first.
    pub(crate) fn infer(&self, machine: Conditionals<F>, visible: ArrayView2<F>) -> Vec<Array2<F>> {
        let mut current = bottom_up(machine, visible);
        if current.len() == 2 {
            return current;
        }
        let mut finished = current.clone();
        let mut active: Vec<usize> = (0..visible.nrows()).collect();
        for _ in 0..self.iterations {
            let moved = sweep(machine, &mut current);
            let (stay, stop): (Vec<usize>, Vec<usize>) =
                (0..active.len()).partition(|&row| moved[row] > self.tolerance);
            if !stop.is_empty() {
                store(&current, &stop, &active, &mut finished);
                current = current.iter().map(|x| x.select(Axis(0), &stay)).collect();
                active = stay.iter().map(|&row| active[row]).collect();
            }
            if active.is_empty() {
                return finished;
            }
        }
        let rest: Vec<usize> = (0..active.len()).collect();
        store(&current, &rest, &active, &mut finished);
        finished
    }
}

/// The starting point: every hidden layer from the one below, whose input is doubled to stand for
/// the layer above that is not there yet.
fn bottom_up<F: Float>(machine: Conditionals<F>, visible: ArrayView2<F>) -> Vec<Array2<F>> {
    let top = machine.parameters.weights.len();
    let doubled = Conditionals {
        up: machine.up + machine.up,
        ..machine
    };
    let mut layers = vec![visible.to_owned()];
    for layer in 1..=top {
        let conditionals = if layer < top { doubled } else { machine };
        let below = Some(layers[layer - 1].view());
        layers.push(conditionals.probabilities(layer, below, None));
    }
    layers
}

/// Updates the hidden layers, odd ones first; the largest move of a unit in each row.
fn sweep<F: Float>(machine: Conditionals<F>, layers: &mut [Array2<F>]) -> Array1<F> {
    let mut moved = Array1::zeros(layers[0].nrows());
    let odd_then_even = (1..layers.len())
        .step_by(2)
        .chain((2..layers.len()).step_by(2));
    for layer in odd_then_even {
        let updated = machine.given(layer, layers);
        Zip::from(&mut moved)
            .and(updated.rows())
            .and(layers[layer].rows())
            .for_each(|moved, new, old| *moved = largest_move(*moved, new, old));
        layers[layer] = updated;
    }
    moved
}

fn largest_move<F: Float>(start: F, new: ndarray::ArrayView1<F>, old: ndarray::ArrayView1<F>) -> F {
    new.iter()
        .zip(old)
        .fold(start, |most, (&a, &b)| most.max((a - b).abs()))
}

/// Writes the chosen rows of the hidden layers to their places among all samples.
fn store<F: Float>(from: &[Array2<F>], rows: &[usize], places: &[usize], to: &mut [Array2<F>]) {
    for (from, to) in from.iter().zip(to).skip(1) {
        for &row in rows {
            to.row_mut(places[row]).assign(&from.row(row));
        }
    }
}

/// `theta . T(v, mu) + H(mu)`, the lower bound on `log p(v)` less `-log Z`, for every row.
pub(crate) fn unnormalised_bound<F: Float>(
    parameters: &Parameters<F>,
    layers: &[ArrayView2<F>],
) -> Array1<F> {
    let mut bound = parameters.negative_energy(layers);
    for mu in &layers[1..] {
        bound += &mu.mapv(binary_entropy).sum_axis(Axis(1));
    }
    bound
}
