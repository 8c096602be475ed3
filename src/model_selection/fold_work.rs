//! The work of a cross-validation: one fold after the other, each by a model of its own.

use std::time::Instant;

use linfa::dataset::AsTargets;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Axis, Data, Ix1, Ix2};

use super::folds::{Split, Splitter, checked_splits};
use super::memory::{Kept, Memory};
use super::report::CrossValidation;
use super::strata::{check_dataset, select_rows, single_targets};
use super::validated_fold::{FoldTimes, ValidatedFold};
use crate::error::SelectionError;
use crate::observer::{Event, Observer};
use crate::traits::{DecisionValues, Evaluation, TryPredict};
use crate::{Error, Result};

/// What a fold gives, or why there is nothing.
pub(super) type Outcome<L> = Result<Kept<L>>;

/// A dataset and its folds, which have been checked.
pub(super) struct FoldWork<'a, D: Data, T: AsTargets> {
    dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    targets: ArrayView1<'a, T::Elem>,
    splits: Vec<Split>,
}

impl<'a, F, L, D, T> FoldWork<'a, D, T>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsTargets<Elem = L>,
{
    /// # Errors
    ///
    /// Those of the dataset's counts, and of the splitter.
    pub(super) fn new<S: Splitter<L> + ?Sized>(
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
        folds: &S,
    ) -> Result<Self> {
        check_dataset(dataset)?;
        let targets = single_targets(&dataset.targets)?;
        let splits = checked_splits(folds, targets)?;
        Ok(Self {
            dataset,
            targets,
            splits,
        })
    }

    pub(super) fn splits(&self) -> &[Split] {
        &self.splits
    }

    /// The folds of this work that a memory has kept.
    pub(super) fn recall(&self, memory: &mut (dyn Memory<L> + '_)) -> Result<Vec<Kept<L>>> {
        let number = |x: &F| x.to_f64().unwrap_or(f64::NAN);
        let weights = self.dataset.weights.iter().map(|&weight| f64::from(weight));
        let mut numbers = self.dataset.records.iter().map(number).chain(weights);
        let float = std::any::type_name::<F>();
        memory.recall(float, &mut numbers, self.targets, &self.splits)
    }

    /// Validates every fold by the model that `fit` makes of its training rows.
    pub(super) fn run<M, E>(
        &self,
        observer: &mut dyn Observer,
        fit: impl Fn(&Dataset<F, L, Ix1>, &mut dyn Observer) -> std::result::Result<M, E>,
    ) -> Result<CrossValidation<L>>
    where
        M: TryPredict<F, L>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let folds = self.splits.len();
        let outcomes = (0..folds).map(|fold| {
            let outcome = self.validate(fold, observer, &fit);
            observer.observe(&event_of(fold, folds, &outcome));
            outcome
        });
        CrossValidation::of_outcomes(outcomes.collect())
    }

    /// Fits and evaluates the model of a fold, counted from 0.
    pub(super) fn validate<M, E>(
        &self,
        fold: usize,
        observer: &mut dyn Observer,
        fit: impl Fn(&Dataset<F, L, Ix1>, &mut dyn Observer) -> std::result::Result<M, E>,
    ) -> Outcome<L>
    where
        M: TryPredict<F, L>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let (training, rows) = &self.splits[fold];
        check_going(observer)?;
        let start = Instant::now();
        let model = fit(&select_rows(self.dataset, self.targets, training), observer)
            .map_err(|error| Error::estimator(error).of_rows(training))?;
        let fit_time = start.elapsed();
        // a model whose training was cut short is not what is to be validated
        check_going(observer)?;
        let records: Array2<F> = self.dataset.records.select(Axis(0), rows);
        let evaluation = model
            .evaluate(&records)
            .map_err(|error| error.of_rows(rows))?;
        let truth = self.targets.select(Axis(0), rows);
        let times = FoldTimes {
            fit: fit_time,
            transform: evaluation.transform_time,
            predict: evaluation.predict_time,
        };
        let trained = training.len();
        let validated = of_evaluation(fold + 1, trained, rows, truth, evaluation)?;
        Ok((validated, times))
    }
}

/// The fold, with what its model knows of its rows.
fn of_evaluation<L: Ord>(
    fold: usize,
    trained: usize,
    rows: &[usize],
    truth: Array1<L>,
    evaluation: Evaluation<L>,
) -> Result<ValidatedFold<L>> {
    check_count(evaluation.predictions.len(), rows.len())?;
    if let Some(DecisionValues { classes, values }) = &evaluation.decisions {
        check_count(values.nrows(), rows.len())?;
        let ascending = classes.windows(2).all(|pair| pair[0] < pair[1]);
        if values.ncols() != classes.len() || classes.is_empty() || !ascending {
            let (columns, classes) = (values.ncols(), classes.len());
            return Err(SelectionError::DecisionClasses { columns, classes }.into());
        }
    }
    Ok(ValidatedFold {
        fold,
        trained,
        rows: rows.to_vec(),
        truth,
        predictions: evaluation.predictions,
        decisions: evaluation.decisions,
        choices: evaluation.choices,
    })
}

/// The event of a fold, counted from 0, that has been dealt with.
pub(super) fn event_of<L: Label>(fold: usize, folds: usize, outcome: &Outcome<L>) -> Event {
    let fold = fold + 1;
    match outcome {
        Ok((validated, _)) => Event::Fold {
            fold,
            folds,
            accuracy: validated.accuracy(),
        },
        Err(error) => Event::FoldFailed {
            fold,
            folds,
            fault: error.to_string(),
        },
    }
}

/// The observer has not asked to stop.
pub(super) fn check_going(observer: &dyn Observer) -> Result<()> {
    match observer.should_stop() {
        true => Err(SelectionError::Interrupted.into()),
        false => Ok(()),
    }
}

/// One prediction a row.
fn check_count(found: usize, rows: usize) -> Result<()> {
    match found == rows {
        true => Ok(()),
        false => Err(SelectionError::Predictions { found, rows }.into()),
    }
}
