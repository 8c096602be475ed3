//! Fits: from datasets, from a source of blocks, from an earlier model, along a path of costs.

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, CowArray, Data, Ix2, aview1};
use rand::Rng;

use super::model::LinearSvm;
use super::objective::values_of;
use super::params::LinearSvmValidParams;
use super::preconditioner::Preconditioner;
use super::problem::Problem;
use super::solution::{Report, Solution};
use super::solver::Solver;
use super::{dual, primal, sgd};
use crate::checks::{check_labelled, check_weights, check_width, sorted_classes};
use crate::classification::decision::DecisionFunction;
use crate::classification::rows::{Rows, SourceRows};
use crate::classification::targets::{codes_of, weights_of};
use crate::error::ClassificationError;
use crate::numerics::random::shuffled;
use crate::observer::{Observer, Stage};
use crate::record_source::RecordSource;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Where a solver starts: from zero, from weights (`(d + 1) x k`), or from dual variables
/// (`n x k`) at a cost.
#[derive(Default)]
enum Start {
    #[default]
    Zero,
    Weights(Array2<f64>),
    Alpha(Array2<f64>),
}

/// Records in memory and what is to be told apart.
struct Task<'a, F, L> {
    records: CowArray<'a, F, Ix2>,
    codes: Vec<u32>,
    weights: Array1<f64>,
    classes: Vec<L>,
}

impl<'a, F: Float, L: Label> Task<'a, F, L> {
    fn new<D, T>(dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>, balanced: bool) -> Result<Self>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let classes = check_labelled(dataset)?;
        check_weights(dataset.weights.view())?;
        let codes = codes_of(dataset.targets.as_single_targets(), &classes);
        let weights = weights_of(dataset.weights.view(), &codes, classes.len(), balanced);
        let records = dataset.records.view();
        Ok(Self {
            records: match records.is_standard_layout() {
                true => records.into(),
                false => records.as_standard_layout().into_owned().into(),
            },
            codes,
            weights,
            classes,
        })
    }
}

impl<F: Float, L: Label, R: Rng + Clone> LinearSvmValidParams<F, L, R> {
    fn problem(
        &self,
        codes: Vec<u32>,
        weights: ArrayView1<f64>,
        classes: usize,
    ) -> Result<Problem> {
        let finite = |weight: f64| F::cast(self.c() * weight).is_finite();
        if let Some(weight) = weights.iter().find(|&&weight| !finite(weight)) {
            return Err(ClassificationError::InvalidCost(self.c() * weight).into());
        }
        let loss = (self.loss(), self.intercept_scaling());
        Ok(Problem::new(codes, weights, classes, self.c(), loss))
    }

    /// The solution for records in memory, by the solver of the parameters.
    fn solve(
        &self,
        task: &Task<F, L>,
        start: Start,
        observer: &mut dyn Observer,
    ) -> Result<Solution> {
        let records = task.records.view();
        let classes = task.classes.len();
        let mut problem = self.problem(task.codes.clone(), task.weights.view(), classes)?;
        let mut rng = self.rng().clone();
        match self.solver() {
            Solver::Dual => {
                let alpha = feasible(&problem, records, start)?;
                let report = self.report("dual coordinate descent", self.iterations(), observer);
                dual::solve(&problem, records, alpha, self.gap(), &mut rng, report)
            }
            Solver::Primal => {
                let start = start.weights(records.ncols(), problem.count());
                let preconditioner = Preconditioner::new(&problem, &records)?;
                let report = self.report("conjugate gradients", self.iterations(), observer);
                primal::solve(
                    &problem,
                    &records,
                    &preconditioner,
                    start,
                    self.gap(),
                    report,
                )
            }
            Solver::Sgd(settings) => {
                let rows = problem.rows();
                let held_out = (settings.held_out_share() * rows as f64) as usize;
                problem.hold_out(&shuffled(rows, &mut rng)[..held_out]);
                let start = start.weights(records.ncols(), problem.count());
                let report = self.report("SGD", settings.epochs(), observer);
                let settings = (settings, self.c());
                sgd::solve(&problem, records, settings, start, &mut rng, report)
            }
        }
    }

