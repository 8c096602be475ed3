//! The exact line search of the primal solver.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::problem::Problem;
use crate::Float;

/// Newton steps, at most. The objective along a line is made of parabolas, so that a few suffice.
const MOST_STEPS: usize = 20;

/// What may be left of the first slope.
const TOLERANCE: f64 = 1e-3;

/// Records that one thread sums at a time; fixed.
const CHUNK_ROWS: usize = 4096;

/// One problem's search: `lower <= t <= upper`.
#[derive(Clone)]
struct Search {
    t: f64,
    lower: f64,
    upper: f64,
    first: f64,
    done: bool,
}

/// Of each problem, the `t >= 0` at which `P(w + t d)` is least, given the decision values of the
/// records (`n x k`) by the weights `w` and by the directions `d` (`(d + 1) x k` each).
///
/// With the squared hinge, and `f` and `g` the values of a record,
///
/// ```text
/// P'(t) = w'd + t |d|^2 - sum_i C s_i 2 max(0, 1 - y_i (f_i + t g_i)) y_i g_i
/// ```
pub(super) fn minima<F: Float>(
    problem: &Problem,
    (values, changes): (&Array2<F>, &Array2<F>),
    (weights, directions): (&Array2<f64>, &Array2<f64>),
) -> Array1<f64> {
    let along = (weights * directions).sum_axis(Axis(0));
    let squares = (directions * directions).sum_axis(Axis(0));
    let start = Search {
        t: 0.0,
        lower: 0.0,
        upper: f64::INFINITY,
        first: 0.0,
        done: false,
    };
    let mut searches = vec![start; problem.count()];
    for step in 0..MOST_STEPS {
        let lengths: Vec<f64> = searches.iter().map(|search| search.t).collect();
        let sums = losses(problem, values.view(), changes.view(), &lengths);
        for (k, search) in searches.iter_mut().enumerate() {
            let slope = along[k] + search.t * squares[k] - sums[k].0;
            let curvature = squares[k] + sums[k].1;
            if step == 0 {
                search.first = slope.abs();
            }
            search.advance(slope, curvature);
        }
        if searches.iter().all(|search| search.done) {
            break;
        }
    }
    searches.iter().map(|search| search.t).collect()
}

impl Search {
    /// A Newton step, or half of what is left where that leads outside.
    fn advance(&mut self, slope: f64, curvature: f64) {
        self.done |= slope.abs() <= TOLERANCE * self.first || curvature <= 0.0;
        if self.done {
            return;
        }
        match slope < 0.0 {
            true => self.lower = self.t,
            false => self.upper = self.t,
        }
        let newton = self.t - slope / curvature;
        self.t = match newton > self.lower && newton < self.upper {
            true => newton,
            false if self.upper.is_finite() => 0.5 * (self.lower + self.upper),
            false => 2.0 * self.t + 1.0,
        };
    }
}

/// Of each problem, the sums of the slopes and curvatures of the losses at `values + t changes`.
fn losses<F: Float>(
    problem: &Problem,
    values: ArrayView2<F>,
    changes: ArrayView2<F>,
    lengths: &[f64],
) -> Vec<(f64, f64)> {
    let of_chunk = |(chunk, (values, changes)): (usize, (ArrayView2<F>, ArrayView2<F>))| {
        let mut sums = vec![(0.0, 0.0); lengths.len()];
        let rows = values.rows().into_iter().zip(changes.rows());
        for (row, (values, changes)) in (chunk * CHUNK_ROWS..).zip(rows) {
            let cost = problem.cost(row);
            for (k, (sum, &length)) in sums.iter_mut().zip(lengths).enumerate() {
                let change = changes[k].to_f64().unwrap_or(f64::NAN);
                let value = values[k].to_f64().unwrap_or(f64::NAN) + length * change;
                let sign = problem.sign(row, k);
                let pull = cost * problem.loss.pull(sign * value);
                if pull > 0.0 {
                    sum.0 += pull * sign * change;
                    sum.1 += 2.0 * cost * change * change;
                }
            }
        }
        sums
    };
    let chunks = values.axis_chunks_iter(Axis(0), CHUNK_ROWS).into_par_iter();
    let chunks = chunks
        .zip(changes.axis_chunks_iter(Axis(0), CHUNK_ROWS))
        .enumerate();
    let parts: Vec<Vec<(f64, f64)>> = chunks.map(of_chunk).collect();
    let mut total = vec![(0.0, 0.0); lengths.len()];
    for part in parts {
        for (total, part) in total.iter_mut().zip(part) {
            *total = (total.0 + part.0, total.1 + part.1);
        }
    }
    total
}
