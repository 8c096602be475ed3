//! States or activation probabilities of all layers, and their mean statistics.

use ndarray::{Array, Array1, Array2, ArrayView2, Dimension};

use crate::Float;
use crate::boltzmann::inference::{Inference, InferenceStats, MeanField};
use crate::boltzmann::machine::{Conditionals, Parameters, Visible};
use crate::boltzmann::sampling::Expected;
use crate::numerics::dense::{product_onto, sum_of_rows};
use crate::numerics::kernels::Onto;

/// The positive phase: a batch and the hidden layers inferred from it.
#[derive(Debug)]
pub(super) struct Positive<F> {
    visible: Visible<F>,
    inference: Inference<F>,
}

impl<F: Float> Positive<F> {
    /// Infers the hidden layers of records.
    pub(super) fn infer(
        mean_field: MeanField<F>,
        machine: Conditionals<F>,
        visible: Visible<F>,
    ) -> Self {
        let inference = mean_field.infer_hidden(machine, visible.input(machine));
        Self { visible, inference }
    }

    pub(super) fn into_sample(self) -> (Sample<F>, InferenceStats) {
        let sample = Sample {
            visible: self.visible,
            hidden: self.inference.hidden,
        };
        (sample, self.inference.stats)
    }

    /// All layers, the visible one first.
    pub(super) fn layers(&self) -> Vec<Array2<F>> {
        let visible = std::iter::once(self.visible.to_dense());
        visible
            .chain(self.inference.hidden.iter().cloned())
            .collect()
    }
}

/// States or activation probabilities of all layers, for records or for chains.
#[derive(Debug)]
pub(super) struct Sample<F> {
    /// The visible layer, `n x d`.
    pub(super) visible: Visible<F>,
    /// The hidden layers, `n x units` each.
    pub(super) hidden: Vec<Array2<F>>,
}

impl<F: Float> Sample<F> {
    /// The sample of chains with the given states, after a step that has computed `expected`.
    pub(super) fn of_chains<'a>(
        states: impl IntoIterator<Item = ArrayView2<'a, F>>,
        expected: Expected<F>,
    ) -> Self {
        let mut odd = expected.odd.into_iter();
        let mut layers = states.into_iter().enumerate();
        let visible = layers.next().map(|(_, states)| states);
        let hidden = layers.filter_map(|(layer, states)| match layer % 2 {
            0 => Some(states.to_owned()),
            _ => odd.next(),
        });
        let hidden = hidden.collect();
        let visible = match (expected.visible, visible) {
            (Some(rows), _) => Visible::Sparse(rows),
            (None, Some(states)) => Visible::Dense(states.to_owned()),
            (None, None) => unreachable!("chains have a visible layer"),
        };
        Self { visible, hidden }
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
    /// Writes the [mean statistics](Parameters::mean_statistics) of `self` minus those of `model`
    /// to `gradient`; returns the means of the layers of `self`.
    ///
    /// The second are subtracted from the first in place, so that only one matrix is written, most
    /// often by the thread whose cache holds it: reading what another core has written is slow.
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
        let sums = self.columns.row_sums();
        put(alpha, &sums, onto, &mut gradient.biases[0]);
        for (pair, weights) in hidden.windows(2).zip(&mut gradient.weights[1..]) {
            product_onto(pair[0].t(), pair[1], alpha, onto, weights.view_mut());
        }
        for (&x, bias) in hidden.iter().zip(&mut gradient.biases[1..]) {
            put(alpha, &sum_of_rows(x), onto, bias);
        }
    }
}

/// `out = onto + alpha * values`, where `onto` is nothing or what `out` holds.
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
