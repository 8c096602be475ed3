//! Newton steps of the dual variables that are at no bound.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis, Zip};

use crate::Float;
use crate::classification::linear_svm::problem::Problem;
use crate::numerics::cholesky::Cholesky;
use crate::numerics::vectors::add_scaled;

/// The most variables of a step, for which a matrix of so many rows is decomposed.
const MOST_FREE: usize = 2048;

/// Steps at a time, at most.
const STEPS: usize = 20;

/// Times that a step that leads down is halved before none is made.
const HALVINGS: i32 = 6;

/// The free variables of a binary problem, those at no bound, and what a step asks of them.
struct Free<'a, F> {
    products: ArrayView2<'a, F>,
    rows: Vec<usize>,
    /// `y_i` of each.
    signs: Vec<f64>,
    /// The loss's diagonal `d_i` of each.
    diagonals: Vec<f64>,
    /// The greatest value of each.
    bounds: Vec<f64>,
    alpha: Array1<f64>,
    /// `g_i = 1 - y_i f_i - d_i a_i` of each.
    slopes: Array1<f64>,
}

/// Moves the free variables of a binary problem (`n`), and the decision values of the records, to
/// where the dual objective would be greatest if there were no bounds, as far as they are feasible
/// and lead upwards (projected Newton steps, Bertsekas 1982); where the bounds turn a step
/// downwards, to the first of them, and on from there with one variable less. Single variables
/// creep where all records have much in common, so that the sum of `a_i y_i` must stay.
///
/// With `Q_ij = y_i y_j K_ij`, a step solves `(Q + diag d) s = g`.
pub(super) fn newton_steps<F: Float>(
    (problem, k): (&Problem, usize),
    products: ArrayView2<F>,
    mut alpha: ArrayViewMut1<F>,
    values: &mut [F],
) {
    for _ in 0..STEPS {
        let free = Free::new((problem, k), products, &alpha, values);
        if free.rows.is_empty() || free.rows.len() > MOST_FREE {
            return;
        }
        let Some(step) = free.step() else {
            return;
        };
        let projected = (0..HALVINGS).map(|halvings| 0.5_f64.powi(halvings));
        let to_bound = free.room(&step);
        let Some((length, changes, of_values)) = projected.chain([to_bound]).find_map(|length| {
            let changes = free.feasible(&step, length);
            let (gain, of_values) = free.gain(&changes, values.len());
            (gain > 0.0).then_some((length, changes, of_values))
        }) else {
            return;
        };
        for ((&row, &change), &bound) in free.rows.iter().zip(&changes).zip(&free.bounds) {
            // rounding in `F` may lead beyond the bound
            alpha[row] = (alpha[row] + F::cast(change)).min(F::cast(bound));
        }
        let pairs = values.iter_mut().zip(of_values);
        pairs.for_each(|(value, change)| *value += change);
        if length != to_bound {
            return;
        }
    }
}

impl<'a, F: Float> Free<'a, F> {
    fn new(
        (problem, k): (&Problem, usize),
        products: ArrayView2<'a, F>,
        alpha: &ArrayViewMut1<F>,
        values: &[F],
    ) -> Self {
        let bound = |row: usize| problem.loss.bound(problem.cost(row));
        let is_free = |row: &usize| alpha[*row] > F::zero() && alpha[*row] < F::cast(bound(*row));
        let rows: Vec<usize> = (0..alpha.len()).filter(is_free).collect();
        let of = |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect();
        let signs: Vec<f64> = of(&|row| problem.sign(row, k));
        let diagonals: Vec<f64> = of(&|row| problem.loss.diagonal(problem.cost(row)));
        let alpha = Array1::from_vec(of(&|row| number(alpha[row])));
        let bounds = of(&bound);
        let slope = |i: usize| 1.0 - signs[i] * number(values[rows[i]]) - diagonals[i] * alpha[i];
        Self {
            products,
            slopes: (0..rows.len()).map(slope).collect(),
            rows,
            signs,
            diagonals,
            bounds,
            alpha,
        }
    }

    fn row(&self, i: usize) -> &'a [F] {
        let (all, columns) = (self.products.to_slice(), self.products.ncols());
        &all.unwrap_or_default()[self.rows[i] * columns..][..columns]
    }

    /// `s`, unless the matrix is singular.
    fn step(&self) -> Option<Array1<f64>> {
        let mut matrix = Array2::zeros((self.rows.len(), self.rows.len()));
        for (i, mut entries) in matrix.rows_mut().into_iter().enumerate() {
            let products = self.row(i);
            let others = self.rows.iter().zip(&self.signs).take(i + 1);
            for (entry, (&j, sign)) in entries.iter_mut().zip(others) {
                *entry = self.signs[i] * sign * number(products[j]);
            }
            entries[i] += self.diagonals[i];
        }
        let solution = Cholesky::of(matrix.view())?.solve(self.slopes.view().insert_axis(Axis(1)));
        Some(solution.iter().copied().collect())
    }

    /// The changes of the variables on the way along the step, within their bounds.
    fn feasible(&self, step: &Array1<f64>, length: f64) -> Array1<f64> {
        let bounds = ndarray::aview1(&self.bounds);
        Zip::from(step)
            .and(&self.alpha)
            .and(bounds)
            .map_collect(|step, &alpha, &bound| (alpha + length * step).clamp(0.0, bound) - alpha)
    }

    /// The length at which the step meets the first bound.
    fn room(&self, step: &Array1<f64>) -> f64 {
        let places = step.iter().zip(&self.alpha).zip(&self.bounds);
        let rooms = places.map(|((&step, &alpha), &bound)| match step < 0.0 {
            true => alpha / -step,
            false => (bound - alpha) / step,
        });
        rooms.fold(1.0, f64::min)
    }

    /// What the dual objective gains by these changes `c`, `g'c - c'(Q + diag d)c / 2`, and the
    /// changes of the decision values.
    fn gain(&self, changes: &Array1<f64>, records: usize) -> (f64, Vec<F>) {
        let mut of_values = vec![F::zero(); records];
        for (i, &change) in changes.iter().enumerate() {
            add_scaled(F::cast(self.signs[i] * change), self.row(i), &mut of_values);
        }
        let gain = |(i, &change): (usize, &f64)| {
            let curvature =
                self.signs[i] * number(of_values[self.rows[i]]) + self.diagonals[i] * change;
            change * (self.slopes[i] - 0.5 * curvature)
        };
        (changes.iter().enumerate().map(gain).sum(), of_values)
    }
}

fn number<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
