//! Cross-validation with options: several folds at once, an observer, a checkpoint.

use linfa::dataset::AsTargets;
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

use super::fold_work::{FoldWork, Outcome, event_of};
use super::folds::Splitter;
use super::memory::{Forgetful, Memory};
use super::parallel::do_tasks;
use super::report::CrossValidation;
#[cfg(feature = "serde")]
use super::resumption::Checkpoint;
use crate::Result;
use crate::error::SelectionError;
use crate::observer::{Event, Observer, Stage};
use crate::traits::{FitObserved, TryPredict};

/// [`cross_validate`](super::cross_validate) with options.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::datasets;
/// use linfa_fisher::model_selection::{CrossValidator, Metric, StratifiedKFold};
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = FisherFeatures::fk(Rbm::params(4).epochs(1)).then(KNearestNeighbors::params(1));
/// let folds = StratifiedKFold::new(4);
/// let report = CrossValidator::new(&folds).jobs(2).run(&digits, &params)?;
/// let accuracy = report.scores(&Metric::balanced_accuracy())?;
/// let (low, high) = accuracy.interval(0.95);
/// println!("{:.3}, between {low:.3} and {high:.3}", accuracy.mean());
/// # Ok(())
/// # }
/// ```
pub struct CrossValidator<'a, L> {
    folds: &'a dyn Splitter<L>,
    jobs: usize,
    observer: Option<&'a mut dyn Observer>,
    memory: Box<dyn Memory<L> + 'a>,
}

impl<'a, L: Label> CrossValidator<'a, L> {
    /// One fold after the other, of those that the splitter makes.
    pub fn new(folds: &'a dyn Splitter<L>) -> Self {
        Self {
            folds,
            jobs: 1,
            observer: None,
            memory: Box::new(Forgetful),
        }
    }

    /// Validates so many folds at once, at least one (default). The report is the same, bit for
    /// bit. Each job holds a copy of its training rows and a model. Trainings on many rows use all
    /// cores by themselves, so that several at once are hardly faster; small ones are.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs;
        self
    }

    /// Tells an observer, such as a `ProgressBar`, of every fold that has been validated; with one
    /// job also of the events of its training. It may ask to stop: the other folds then fail as
    /// [`Interrupted`](SelectionError::Interrupted).
    pub fn observer(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Keeps the folds that have been validated in a file, so that a cross-validation that was
    /// killed goes on where it was, and ends with the same predictions.
    ///
    /// The file belongs to the dataset, the folds, and `params`: give what is validated, or
    /// whatever else tells it from others. It is replaced after every fold as the
    /// [`Checkpoint`](crate::boltzmann::Checkpoint) of a training is; folds that have failed are
    /// tried again.
    ///
    /// # Errors
    ///
    /// [`run`](Self::run) gives [`PersistenceError::Checkpoint`] for a file that cannot be read or
    /// written before the first fold, and [`PersistenceError::OtherTraining`] for that of another
    /// dataset, other folds or parameters. A file that cannot be written later is told to the
    /// observer.
    ///
    /// [`PersistenceError::Checkpoint`]: crate::error::PersistenceError::Checkpoint
    /// [`PersistenceError::OtherTraining`]: crate::error::PersistenceError::OtherTraining
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::Dataset;
    /// use linfa_fisher::classification::KNearestNeighbors;
    /// use linfa_fisher::model_selection::{CrossValidator, StratifiedKFold};
    /// use ndarray::{array, Array};
    ///
    /// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
    /// let dataset = Dataset::new(records, array![0, 0, 0, 1, 1, 1]);
    /// let (params, folds) = (KNearestNeighbors::params(1), StratifiedKFold::new(3));
    /// let folder = tempfile::tempdir().unwrap();
    /// let file = folder.path().join("folds.cbor");
    /// let first = CrossValidator::new(&folds).checkpoint(&file, &params)?.run(&dataset, &params)?;
    /// // nothing is trained again
    /// let again = CrossValidator::new(&folds).checkpoint(&file, &params)?.run(&dataset, &params)?;
    /// assert_eq!(first, again);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    pub fn checkpoint(
        mut self,
        path: impl Into<std::path::PathBuf>,
        params: &impl serde_crate::Serialize,
    ) -> Result<Self>
    where
        L: serde_crate::Serialize + serde_crate::de::DeserializeOwned + 'a,
    {
        self.memory = Box::new(Checkpoint::new(path.into(), params)?);
        Ok(self)
    }

    /// Validates every fold.
    ///
    /// # Errors
    ///
    /// As for [`cross_validate`](super::cross_validate); [`Jobs`](SelectionError::Jobs) for none.
    pub fn run<F, D, T, P, E>(
        mut self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        params: &P,
    ) -> Result<CrossValidation<L>>
    where
        F: linfa::Float,
        L: Send + Sync,
        D: Data<Elem = F> + Sync,
        T: AsTargets<Elem = L> + Sync,
        P: FitObserved<Array2<F>, Array1<L>, E> + Sync,
        P::Object: TryPredict<F, L>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        if self.jobs == 0 {
            return Err(SelectionError::Jobs.into());
        }
        let work = FoldWork::new(dataset, self.folds)?;
        let folds = work.splits().len();
        let mut outcomes: Vec<Option<Outcome<L>>> = Vec::new();
        outcomes.resize_with(folds, || None);
        let mut silent = ();
        let observer = self.observer.unwrap_or(&mut silent);
        for kept in work.recall(self.memory.as_mut())? {
            let (fold, outcome) = (kept.0.fold() - 1, Ok(kept));
            observer.observe(&event_of(fold, folds, &outcome));
            outcomes[fold] = Some(outcome);
        }
        let missing = |&fold: &usize| outcomes[fold].is_none();
        let tasks: Vec<usize> = (0..folds).filter(missing).collect();
        let memory = self.memory.as_mut();
        let validate = |fold: usize, observer: &mut dyn Observer| {
            work.validate(fold, observer, |training, observer| {
                params.fit_observed(training, observer)
            })
        };
        let done = |fold, outcome: Outcome<L>, observer: &mut dyn Observer| {
            observer.observe(&event_of(fold, folds, &outcome));
            keep(memory, &outcome, observer);
            outcomes[fold] = Some(outcome);
        };
        do_tasks(&tasks, self.jobs, observer, validate, done);
        CrossValidation::of_outcomes(outcomes.into_iter().flatten().collect())
    }
}

/// Keeps a fold that was validated, or tells the observer why it could not be kept.
fn keep<L>(memory: &mut (dyn Memory<L> + '_), outcome: &Outcome<L>, observer: &mut dyn Observer) {
    if let Ok(validated) = outcome
        && let Err(error) = memory.keep(validated)
    {
        observer.observe(&Event::NotSaved {
            stage: Stage::named("cross-validation"),
            epoch: validated.0.fold(),
            fault: error.to_string(),
        });
    }
}

#[cfg(test)]
mod tests;
