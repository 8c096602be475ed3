//! The primal and the dual objective, and the duality gap between them.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::problem::Problem;
use crate::classification::rows::{Rows, for_each_chunk};
use crate::numerics::dense::product_alone;
use crate::{Float, Result};

/// The parts of both objectives that sums over the records make, for k binary problems.
pub(super) struct Sums {
    /// `sum_i a_i y_i x_i`, of the records' features and the intercept's, `(d + 1) x k`.
    pub(super) combination: Array2<f64>,
    /// `sum_i C s_i loss(y_i f(x_i))`, `k`.
    losses: Array1<f64>,
    /// `sum_i (a_i - a_i^2 diagonal / 2)`, `k`.
    pub(super) duals: Array1<f64>,
}

/// What one chunk of records adds to [`Sums`].
struct Part<F> {
    features: Array2<F>,
    intercepts: Array1<f64>,
    losses: Array1<f64>,
    duals: Array1<f64>,
}

/// The dual variables of the records of a chunk: of the row, the binary problem and the margin.
type Alpha<'a> = dyn Fn(usize, usize, f64) -> f64 + Sync + 'a;

/// The decision values of a chunk of records (`rows x k`), of which the first has this number.
type Values<'a, F> = dyn Fn(usize, ArrayView2<F>) -> Array2<F> + Sync + 'a;

/// The decision values of all records (`n x k`) by the weights (`(d + 1) x k`).
pub(super) fn values_of<F: Float>(
    problem: &Problem,
    rows: &dyn Rows<F>,
    weights: &Array2<f64>,
) -> Result<Array2<F>> {
    let plane = Plane::new(problem, rows, weights);
    let mut values = Array2::zeros((problem.rows(), problem.count()));
    let mut first = 0;
    for_each_chunk(
        rows,
        |_, chunk| plane.values(chunk),
        |chunk: Array2<F>| {
            let end = first + chunk.nrows();
            values.slice_mut(s![first..end, ..]).assign(&chunk);
            first = end;
        },
    )?;
    Ok(values)
}

/// Hyperplanes, in the records' type of numbers.
struct Plane<F> {
    features: Array2<F>,
    intercepts: Array1<F>,
}

impl<F: Float> Plane<F> {
    fn new(problem: &Problem, rows: &dyn Rows<F>, weights: &Array2<f64>) -> Self {
        let columns = rows.columns();
        let intercepts = weights.row(columns);
        Self {
            features: weights.slice(s![..columns, ..]).mapv(F::cast),
            intercepts: intercepts.mapv(|u| F::cast(problem.scaling * u)),
        }
    }

    fn values(&self, chunk: ArrayView2<F>) -> Array2<F> {
        product_alone(chunk, self.features.view()) + &self.intercepts
    }
}

impl Sums {
    /// Those of the weights (`(d + 1) x k`, the intercept's last) and the dual variables that their
    /// margins ask for, `a_i = -C s_i loss'(y_i f(x_i))`, which are feasible.
    pub(super) fn of_weights<F: Float>(
        problem: &Problem,
        rows: &dyn Rows<F>,
        weights: &Array2<f64>,
    ) -> Result<Self> {
        Self::of_values(problem, rows, &values_of(problem, rows, weights)?)
    }

    /// The same of decision values (`n x k`).
    pub(super) fn of_values<F: Float>(
        problem: &Problem,
        rows: &dyn Rows<F>,
        values: &Array2<F>,
    ) -> Result<Self> {
        let pulled = |row, _, margin| problem.cost(row) * problem.loss.pull(margin);
        let of_chunk = |first: usize, chunk: ArrayView2<F>| {
            values
                .slice(s![first..first + chunk.nrows(), ..])
                .to_owned()
        };
        Self::of(problem, rows, &of_chunk, &pulled)
    }

    /// Those of the weights and of other dual variables.
    pub(super) fn of_alpha<F: Float>(
        problem: &Problem,
        rows: &dyn Rows<F>,
        weights: &Array2<f64>,
        alpha: &Alpha,
    ) -> Result<Self> {
        let plane = Plane::new(problem, rows, weights);
        Self::of(problem, rows, &|_, chunk| plane.values(chunk), alpha)
    }

