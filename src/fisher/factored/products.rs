//! Products with features, however these are held.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip, s};

use super::scaled::ScaledRows;
use crate::Float;
use crate::numerics::dense::product;
use crate::numerics::random::LANES;
use crate::numerics::scalar::to_f64;

/// Features of some rows (`n x p`) that products are computed with.
pub(in crate::fisher) enum Products<'a, F> {
    /// Written out.
    Written(Array2<F>),
    /// As states of layers.
    Factored(ScaledRows<'a, F>),
}

impl<F: Float> Products<'_, F> {
    /// The features times `right` (`p x width`), which is [`padded`]: `n x width`.
    pub(in crate::fisher) fn product(&self, right: ArrayView2<F>) -> Array2<F> {
        match self {
            Self::Written(rows) => product(rows.view(), right),
            Self::Factored(rows) => rows.product(right),
        }
    }

    /// Adds the transposed features times `right` (`n x width`), which is [`padded`], to `sums`
    /// (`p x width`).
    pub(in crate::fisher) fn add_transposed_product(
        &self,
        right: ArrayView2<F>,
        sums: &mut Array2<f64>,
    ) {
        match self {
            Self::Written(rows) => {
                let products = product(rows.t(), right);
                let add = |sum: &mut f64, &x: &F| *sum += x.to_f64().unwrap_or(f64::NAN);
                Zip::from(sums).and(&products).par_for_each(add);
            }
            Self::Factored(rows) => rows.add_transposed_product(right, sums),
        }
    }

    /// Adds the sum of the rows to `sums` (`p`).
    pub(in crate::fisher) fn add_sum(&self, sums: &mut Array1<f64>) {
        match self {
            Self::Written(rows) => *sums += &to_f64(rows).sum_axis(Axis(0)),
            Self::Factored(rows) => rows.add_sum(sums),
        }
    }
}

/// The matrix in row-major order, with columns of zeros up to a multiple of [`LANES`].
pub(in crate::fisher) fn padded<A: Float, F: Float>(matrix: ArrayView2<A>) -> Array2<F> {
    let (rows, columns) = matrix.dim();
    let mut padded = Array2::zeros((rows, columns.next_multiple_of(LANES)));
    let place = padded.slice_mut(s![.., ..columns]);
    Zip::from(place)
        .and(matrix)
        .for_each(|place, &x| *place = F::cast(x));
    padded
}
