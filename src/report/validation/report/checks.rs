//! Whether a validation belongs to a report.

use std::fmt::Display;

use linfa::Label;
use ndarray::Array1;

use crate::Result;
use crate::error::SelectionError;
use crate::model_selection::{CrossValidation, ValidatedFold};
use crate::report::validation::error::ReportError;

/// All rows have the class that the dataset says, and no other classes are known or predicted.
pub(super) fn check_validation<L: Label + Display>(
    pipeline: &str,
    validation: &CrossValidation<L>,
    targets: &Array1<L>,
    classes: &[L],
) -> Result<()> {
    for fold in validation.folds() {
        check_rows(pipeline, fold, targets)?;
        let known = fold
            .decisions()
            .map_or(&[][..], |decisions| &decisions.classes);
        let unknown = |class: &&L| classes.binary_search(class).is_err();
        if let Some(class) = fold.predictions().iter().chain(known).find(unknown) {
            let (pipeline, class) = (pipeline.to_owned(), class.to_string());
            return Err(ReportError::UnknownClass { pipeline, class }.into());
        }
    }
    Ok(())
}

fn check_rows<L: Label + Display>(
    pipeline: &str,
    fold: &ValidatedFold<L>,
    targets: &Array1<L>,
) -> Result<()> {
    let mut rows = fold.rows().iter().zip(fold.truth());
    match rows.find(|(row, class)| targets.get(**row) != Some(class)) {
        Some((&row, class)) => Err(ReportError::OtherDataset {
            pipeline: pipeline.to_owned(),
            row,
            found: class.to_string(),
            expected: targets.get(row).map(L::to_string),
        }
        .into()),
        None => Ok(()),
    }
}

/// The folds that both have validated have the same rows.
pub(super) fn check_folds<L>(
    (first, reference): (&str, &CrossValidation<L>),
    (name, validation): (&str, &CrossValidation<L>),
) -> Result<()>
where
    L: Label,
{
    let count =
        |validation: &CrossValidation<L>| validation.folds().len() + validation.failures().len();
    let same = |fold: &ValidatedFold<L>| {
        let other = validation
            .folds()
            .iter()
            .find(|other| other.fold() == fold.fold());
        other.is_none_or(|other| other.rows() == fold.rows())
    };
    match count(reference) == count(validation) && reference.folds().iter().all(same) {
        true => Ok(()),
        false => {
            let (first, name) = (first.to_owned(), name.to_owned());
            Err(SelectionError::OtherFolds { first, name }.into())
        }
    }
}
