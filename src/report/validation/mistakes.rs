//! Rows that were predicted to be of another class.

use linfa::Label;
use serde_crate::Serialize;

use crate::model_selection::{CrossValidation, ValidatedFold};

/// A row that was predicted to be of another class than its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Mistake {
    /// The row of the dataset.
    pub(super) row: usize,
    /// The fold that validated it, counted from 1.
    pub(super) fold: usize,
    /// Place of its class in the dataset.
    pub(super) truth: usize,
    /// Place of the class predicted.
    pub(super) predicted: usize,
    /// The decision value of the class predicted less that of its own, if both are known.
    pub(super) margin: Option<f64>,
}

/// All mistakes, the greatest margins first, then those without a number, in the order of rows. All
/// classes are among `classes`, which are in ascending order.
pub(super) fn mistakes<L: Label>(validation: &CrossValidation<L>, classes: &[L]) -> Vec<Mistake> {
    let folds = validation.folds().iter();
    let mut mistakes: Vec<Mistake> = folds.flat_map(|fold| of_fold(fold, classes)).collect();
    let known = |mistake: &Mistake| mistake.margin.filter(|margin| !margin.is_nan());
    let margin = |mistake: &Mistake| known(mistake).unwrap_or(f64::NEG_INFINITY);
    mistakes.sort_by(|a, b| {
        let by_margin = margin(b).total_cmp(&margin(a));
        by_margin.then((a.row, a.fold).cmp(&(b.row, b.fold)))
    });
    mistakes
}

fn of_fold<L: Label>(fold: &ValidatedFold<L>, classes: &[L]) -> impl Iterator<Item = Mistake> {
    let place = |class: &L| classes.binary_search(class).ok();
    let of_place = move |at: usize| {
        let (truth, predicted) = (&fold.truth()[at], &fold.predictions()[at]);
        Some(Mistake {
            row: fold.rows()[at],
            fold: fold.fold(),
            truth: place(truth)?,
            predicted: place(predicted)?,
            margin: margin(fold, at),
        })
    };
    let wrong = (0..fold.rows().len()).filter(|&at| fold.truth()[at] != fold.predictions()[at]);
    wrong.filter_map(of_place)
}

/// The decision value of the class predicted less that of the true class.
fn margin<L: Label>(fold: &ValidatedFold<L>, at: usize) -> Option<f64> {
    let decisions = fold.decisions()?;
    let value = |class: &L| {
        let column = decisions.classes.binary_search(class).ok()?;
        Some(decisions.values[[at, column]])
    };
    Some(value(&fold.predictions()[at])? - value(&fold.truth()[at])?)
}
