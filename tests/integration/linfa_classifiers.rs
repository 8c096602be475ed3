//! Classifiers of linfa's other crates on this crate's features, in pipelines and validated.

use crate::common::{accuracy, digits, small_rbm};
use linfa::traits::{Fit, PredictInplace};
use linfa_bayes::GaussianNb;
use linfa_ensemble::{AdaBoostParams, EnsembleLearnerParams};
use linfa_fisher::fisher::{FisherFeatures, Information};
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate};
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::traits::Infallible;
use linfa_logistic::MultiLogisticRegression;
use linfa_trees::DecisionTree;
use ndarray::{Array1, Array2};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

/// Five standard deviations above 200 throws of a ten-sided die. linfa's trees break ties by the
/// order of a hash map, so that the accuracy of these differs a little from run to run.
const CHANCE: f64 = 0.1 + 5.0 * 0.0212;

/// Accuracy on held-out digits of a pipeline of features and the classifier, which a
/// cross-validation of the same pipeline bears out.
fn accuracy_of<C, E>(classifier: C) -> f64
where
    C: Fit<Array2<f64>, Array1<usize>, E> + Clone,
    C::Object: PredictInplace<Array2<f64>, Array1<usize>>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    let information = Information::LowRank {
        rank: 16,
        damping: 1e-3,
    };
    let features = FisherFeatures::idfk(small_rbm()).information(information);
    let pipeline = features.then(Infallible::new(classifier));
    let (train, test) = (digits(0, 400), digits(400, 600));
    let model = pipeline.fit(&train).unwrap();
    let predicted = model.try_predict(&test.records).unwrap();
    let report = cross_validate(&train, &pipeline, &StratifiedKFold::new(2)).unwrap();
    assert!(report.failures().is_empty());
    accuracy(&predicted, &test.targets).min(report.accuracy())
}

#[test]
fn logistic_regression() {
    let params = MultiLogisticRegression::default().max_iterations(50);
    assert!(accuracy_of(params) > CHANCE);
}

#[test]
fn naive_bayes() {
    assert!(accuracy_of(GaussianNb::params()) > CHANCE);
}

#[test]
fn decision_trees() {
    assert!(accuracy_of(DecisionTree::params()) > CHANCE);
}

#[test]
fn random_forests() {
    let rng = Xoshiro256Plus::seed_from_u64(42);
    let params = EnsembleLearnerParams::new_fixed_rng(DecisionTree::params(), rng);
    let params = params.ensemble_size(30).feature_proportion(0.5);
    assert!(accuracy_of(params) > CHANCE);
}

#[test]
fn boosted_trees() {
    let rng = Xoshiro256Plus::seed_from_u64(42);
    let tree = DecisionTree::params().max_depth(Some(4));
    let params = AdaBoostParams::new_fixed_rng(tree, rng).n_estimators(20);
    assert!(accuracy_of(params) > CHANCE);
}
