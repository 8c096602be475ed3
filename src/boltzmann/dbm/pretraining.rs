//! Greedy layer-wise pretraining with the doubling trick.
//!
//! Layer by layer, an RBM learns the activations of the layer below. In the deep machine every
//! hidden layer but the top one gets input from both sides; its RBM has only one side and doubles
//! that side's input instead: the bottom RBM its bottom-up input, the top RBM its top-down input,
//! those between both (Salakhutdinov & Hinton 2009, section 3.1). The weights then fit the deep
//! machine as they are.

use rand::Rng;

use super::DbmValidParams;
use crate::boltzmann::training::StagePlan;
use crate::observer::Stage;
use crate::Float;

/// A stage for every hidden layer, the one next to the visible units first; none without
/// pretraining epochs.
pub(super) fn stages<F: Float, R: Rng>(params: &DbmValidParams<F, R>) -> Vec<StagePlan<F>> {
    if params.pretraining_epochs() == 0 {
        return Vec::new();
    }
    let top = params.hidden().len();
    let stage = |layer| StagePlan {
        stage: Stage::Pretraining { layer },
        layers: layer - 1..=layer,
        training: params.pretraining(),
        doubling: doubling(layer, top),
    };
    (1..=top).map(stage).collect()
}

/// Factors of the bottom-up and the top-down input of the RBM below hidden layer `layer` of `top`.
fn doubling<F: Float>(layer: usize, top: usize) -> (F, F) {
    let two_if = |doubled: bool| if doubled { F::cast(2) } else { F::one() };
    (two_if(layer < top), two_if(layer > 1))
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
