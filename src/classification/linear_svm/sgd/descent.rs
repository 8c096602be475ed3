//! The descent: a record at a time, all binary problems side by side.

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rayon::prelude::*;

use super::figures::figures;
use super::schedule::optimal_start;
use super::settings::Sgd;
use crate::classification::linear_svm::objective::Sums;
use crate::classification::linear_svm::problem::Problem;
use crate::classification::linear_svm::solution::{Report, Solution};
use crate::classification::rows::squares;
use crate::error::ClassificationError;
use crate::numerics::random::shuffled;
use crate::numerics::vectors::{add_scaled, dot};
use crate::observer::TerminationReason;
use crate::{Float, Result};

/// Factors of the weights below this are multiplied out, before digits are lost.
const LEAST_SCALE: f64 = 1e-6;

/// One binary problem. Its weights are `scale * direction`, so that the penalty costs one
/// multiplication a step.
struct State<F> {
    direction: Vec<F>,
    scale: f64,
    intercept: f64,
    mean: Mean<F>,
}

/// The mean of the weights over steps. Within an epoch the sum of `scale_t direction_t` over its
/// steps is `scales * direction - before`, as the direction changes at few of them.
struct Mean<F> {
    total: Vec<f64>,
    intercept: f64,
    before: Vec<F>,
    scales: f64,
    steps: f64,
}

/// What all problems share: the penalty of `lambda |w|^2 / 2` beside the mean loss, and Bottou's
/// first step.
struct Setting<'a, F> {
    problem: &'a Problem,
    records: ArrayView2<'a, F>,
    sgd: &'a Sgd,
    lambda: f64,
    start: f64,
    /// `1 / (C n)`: from a record's cost to its weight in the mean loss, times n.
    weight: f64,
    /// `|x_i|^2 + B^2` of each record.
    squares: &'a [F],
}

impl<F: Float> State<F> {
    fn new(columns: usize) -> Self {
        Self {
            direction: vec![F::zero(); columns],
            scale: 1.0,
            intercept: 0.0,
            mean: Mean {
                total: vec![0.0; columns],
                intercept: 0.0,
                before: vec![F::zero(); columns],
                scales: 0.0,
                steps: 0.0,
            },
        }
    }

    /// A step by the record's gradient.
    fn step(&mut self, setting: &Setting<F>, (row, record): (usize, &[F]), rate: f64, sign: f64) {
        let scaling = setting.problem.scaling;
        let value = self.scale * number(dot(&self.direction, record)) + scaling * self.intercept;
        let shrink = (1.0 - rate * setting.lambda).max(0.0);
        self.scale *= shrink;
        self.intercept *= shrink;
        if self.scale < LEAST_SCALE {
            self.multiply_out();
        }
        let step = rate * setting.problem.cost(row) * setting.weight;
        let square = number(setting.squares[row]);
        let pull = setting
            .problem
            .loss
            .stable_pull(sign * value, step * square);
        if pull > 0.0 {
            let change = step * pull * sign;
            let along = change / self.scale;
            add_scaled(F::cast(along), record, &mut self.direction);
            let scales = F::cast(along * self.mean.scales);
            add_scaled(scales, record, &mut self.mean.before);
            self.intercept += change * scaling;
        }
        self.mean.scales += self.scale;
        self.mean.intercept += self.intercept;
        self.mean.steps += 1.0;
    }

    /// Makes the scale one, and keeps the sum of the weights.
    fn multiply_out(&mut self) {
        let mean = &mut self.mean;
        let parts = self.direction.iter_mut().zip(&mut mean.before);
        for (total, (direction, before)) in mean.total.iter_mut().zip(parts) {
            *total += mean.scales * number(*direction) - number(*before);
            *direction = F::cast(self.scale * number(*direction));
            *before = F::zero();
        }
        (self.scale, mean.scales) = (1.0, 0.0);
    }

    /// Forgets the mean.
    fn begin_mean(&mut self) {
        self.mean.total.fill(0.0);
        (self.mean.intercept, self.mean.steps) = (0.0, 0.0);
    }
}

