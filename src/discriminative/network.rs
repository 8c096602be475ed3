//! A network of logistic hidden layers and a softmax layer, by which all but [`ClassRbm`] classify.
//!
//! ```text
//! x_0 = input,    x_l = sigmoid(x_{l-1} W_l + b_l),    p = softmax(x_m W_{m+1} + b_{m+1})
//! ```
//!
//! Its parameters have the layers `[d, h_1, ..., h_m, c]`; the biases of the input are not used.
//!
//! [`ClassRbm`]: super::ClassRbm

use ndarray::{Array2, ArrayView2};

use super::descent::{Discriminator, Step};
use super::labelled::Batch;
use super::settings::Dropout;
use super::softmax::log_softmax;
use crate::Float;
#[cfg(feature = "serde")]
use crate::Result;
use crate::boltzmann::{Conditionals, Neighbours, Parameters};
#[cfg(feature = "serde")]
use crate::error::MachineError;
use crate::numerics::dense::{product, sum_of_rows};
use crate::numerics::random::Lanes;
#[cfg(feature = "serde")]
use crate::persistence::check_classes;

/// Back-propagation of the loss `-log p(class)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Network {
    pub(super) dropout: Dropout,
}

/// The activations of a hidden layer (`n x h`) with all its units.
pub(super) fn hidden<F: Float>(
    theta: &Parameters<F>,
    layer: usize,
    below: ArrayView2<F>,
) -> Array2<F> {
    let (below, above) = (Some(below), None);
    Conditionals::of(theta).mean(layer, &Neighbours { below, above })
}

/// The activations of the topmost hidden layer (`n x h_m`).
pub(super) fn top<F: Float>(theta: &Parameters<F>, inputs: ArrayView2<F>) -> Array2<F> {
    let last = theta.weights.len() - 1;
    let first = hidden(theta, 1, inputs);
    (2..=last).fold(first, |below, layer| hidden(theta, layer, below.view()))
}

/// `log p(class)` of every class (`n x c`), by the activations of the topmost hidden layer.
fn log_probabilities_of<F: Float>(theta: &Parameters<F>, top: ArrayView2<F>) -> Array2<F> {
    let last = theta.weights.len();
    let mut values = product(top, theta.weights[last - 1].view());
    values += &theta.biases[last];
    log_softmax(&mut values);
    values
}

/// Distinct classes in ascending order, and a network that ends with them.
#[cfg(feature = "serde")]
pub(super) fn check_network<F: Float, L: Ord>(theta: &Parameters<F>, classes: &[L]) -> Result<()> {
    check_classes(classes)?;
    let layers = theta.layers();
    match layers[..] {
        [_, _, .., last] if last == classes.len() => Ok(()),
        _ => {
            let shapes = theta.weights().iter().map(Array2::dim).collect();
            Err(MachineError::ParameterShapes { layers, shapes }.into())
        }
    }
}

/// What is left of units: 0 for those that are left out, `1 / (1 - share)` for the others.
fn mask<F: Float>(dim: (usize, usize), share: f64, random: &mut Lanes) -> Option<Array2<F>> {
    if share == 0.0 {
        return None;
    }
    let mut kept = vec![F::cast(1.0 - share); dim.0 * dim.1];
    F::bernoulli_in_place(&mut kept, random);
    let kept = Array2::from_shape_vec(dim, kept).ok()?;
    Some(kept / F::cast(1.0 - share))
}

/// Values with a mask, if there is one.
fn masked<F: Float>(values: Array2<F>, mask: Option<&Array2<F>>) -> Array2<F> {
    match mask {
        Some(mask) => values * mask,
        None => values,
    }
}

impl<F: Float> Discriminator<F> for Network {
    fn log_probabilities(&self, theta: &Parameters<F>, inputs: ArrayView2<F>) -> Array2<F> {
        log_probabilities_of(theta, top(theta, inputs).view())
    }

    fn step(&self, theta: &Parameters<F>, batch: &Batch<F>, random: &mut Lanes) -> Step<F> {
        let last = theta.weights.len();
        let shares = [self.dropout.visible, self.dropout.hidden];
        let inputs = batch.inputs.clone();
        let mut masks = vec![mask(inputs.dim(), shares[0], random)];
        let mut layers = vec![masked(inputs, masks[0].as_ref())];
        for layer in 1..last {
            let all = hidden(theta, layer, layers[layer - 1].view());
            let mask = mask(all.dim(), shares[1], random);
            layers.push(masked(all, mask.as_ref()));
            masks.push(mask);
        }
        let logs = log_probabilities_of(theta, layers[last - 1].view());
        let mut gradient = theta.at_origin();
        let mut above = batch.surprise(&logs);
        for layer in (0..last).rev() {
            gradient.weights[layer] = product(layers[layer].t(), above.view());
            gradient.biases[layer + 1] = sum_of_rows(above.view());
            if layer > 0 {
                let back = product(above.view(), theta.weights[layer].t());
                above = back_through(back, &layers[layer], masks[layer].as_ref());
            }
        }
        Step {
            loss: batch.loss(logs.view()),
            gradient,
        }
    }

    #[cfg(feature = "serde")]
    fn key(&self) -> String {
        format!("{self:?}")
    }
}

/// The gradient by the input of a hidden layer, by that of its masked activations `x`: with the
/// factor `k` of a unit that is kept, `x = k y`, so that `dx / da = k y (1 - y) = x (1 - x / k)`.
fn back_through<F: Float>(
    gradient: Array2<F>,
    activations: &Array2<F>,
    mask: Option<&Array2<F>>,
) -> Array2<F> {
    let one = F::one();
    let slope = match mask {
        None => activations.mapv(|x| x * (one - x)),
        Some(mask) => {
            let mut slope = activations.clone();
            slope.zip_mut_with(mask, |x, &k| {
                *x = if k > F::zero() {
                    *x * (one - *x / k)
                } else {
                    F::zero()
                };
            });
            slope
        }
    };
    gradient * slope
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::example_machine;
    use crate::discriminative::tests::{agrees_with_differences, batch};

    #[test]
    fn back_propagation_is_the_gradient_of_the_loss() {
        let theta = example_machine(&[4, 5, 3, 3], 0.7);
        for dropout in [(0.0, 0.0), (0.3, 0.5)].map(|(visible, hidden)| Dropout { visible, hidden })
        {
            agrees_with_differences(&Network { dropout }, &theta, &batch(6, 4, 3));
        }
    }

    #[test]
    fn masks_keep_the_mean() {
        let mask: Array2<f64> = mask((400, 100), 0.25, &mut Lanes::new(1, 0)).unwrap();
        assert!(mask.iter().all(|&x| x == 0.0 || x == 1.0 / 0.75));
        // the mean of 40,000 draws has a standard error of sqrt(1 / 3) / 200
        assert!((mask.mean().unwrap() - 1.0).abs() < 4.0 * 0.0029);
        assert!(super::mask::<f64>((2, 2), 0.0, &mut Lanes::new(1, 0)).is_none());
    }
}
