//! A machine whose weights are packed for repeated matrix products.

use std::borrow::Cow;

use super::conditionals::Conditionals;
use super::packed_weights::PackedWeights;
use super::parameters::Parameters;
use crate::Float;

/// Parameters together with a packed copy of their weights for matrix products.
///
/// The copy is rewritten whenever the parameters change, so the two always agree. Packing costs
/// about as much as one product, so it pays from the second product on.
#[derive(Debug)]
pub(crate) struct PackedMachine<'t, F: Float> {
    theta: Cow<'t, Parameters<F>>,
    packed: PackedWeights<F>,
}

impl<'t, F: Float> PackedMachine<'t, F> {
    /// A machine that borrows its parameters.
    pub(crate) fn of(theta: &'t Parameters<F>) -> Self {
        Self {
            packed: PackedWeights::of(theta),
            theta: Cow::Borrowed(theta),
        }
    }

    /// A machine that owns its parameters, so that they can be updated.
    pub(crate) fn owning(theta: Parameters<F>) -> Self {
        Self {
            packed: PackedWeights::of(&theta),
            theta: Cow::Owned(theta),
        }
    }

    /// The parameters.
    pub(crate) fn theta(&self) -> &Parameters<F> {
        &self.theta
    }

    /// The parameters, without the packed copy.
    pub(crate) fn into_theta(self) -> Parameters<F> {
        self.theta.into_owned()
    }

    /// Changes the parameters (not their shapes).
    pub(crate) fn update(&mut self, change: impl FnOnce(&mut Parameters<F>)) {
        change(self.theta.to_mut());
        self.packed.write(&self.theta);
    }

    /// The conditional distributions of its layers, computed with the packed weights.
    pub(crate) fn conditionals(&self) -> Conditionals<'_, F> {
        Conditionals::by(&self.theta, Some(&self.packed))
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;
    use crate::boltzmann::enumeration::{example_machine, joint_states};
    use crate::boltzmann::machine::Neighbours;

    /// Packed weights give the same inputs as plain ones, whatever the factors, also after an
    /// update.
    #[test]
    fn packed_couplings_are_the_machine_s() {
        let layers = [4, 3, 3, 2];
        let theta = example_machine(&layers, 0.8);
        let states = joint_states(&layers);
        let mut machine = PackedMachine::owning(theta.at_origin());
        machine.update(|origin| origin.add_scaled(1.0, &theta));
        let plain = Conditionals::of(&theta).scaled(2.0, 0.5);
        let laid_out = machine.conditionals().scaled(2.0, 0.5);
        for layer in 0..layers.len() {
            let neighbours = Neighbours::of(layer, &states);
            let [plain, laid_out] = [plain, laid_out].map(|m| m.input(layer, &neighbours));
            assert_abs_diff_eq!(plain, laid_out, epsilon = 1e-12);
        }
    }
}