fn number<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

/// Descends from `start` (`(d + 1) x k`).
pub(crate) fn solve<F: Float, R: Rng>(
    problem: &Problem,
    records: ArrayView2<F>,
    (sgd, c): (&Sgd, f64),
    start: Array2<f64>,
    rng: &mut R,
    mut report: Report,
) -> Result<Solution> {
    let records = records.view();
    let (columns, count) = (records.ncols(), problem.count());
    let learnt: Vec<usize> = (0..problem.rows())
        .filter(|&row| problem.learns(row))
        .collect();
    let lambda = 1.0 / (c * learnt.len() as f64);
    let squares = squares(records, problem.scaling)?;
    let setting = Setting {
        problem,
        records,
        sgd,
        lambda,
        start: optimal_start(problem.loss, lambda),
        weight: 1.0 / c,
        squares: &squares,
    };
    let mut states: Vec<State<F>> = (0..count).map(|_| State::new(columns)).collect();
    for (state, weights) in states.iter_mut().zip(start.columns()) {
        let features = weights.iter().zip(&mut state.direction);
        features.for_each(|(&weight, direction)| *direction = F::cast(weight));
        state.intercept = weights[columns];
    }
    let size = count.div_ceil(rayon::current_num_threads());
    let mut reason = TerminationReason::Epochs;
    let mut passes = 0;
    while passes < sgd.epochs {
        let mut order = shuffled(learnt.len(), rng);
        order.iter_mut().for_each(|place| *place = learnt[*place]);
        let begun = passes * learnt.len();
        let groups = states.par_chunks_mut(size).enumerate();
        groups.for_each(|(group, states)| epoch(&setting, states, group * size, &order, begun));
        if passes == 0 && sgd.epochs > 1 {
            states.iter_mut().for_each(State::begin_mean);
        }
        passes += 1;
        let weights = weights_of(&states, sgd.averaged);
        if weights.iter().any(|weight| !weight.is_finite()) {
            return Err(ClassificationError::SgdDiverged { epoch: passes }.into());
        }
        report.pass(passes, figures(problem, records, &weights)?);
        if report.observer.should_stop() {
            reason = TerminationReason::Interrupted;
            break;
        }
    }
    let weights = weights_of(&states, sgd.averaged);
    let gaps = Sums::of_weights(problem, &records, &weights)?.gaps(&weights);
    report.finished(reason);
    Ok(Solution {
        weights,
        alpha: None,
        gaps,
        passes,
    })
}

/// An epoch of some of the problems, from `first` on; `begun` steps came before.
fn epoch<F: Float>(
    setting: &Setting<F>,
    states: &mut [State<F>],
    first: usize,
    order: &[usize],
    begun: usize,
) {
    for (t, &row) in (begun..).zip(order) {
        let schedule = setting.sgd.schedule;
        let rate = schedule.rate(t as f64, setting.lambda, setting.start);
        let record = setting.records.row(row);
        let record = record.to_slice().unwrap_or_default();
        for (k, state) in (first..).zip(states.iter_mut()) {
            state.step(setting, (row, record), rate, setting.problem.sign(row, k));
        }
    }
    states.iter_mut().for_each(State::multiply_out);
}

/// The weights (`(d + 1) x k`), averaged or as they are.
fn weights_of<F: Float>(states: &[State<F>], averaged: bool) -> Array2<f64> {
    let columns = states[0].direction.len();
    let mut weights = Array2::zeros((columns + 1, states.len()));
    for (state, mut column) in states.iter().zip(weights.columns_mut()) {
        let (direction, mean) = (&state.direction, &state.mean);
        match averaged && mean.steps > 0.0 {
            true => {
                let totals = column.iter_mut().zip(&mean.total);
                totals.for_each(|(weight, total)| *weight = total / mean.steps);
                column[columns] = mean.intercept / mean.steps;
            }
            false => {
                let values = column.iter_mut().zip(direction);
                values.for_each(|(weight, &value)| *weight = number(value));
                column[columns] = state.intercept;
            }
        }
    }
    weights
}
