//! Conjugate gradients, preconditioned by the records' second moments.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Zip, s};

use super::line_search::minima;
use super::objective::{Sums, values_of};
use super::problem::Problem;
use super::solution::{Report, Solution};
use crate::classification::rows::Rows;
use crate::error::ClassificationError;
use crate::numerics::cholesky::Cholesky;
use crate::numerics::dense::add_gram;
use crate::numerics::scalar::inverse_scale;
use crate::{Float, Result};

/// The inverse of `1 + 2 sum_i C s_i x_i x_i'` of records with the intercept's feature, an upper
/// bound of the objective's second derivative.
pub(super) struct Preconditioner(Cholesky);

impl Preconditioner {
    pub(super) fn new<F: Float>(problem: &Problem, rows: &dyn Rows<F>) -> Result<Self> {
        let size = rows.columns() + 1;
        let mut curvature = Array2::zeros((size, size));
        rows.pass(&mut |first, block| {
            add_gram(scaled(problem, first, block).view(), &mut curvature);
            Ok(())
        })?;
        curvature.diag_mut().mapv_inplace(|x| x + 1.0);
        if !curvature.diag().iter().all(|x| x.is_finite()) {
            return Err(ClassificationError::SecondMoments.into());
        }
        // sums of products in `F` may miss by more than one
        let mut shift = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
        loop {
            match Cholesky::of(curvature.view()) {
                Some(factor) => return Ok(Self(factor)),
                None if shift > 1.0 => return Err(ClassificationError::SecondMoments.into()),
                None => curvature.diag_mut().mapv_inplace(|x| x * (1.0 + shift)),
            }
            shift *= 10.0;
        }
    }

    /// The step down the gradient, for each column, that is best where the bound is reached.
    fn step(&self, gradient: &Array2<f64>) -> Array2<f64> {
        self.0.solve(gradient.view())
    }
}

/// The records times `sqrt(2 C s_i)`, with the intercept's feature.
fn scaled<F: Float>(problem: &Problem, first: usize, block: ArrayView2<F>) -> Array2<F> {
    let (rows, columns) = block.dim();
    let mut scaled = Array2::zeros((rows, columns + 1));
    scaled.slice_mut(s![.., ..columns]).assign(&block);
    scaled.column_mut(columns).fill(F::cast(problem.scaling));
    for (row, mut values) in (first..).zip(scaled.rows_mut()) {
        let factor = F::cast((2.0 * problem.cost(row)).sqrt());
        values.mapv_inplace(|x| factor * x);
    }
    scaled
}

/// Descends from `start` (`(d + 1) x k`) until every problem's relative duality gap is at most
/// `gap`, in at most as many passes as the report says.
///
/// These are nonlinear conjugate gradients (Polak and Ribiere 1969) of all problems at once, each
/// with its own direction and exact line search. The decision values of the records are held, so
/// that an iteration takes half a pass for those of the direction, and half a one for the gradient.
pub(super) fn solve<F: Float>(
    problem: &Problem,
    rows: &dyn Rows<F>,
    preconditioner: &Preconditioner,
    start: Array2<f64>,
    gap: f64,
    mut report: Report,
) -> Result<Solution> {
    let mut weights = start;
    let mut values = values_of(problem, rows, &weights)?;
    let mut last: Option<Iteration> = None;
    let mut pass = 0;
    let (gaps, reason) = loop {
        pass += 1;
        let mut sums = Sums::of_values(problem, rows, &values)?;
        if sums.gaps(&weights).iter().all(|&found| found <= gap) {
            // what rounding has added to the values is taken away
            values = values_of(problem, rows, &weights)?;
            sums = Sums::of_values(problem, rows, &values)?;
        }
        let gaps = sums.gaps(&weights);
        if let Some(reason) = report.gaps(pass, &gaps, gap) {
            break (gaps, reason);
        }
        let gradient = &weights - &sums.combination;
        let step = preconditioner.step(&gradient);
        let next = Iteration::after(last, gradient, step);
        let direction = of_size_one(&next.direction);
        let changes = values_of(problem, rows, &direction)?;
        let lengths = minima(problem, (&values, &changes), (&weights, &direction));
        weights = weights + &direction * &lengths;
        let lengths = lengths.mapv(F::cast);
        Zip::from(values.rows_mut())
            .and(changes.rows())
            .par_for_each(|mut values, changes| {
                Zip::from(&mut values).and(&changes).and(&lengths).for_each(
                    |value, &change, &length| {
                        *value += length * change;
                    },
                );
            });
        last = Some(next);
    };
    report.finished(reason);
    Ok(Solution {
        weights,
        alpha: None,
        gaps,
        passes: pass,
    })
}

/// The directions (`(d + 1) x k`), each times a power of two that makes its greatest number about
/// 1: those of large records are beyond single precision. Any length will do for the line search.
fn of_size_one(directions: &Array2<f64>) -> Array2<f64> {
    let greatest = |of: ArrayView1<f64>| of.fold(0.0_f64, |most, x| most.max(x.abs()));
    directions * &directions.map_axis(Axis(0), |of| inverse_scale(greatest(of)))
}

/// The gradients of the problems, the steps that the preconditioner makes of them, and the
/// directions taken, `(d + 1) x k` each.
struct Iteration {
    gradient: Array2<f64>,
    step: Array2<f64>,
    direction: Array2<f64>,
}

impl Iteration {
    /// The directions conjugate to the last ones, or along the steps where those would not descend.
    fn after(last: Option<Self>, gradient: Array2<f64>, step: Array2<f64>) -> Self {
        let mut direction = -&step;
        if let Some(last) = last {
            for (k, mut direction) in direction.columns_mut().into_iter().enumerate() {
                let column = |of: &Array2<f64>| of.column(k).to_owned();
                let (new, before) = (column(&gradient), column(&last.gradient));
                let change = column(&step) - column(&last.step);
                let length = before.dot(&column(&last.step));
                let share = (new.dot(&change) / length).max(0.0);
                let conjugate = &direction + &(column(&last.direction) * share);
                if length > 0.0 && conjugate.dot(&new) < 0.0 {
                    direction.assign(&conjugate);
                }
            }
        }
        Self {
            gradient,
            step,
            direction,
        }
    }
}
