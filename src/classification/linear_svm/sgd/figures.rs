//! What is measured after an epoch.

use ndarray::{Array2, ArrayView2, s};

use crate::classification::linear_svm::problem::Problem;
use crate::classification::rows::for_each_chunk;
use crate::numerics::dense::product_alone;
use crate::observer::Figures;
use crate::{Float, Result};

/// Losses and right predictions of some records.
#[derive(Default)]
struct Counts {
    loss: f64,
    right: [usize; 2],
    all: [usize; 2],
}

/// The objective `P`, summed over the binary problems, and the accuracies on the records that are
/// learnt from and on those that are held out.
pub(super) fn figures<F: Float>(
    problem: &Problem,
    records: ArrayView2<F>,
    weights: &Array2<f64>,
) -> Result<Figures> {
    let columns = records.ncols();
    let features = weights.slice(s![..columns, ..]).mapv(F::cast);
    let intercepts = weights.row(columns).mapv(|u| F::cast(problem.scaling * u));
    let mut total = Counts::default();
    let part = |first: usize, chunk: ArrayView2<F>| {
        let values = product_alone(chunk, features.view()) + &intercepts;
        count(problem, first, values.view())
    };
    for_each_chunk(&records, part, |counts: Counts| {
        total.loss += counts.loss;
        for set in 0..2 {
            total.right[set] += counts.right[set];
            total.all[set] += counts.all[set];
        }
    })?;
    let penalty = 0.5 * weights.fold(0.0, |sum, w| sum + w * w);
    let share = |set: usize| total.right[set] as f64 / total.all[set] as f64;
    let figures = Figures::default()
        .with("accuracy", share(0))
        .with("objective", penalty + total.loss);
    Ok(match total.all[1] {
        0 => figures,
        _ => figures.with("validation accuracy", share(1)),
    })
}

fn count<F: Float>(problem: &Problem, first: usize, values: ArrayView2<F>) -> Counts {
    let mut counts = Counts::default();
    for (row, values) in (first..).zip(values.rows()) {
        let set = usize::from(!problem.learns(row));
        let values = values.to_slice().unwrap_or_default();
        counts.all[set] += 1;
        counts.right[set] += usize::from(problem.winner(values) == problem.code(row));
        for (k, value) in values.iter().enumerate() {
            let margin = problem.sign(row, k) * value.to_f64().unwrap_or(f64::NAN);
            counts.loss += problem.cost(row) * problem.loss.value(margin);
        }
    }
    counts
}
