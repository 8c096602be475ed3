//! The choice of hyper-parameters on training rows alone.

mod rounds;
mod space;
#[cfg(test)]
mod tests;
mod trial;
mod tuned;

use std::collections::HashMap;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use linfa::dataset::AsTargets;
use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Data, Ix1, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use self::rounds::{Round, rounds, survivors, without_choice};
use self::space::{SearchSpace, Setting};
pub use self::trial::Trial;
pub use self::tuned::Tuned;
use super::fold_scores::FoldScores;
use super::fold_work::{FoldWork, check_going};
use super::folds::StratifiedKFold;
use super::metric::Metric;
use super::parallel::do_tasks;
use super::strata::{check_dataset, rows_by_class, select_rows, single_targets};
use super::stratified_split::deal;
use crate::error::SelectionError;
use crate::observer::{Event, Observer};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Chooses the hyper-parameters of an estimator by stratified cross-validation on the training
/// rows, and fits it with them on all of these.
///
/// It is an estimator itself, and so may be validated by
/// [`cross_validate`](super::cross_validate): the choice is then made anew in every fold, without
/// the validated rows (*nested* cross-validation), and the report names what each has chosen. The
/// setting with the greatest mean of the metric wins, the first one of equals. A setting that
/// cannot be fitted, predicted or measured in a fold is out, with its fault among the
/// [`trials`](Tuned::trials). `E` stands for the estimator's error, which the compiler infers.
///
/// [`halving`](Self::halving) tries all settings on few rows, and only the best ones on more
/// (Jamieson and Talwalkar 2016, "Non-stochastic Best Arm Identification and Hyperparameter
/// Optimization").
///
/// # Example
///
/// The rank and the cost of a pipeline: the machine is trained once a fold, the features are made
/// once for every rank.
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::fisher::Information;
/// use linfa_fisher::model_selection::Search;
/// use linfa_fisher::pipeline::Shared;
/// use linfa_fisher::{datasets, prelude::*};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let machine = Shared::new(Rbm::params(8).epochs(2));
/// let params = Shared::new(FisherFeatures::idfk(machine)).then(LinearSvm::params());
/// let search = Search::new(params)
///     .values("rank", [8, 32], |params, &rank| {
///         let information = Information::LowRank { rank, damping: 0.1 };
///         params.map_featuriser(|shared| shared.map(|idfk| idfk.information(information)))
///     })
///     .values("C", [0.01, 0.1], |params, &c| params.map_classifier(|svm| svm.c(c)))
///     .folds(3);
/// let tuned = search.fit(&digits)?;
/// for trial in tuned.trials() {
///     println!("{trial}");
/// }
/// assert_eq!(tuned.choices()[0].1, "32");
/// # Ok(())
/// # }
/// ```
pub struct Search<P, L, E = Error, R = Xoshiro256Plus> {
    base: P,
    space: SearchSpace<P>,
    draws: Option<usize>,
    factor: Option<usize>,
    folds: usize,
    metric: Metric<L>,
    jobs: usize,
    rng: R,
    inferred: PhantomData<fn() -> E>,
}

/// The estimator, and what is chosen by what.
impl<P: fmt::Debug, L, E, R> fmt::Debug for Search<P, L, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search")
            .field("base", &self.base)
            .field("values", &self.space)
            .field("random", &self.draws)
            .field("halving", &self.factor)
            .field("folds", &self.folds)
            .field("metric", &self.metric.name())
            .finish()
    }
}

impl<P: Clone, L: Clone, E, R: Clone> Clone for Search<P, L, E, R> {
    fn clone(&self) -> Self {
        Self {
            base: self.base.clone(),
            space: self.space.clone(),
            metric: self.metric.clone(),
            rng: self.rng.clone(),
            ..*self
        }
    }
}

