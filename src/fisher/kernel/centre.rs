//! The centre of the scores: the expectation of the statistics under the model.

use ndarray::{Array1, Array2, Axis};

use crate::error::FisherError;
use crate::numerics::dense::product;
use crate::{Float, Result};

/// `E[T]`: the couplings `M_l`, and the means `m_l` of the layers' states if there are biases.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Centre<F> {
    couplings: Vec<Array2<F>>,
    means: Vec<Array1<F>>,
    /// `E[T]' E[T]`.
    square: F,
}

impl<F: Float> Centre<F> {
    /// The parts of an expectation that is laid out for layers of these numbers of units.
    pub(super) fn of(expectation: &Array1<F>, units: &[usize], biases: bool) -> Self {
        let mut values = expectation.iter().copied();
        let mut next = || values.next().unwrap_or_else(F::nan);
        let couplings = units.windows(2).map(|pair| {
            let mut coupling = Array2::zeros((pair[0], pair[1]));
            coupling.map_inplace(|x| *x = next());
            coupling
        });
        let couplings = couplings.collect();
        let biased = units.iter().filter(|_| biases);
        let means = biased.map(|&n| (0..n).map(|_| next()).collect()).collect();
        Self {
            couplings,
            means,
            square: expectation.dot(expectation),
        }
    }

    /// `a(x) = T(x)' E[T] = sum_l x_l' M_l x_{l+1} [+ sum_l m_l' x_l]` of every row of the layers'
    /// states.
    pub(super) fn inner_products(&self, layers: &[Array2<F>]) -> Array1<F> {
        let mut products = Array1::zeros(layers[0].nrows());
        for (pair, coupling) in layers.windows(2).zip(&self.couplings) {
            products += &(product(pair[0].view(), coupling.view()) * &pair[1]).sum_axis(Axis(1));
        }
        for (layer, means) in layers.iter().zip(&self.means) {
            products += &layer.dot(means);
        }
        products
    }

    /// Checks that the centre is one of layers of these numbers of units, with means if there are
    /// biases.
    ///
    /// # Errors
    ///
    /// [`ExpectationLength`](FisherError::ExpectationLength).
    pub(super) fn check(&self, units: &[usize], biases: bool) -> Result<()> {
        let shapes = units.windows(2).map(|pair| (pair[0], pair[1]));
        let fits = shapes.eq(self.couplings.iter().map(Array2::dim));
        let biased = || units.iter().copied().filter(|_| biases);
        if fits && self.means.iter().map(Array1::len).eq(biased()) {
            return Ok(());
        }
        let couplings = self.couplings.iter().map(Array2::len);
        let found = couplings.chain(self.means.iter().map(Array1::len)).sum();
        let expected = units
            .windows(2)
            .map(|pair| pair[0] * pair[1])
            .chain(biased());
        let expected = expected.sum();
        Err(FisherError::ExpectationLength { expected, found }.into())
    }

    /// `E[T]' E[T]`.
    pub(super) fn square(&self) -> F {
        self.square
    }
}
