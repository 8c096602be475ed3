//! Conjugate gradients, preconditioned by the records' second moments.

use ndarray::{Array1, Array2, ArrayView1, Axis, Zip};

use super::certificate::Certificate;
use super::line_search::minima;
use super::objective::{Sums, values_of};
use super::preconditioner::Preconditioner;
use super::problem::Problem;
use super::solution::{Report, Solution};
use crate::classification::rows::Rows;
use crate::numerics::scalar::inverse_scale;
use crate::{Float, Result};

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
    if weights.iter().any(|&w| w != 0.0) {
        // weights for other records or costs may be worse than none
        let primal = Sums::of_values(problem, rows, &values)?.primal(&weights);
        let worse = |k: &usize| primal[*k].is_nan() || primal[*k] > problem.cost_of_zero();
        for k in (0..problem.count()).filter(worse) {
            weights.column_mut(k).fill(0.0);
            values.column_mut(k).fill(F::zero());
        }
    }
    let mut certificate: Option<Certificate<F>> = None;
    let mut last: Option<Iteration> = None;
    let mut pass = 0;
    let (gaps, reason) = loop {
        pass += 1;
        let mut sums = Sums::of_values(problem, rows, &values)?;
        let certificate = match &mut certificate {
            Some(certificate) => {
                certificate.improve(problem, &values, &sums);
                certificate
            }
            none => none.insert(Certificate::new(problem, &values, &sums)),
        };
        let mut gaps = certificate.gaps(&sums.primal(&weights));
        if reached(&gaps, gap) {
            let alpha = |row: usize, k: usize, _: f64| certificate.alpha(row, k);
            let exact = Sums::of_alpha(problem, rows, &weights, &alpha)?;
            certificate.correct(&exact);
            gaps = exact.gaps(&weights);
            if !reached(&gaps, gap) {
                values = values_of(problem, rows, &weights)?;
                sums = Sums::of_values(problem, rows, &values)?;
            }
        }
        report.gaps(pass, &gaps);
        if let Some(reason) = report.end(pass, &gaps, gap) {
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

/// Whether no gap is greater than this.
fn reached(gaps: &Array1<f64>, gap: f64) -> bool {
    gaps.iter().all(|&found| found <= gap)
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
