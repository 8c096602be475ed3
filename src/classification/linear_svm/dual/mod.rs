//! Dual coordinate descent.

mod descent;
mod newton;
mod space;

use ndarray::{Array1, Array2, ArrayView2, s};
use rand::Rng;
use rayon::prelude::*;

use self::descent::{Descent, State};
use self::space::{Space, products, sums_of};
use super::problem::Problem;
use super::solution::{Report, Solution};
use crate::classification::rows::squares;
use crate::numerics::random::shuffled;
use crate::{Float, Result};

/// Passes between two looks at the duality gap, which take as long as two passes. Variables that
/// were left out come back after each of them.
const ROUND: usize = 5;

/// Binary problems that one thread solves side by side, at most: their weights stay in a core's
/// cache while a record, once read, serves all of them.
const GROUP: usize = 8;

/// Passes before the first Newton steps: most problems do not need any.
const NEWTON_FROM: usize = 20;

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
    let (rows, count) = (records.nrows(), problem.count());
    let squares = squares(records, problem.scaling)?;
    let products = products(records, problem.scaling);
    let space = match &products {
        Some(products) => Space::Products(products.view()),
        None => Space::Features(records),
    };
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
                space,
                squares: &squares,
                first,
                alpha: alpha.unwrap_or_else(|| Array2::zeros((rows, problems.len()))),
                active: Array2::from_elem((rows, problems.len()), true),
                states: problems.map(|_| State::new(space.rows().ncols())).collect(),
            }
        })
        .collect();
    if start.is_some() {
        let look = space.look(problem, &alpha_of(&groups, size), &|| weights_of(&groups))?;
        // dual variables of other records or costs may be beyond what numbers hold
        match look.gaps.iter().all(|gap| gap.is_finite()) {
            true => assign(&mut groups, &look.exact),
            false => groups.iter_mut().for_each(|g| g.alpha.fill(F::zero())),
        }
    }
    let mut gaps = Array1::from_elem(count, f64::INFINITY);
    let mut passes = 0;
    let reason = loop {
        let round = ROUND.min(report.passes - passes);
        let orders: Vec<Vec<usize>> = (0..round).map(|_| shuffled(rows, rng)).collect();
        groups.par_iter_mut().for_each(|group| group.round(&orders));
        passes += round;
        let look = space.look(problem, &alpha_of(&groups, size), &|| weights_of(&groups))?;
        for (k, known) in gaps
            .iter_mut()
            .enumerate()
            .filter(|(_, known)| **known > gap)
        {
            *known = look.gaps[k];
            groups[k / size].states[k % size].done = look.gaps[k] <= gap;
        }
        if let Some(reason) = report.gaps(passes, &gaps, gap) {
            break reason;
        }
        assign(&mut groups, &look.exact);
        if passes >= NEWTON_FROM {
            groups.par_iter_mut().for_each(Descent::newton_steps);
        }
    };
    report.finished(reason);
    let alpha = alpha_of(&groups, size);
    let weights = match space {
        Space::Features(_) => weights_of(&groups),
        Space::Products(_) => {
            let zeros = Array2::zeros((records.ncols() + 1, count));
            sums_of(problem, records, &alpha, &zeros)?.combination
        }
    };
    Ok(Solution {
        weights,
        alpha: Some(alpha),
        gaps,
        passes,
    })
}

/// The dual variables, `n x k`.
fn alpha_of<F: Float>(groups: &[Descent<F>], size: usize) -> Array2<f64> {
    let rows = groups.first().map_or(0, |group| group.alpha.nrows());
    let count = groups.iter().map(|group| group.states.len()).sum();
    Array2::from_shape_fn((rows, count), |(row, k)| {
        number(groups[k / size].alpha[[row, k % size]])
    })
}

/// The problems' weights in columns, those of the intercept's feature last.
fn weights_of<F: Float>(groups: &[Descent<F>]) -> Array2<f64> {
    let states: Vec<&State<F>> = groups.iter().flat_map(|group| &group.states).collect();
    let length = states.first().map_or(0, |state| state.weights.len());
    Array2::from_shape_fn((length + 1, states.len()), |(row, k)| {
        number(*states[k].weights.get(row).unwrap_or(&states[k].intercept))
    })
}

fn number<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
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