    fn report<'a>(
        &self,
        stage: &'static str,
        passes: usize,
        observer: &'a mut dyn Observer,
    ) -> Report<'a> {
        Report {
            stage: Stage::named(stage),
            passes,
            observer,
        }
    }

    /// Fits the machine to records that come in blocks from a source, the same ones in every pass,
    /// by [`Solver::Primal`]: of the records, no more than a block is held. `targets` (`n`) has the
    /// class of each record.
    ///
    /// # Errors
    ///
    /// [`SourceSolver`] for another solver; [`RowCount`], [`Width`], [`NonFinite`];
    /// [`SingleClass`]; [`RecordsChanged`] if a later pass gives other records; [`Source`] for an
    /// error of the source.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::ParamGuard;
    /// use linfa_fisher::classification::{LinearSvm, Solver};
    /// use ndarray::{array, Array2};
    ///
    /// let blocks = |_: usize| (0..10).map(|i| Array2::from_elem((2, 1), f64::from(i) - 4.5));
    /// let targets = ndarray::Array1::from_shape_fn(20, |row| row >= 10);
    /// let params = LinearSvm::params().solver(Solver::Primal).check()?;
    /// let model = params.fit_source(&blocks, targets.view(), &mut ())?;
    /// assert_eq!(model.try_predict(&array![[-2.0], [3.0]])?, array![false, true]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`SourceSolver`]: ClassificationError::SourceSolver
    /// [`RowCount`]: crate::error::RecordsError::RowCount
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`SingleClass`]: crate::error::RecordsError::SingleClass
    /// [`RecordsChanged`]: ClassificationError::RecordsChanged
    /// [`Source`]: ClassificationError::Source
    pub fn fit_source<S: RecordSource<F>>(
        &self,
        source: &S,
        targets: ArrayView1<L>,
        observer: &mut dyn Observer,
    ) -> Result<LinearSvm<F, L>> {
        if !matches!(self.solver(), Solver::Primal) {
            return Err(ClassificationError::SourceSolver.into());
        }
        let rows = SourceRows::new(source, targets.len())?;
        let classes = sorted_classes(targets)?;
        let codes = codes_of(targets, &classes);
        let weights = weights_of(aview1(&[]), &codes, classes.len(), self.balanced());
        let problem = self.problem(codes, weights.view(), classes.len())?;
        let preconditioner = Preconditioner::new::<F>(&problem, &rows)?;
        let start = Start::Zero.weights(Rows::<F>::columns(&rows), problem.count());
        let report = self.report("conjugate gradients", self.iterations(), observer);
        let (rows, gap) = (&rows, self.gap());
        let solution = primal::solve::<F>(&problem, rows, &preconditioner, start, gap, report)?;
        LinearSvm::new(&solution, classes, self.intercept_scaling())
    }

    /// Fits a machine for each of these costs, in this order, each of which starts where the one
    /// before has ended: in ascending order, this takes little longer than the last one alone.
    ///
    /// # Errors
    ///
    /// Those of `fit`, and of each cost.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::{Dataset, ParamGuard};
    /// use linfa_fisher::classification::LinearSvm;
    /// use ndarray::array;
    ///
    /// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array![7, 7, 9, 9]);
    /// let path = LinearSvm::params().check()?.fit_path(&dataset, &[0.01, 1.0, 100.0])?;
    /// let slope = |model: &LinearSvm<f64, usize>| model.coefficients()[[0, 1]];
    /// assert!(slope(&path[0]) < slope(&path[1]) && slope(&path[1]) < slope(&path[2]));
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn fit_path<D, T>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        costs: &[f64],
    ) -> Result<Vec<LinearSvm<F, L>>>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let task = Task::new(dataset, self.balanced())?;
        let (mut start, mut last) = (Start::Zero, self.c());
        let fitted = costs.iter().map(|&c| {
            let params = self.with_c(c)?;
            let scaled = std::mem::take(&mut start).at_cost(c / last);
            let solution = params.solve(&task, scaled, &mut ())?;
            let model = LinearSvm::new(&solution, task.classes.clone(), self.intercept_scaling())?;
            last = c;
            start = match solution.alpha {
                Some(alpha) => Start::Alpha(alpha),
                None => Start::Weights(solution.weights),
            };
            Ok(model)
        });
        fitted.collect()
    }
}

