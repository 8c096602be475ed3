//! The decision values of all folds, one below the other.

use linfa::Label;
use ndarray::{Array1, Array2, Axis, concatenate};

use crate::model_selection::{CrossValidation, ValidatedFold};
use crate::traits::DecisionValues;

/// Decision values (`n x c`) of the c classes of a dataset for all rows that were validated, and
/// the true classes (`n`). Each fold has a model of its own, whose values may have a scale of their
/// own.
pub(super) struct Pooled<'a, L> {
    pub(super) classes: &'a [L],
    pub(super) values: Array2<f64>,
    pub(super) truth: Array1<L>,
}

impl<'a, L: Label> Pooled<'a, L> {
    /// The values of all folds, or why there are none.
    pub(super) fn new(validation: &CrossValidation<L>, classes: &'a [L]) -> Result<Self, String> {
        let values = validation.folds().iter().map(|fold| of_all(fold, classes));
        let values: Vec<_> = values.collect::<Result<_, _>>()?;
        let views: Vec<_> = values.iter().map(|values| values.values.view()).collect();
        let truth = validation.folds().iter().flat_map(ValidatedFold::truth);
        Ok(Self {
            classes,
            values: concatenate(Axis(0), &views).map_err(|fault| fault.to_string())?,
            truth: truth.cloned().collect(),
        })
    }
}

/// The decision values of a fold, if they are of all classes.
fn of_all<'a, L: Label>(
    fold: &'a ValidatedFold<L>,
    classes: &[L],
) -> Result<&'a DecisionValues<L>, String> {
    let decisions = fold
        .decisions()
        .ok_or("the classifier gives no decision values")?;
    match decisions.classes == classes {
        true => Ok(decisions),
        false => Err(format!(
            "fold {} was trained on {} of the {} classes",
            fold.fold(),
            decisions.classes.len(),
            classes.len()
        )),
    }
}