    fn of<F: Float>(
        problem: &Problem,
        rows: &dyn Rows<F>,
        values: &Values<F>,
        alpha: &Alpha,
    ) -> Result<Self> {
        let (columns, count) = (rows.columns(), problem.count());
        let mut sums = Self {
            combination: Array2::zeros((columns + 1, count)),
            losses: Array1::zeros(count),
            duals: Array1::zeros(count),
        };
        let part = |first: usize, chunk: ArrayView2<F>| {
            Part::of(problem, (first, chunk), values(first, chunk), alpha)
        };
        for_each_chunk(rows, part, |part| sums.add(&part, problem.scaling))?;
        Ok(sums)
    }

    fn add<F: Float>(&mut self, part: &Part<F>, scaling: f64) {
        let columns = part.features.nrows();
        let mut features = self.combination.slice_mut(s![..columns, ..]);
        features.zip_mut_with(&part.features, |sum, x| {
            *sum += x.to_f64().unwrap_or(f64::NAN);
        });
        let mut last = self.combination.row_mut(columns);
        last.scaled_add(scaling, &part.intercepts);
        self.losses += &part.losses;
        self.duals += &part.duals;
    }

    /// `P` of each problem for these weights.
    pub(super) fn primal(&self, weights: &Array2<f64>) -> Array1<f64> {
        half_squares(weights) + &self.losses
    }

    /// `D` of each problem for the dual variables.
    pub(super) fn dual(&self) -> Array1<f64> {
        &self.duals - &half_squares(&self.combination)
    }

    /// The [relative duality gap](relative_gap) of each problem.
    pub(super) fn gaps(&self, weights: &Array2<f64>) -> Array1<f64> {
        let (primal, dual) = (self.primal(weights), self.dual());
        let gap = |&primal: &f64, &dual: &f64| relative_gap(primal, dual);
        ndarray::Zip::from(&primal).and(&dual).map_collect(gap)
    }
}

/// `(P - D) / P`, zero where `P` is; infinite if one is beyond what numbers hold.
pub(super) fn relative_gap(primal: f64, dual: f64) -> f64 {
    match (primal - dual) / primal {
        _ if primal == 0.0 => 0.0,
        gap if gap.is_nan() => f64::INFINITY,
        gap => gap,
    }
}

impl<F: Float> Part<F> {
    fn of(
        problem: &Problem,
        (first, chunk): (usize, ArrayView2<F>),
        mut values: Array2<F>,
        alpha: &Alpha,
    ) -> Self {
        let count = problem.count();
        let (mut losses, mut duals) = (Array1::zeros(count), Array1::zeros(count));
        let mut sums = Array1::zeros(count);
        for (row, mut values) in (first..).zip(values.rows_mut()) {
            let cost = problem.cost(row);
            for (k, value) in values.iter_mut().enumerate() {
                let sign = problem.sign(row, k);
                let margin = sign * value.to_f64().unwrap_or(f64::NAN);
                let alpha = alpha(row, k, margin);
                losses[k] += cost * problem.loss.value(margin);
                duals[k] += problem.loss.dual(alpha, cost);
                sums[k] += sign * alpha;
                *value = F::cast(sign * alpha);
            }
        }
        Self {
            features: combined(chunk, &values),
            intercepts: sums,
            losses,
            duals,
        }
    }
}

/// The share of records up to which it pays to lay those out that count.
const FEW: f64 = 0.75;

/// `X' values` of the records of a chunk, of which those whose values are all zero are not read.
fn combined<F: Float>(chunk: ArrayView2<F>, values: &Array2<F>) -> Array2<F> {
    let counts = |row: &usize| values.row(*row).iter().any(|&value| value != F::zero());
    let rows: Vec<usize> = (0..chunk.nrows()).filter(counts).collect();
    match rows.len() as f64 <= FEW * chunk.nrows() as f64 {
        true => {
            let (chunk, values) = (chunk.select(Axis(0), &rows), values.select(Axis(0), &rows));
            product_alone(chunk.t(), values.view())
        }
        false => product_alone(chunk.t(), values.view()),
    }
}

/// `|w|^2 / 2` of every column.
fn half_squares(weights: &Array2<f64>) -> Array1<f64> {
    weights.map_axis(Axis(0), |w| 0.5 * w.dot(&w))
}
