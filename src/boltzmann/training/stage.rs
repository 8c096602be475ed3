//! The stages of a training.
//!
//! A restricted machine has one stage. A deep machine may be pretrained layer by layer first: for
//! each hidden layer, an RBM learns the activations of the layer below. In the deep machine every
//! hidden layer but the top one gets input from both sides. In an RBM a layer has input from one
//! side only, which is doubled instead: the bottom RBM doubles its bottom-up input, the top RBM its
//! top-down input, those in between double both (Salakhutdinov & Hinton 2009, section 3.1). The
//! deep machine is composed by halving the doubled inputs: it keeps the weights as they are, and
//! the bias of a hidden layer is the mean of its biases in the RBM below and in the RBM above it.

use std::ops::RangeInclusive;

use ndarray::{Array1, Array2, ArrayView2, CowArray, Ix2};
use rand::Rng;

use super::hyperparams::Training;
use super::start::starting_point;
use crate::Float;
use crate::boltzmann::machine::{Conditionals, Neighbours, Parameters, VisibleUnits};
use crate::observer::Stage;

/// A stage: which layers are trained, and how.
#[derive(Debug, Clone)]
pub struct StagePlan<F> {
    pub(super) stage: Stage,
    pub(super) layers: RangeInclusive<usize>,
    pub(super) training: Training<F>,
    /// Factors of the bottom-up and top-down input, see [`Conditionals`].
    pub(super) factors: (F, F),
}

impl<F: Float> StagePlan<F> {
    /// The training of all layers of a machine with `top` hidden layers.
    pub(super) fn whole(stage: Stage, top: usize, training: &Training<F>) -> Self {
        Self {
            stage,
            layers: 0..=top,
            training: training.clone(),
            factors: (F::one(), F::one()),
        }
    }

    /// The pretraining of hidden layer `layer` out of `top`.
    pub(super) fn pretraining(layer: usize, top: usize, training: Training<F>) -> Self {
        Self {
            stage: Stage::Pretraining { layer },
            layers: layer - 1..=layer,
            training,
            factors: factors(layer, top),
        }
    }

    /// The initial parameters of the stage: all layers of `theta` as they are, or two new layers,
    /// the lower one with the given means.
    pub(super) fn start<R: Rng>(
        &self,
        theta: &Parameters<F>,
        means: &Array1<F>,
        rng: &mut R,
    ) -> Parameters<F> {
        match self.stage {
            Stage::Pretraining { .. } => {
                let layers = &theta.layers()[self.layers.clone()];
                starting_point(layers, means, self.visible_units(theta), rng)
            }
            _ => theta.clone(),
        }
    }

    /// Kind of units of the stage's lowest layer in a machine like `theta`.
    pub(super) fn visible_units(&self, theta: &Parameters<F>) -> VisibleUnits {
        match self.layers.start() {
            0 => theta.visible_units(),
            _ => VisibleUnits::Binary,
        }
    }

    /// Writes the parameters that the stage has trained into the whole machine.
    pub(super) fn compose(&self, trained: Parameters<F>, theta: &mut Parameters<F>) {
        let first = *self.layers.start();
        for (place, weights) in theta.weights[first..].iter_mut().zip(trained.weights) {
            *place = weights;
        }
        for (bias, place) in trained.biases.into_iter().zip(first..) {
            match place {
                hidden if hidden > 0 && hidden == first => {
                    self.compose_shared(&bias, &mut theta.biases[hidden]);
                }
                _ => theta.biases[place] = bias,
            }
        }
    }

    /// Composes the bias of a layer that is the hidden layer of the RBM below and the visible layer
    /// of this one, if this one has learnt anything about it.
    fn compose_shared(&self, visible: &Array1<F>, bias: &mut Array1<F>) {
        if self.training.train_biases && self.training.epochs > 0 {
            *bias += visible;
            *bias *= F::cast(0.5);
        }
    }
}

/// Factors of the bottom-up and the top-down input of the RBM below hidden layer `layer` out of
/// `top`.
fn factors<F: Float>(layer: usize, top: usize) -> (F, F) {
    let two_if = |doubled: bool| if doubled { F::cast(2) } else { F::one() };
    (two_if(layer < top), two_if(layer > 1))
}

/// The layers below a stage, which earlier stages have trained.
#[derive(Debug)]
pub(super) struct Below<'s, F> {
    /// The stages that have trained them, from the lowest layer up.
    plans: &'s [StagePlan<F>],
    theta: Parameters<F>,
}

impl<'s, F: Float> Below<'s, F> {
    /// Those below stage `number`; `None` for a stage that is trained on the records themselves.
    pub(super) fn of(
        stages: &'s [StagePlan<F>],
        number: usize,
        theta: &Parameters<F>,
    ) -> Option<Self> {
        let plans = &stages[..*stages[number].layers.start()];
        (!plans.is_empty()).then(|| Self {
            plans,
            theta: theta.clone(),
        })
    }

    /// Units of the lowest layer of the stage.
    pub(super) fn units(&self) -> usize {
        self.theta.layers()[self.plans.len()]
    }

    /// The activations of the lowest layer of the stage, inferred from records (`n x d`).
    pub(super) fn activations(&self, records: ArrayView2<F>) -> Array2<F> {
        let above = |below: CowArray<F, Ix2>, plan: &StagePlan<F>| {
            let (up, down) = plan.factors;
            let machine = Conditionals::of(&self.theta).scaled(up, down);
            let (below, above) = (Some(below.view()), None);
            machine.mean(*plan.layers.end(), &Neighbours { below, above })
        };
        let activations = self.plans.iter().fold(records.into(), |below, plan| {
            CowArray::from(above(below, plan))
        });
        activations.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rbm_doubles_the_sides_that_will_have_a_neighbour() {
        assert_eq!(factors::<f64>(1, 2), (2.0, 1.0));
        assert_eq!(factors::<f64>(2, 2), (1.0, 2.0));
        assert_eq!(factors::<f64>(1, 3), (2.0, 1.0));
        assert_eq!(factors::<f64>(2, 3), (2.0, 2.0));
        assert_eq!(factors::<f64>(3, 3), (1.0, 2.0));
    }
}
