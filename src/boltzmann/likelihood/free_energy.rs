//! The free energy of a restricted machine.

use ndarray::{Array1, ArrayView2, Axis};

use crate::Float;
use crate::boltzmann::machine::{
    Conditionals, Neighbours, Parameters, VisibleUnits, half_squared_norms,
};

/// `-F(v)` of every row.
pub(crate) fn log_summed_out<F: Float>(
    parameters: &Parameters<F>,
    visible: ArrayView2<F>,
) -> Array1<F> {
    let machine = Conditionals::of(parameters);
    // the order in memory would change the order of sums
    let visible = visible.as_standard_layout();
    let visible = visible.view();
    let below = Some(visible);
    let mut hidden = machine.input(1, &Neighbours { below, above: None });
    machine.sum_out(1, hidden.view_mut());
    let own = visible.dot(&parameters.biases[0]) + hidden.sum_axis(Axis(1));
    match parameters.visible_units() {
        VisibleUnits::Binary => own,
        VisibleUnits::Gaussian => own - half_squared_norms(visible),
    }
}
