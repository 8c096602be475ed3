//! The classifiers, with settings that are chosen on training rows.

use std::time::Instant;

use linfa::prelude::*;
use linfa_fisher::classification::{
    CosineDist, KNearestNeighbors, LinearSvm, LinearSvmParams, Loss, OneVsOne, Sgd, Solver, svm,
};
use linfa_fisher::datasets::Split;
use linfa_fisher::metrics::{ClassAverage, roc_auc_one_vs_rest};
use linfa_fisher::model_selection::stratified_split;
use linfa_fisher::traits::{Evaluation, TryPredict};
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

use super::sets::Images;

/// Costs that linear machines are validated with; vectors have unit length on average.
pub(crate) const COSTS: [f64; 8] = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];

/// Share of the training rows that a cost is not learnt from but chosen by.
pub(crate) const VALIDATION: f32 = 1.0 / 6.0;

/// A classifier of Table 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) enum Classifier {
    /// Linear, squared hinge, by its dual; one class against the rest.
    Svm,
    /// The hinge by stochastic gradient descent, as in the paper; one class against the rest.
    SgdSvm,
    /// Linear, squared hinge, one class against one.
    PairsSvm,
    /// That of linfa-svm, linear, one class against one.
    LinfaSvm,
    Nearest,
}

impl Classifier {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Svm => "linear SVM",
            Self::SgdSvm => "linear SVM, SGD",
            Self::PairsSvm => "linear SVM, pairs",
            Self::LinfaSvm => "linear SVM, pairs (linfa-svm)",
            Self::Nearest => "1-NN",
        }
    }
}

/// What a classifier makes of test rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Verdict {
    /// In per cent.
    pub(crate) accuracy: f64,
    /// Macro average of one class against the rest; `None` where a class is missing.
    pub(crate) auc: Option<f64>,
    /// The cost that was chosen, and what it had on the validation rows, in per cent.
    pub(crate) choice: Option<(f64, f64)>,
    /// Of the choice, the training and the prediction.
    pub(crate) seconds: f64,
    /// The class predicted and the decision values of each test row.
    #[serde(skip)]
    pub(crate) evaluation: Option<Evaluation<usize>>,
}

/// Fits a classifier and tells what it makes of the test rows.
pub(crate) fn verdict(
    classifier: Classifier,
    vectors: &Split<f32>,
    seed: u64,
) -> linfa_fisher::Result<Verdict> {
    let start = Instant::now();
    let (evaluation, choice) = match classifier {
        Classifier::Nearest => {
            let params = KNearestNeighbors::params(1).distance(CosineDist);
            (
                params
                    .fit(&vectors.train)?
                    .evaluate(&vectors.test.records)?,
                None,
            )
        }
        Classifier::Svm => linear(LinearSvm::params(), vectors, seed)?,
        Classifier::SgdSvm => linear(sgd(20), vectors, seed)?,
        Classifier::PairsSvm => pairs(vectors, seed, |c| OneVsOne::new(LinearSvm::params().c(c)))?,
        Classifier::LinfaSvm => pairs(vectors, seed, |c| OneVsOne::new(svm(c as f32)))?,
    };
    Ok(Verdict {
        accuracy: accuracy(&evaluation.predictions, &vectors.test.targets),
        auc: auc(&evaluation, &vectors.test.targets),
        choice,
        seconds: start.elapsed().as_secs_f64(),
        evaluation: Some(evaluation),
    })
}

/// The hinge by averaged stochastic gradient descent.
pub(crate) fn sgd(epochs: usize) -> LinearSvmParams<f32, usize> {
    LinearSvm::params()
        .loss(Loss::Hinge)
        .solver(Solver::Sgd(Sgd::new(epochs)))
}

/// An evaluation and the cost that was chosen for it, with the accuracy that it was chosen by.
type Chosen = (Evaluation<usize>, Option<(f64, f64)>);

fn linear(
    params: LinearSvmParams<f32, usize>,
    vectors: &Split<f32>,
    seed: u64,
) -> linfa_fisher::Result<Chosen> {
    let (cost, validated) = best_cost(&params, &vectors.train, seed)?;
    let machine = params.c(cost).fit(&vectors.train)?;
    let evaluation = machine.evaluate(&vectors.test.records)?;
    Ok((evaluation, Some((cost, validated))))
}

/// The cost that is best for a stratified sixth of the rows when it learns from the others, and its
/// accuracy there; of equal ones the smallest.
pub(crate) fn best_cost(
    params: &LinearSvmParams<f32, usize>,
    rows: &Images,
    seed: u64,
) -> linfa_fisher::Result<(f64, f64)> {
    let (learnt, held_out) = validation_split(rows, seed)?;
    let path = params.clone().check()?.fit_path(&learnt, &COSTS)?;
    let mut best = (COSTS[0], 0.0);
    for (machine, cost) in path.iter().zip(COSTS) {
        let share = accuracy(&machine.try_predict(&held_out.records)?, &held_out.targets);
        if share > best.1 {
            best = (cost, share);
        }
    }
    Ok(best)
}

/// The rows to learn from and those to choose by.
pub(crate) fn validation_split(rows: &Images, seed: u64) -> linfa_fisher::Result<(Images, Images)> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    stratified_split(rows.clone(), 1.0 - VALIDATION, &mut rng)
}

/// As [`linear`], one class against one.
fn pairs<P, E, M>(
    vectors: &Split<f32>,
    seed: u64,
    params: impl Fn(f64) -> OneVsOne<P, E>,
) -> linfa_fisher::Result<Chosen>
where
    OneVsOne<P, E>: Fit<Array2<f32>, Array1<usize>, linfa_fisher::Error, Object = M>,
    M: TryPredict<f32, usize>,
{
    let (learnt, held_out) = validation_split(&vectors.train, seed)?;
    let mut best = (COSTS[0], 0.0);
    for cost in COSTS.into_iter().skip(1).step_by(2) {
        let machines = params(cost).fit(&learnt)?;
        let share = accuracy(&machines.try_predict(&held_out.records)?, &held_out.targets);
        if share > best.1 {
            best = (cost, share);
        }
    }
    let machines = params(best.0).fit(&vectors.train)?;
    Ok((machines.evaluate(&vectors.test.records)?, Some(best)))
}

/// The share of right predictions in per cent.
pub(crate) fn accuracy(predicted: &Array1<usize>, targets: &Array1<usize>) -> f64 {
    let pairs = predicted.iter().zip(targets);
    100.0 * pairs.filter(|(a, b)| a == b).count() as f64 / targets.len() as f64
}

fn auc(evaluation: &Evaluation<usize>, targets: &Array1<usize>) -> Option<f64> {
    let decisions = evaluation.decisions.as_ref()?;
    let values = decisions.values.view();
    roc_auc_one_vs_rest(
        values,
        &decisions.classes,
        targets.view(),
        ClassAverage::Macro,
    )
    .ok()
}
