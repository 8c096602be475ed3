//! Dual coordinate descent.

use ndarray::{Array1, Array2, ArrayView2, s};
use rand::Rng;
use rayon::prelude::*;

use super::objective::Sums;
use super::problem::Problem;
use super::solution::{Report, Solution};
use crate::classification::rows::squares;
use crate::numerics::random::shuffled;
use crate::numerics::vectors::{add_scaled, dot};
use crate::{Float, Result};

/// Passes between two looks at the duality gap, which take as long as two passes. Variables that
/// were left out come back after each of them.
const ROUND: usize = 5;

/// Binary problems that one thread solves side by side, at most: their weights stay in a core's
/// cache while a record, once read, serves all of them.
const GROUP: usize = 8;

/// A change of less than this part of the bound's scale is none (LIBLINEAR's).
const LEAST_GRADIENT: f64 = 1e-12;

/// Coordinate descent for some binary problems side by side, each of which is as if alone.
struct Descent<'a, F> {
    problem: &'a Problem,
    records: ArrayView2<'a, F>,
    /// `|x_i|^2 + B^2` of each record.
    squares: &'a [F],
    /// The first of the problems.
    first: usize,
    states: Vec<State<F>>,
    /// The dual variables, `n x` problems.
    alpha: Array2<F>,
    /// Which of them may move, until the next round.
    active: Array2<bool>,
}

/// One binary problem of a [`Descent`].
struct State<F> {
    /// `sum_i a_i y_i x_i`.
    weights: Vec<F>,
    /// The same of the intercept's feature.
    intercept: F,
    /// Greatest and least projected gradients of the last pass, beyond which variables at a bound
    /// are left out.
    last: (F, F),
    seen: (F, F),
    done: bool,
}

impl<F: Float> Descent<'_, F> {
    /// A pass over the records in this order.
    fn pass(&mut self, order: &[usize]) {
        for state in &mut self.states {
            state.seen = (F::neg_infinity(), F::infinity());
        }
        order.iter().for_each(|&row| self.visit(row));
        for state in &mut self.states {
            let (most, least) = state.seen;
            let most = if most > F::zero() {
                most
            } else {
                F::infinity()
            };
            let least = if least < F::zero() {
                least
            } else {
                F::neg_infinity()
            };
            state.last = (most, least);
        }
    }

    /// Moves the variables of a record to the best place on their lines, for every problem.
    fn visit(&mut self, row: usize) {
        let cost = self.problem.cost(row);
        if cost == 0.0 {
            return;
        }
        let (bound, diagonal) = (
            self.problem.loss.bound(cost),
            self.problem.loss.diagonal(cost),
        );
        let (bound, diagonal) = (F::cast(bound), F::cast(diagonal));
        let curvature = self.squares[row] + diagonal;
        let scaling = F::cast(self.problem.scaling);
        let record = self.records.row(row);
        let record = record.to_slice().unwrap_or_default();
        let mut alphas = self.alpha.row_mut(row);
        let mut actives = self.active.row_mut(row);
        let variables = alphas.iter_mut().zip(actives.iter_mut());
        for ((k, state), (alpha, active)) in self.states.iter_mut().enumerate().zip(variables) {
            if state.done || !*active {
                continue;
            }
            let sign = F::cast(self.problem.sign(row, self.first + k));
            let value = dot(&state.weights, record) + scaling * state.intercept;
            let gradient = sign * value - F::one() + diagonal * *alpha;
            let projected = if *alpha == F::zero() {
                *active = gradient <= state.last.0;
                gradient.min(F::zero())
            } else if *alpha == bound {
                *active = gradient >= state.last.1;
                gradient.max(F::zero())
            } else {
                gradient
            };
            if !*active {
                continue;
            }
            state.seen = (state.seen.0.max(projected), state.seen.1.min(projected));
            if projected.abs() > F::cast(LEAST_GRADIENT) {
                // of a record of zeros without curvature, the quotient is infinite
                let moved = (*alpha - gradient / curvature).max(F::zero()).min(bound);
                let step = sign * (moved - *alpha);
                *alpha = moved;
                add_scaled(step, record, &mut state.weights);
                state.intercept += step * scaling;
            }
        }
    }

    /// Lets all variables move again.
    fn reset(&mut self) {
        self.active.fill(true);
        for state in &mut self.states {
            state.last = (F::infinity(), F::neg_infinity());
        }
    }
}

