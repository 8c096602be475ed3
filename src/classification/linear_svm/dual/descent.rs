//! The descent over the dual variables of some binary problems.

use ndarray::Array2;

use super::newton::newton_steps;
use super::space::Space;
use crate::Float;
use crate::classification::linear_svm::problem::Problem;
use crate::numerics::vectors::{add_scaled, dot};

/// A change of less than this part of the bound's scale is none (LIBLINEAR's).
const LEAST_GRADIENT: f64 = 1e-12;

/// Coordinate descent for some binary problems side by side, each of which is as if alone.
pub(super) struct Descent<'a, F> {
    pub(super) problem: &'a Problem,
    pub(super) space: Space<'a, F>,
    /// `|x_i|^2 + B^2` of each record.
    pub(super) squares: &'a [F],
    /// The first of the problems.
    pub(super) first: usize,
    pub(super) states: Vec<State<F>>,
    /// The dual variables, `n x` problems.
    pub(super) alpha: Array2<F>,
    /// Which of them may move, until the next round.
    pub(super) active: Array2<bool>,
}

/// One binary problem of a [`Descent`].
pub(super) struct State<F> {
    /// `w = sum_i a_i y_i x_i`; of inner products, the decision values of all records by w.
    pub(super) weights: Vec<F>,
    /// `w` of the intercept's feature.
    pub(super) intercept: F,
    /// Greatest and least projected gradients of the last pass, beyond which variables at a bound
    /// are left out.
    last: (F, F),
    seen: (F, F),
    pub(super) done: bool,
}

impl<F: Float> Descent<'_, F> {
    /// Passes over the records in these orders.
    pub(super) fn round(&mut self, orders: &[Vec<usize>]) {
        self.reset();
        orders.iter().for_each(|order| self.pass(order));
    }

    /// Where inner products are at hand, [Newton steps](newton_steps) of each problem that is
    /// not done.
    pub(super) fn newton_steps(&mut self) {
        let Space::Products(products) = self.space else {
            return;
        };
        for (k, state) in self
            .states
            .iter_mut()
            .enumerate()
            .filter(|(_, it)| !it.done)
        {
            let problem = (self.problem, self.first + k);
            newton_steps(
                problem,
                products,
                self.alpha.column_mut(k),
                &mut state.weights,
            );
        }
    }

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
        let bound = F::cast(self.problem.loss.bound(cost));
        let diagonal = F::cast(self.problem.loss.diagonal(cost));
        // of a record that costs nothing, or next to it, the best is zero
        if cost == 0.0 || !diagonal.is_finite() {
            return;
        }
        let curvature = self.squares[row] + diagonal;
        let scaling = F::cast(self.problem.scaling);
        let record = self.space.row(row);
        let mut alphas = self.alpha.row_mut(row);
        let mut actives = self.active.row_mut(row);
        let variables = alphas.iter_mut().zip(actives.iter_mut());
        for ((k, state), (alpha, active)) in self.states.iter_mut().enumerate().zip(variables) {
            if state.done || !*active {
                continue;
            }
            let sign = F::cast(self.problem.sign(row, self.first + k));
            let value = match self.space {
                Space::Features(_) => dot(&state.weights, record) + scaling * state.intercept,
                Space::Products(_) => state.weights[row],
            };
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

impl<F: Float> State<F> {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            weights: vec![F::zero(); columns],
            intercept: F::zero(),
            last: (F::infinity(), F::neg_infinity()),
            seen: (F::infinity(), F::neg_infinity()),
            done: false,
        }
    }
}