impl Start {
    /// The weights, for solvers that start from them.
    fn weights(self, columns: usize, count: usize) -> Array2<f64> {
        match self {
            Self::Weights(weights) => weights,
            Self::Zero | Self::Alpha(_) => Array2::zeros((columns + 1, count)),
        }
    }

    /// For a cost that is so many times as great: dual variables scale with it.
    fn at_cost(self, times: f64) -> Self {
        match self {
            Self::Alpha(alpha) => Self::Alpha(alpha * times),
            other => other,
        }
    }
}

/// Dual variables of the start: of weights, those that their margins ask for.
fn feasible<F: Float>(
    problem: &Problem,
    records: ArrayView2<F>,
    start: Start,
) -> Result<Option<Array2<f64>>> {
    let weights = match start {
        Start::Zero => return Ok(None),
        Start::Alpha(alpha) => return Ok(Some(alpha)),
        Start::Weights(weights) => weights,
    };
    let mut alpha = values_of(problem, &records, &weights)?;
    for ((row, k), value) in alpha.indexed_iter_mut() {
        let margin = problem.sign(row, k) * value.to_f64().unwrap_or(f64::NAN);
        *value = F::cast(problem.cost(row) * problem.loss.pull(margin));
    }
    Ok(Some(alpha.mapv(|alpha| alpha.to_f64().unwrap_or(f64::NAN))))
}

/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`TargetCount`], [`WeightCount`], [`InvalidWeight`],
/// [`NoWeight`], [`SingleClass`]; [`SecondMoments`] for records too large to square;
/// [`NonFiniteWeights`]; [`SgdDiverged`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`InvalidWeight`]: crate::error::RecordsError::InvalidWeight
/// [`NoWeight`]: crate::error::RecordsError::NoWeight
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
/// [`SecondMoments`]: ClassificationError::SecondMoments
/// [`NonFiniteWeights`]: ClassificationError::NonFiniteWeights
/// [`SgdDiverged`]: ClassificationError::SgdDiverged
impl<F, L, D, T, R> Fit<ArrayBase<D, Ix2>, T, Error> for LinearSvmValidParams<F, L, R>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    R: Rng + Clone,
{
    type Object = LinearSvm<F, L>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.fit_observed(dataset, &mut ())
    }
}

/// Reports passes with the greatest duality gap, or epochs of stochastic gradient descent.
impl<F, L, D, T, R> FitObserved<ArrayBase<D, Ix2>, T, Error> for LinearSvmValidParams<F, L, R>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    R: Rng + Clone,
    ArrayBase<D, Ix2>: Records,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        let task = Task::new(dataset, self.balanced())?;
        let solution = self.solve(&task, Start::Zero, observer)?;
        LinearSvm::new(&solution, task.classes, self.intercept_scaling())
    }
}

/// Starts from another machine's weights, if one is given: that of other parameters or of records
/// that have changed a little.
///
/// # Errors
///
/// Those of `fit`; [`Width`](crate::error::RecordsError::Width) and
/// [`OtherClasses`](ClassificationError::OtherClasses) for a machine of other features or classes.
impl<'a, F, L, D, T, R> FitWith<'a, ArrayBase<D, Ix2>, T, Error> for LinearSvmValidParams<F, L, R>
where
    F: Float,
    L: Label + 'a,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    R: Rng + Clone,
{
    type ObjectIn = Option<LinearSvm<F, L>>;
    type ObjectOut = LinearSvm<F, L>;

    fn fit_with(
        &self,
        model: Self::ObjectIn,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Self::ObjectOut> {
        let task = Task::new(dataset, self.balanced())?;
        let mut start = Start::Zero;
        if let Some(model) = model {
            check_width(task.records.view(), model.nfeatures())?;
            if model.classes() != task.classes {
                return Err(ClassificationError::OtherClasses {
                    expected: format!("{:?}", model.classes()),
                    found: format!("{:?}", task.classes),
                }
                .into());
            }
            start = Start::Weights(model.weights(self.intercept_scaling()));
        }
        let solution = self.solve(&task, start, &mut ())?;
        LinearSvm::new(&solution, task.classes, self.intercept_scaling())
    }
}
