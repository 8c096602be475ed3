//! Greedy layer-wise pretraining with the doubling trick.
//!
//! Layer by layer, an RBM learns the activations of the layer below. In the deep machine every
//! hidden layer but the top one gets input from both sides; its RBM has only one side and doubles
//! that side's input instead: the bottom RBM its bottom-up input, the top RBM its top-down input,
//! those between both (Salakhutdinov & Hinton 2009, section 3.1). The weights then fit the deep
//! machine as they are.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::DbmValidParams;
use crate::boltzmann::training::{starting_point, Trainer};
use crate::boltzmann::{Conditionals, Parameters};
use crate::observer::{Observer, Stage};
use crate::{Float, Result};

/// A deep machine with pretrained layers, on records of `n x d`.
pub(super) fn pretrained<F: Float, R: Rng + Clone>(
    params: &DbmValidParams<F, R>,
    records: ArrayView2<F>,
    rng: &mut R,
    observer: &mut (impl Observer + ?Sized),
) -> Result<Parameters<F>> {
    let sizes: Vec<usize> = [&[records.ncols()], params.hidden()].concat();
    let mut theta = starting_point(&sizes, records, rng);
    if params.pretraining_epochs() == 0 {
        return Ok(theta);
    }
    let training = params.pretraining();
    let mut input: Array2<F> = records.to_owned();
    for layer in 1..sizes.len() {
        let trainer = Trainer {
            training: &training,
            stage: Stage::Pretraining { layer },
            doubling: doubling(layer, sizes.len() - 1),
            rng: &mut *rng,
            observer: &mut *observer,
        };
        let up = trainer.doubling.0;
        let start = starting_point(&sizes[layer - 1..=layer], input.view(), trainer.rng);
        let rbm = trainer.train(start, input.view())?;
        let machine = Conditionals {
            up,
            ..Conditionals::of(&rbm)
        };
        input = machine.probabilities(1, Some(input.view()), None);
        store(rbm, layer, &mut theta);
    }
    Ok(theta)
}

/// Factors of the bottom-up and the top-down input of the RBM below hidden layer `layer` of `top`.
fn doubling<F: Float>(layer: usize, top: usize) -> (F, F) {
    let two_if = |doubled: bool| if doubled { F::cast(2) } else { F::one() };
    (two_if(layer < top), two_if(layer > 1))
}

/// Takes over the RBM's weights and hidden biases, and of the bottom one the visible biases.
fn store<F: Float>(rbm: Parameters<F>, layer: usize, theta: &mut Parameters<F>) {
    let mut biases = rbm.biases.into_iter();
    let visible = biases.next().filter(|_| layer == 1);
    theta.weights[layer - 1].assign(&rbm.weights[0]);
    for (bias, place) in visible
        .into_iter()
        .chain(biases)
        .zip(&mut theta.biases[if layer == 1 { 0 } else { layer }..])
    {
        place.assign(&bias);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rbm_doubles_the_sides_that_will_have_a_neighbour() {
        assert_eq!(doubling::<f64>(1, 2), (2.0, 1.0));
        assert_eq!(doubling::<f64>(2, 2), (1.0, 2.0));
        assert_eq!(doubling::<f64>(1, 3), (2.0, 1.0));
        assert_eq!(doubling::<f64>(2, 3), (2.0, 2.0));
        assert_eq!(doubling::<f64>(3, 3), (1.0, 2.0));
    }
}
