//! Block Gibbs sampling of a block of chains, on one thread.
//!
//! Layers of equal parity are independent given the others, so a step samples all even layers given
//! the odd ones and then all odd layers given the *new* even ones. (Updating all layers from the
//! old state at once would sample another distribution.)

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use crate::Float;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::numerics::aligned;
use crate::numerics::random::Lanes;
use crate::numerics::sparse::SparseRows;

/// What the last step of Gibbs sampling computes besides the states.
#[derive(Debug, Clone)]
pub(crate) struct Expected<F> {
    /// Means of the odd layers given the states of the even ones.
    pub(crate) odd: Vec<Array2<F>>,
    /// The visible states, if they are sparse.
    pub(crate) visible: Option<SparseRows<F>>,
}

impl<F: Float> Expected<F> {
    /// The results of several blocks of chains as one.
    pub(super) fn stacked(blocks: Vec<Self>) -> Self {
        let layers = blocks.first().map_or(0, |block| block.odd.len());
        let odd = |layer: usize| {
            let parts: Vec<_> = blocks.iter().map(|block| block.odd[layer].view()).collect();
            aligned::stacked(&parts)
        };
        let odd = (0..layers).map(odd).collect();
        let visible: Option<Vec<_>> = blocks.into_iter().map(|block| block.visible).collect();
        Self {
            odd,
            visible: visible.map(SparseRows::stacked),
        }
    }
}

/// Runs Gibbs steps on a block of chains with the given states (`chains x units` for each layer),
/// with the `known` visible units clamped.
pub(crate) fn advance_block<F: Float>(
    known: &[bool],
    machine: Conditionals<F>,
    steps: usize,
    states: &mut [ArrayViewMut2<F>],
    random: &mut Lanes,
) -> Expected<F> {
    let held = (!known.is_empty()).then(|| states[0].to_owned());
    let depth = states.len();
    let (mut odd, mut visible) = (Vec::new(), None);
    for step in 1..=steps {
        for layer in (0..depth).step_by(2) {
            let (neighbours, mut own) = Neighbours::and_own(layer, states);
            machine.write_input(layer, &neighbours, own.view_mut());
            machine.sample(layer, own.view_mut(), random);
            if let Some(held) = held.as_ref().filter(|_| layer == 0) {
                restore(known, held.view(), own);
            }
        }
        for layer in (1..depth).step_by(2) {
            let (neighbours, mut own) = Neighbours::and_own(layer, states);
            let rows = write_input(known, machine, layer, &neighbours, own.view_mut());
            if step < steps {
                machine.sample(layer, own, random);
                continue;
            }
            machine.activate(layer, own.view_mut());
            odd.push(own.to_owned());
            if let Some(own) = own.as_slice_mut() {
                F::bernoulli_in_place(own, random);
            }
            visible = visible.or(rows);
        }
    }
    Expected { odd, visible }
}

/// Replaces the activation probabilities of all layers of a block by sampled states.
pub(crate) fn sample_probabilities<F: Float>(
    machine: Conditionals<F>,
    layers: &mut [ArrayViewMut2<F>],
    random: &mut Lanes,
) {
    for (layer, probabilities) in layers.iter_mut().enumerate() {
        if machine.is_gaussian(layer) {
            continue;
        }
        if let Some(probabilities) = probabilities.as_slice_mut() {
            F::bernoulli_in_place(probabilities, random);
        }
    }
}

/// Writes the input of a layer; clamped visible units may hold probabilities.
pub(super) fn write_input<F: Float>(
    known: &[bool],
    machine: Conditionals<F>,
    layer: usize,
    neighbours: &Neighbours<F>,
    out: ArrayViewMut2<F>,
) -> Option<SparseRows<F>> {
    if known.is_empty() {
        return machine.write_input_of_states(layer, neighbours, out);
    }
    machine.write_input(layer, neighbours, out);
    None
}

/// Copies the columns of the clamped units.
pub(super) fn restore<F: Float>(known: &[bool], from: ArrayView2<F>, mut to: ArrayViewMut2<F>) {
    let columns = from.axis_iter(Axis(1)).zip(to.axis_iter_mut(Axis(1)));
    for (_, (from, mut to)) in known.iter().zip(columns).filter(|&(&known, _)| known) {
        to.assign(&from);
    }
}
