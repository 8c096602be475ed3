//! The variational lower bound on `log p(v)`.

use ndarray::{Array1, ArrayView2, Axis};

use crate::Float;
use crate::boltzmann::inference::MeanField;
use crate::boltzmann::machine::{Conditionals, Parameters};
use crate::numerics::scalar::binary_entropy;

/// `theta . T(v, mu) + H(mu)` of every row: the lower bound on `log p(v)` without its term
/// `-log Z`.
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

/// `-(theta . T(v, mu) + H(mu))` of every row of `visible` (`n x d`) at its mean field `mu`: the
/// free energy itself for one hidden layer, an upper bound on it for more.
pub(crate) fn variational_free_energy<F: Float>(
    theta: &Parameters<F>,
    mean_field: MeanField<F>,
    visible: ArrayView2<F>,
) -> Array1<F> {
    let layers = mean_field.infer(Conditionals::of(theta), visible);
    let views: Vec<_> = layers.iter().map(|layer| layer.view()).collect();
    -unnormalised_bound(theta, &views)
}