/// Descends from these dual variables (`n x k`), which are feasible, until every problem's relative
/// duality gap is at most `gap`.
pub(super) fn solve<F: Float, R: Rng>(
    problem: &Problem,
    records: ArrayView2<F>,
    start: Option<Array2<f64>>,
    gap: f64,
    rng: &mut R,
    mut report: Report,
) -> Result<Solution> {
    let records = records.view();
    let (rows, columns, count) = (records.nrows(), records.ncols(), problem.count());
    let squares = squares(records, problem.scaling)?;
    let size = count.div_ceil(rayon::current_num_threads()).clamp(1, GROUP);
    let mut groups: Vec<Descent<F>> = (0..count)
        .step_by(size)
        .map(|first| {
            let problems = first..count.min(first + size);
            let alpha = start
                .as_ref()
                .map(|alpha| alpha.slice(s![.., problems.clone()]).mapv(F::cast));
            Descent {
                problem,
                records,
                squares: &squares,
                first,
                alpha: alpha.unwrap_or_else(|| Array2::zeros((rows, problems.len()))),
                active: Array2::from_elem((rows, problems.len()), true),
                states: problems.map(|_| State::new(columns)).collect(),
            }
        })
        .collect();
    let mut weights = Array2::zeros((columns + 1, count));
    if start.is_some() {
        let sums = sums_of(&groups, size, &weights)?;
        // dual variables of other records or costs may be beyond what numbers hold
        match sums.dual().iter().all(|dual| dual.is_finite()) {
            true => weights = sums.combination,
            false => groups.iter_mut().for_each(|g| g.alpha.fill(F::zero())),
        }
        assign(&mut groups, &weights);
    }
    let mut gaps = Array1::from_elem(count, f64::INFINITY);
    let mut passes = 0;
    let reason = loop {
        let round = ROUND.min(report.passes - passes);
        let orders: Vec<Vec<usize>> = (0..round).map(|_| shuffled(rows, rng)).collect();
        groups.par_iter_mut().for_each(|group| {
            group.reset();
            orders.iter().for_each(|order| group.pass(order));
        });
        passes += round;
        gather(&groups, &mut weights);
        let sums = sums_of(&groups, size, &weights)?;
        let found = sums.gaps(&weights);
        for (k, known) in gaps
            .iter_mut()
            .enumerate()
            .filter(|(_, known)| **known > gap)
        {
            *known = found[k];
            groups[k / size].states[k % size].done = found[k] <= gap;
        }
        if let Some(reason) = report.gaps(passes, &gaps, gap) {
            break reason;
        }
        // what rounding has added over a round is taken away
        assign(&mut groups, &sums.combination);
    };
    report.finished(reason);
    let alpha = Array2::from_shape_fn((rows, count), |(row, k)| alpha_of(&groups, size, row, k));
    Ok(Solution {
        weights,
        alpha: Some(alpha),
        gaps,
        passes,
    })
}

impl<F: Float> State<F> {
    fn new(columns: usize) -> Self {
        Self {
            weights: vec![F::zero(); columns],
            intercept: F::zero(),
            last: (F::infinity(), F::neg_infinity()),
            seen: (F::infinity(), F::neg_infinity()),
            done: false,
        }
    }
}

fn alpha_of<F: Float>(groups: &[Descent<F>], size: usize, row: usize, k: usize) -> f64 {
    let alpha = groups[k / size].alpha[[row, k % size]];
    alpha.to_f64().unwrap_or(f64::NAN)
}

/// The sums that both objectives are made of.
fn sums_of<F: Float>(groups: &[Descent<F>], size: usize, weights: &Array2<f64>) -> Result<Sums> {
    let (problem, records) = (groups[0].problem, groups[0].records);
    let alpha = |row: usize, k: usize, _: f64| alpha_of(groups, size, row, k);
    Sums::of_alpha(problem, &records, weights, &alpha)
}

/// Copies the problems' weights to the columns of `weights`.
fn gather<F: Float>(groups: &[Descent<F>], weights: &mut Array2<f64>) {
    let columns = weights.nrows() - 1;
    let states = groups.iter().flat_map(|group| &group.states);
    for (state, mut column) in states.zip(weights.columns_mut()) {
        for (value, &weight) in column.iter_mut().zip(&state.weights) {
            *value = weight.to_f64().unwrap_or(f64::NAN);
        }
        column[columns] = state.intercept.to_f64().unwrap_or(f64::NAN);
    }
}

/// Copies the columns of `weights` to the problems that are not done.
fn assign<F: Float>(groups: &mut [Descent<F>], weights: &Array2<f64>) {
    let columns = weights.nrows() - 1;
    let states = groups.iter_mut().flat_map(|group| &mut group.states);
    for (state, column) in states
        .zip(weights.columns())
        .filter(|(state, _)| !state.done)
    {
        for (value, &weight) in state.weights.iter_mut().zip(&column) {
            *value = F::cast(weight);
        }
        state.intercept = F::cast(column[columns]);
    }
}
