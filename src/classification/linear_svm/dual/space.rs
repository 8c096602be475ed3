//! What the descent knows of the records, and what dual variables make of them.

use ndarray::{Array1, Array2, ArrayView2};

use crate::classification::linear_svm::objective::{Sums, relative_gap};
use crate::classification::linear_svm::problem::Problem;
use crate::numerics::dense::{inner_products, product};
use crate::{Float, Result};

/// Features for which there may be another record for the inner products to be taken: they then
/// need no more memory than the records.
const FEATURES: usize = 2;

/// What the descent reads of a record.
#[derive(Clone, Copy)]
pub(super) enum Space<'a, F> {
    /// Its features, `n x d`.
    Features(ArrayView2<'a, F>),
    /// Its inner products with all records, `n x n`: only steps read them, of which there are few
    /// once most variables are at a bound.
    Products(ArrayView2<'a, F>),
}

/// What dual variables `a` make of the records.
pub(super) struct Look {
    /// `sum_i a_i y_i x_i` (`d x k`) without the rounding of single steps, or the decision values
    /// of all records by it (`n x k`); the last row is that of the intercept's feature.
    pub(super) exact: Array2<f64>,
    /// The relative duality gap of each problem.
    pub(super) gaps: Array1<f64>,
}

/// The inner products `x_i'x_j + B^2` (`n x n`) of the records, if they are worth their while.
pub(super) fn products<F: Float>(records: ArrayView2<F>, scaling: f64) -> Option<Array2<F>> {
    let (rows, columns) = records.dim();
    if rows.saturating_mul(FEATURES) > columns {
        return None;
    }
    let constant = scaling * scaling;
    Some(inner_products(records).mapv(|product| F::cast(product + constant)))
}

impl<'a, F: Float> Space<'a, F> {
    /// All that is read: a row of each record.
    pub(super) fn rows(self) -> ArrayView2<'a, F> {
        let (Self::Features(rows) | Self::Products(rows)) = self;
        rows
    }

    /// What is read of a record.
    pub(super) fn row(self, row: usize) -> &'a [F] {
        let (rows, columns) = (self.rows().to_slice(), self.rows().ncols());
        &rows.unwrap_or_default()[row * columns..(row + 1) * columns]
    }

    /// The look at dual variables (`n x k`), of which the descent has made the `weights`
    /// (`(d + 1) x k` of features).
    pub(super) fn look(
        self,
        problem: &Problem,
        alpha: &Array2<f64>,
        weights: &dyn Fn() -> Array2<f64>,
    ) -> Result<Look> {
        match self {
            Self::Products(products) => Ok(Look::of_products(problem, products, alpha)),
            Self::Features(records) => {
                let weights = weights();
                let alpha = |row: usize, k: usize, _: f64| alpha[[row, k]];
                let sums = Sums::of_alpha(problem, &records, &weights, &alpha)?;
                Ok(Look {
                    gaps: sums.gaps(&weights),
                    exact: sums.combination,
                })
            }
        }
    }
}

impl Look {
    /// With `w = sum_i a_i y_i x_i` and the decision values `f`, `|w|^2 = sum_i a_i y_i f_i` and
    /// `P - D = |w|^2 + sum_i C s_i loss(y_i f_i) - sum_i (a_i - a_i^2 diagonal / 2)`.
    fn of_products<F: Float>(
        problem: &Problem,
        products: ArrayView2<F>,
        alpha: &Array2<f64>,
    ) -> Self {
        let (rows, count) = alpha.dim();
        let mut signed = alpha.clone();
        for ((row, k), alpha) in signed.indexed_iter_mut() {
            *alpha *= problem.sign(row, k);
        }
        let values = product(products, signed.mapv(F::cast).view());
        let mut exact = Array2::zeros((rows + 1, count));
        let mut gaps = Array1::zeros(count);
        for (k, gap) in gaps.iter_mut().enumerate() {
            let (mut square, mut losses, mut dual) = (0.0, 0.0, 0.0);
            for row in 0..rows {
                let value = values[[row, k]].to_f64().unwrap_or(f64::NAN);
                let cost = problem.cost(row);
                exact[[row, k]] = value;
                exact[[rows, k]] += problem.scaling * signed[[row, k]];
                square += signed[[row, k]] * value;
                losses += cost * problem.loss.value(problem.sign(row, k) * value);
                dual += problem.loss.dual(alpha[[row, k]], cost);
            }
            *gap = relative_gap(0.5 * square + losses, dual - 0.5 * square);
        }
        Self { exact, gaps }
    }
}