impl<P, L: Label + 'static, E> Search<P, L, E> {
    /// Chooses nothing yet; tries all combinations of values by accuracy in 5 folds; seeded with
    /// 42.
    pub fn new(base: P) -> Self {
        Self {
            base,
            space: SearchSpace::new(),
            draws: None,
            factor: None,
            folds: 5,
            metric: Metric::accuracy(),
            jobs: 1,
            rng: Xoshiro256Plus::seed_from_u64(42),
            inferred: PhantomData,
        }
    }
}

impl<P, L: Label, E, R: Rng + Clone> Search<P, L, E, R> {
    /// Chooses one more hyper-parameter, of any step, among these values, by what sets it.
    ///
    /// Parameters are set in the order in which they are given, and values of the first ones are
    /// set once for all values of the others: give those of early steps first, so that a step in
    /// [`Shared`](crate::pipeline::Shared) is fitted once for all settings of later steps.
    pub fn values<V: Display + Send + Sync + 'static>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
        set: impl Fn(P, &V) -> P + Send + Sync + 'static,
    ) -> Self {
        let named = values.into_iter().map(|value| (value.to_string(), value));
        self.named_values(name, named, set)
    }

    /// [`values`](Self::values) with a name for each: for what cannot be printed, such as the
    /// hyper-parameters of a machine.
    pub fn named_values<N: Into<String>, V: Send + Sync + 'static>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = (N, V)>,
        set: impl Fn(P, &V) -> P + Send + Sync + 'static,
    ) -> Self {
        let named = values.into_iter().map(|(name, value)| (name.into(), value));
        self.space.add_list(name.into(), named, set);
        self
    }

    /// Chooses one more hyper-parameter among the numbers between two bounds, of settings that are
    /// drawn at [`random`](Self::random).
    pub fn range(
        mut self,
        name: impl Into<String>,
        low: f64,
        high: f64,
        set: impl Fn(P, f64) -> P + Send + Sync + 'static,
    ) -> Self {
        self.space.add_range(name.into(), (low, high), false, set);
        self
    }

    /// [`range`](Self::range) on a logarithmic scale: every order of magnitude is as likely.
    pub fn log_range(
        mut self,
        name: impl Into<String>,
        low: f64,
        high: f64,
        set: impl Fn(P, f64) -> P + Send + Sync + 'static,
    ) -> Self {
        self.space.add_range(name.into(), (low, high), true, set);
        self
    }

    /// Draws so many settings at random instead of trying all; those that are drawn twice are tried
    /// once (Bergstra and Bengio 2012, "Random Search for Hyper-Parameter Optimization").
    pub fn random(mut self, settings: usize) -> Self {
        self.draws = Some(settings);
        self
    }

    /// Successive halving: keeps one of `factor` settings in every round, at least 2, and gives the
    /// next round as many times the rows, up to all of them in the last round.
    pub fn halving(mut self, factor: usize) -> Self {
        self.factor = Some(factor);
        self
    }

    /// Number of inner folds, `2 <= folds <= n` (default 5).
    pub fn folds(mut self, folds: usize) -> Self {
        self.folds = folds;
        self
    }

    /// What is to be as great as possible (default: accuracy).
    pub fn metric(mut self, metric: Metric<L>) -> Self {
        self.metric = metric;
        self
    }

    /// Works on so many folds at once, at least one (default). The choice is the same.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs;
        self
    }

    /// Another generator, for the folds, the draws and the rows of early rounds.
    pub fn with_rng<S: Rng + Clone>(self, rng: S) -> Search<P, L, E, S> {
        Search {
            base: self.base,
            space: self.space,
            draws: self.draws,
            factor: self.factor,
            folds: self.folds,
            metric: self.metric,
            jobs: self.jobs,
            rng,
            inferred: PhantomData,
        }
    }

    fn settings(&self, rng: &mut R) -> Result<Vec<Setting<P>>>
    where
        P: Clone,
    {
        match self.draws {
            Some(draws) => self.space.draw(&self.base, draws, rng),
            None => self.space.grid(&self.base),
        }
    }

    fn check(&self) -> Result<()> {
        match (self.jobs, self.factor) {
            (0, _) => Err(SelectionError::Jobs.into()),
            (_, Some(factor @ (0 | 1))) => Err(SelectionError::HalvingFactor(factor).into()),
            _ => Ok(()),
        }
    }

    /// The rows and settings of each round.
    fn plan(&self, settings: usize, targets: ArrayView1<L>) -> Vec<Round> {
        match self.factor {
            Some(factor) => {
                let least = self.least_rows(targets);
                rounds(settings, factor, targets.len(), least)
            }
            None => rounds(settings, settings + 1, targets.len(), 0),
        }
    }

    /// So many rows that a stratified part of them has one of every class for each fold.
    fn least_rows(&self, targets: ArrayView1<L>) -> usize {
        let mut sizes = HashMap::new();
        for class in targets {
            *sizes.entry(class).or_insert(0_usize) += 1;
        }
        let smallest = sizes.into_values().min().unwrap_or(1);
        let rows = self.folds as u128 * targets.len() as u128;
        usize::try_from(rows.div_ceil(smallest as u128)).unwrap_or(usize::MAX)
    }
}

