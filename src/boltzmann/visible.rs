//! Values of the visible layer, sparse where that pays.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, CowArray, Ix2};

use super::conditionals::Conditionals;
use crate::float::kernels::Into;
use crate::linalg::{add_to_rows, sum_of_rows, write_product};
use crate::math::select_rows;
use crate::random::Lanes;
use crate::sparse::SparseRows;
use crate::Float;

/// Records or states, `n x d`.
#[derive(Debug, Clone)]
pub(crate) enum Visible<'a, F> {
    Dense(CowArray<'a, F, Ix2>),
    Sparse(SparseRows<F>),
}

impl<'a, F: Float> Visible<'a, F> {
    /// Records of any values.
    pub(crate) fn of_records(records: ArrayView2<'a, F>) -> Self {
        match SparseRows::of(records) {
            Some(rows) => Self::Sparse(rows),
            None => Self::Dense(records.into()),
        }
    }

    pub(crate) fn nrows(&self) -> usize {
        match self {
            Self::Dense(values) => values.nrows(),
            Self::Sparse(rows) => rows.nrows(),
        }
    }

    /// The rows of `indices`, in that order.
    pub(crate) fn select(&self, indices: &[usize]) -> Visible<'static, F> {
        match self {
            Self::Dense(values) => Visible::Dense(select_rows(values.view(), indices).into()),
            Self::Sparse(rows) => Visible::Sparse(rows.select(indices)),
        }
    }

    /// Replaces probabilities by states.
    pub(crate) fn sample(&mut self, random: &mut Lanes) {
        match self {
            Self::Dense(values) => {
                let mut values = values.view_mut();
                if let Some(values) = values.as_slice_mut() {
                    F::bernoulli_in_place(values, random);
                }
            }
            Self::Sparse(rows) => rows.sample(random),
        }
    }

    /// Input of the first hidden layer from the visible one alone, `n x units`.
    pub(crate) fn input(&self, machine: Conditionals<F>) -> Array2<F> {
        let bias = &machine.parameters.biases[1];
        let mut input = Array2::zeros((self.nrows(), bias.len()));
        let weights = machine.parameters.weights[0].view();
        let out = input.view_mut();
        match self {
            Self::Dense(values) => write_product(values.view(), weights, machine.up, out),
            Self::Sparse(rows) => rows.write_product(weights, machine.up, Into::Replace, out),
        }
        add_to_rows(input.view_mut(), bias);
        input
    }

    /// Writes `share * v' hidden` to `weights` and `share * v' 1` to `bias`.
    pub(crate) fn write_statistics(
        &self,
        hidden: ArrayView2<F>,
        share: F,
        weights: ArrayViewMut2<F>,
        bias: &mut Array1<F>,
    ) {
        let sums = match self {
            Self::Dense(values) => {
                write_product(values.t(), hidden, share, weights);
                sum_of_rows(values.view())
            }
            Self::Sparse(rows) => {
                let columns = rows.transposed();
                columns.write_product(hidden, share, Into::Replace, weights);
                columns.row_sums()
            }
        };
        bias.assign(&(sums * share));
    }

    /// All values.
    pub(crate) fn into_dense(self) -> Array2<F> {
        match self {
            Self::Dense(values) => values.into_owned(),
            Self::Sparse(rows) => rows.to_dense(),
        }
    }
}
