//! The pipelines that are compared.

use std::fmt::Debug;

use clap::ValueEnum;
use linfa_fisher::boltzmann::{Dbm, DbmParams, LearningRate, Rbm, RbmParams};
use linfa_fisher::classification::{KNearestNeighbors, OneVsOne, svm};
use linfa_fisher::fisher::{FisherFeatures, FisherFeaturesParams, ScoreModel};
use linfa_fisher::model_selection::Search;
use linfa_fisher::pipeline::{PipelineExt, Shared};
use linfa_svm::{SvmError, SvmParams};
use rand_xoshiro::Xoshiro256Plus;

use super::Run;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Features {
    Pixels,
    Fk,
    Dfk,
    Idfk,
}

impl Features {
    pub(super) const ALL: [Self; 4] = [Self::Pixels, Self::Fk, Self::Dfk, Self::Idfk];
}

/// The costs that are tried.
const COSTS: [f32; 4] = [1e-2, 1e-1, 1.0, 10.0];

/// Inner folds, by which a cost is chosen.
const INNER: usize = 3;

/// The machines of all pipelines.
pub(super) struct Machines {
    rbm: Shared<RbmParams<f32, Xoshiro256Plus>>,
    dbm: Shared<DbmParams<f32, Xoshiro256Plus>>,
}

impl Machines {
    /// There is room for the machines of so many folds, and of their inner folds.
    pub(super) fn new(folds: usize) -> Self {
        let rate = LearningRate::LinearToZero { initial: 0.05 };
        let room = folds * (INNER + 1);
        let rbm = Rbm::params(10).epochs(30).learning_rate(rate);
        let dbm = Dbm::params(&[40, 80]).epochs(30).learning_rate(rate);
        Self {
            rbm: Shared::new(rbm).capacity(room),
            dbm: Shared::new(dbm).capacity(room),
        }
    }

    /// Validates the features with both classifiers.
    pub(super) fn validate(&self, features: Features, run: &mut Run) -> linfa_fisher::Result<()> {
        let dbm = || self.dbm.clone();
        match features {
            Features::Pixels => {
                let svm = Search::new(machines_of_pairs(COSTS[0]))
                    .values("C", COSTS, |_, &c| machines_of_pairs(c));
                run.validate("pixels, SVM", &svm.folds(INNER))?;
                run.validate("pixels, 1-NN", &KNearestNeighbors::params(1))
            }
            Features::Fk => with_both(run, "FK", FisherFeatures::fk(self.rbm.clone())),
            Features::Dfk => with_both(run, "DFK", FisherFeatures::dfk(dbm()).rotated(true)),
            Features::Idfk => with_both(run, "IDFK", FisherFeatures::idfk(dbm())),
        }
    }
}

/// Linear support vector machines, one for each pair of classes: of many classes with few images each
/// they are better than one for each class.
fn machines_of_pairs(c: f32) -> OneVsOne<SvmParams<f32, bool>, SvmError> {
    OneVsOne::new(svm(c))
}

/// A linear support vector machine, whose cost is chosen, and the nearest neighbour.
fn with_both<S>(
    run: &mut Run,
    name: &str,
    features: FisherFeaturesParams<f32, S>,
) -> linfa_fisher::Result<()>
where
    S: ScoreModel<f32, Model: 'static> + Clone + Debug + Send + Sync,
{
    let params = Shared::new(features.clone())
        .capacity(2 * run.jobs)
        .then(machines_of_pairs(COSTS[0]));
    let search = Search::new(params).values("C", COSTS, |params, &c| {
        params.map_classifier(|_| machines_of_pairs(c))
    });
    run.validate(&format!("{name}, SVM"), &search.folds(INNER))?;
    let nearest = features.then(KNearestNeighbors::params(1));
    run.validate(&format!("{name}, 1-NN"), &nearest)
}
