//! What the two halves of the gradient are worked out from.

use ndarray::{Array, Array1, Array2, ArrayView2, Dimension};

use crate::boltzmann::machine::Visible;
use crate::boltzmann::sampling::Expected;
use crate::boltzmann::{GibbsChains, Parameters};
use crate::numerics::dense::{product_onto, sum_of_rows};
use crate::numerics::kernels::Onto;
use crate::Float;

/// States of the layers, or activation probabilities, of records or of chains.
#[derive(Debug)]
pub(super) struct Sample<F> {
    /// The visible layer, `n x d`.
    pub(super) visible: Visible<F>,
    /// The hidden layers, `n x units` each.
    pub(super) hidden: Vec<Array2<F>>,
}

impl<F: Float> Sample<F> {
    /// The chains after a step that has left `expected`.
    pub(super) fn of_chains(chains: &GibbsChains<F>, expected: Expected<F>) -> Self {
        let visible = match expected.visible {
            Some(rows) => Visible::Sparse(rows),
            None => Visible::Dense(chains.states()[0].clone()),
        };
        let mut odd = expected.odd.into_iter();
        let hidden = chains.states().iter().enumerate().skip(1);
        let hidden = hidden.filter_map(|(layer, states)| match layer % 2 {
            0 => Some(states.clone()),
            _ => odd.next(),
        });
        Self {
            visible,
            hidden: hidden.collect(),
        }
    }

    pub(super) fn transposed(self) -> Transposed<F> {
        Transposed {
            columns: self.visible.transposed(),
            hidden: self.hidden,
        }
    }
}

/// A [`Sample`] whose visible layer is transposed (`d x n`), for products with it.
#[derive(Debug)]
pub(super) struct Transposed<F> {
    columns: Visible<F>,
    hidden: Vec<Array2<F>>,
}

impl<F: Float> Transposed<F> {
    /// Writes the [mean statistics](Parameters::mean_statistics) of `self` less those of `model`
    /// to `gradient`; those of `self` of the layers alone, which the biases have, are returned.
    ///
    /// One is worked out in the place of the other, so that only one matrix is written, most often
    /// by the thread that holds it: what one core has written travels slowly to another.
    pub(super) fn write_difference(
        &self,
        model: &Self,
        gradient: &mut Parameters<F>,
    ) -> Vec<Array1<F>> {
        self.put_statistics(F::one(), Onto::Nothing, gradient);
        let means = gradient.biases.clone();
        model.put_statistics(-F::one(), Onto::Destination, gradient);
        means
    }

    /// `gradient = onto + factor * mean statistics`.
    fn put_statistics(&self, factor: F, onto: Onto<F>, gradient: &mut Parameters<F>) {
        let hidden: Vec<ArrayView2<F>> = self.hidden.iter().map(Array2::view).collect();
        let alpha = factor / F::cast(hidden[0].nrows());
        let weights = gradient.weights[0].view_mut();
        self.columns.write_product(hidden[0], alpha, onto, weights);
        put(
            alpha,
            &self.columns.row_sums(),
            onto,
            &mut gradient.biases[0],
        );
        for (pair, weights) in hidden.windows(2).zip(&mut gradient.weights[1..]) {
            product_onto(pair[0].t(), pair[1], alpha, onto, weights.view_mut());
        }
        for (&x, bias) in hidden.iter().zip(&mut gradient.biases[1..]) {
            put(alpha, &sum_of_rows(x), onto, bias);
        }
    }
}

/// `out = onto + alpha * values`, onto nothing or what `out` holds.
fn put<F: Float, D: Dimension>(
    alpha: F,
    values: &Array<F, D>,
    onto: Onto<F>,
    out: &mut Array<F, D>,
) {
    if onto == Onto::Nothing {
        out.fill(F::zero());
    }
    out.scaled_add(alpha, values);
}
