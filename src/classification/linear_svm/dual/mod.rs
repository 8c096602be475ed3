//! Dual coordinate descent.

mod descent;
mod newton;
mod space;

use ndarray::{Array1, Array2, ArrayView2, s};
use rand::Rng;
use rayon::prelude::*;

use self::descent::{Descent, State};
use self::space::{Space, products};
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
///
/// Where inner products of the records are worth their while, they take it as far as they can. How
/// far that is, the records tell, since products round what records have in common.
pub(super) fn solve<F: Float, R: Rng>(
    problem: &Problem,
    records: ArrayView2<F>,
    start: Option<Array2<f64>>,
    gap: f64,
    rng: &mut R,
    mut report: Report,
) -> Result<Solution> {
    let records = records.view();
    let squares = squares(records, problem.scaling)?;
    let mut from = (start, 0);
    if let Some(products) = products(records, problem.scaling) {
        let space = (problem, Space::Products(products.view()), &squares[..]);
        let found = descend(space, from, gap, rng, &mut report)?;
        from = (found.alpha, found.passes);
    }
    let space = (problem, Space::Features(records), &squares[..]);
    descend(space, from, gap, rng, &mut report)
}

/// The descent in one space, from these variables after so many passes, if there were any.
fn descend<'a, F: Float, R: Rng>(
    (problem, space, squares): (&'a Problem, Space<'a, F>, &'a [F]),
    (start, mut passes): (Option<Array2<f64>>, usize),
    gap: f64,
    rng: &mut R,
    report: &mut Report,
) -> Result<Solution> {
    let (rows, count) = (problem.rows(), problem.count());
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
                squares,
                first,
                alpha: alpha.unwrap_or_else(|| Array2::zeros((rows, problems.len()))),
                active: Array2::from_elem((rows, problems.len()), true),
                states: problems.map(|_| State::new(space.rows().ncols())).collect(),
            }
        })
        .collect();
    let look = |groups: &[Descent<F>]| {
        space.look(problem, &alpha_of(groups, size), &|| weights_of(groups))
    };
    if start.is_some() {
        let mut look = look(&groups)?;
        // variables of other records or costs may be worse than none, or beyond what numbers hold
        let good = |k: usize| look.gaps[k] <= 1.0;
        for k in (0..count).filter(|&k| !good(k)) {
            look.exact.column_mut(k).fill(0.0);
            groups[k / size].alpha.column_mut(k % size).fill(F::zero());
        }
        assign(&mut groups, &look.exact);
    }
    let last = matches!(space, Space::Features(_));
    let mut gaps = Array1::from_elem(count, f64::INFINITY);
    let mut round = match passes {
        0 => ROUND.min(report.passes),
        _ => 0,
    };
    let reason = loop {
        let orders: Vec<Vec<usize>> = (0..round).map(|_| shuffled(rows, rng)).collect();
        groups.par_iter_mut().for_each(|group| group.round(&orders));
        passes += round;
        let look = look(&groups)?;
        for (k, known) in gaps
            .iter_mut()
            .enumerate()
            .filter(|(_, known)| **known > gap)
        {
            *known = look.gaps[k];
            groups[k / size].states[k % size].done = look.gaps[k] <= gap;
        }
        let end = report.end(passes, &gaps, gap);
        if last || end.is_none() {
            report.gaps(passes, &gaps);
        }
        if let Some(reason) = end {
            break reason;
        }
        assign(&mut groups, &look.exact);
        if passes >= NEWTON_FROM {
            groups.par_iter_mut().for_each(Descent::newton_steps);
        }
        round = ROUND.min(report.passes - passes);
    };
    if last {
        report.finished(reason);
    }
    Ok(Solution {
        weights: weights_of(&groups),
        alpha: Some(alpha_of(&groups, size)),
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
