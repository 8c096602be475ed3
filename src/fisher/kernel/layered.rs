//! Models whose scores are outer products of neighbouring layers.

use ndarray::{Array2, ArrayView2};

use crate::Float;
use crate::fisher::model::FisherScore;

/// A model whose sufficient statistics are the products `x_l x_{l+1}'` of the states of
/// neighbouring layers, in the order of its layout, and with biases the states themselves after
/// them. Boltzmann machines are such models.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{Parameters, Rbm};
/// use linfa_fisher::fisher::LayeredScore;
/// use ndarray::array;
///
/// let rbm = Rbm::from_parts(array![[0.0], [0.0]], array![0.0, 0.0], array![0.0])?;
/// let layers = rbm.layers(array![[1.0, 0.0]].view());
/// assert_eq!(layers, [array![[1.0, 0.0]], array![[0.5]]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub trait LayeredScore<F: Float>: FisherScore<F> {
    /// The states of all layers given the records (`n x d`), the records themselves first:
    /// `n x units` each.
    ///
    /// # Panics
    ///
    /// An implementation may panic on records that do not pass
    /// [`check_records`](FisherScore::check_records).
    fn layers(&self, records: ArrayView2<F>) -> Vec<Array2<F>>;
}