/// How far a search is: settings tried on a fold.
struct Progress {
    done: AtomicUsize,
    total: usize,
}

impl Progress {
    /// The event of one more.
    fn next(&self) -> Event {
        Event::Trial {
            done: self.done.fetch_add(1, Ordering::Relaxed) + 1,
            total: self.total,
        }
    }
}

impl<P, L, E, R> Search<P, L, E, R>
where
    L: Label + Send + Sync,
    R: Rng + Clone,
{
    /// Chooses on the dataset, and fits on all of it.
    fn choose<F, D, T>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Tuned<P::Object>>
    where
        F: linfa::Float,
        D: Data<Elem = F>,
        T: AsTargets<Elem = L>,
        P: FitObserved<Array2<F>, Array1<L>, E> + Clone + Sync,
        P::Object: TryPredict<F, L>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        self.check()?;
        check_dataset(dataset)?;
        let targets = single_targets(&dataset.targets)?;
        let mut rng = self.rng.clone();
        let mut settings = self.settings(&mut rng)?;
        let plan = self.plan(settings.len(), targets);
        let tries = plan
            .iter()
            .map(|round| round.settings.saturating_mul(self.folds));
        let progress = Progress {
            done: AtomicUsize::new(0),
            total: tries.fold(0, usize::saturating_add),
        };
        let mut trials = Vec::new();
        for (place, round) in plan.iter().enumerate() {
            let (rows, _) = deal(&rows_by_class(targets, Some(&mut rng)), round.rows);
            let part = select_rows(dataset, targets, &rows);
            let outcomes = self.try_out(&settings, &part, &rng, (&progress, observer))?;
            let outcomes: Vec<_> = outcomes
                .into_iter()
                .map(|outcome| outcome.map_err(|error| error.of_rows(&rows)))
                .collect();
            let keep = plan.get(place + 1).map_or(1, |next| next.settings);
            let kept = survivors(&outcomes, keep);
            let tried = settings.iter().zip(&outcomes);
            trials.extend(tried.map(|(setting, outcome)| Trial {
                choices: setting.choices.clone(),
                rows: round.rows,
                outcome: outcome.as_ref().cloned().map_err(Error::to_string),
            }));
            if kept.is_empty() {
                return Err(without_choice(outcomes));
            }
            settings = kept
                .into_iter()
                .map(|place| settings[place].clone())
                .collect();
        }
        let Setting { choices, params } = settings.swap_remove(0);
        let rows: Vec<usize> = (0..targets.len()).collect();
        let all = select_rows(dataset, targets, &rows);
        let model = params
            .fit_observed(&all, observer)
            .map_err(Error::estimator)?;
        check_going(observer)?;
        Ok(Tuned {
            model,
            choices,
            trials,
        })
    }

    /// The scores of these settings on these rows.
    fn try_out<F>(
        &self,
        settings: &[Setting<P>],
        dataset: &Dataset<F, L, Ix1>,
        rng: &R,
        (progress, observer): (&Progress, &mut dyn Observer),
    ) -> Result<Vec<Result<FoldScores>>>
    where
        F: linfa::Float,
        P: FitObserved<Array2<F>, Array1<L>, E> + Sync,
        P::Object: TryPredict<F, L>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        let folds = StratifiedKFold::new(self.folds).with_rng(rng.clone());
        let work = FoldWork::new(dataset, &folds)?;
        let (metric, tasks) = (&self.metric, (0..self.folds).collect::<Vec<_>>());
        // all settings of a fold, one after another, so that they find what is shared
        let measure = |fold: usize, observer: &mut dyn Observer| {
            let try_one = |setting: &Setting<P>| {
                let (validated, _) = work.validate(fold, observer, |training, observer| {
                    setting.params.fit_observed(training, observer)
                })?;
                observer.observe(&progress.next());
                metric.of(&validated)
            };
            settings.iter().map(try_one).collect::<Vec<Result<f64>>>()
        };
        let mut scores: Vec<Vec<Result<f64>>> = Vec::new();
        scores.resize_with(self.folds, Vec::new);
        do_tasks(&tasks, self.jobs, observer, measure, |fold, of_fold, _| {
            scores[fold] = of_fold;
        });
        check_going(observer)?;
        let ratio = 1.0 / (self.folds as f64 - 1.0);
        let mut of_folds: Vec<_> = scores.into_iter().map(Vec::into_iter).collect();
        let of_setting = |_: &Setting<P>| {
            // the next of every fold, also after a fault
            let of_all: Vec<Result<f64>> = of_folds.iter_mut().filter_map(Iterator::next).collect();
            let values: Result<Array1<f64>> = of_all.into_iter().collect();
            values.map(|values| FoldScores::new(values, ratio))
        };
        Ok(settings.iter().map(of_setting).collect())
    }
}

