//! Values of the visible layer, stored sparsely where that is faster.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};

use super::conditionals::Conditionals;
use crate::Float;
use crate::numerics::aligned;
use crate::numerics::dense::product_onto;
use crate::numerics::kernels::Onto;
use crate::numerics::random::Lanes;
use crate::numerics::sparse::SparseRows;

/// A batch of records or of visible states, `n x d`.
#[derive(Debug, Clone)]
pub(crate) enum Visible<F> {
    Dense(Array2<F>),
    Sparse(SparseRows<F>),
}

impl<F: Float> Visible<F> {
    pub(crate) fn nrows(&self) -> usize {
        match self {
            Self::Dense(values) => values.nrows(),
            Self::Sparse(rows) => rows.nrows(),
        }
    }

    /// Replaces probabilities by sampled states.
    pub(crate) fn sample(&mut self, random: &mut Lanes) {
        match self {
            Self::Dense(values) => {
                if let Some(values) = values.as_slice_mut() {
                    F::bernoulli_in_place(values, random);
                }
            }
            Self::Sparse(rows) => rows.sample(random),
        }
    }

    /// Input of the first hidden layer from the visible layer alone, `n x units`.
    pub(crate) fn input(&self, machine: Conditionals<F>) -> Array2<F> {
        let units = machine.theta().biases[1].len();
        let mut input = aligned::zeros((self.nrows(), units));
        match self {
            Self::Dense(values) => {
                let weights = machine.theta().weights[0].view();
                product_onto(
                    values.view(),
                    weights,
                    machine.factors().0,
                    machine.bias(1),
                    input.view_mut(),
                );
            }
            Self::Sparse(rows) => machine.write_from_sparse(rows, input.view_mut()),
        }
        input
    }

    /// `out = onto + alpha * self * right`, for `right` and `out` in row-major order.
    pub(crate) fn write_product(
        &self,
        right: ArrayView2<F>,
        alpha: F,
        onto: Onto<F>,
        out: ArrayViewMut2<F>,
    ) {
        match self {
            Self::Dense(values) => product_onto(values.view(), right, alpha, onto, out),
            Self::Sparse(rows) => rows.write_product(right, alpha, onto, out),
        }
    }

    /// `out += self' * right`, where `right` has one of [`WIDTHS`](crate::numerics::sparse::WIDTHS)
    /// columns.
    pub(crate) fn add_transposed_product(&self, right: ArrayView2<F>, out: ArrayViewMut2<F>) {
        match self {
            Self::Dense(values) => {
                product_onto(values.t(), right, F::one(), Onto::Destination, out)
            }
            Self::Sparse(rows) => rows.add_transposed_product(right, out),
        }
    }

    /// The transpose, `d x n`.
    pub(crate) fn transposed(self) -> Self {
        match self {
            Self::Dense(values) => Self::Dense(values.reversed_axes()),
            Self::Sparse(rows) => Self::Sparse(rows.transposed()),
        }
    }

    /// Sum of every row.
    pub(crate) fn row_sums(&self) -> Array1<F> {
        match self {
            Self::Dense(values) => values.sum_axis(Axis(1)),
            Self::Sparse(rows) => rows.row_sums(),
        }
    }

    /// All values.
    pub(crate) fn to_dense(&self) -> Array2<F> {
        match self {
            Self::Dense(values) => values.clone(),
            Self::Sparse(rows) => rows.to_dense(),
        }
    }
}
