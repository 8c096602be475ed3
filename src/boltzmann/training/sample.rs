//! What the two halves of the gradient are worked out from.

use ndarray::{Array1, Array2, ArrayView2};

use crate::boltzmann::gibbs::Expected;
use crate::boltzmann::visible::Visible;
use crate::boltzmann::{GibbsChains, Parameters};
use crate::float::kernels::Into;
use crate::linalg::{product_into, sum_of_rows};
use crate::Float;

/// States of the layers, or activation probabilities, of a batch or of chains.
#[derive(Debug)]
pub(super) struct Sample<F: 'static> {
    /// The visible layer, transposed (`d x n`).
    columns: Visible<'static, F>,
    /// The hidden layers, `n x units` each.
    hidden: Vec<Array2<F>>,
}

impl<F: Float> Sample<F> {
    pub(super) fn new(visible: Visible<'static, F>, hidden: Vec<Array2<F>>) -> Self {
        Self {
            columns: visible.transposed(),
            hidden,
        }
    }

    /// The chains after a step that has left `expected`.
    pub(super) fn of_chains(chains: &GibbsChains<F>, expected: Expected<F>) -> Self {
        let visible = match expected.visible {
            Some(rows) => Visible::Sparse(rows),
            None => Visible::Dense(chains.states()[0].clone().into()),
        };
        let mut odd = expected.odd.into_iter();
        let hidden = chains.states().iter().enumerate().skip(1);
        let hidden = hidden.filter_map(|(layer, states)| match layer % 2 {
            0 => Some(states.clone()),
            _ => odd.next(),
        });
        Self::new(visible, hidden.collect())
    }

    /// Writes the [mean statistics](Parameters::mean_statistics) of `self` less those of `model`
    /// to `gradient`; those of `self` of the layers alone, which the biases have, are returned.
    ///
    /// Both are worked out a block of rows after another by the same threads: what one core has
    /// written travels slowly to another.
    pub(super) fn write_difference(
        &self,
        model: &Self,
        gradient: &mut Parameters<F>,
    ) -> Vec<Array1<F>> {
        self.put_statistics(F::one(), Into::Replace, gradient);
        let means = gradient.biases.clone();
        model.put_statistics(-F::one(), Into::Add, gradient);
        means
    }

    /// `gradient (+)= factor * mean statistics`.
    fn put_statistics(&self, factor: F, into: Into, gradient: &mut Parameters<F>) {
        let hidden: Vec<ArrayView2<F>> = self.hidden.iter().map(Array2::view).collect();
        let alpha = factor / F::cast(hidden[0].nrows());
        let weights = gradient.weights[0].view_mut();
        self.columns.product_into(hidden[0], alpha, into, weights);
        for (pair, weights) in hidden.windows(2).zip(&mut gradient.weights[1..]) {
            product_into(pair[0].t(), pair[1], alpha, into, weights.view_mut());
        }
        let visible = std::iter::once(self.columns.row_sums());
        let sums = visible.chain(hidden.iter().map(|&x| sum_of_rows(x)));
        for (sum, bias) in sums.zip(&mut gradient.biases) {
            match into {
                Into::Replace => bias.assign(&(sum * alpha)),
                Into::Add => bias.scaled_add(alpha, &sum),
            }
        }
    }
}