/// Chooses on the dataset, and fits on all of it.
///
/// # Errors
///
/// [`EmptySearch`], [`RangeInGrid`], [`Bounds`], [`HalvingFactor`], [`Jobs`]; those of
/// [`StratifiedKFold::folds`]; [`NoScore`], or [`Trial`](SelectionError::Trial) with the first
/// fault if all settings have one; those of the estimator.
///
/// [`EmptySearch`]: SelectionError::EmptySearch
/// [`RangeInGrid`]: SelectionError::RangeInGrid
/// [`Bounds`]: SelectionError::Bounds
/// [`HalvingFactor`]: SelectionError::HalvingFactor
/// [`Jobs`]: SelectionError::Jobs
/// [`NoScore`]: SelectionError::NoScore
impl<F, L, D, T, P, E, R> Fit<ArrayBase<D, Ix2>, T, Error> for Search<P, L, E, R>
where
    F: linfa::Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsTargets<Elem = L>,
    P: FitObserved<Array2<F>, Array1<L>, E> + Clone + Sync,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    R: Rng + Clone,
{
    type Object = Tuned<P::Object>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.choose(dataset, &mut ())
    }
}

/// Reports every [`Event::Trial`], the events of the trainings of one job, and those of the last
/// training. An observer that asks to stop ends it with an error.
impl<F, L, D, T, P, E, R> FitObserved<ArrayBase<D, Ix2>, T, Error> for Search<P, L, E, R>
where
    F: linfa::Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsTargets<Elem = L>,
    P: FitObserved<Array2<F>, Array1<L>, E> + Clone + Sync,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    R: Rng + Clone,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        self.choose(dataset, observer)
    }
}
