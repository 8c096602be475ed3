//! The same bits for one thread and many, and from run to run.
//!
//! Sizes are such that every way of sharing work is taken: several blocks of 256 rows of scores,
//! several blocks of rows in the matrix products of a training step, elementwise functions of more
//! elements than one thread is given, and random states of several streams.

use std::fmt::Debug;

use crate::common::digits;
use linfa::traits::{Fit, Predict, Transformer};
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::{
    Dbm, DbmParams, LearningRate, NegativePhase, Rbm, RbmParams, VisibleInput, VisibleUnits,
};
use linfa_fisher::classification::OneVsRest;
use linfa_fisher::fisher::{
    FisherFeatures, Information, LandmarkFeatures, ModelExpectation, Scaling,
};
use linfa_fisher::pipeline::PipelineExt;
use linfa_svm::Svm;
use ndarray::{Array2, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

const ROWS: usize = 700;

fn on_threads<T: Send>(threads: usize, compute: impl Fn() -> T + Send + Sync) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(compute)
}

/// `compute` gives one result on 1, 2 and 5 threads, and once more.
fn assert_deterministic<T: Send + PartialEq + Debug>(compute: impl Fn() -> T + Send + Sync) {
    let alone = on_threads(1, &compute);
    for threads in [2, 5, 5] {
        // `assert_eq` would print millions of numbers
        assert!(alone == on_threads(threads, &compute), "{threads} threads");
    }
}

fn seed(seed: u64) -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(seed)
}

/// 64 x 192 weights: a product with a batch of 350 rows has 3 blocks.
fn wide_rbm<R: Rng + Clone>(rng: R) -> RbmParams<f32, R> {
    Rbm::params_with_rng(192, rng)
        .epochs(2)
        .batch_size(350)
        .negative_phase(NegativePhase::Persistent {
            chains: 350,
            steps: 1,
        })
}

fn wide_dbm<R: Rng + Clone>(rng: R) -> DbmParams<f32, R> {
    Dbm::params_with_rng(&[192, 32], rng)
        .pretraining_epochs(1)
        .epochs(1)
        .batch_size(350)
        .negative_phase(NegativePhase::Persistent {
            chains: 350,
            steps: 2,
        })
}

fn few_chains() -> ModelExpectation {
    ModelExpectation {
        chains: 200,
        burn_in: 5,
        samples: 5,
    }
}

#[test]
fn rbm_training() {
    let train = digits(0, ROWS);
    assert_deterministic(|| wide_rbm(seed(1)).fit(&train).unwrap());
}

#[test]
fn rbm_training_by_contrastive_divergence() {
    let train = digits(0, ROWS);
    let steps = NegativePhase::ContrastiveDivergence { steps: 2 };
    assert_deterministic(|| {
        let params = wide_rbm(seed(1)).negative_phase(steps);
        params.fit(&train).unwrap()
    });
}

#[test]
fn dbm_training() {
    let train = digits(0, ROWS);
    assert_deterministic(|| wide_dbm(seed(1)).fit(&train).unwrap());
}

/// Trainings that share a pool's threads, and help each other while they wait, do not wait for each
/// other for ever.
/// Machines of few hidden units, whose steps are shared out in sections; of the batches of 90, the
/// last one has 70 records, and there may be fewer records than sections.
#[test]
fn trainings_of_narrow_machines() {
    let train = digits(0, ROWS);
    let persistent = |chains| NegativePhase::Persistent { chains, steps: 2 };
    for phase in [
        persistent(90),
        persistent(3),
        persistent(2500),
        NegativePhase::ContrastiveDivergence { steps: 1 },
    ] {
        for presentation in [VisibleInput::AsIs, VisibleInput::Resampled] {
            let params = Dbm::params_with_rng(&[12, 6], seed(1))
                .pretraining_epochs(1)
                .epochs(1)
                .batch_size(90)
                .negative_phase(phase)
                .visible_input(presentation);
            assert_deterministic(|| params.fit(&train).unwrap());
        }
    }
    let gaussian = Rbm::params_with_rng(20, seed(1))
        .epochs(1)
        .batch_size(90)
        .learning_rate(LearningRate::Constant(1e-3))
        .visible_units(VisibleUnits::Gaussian)
        .negative_phase(persistent(90));
    assert_deterministic(|| gaussian.fit(&train).unwrap());
}

#[test]
fn trainings_at_the_same_time() {
    let train = digits(0, 200);
    let fit = |number: u64| {
        let params = Dbm::params_with_rng(&[12, 6], seed(number));
        params.pretraining_epochs(1).epochs(3).fit(&train).unwrap()
    };
    assert_deterministic(|| {
        let models: Vec<Dbm<f32>> = (0..6).into_par_iter().map(fit).collect();
        models
    });
}

#[test]
fn training_in_double_precision() {
    let train = digits::<f64>(0, ROWS);
    assert_deterministic(|| {
        let params = Dbm::params(&[96, 16]).pretraining_epochs(1).epochs(1);
        params.batch_size(350).fit(&train).unwrap()
    });
}

/// Features for both shapes of the information: n below and above p.
#[test]
fn features() {
    let (train, test) = (digits(0, ROWS), digits(ROWS, ROWS + 300));
    let dbm = wide_dbm(seed(1)).fit(&train).unwrap();
    let narrow = Rbm::params(5).epochs(1).fit(&train).unwrap();
    let deep = [
        FisherFeatures::dfk(dbm.clone()),
        FisherFeatures::idfk(dbm.clone()),
        FisherFeatures::dfk(dbm)
            .scaling(Scaling::min_max_l2().signed_power(0.5))
            .information(Information::Diagonal { damping: 0.0 }),
    ];
    for params in deep.map(|params| params.expectation(few_chains())) {
        assert_deterministic(|| {
            let features = params.fit(&train).unwrap();
            let test = features.transform(&test.records).unwrap();
            (features, test)
        });
    }
    let shallow = [
        FisherFeatures::fk(narrow.clone()).rotated(true),
        FisherFeatures::idfk(narrow),
    ];
    for params in shallow {
        assert_deterministic(|| {
            let features = params.fit(&train).unwrap();
            let test = features.transform(&test.records).unwrap();
            (features, test)
        });
    }
}

#[test]
fn landmarks_of_products_with_the_kernel_of_pixels() {
    let train = digits(0, ROWS);
    let dbm = wide_dbm(seed(1)).fit(&train).unwrap();
    assert_deterministic(|| {
        let params = LandmarkFeatures::idfk(&dbm).power(3).pixel_power(4);
        let features = params.landmarks(300).rank(40).fit(&train).unwrap();
        (features.transform(&train.records).unwrap(), features)
    });
}

#[test]
fn pipelines_of_one_classifier_a_class() {
    let (train, test) = (digits(0, 600), digits(600, 900));
    let pipeline = FisherFeatures::idfk(Dbm::params(&[16, 8]).epochs(2))
        .information(Information::LowRank {
            rank: 40,
            damping: 1e-3,
        })
        .then(OneVsRest::new(Svm::<f32, bool>::params().eps(1e-3)));
    assert_deterministic(|| {
        let model = pipeline.fit(&train).unwrap();
        (model.predict(&test), model)
    });
}

#[test]
fn another_seed_trains_another_machine() {
    let train = digits(0, 100);
    let rbm = |s| wide_rbm(seed(s)).fit(&train).unwrap();
    assert_ne!(rbm(1), rbm(2));
    assert!(rbm(1) == rbm(1));
    let dbm = |s| wide_dbm(seed(s)).fit(&train).unwrap();
    assert_ne!(dbm(1), dbm(2));
    let expectation = |s| {
        let params = FisherFeatures::fk(rbm(1)).expectation(few_chains());
        let features = params.with_rng(seed(s)).fit(&train).unwrap();
        features.expectation().clone()
    };
    assert_ne!(expectation(1), expectation(2));
    assert_eq!(expectation(1), expectation(1));
}

/// Hyper-parameters hold their generator as it was given, so that they can be fitted again.
#[test]
fn fitting_leaves_the_generator_of_the_parameters_alone() {
    let params = wide_rbm(seed(7)).check().unwrap();
    let train = digits(0, 100);
    let first = params.fit(&train).unwrap();
    assert_eq!(params.rng(), &seed(7));
    assert!(first == params.fit(&train).unwrap());
}

/// Layers of one unit, whose products are sums over a row of the records, included.
#[test]
fn the_memory_order_of_records_does_not_matter() {
    let records = Array2::from_shape_fn((60, 33), |(i, j)| ((i * 7 + j * 3) % 11) as f64 / 10.0);
    let by_columns = records.t().as_standard_layout().into_owned();
    let orders = [records.view(), by_columns.t()];
    for hidden in [1, 2, 17] {
        let [rows, columns] = orders.map(|records| {
            let dataset = DatasetBase::from(records);
            let dbm = Dbm::params(&[hidden, 3]).pretraining_epochs(1).epochs(1);
            let rbm = Rbm::params(hidden).epochs(1).fit(&dataset).unwrap();
            let means = rbm.hidden_probabilities(records);
            let energy = rbm.energy(records, means.view());
            let states = records.mapv(f64::round);
            let likelihood = rbm.pseudo_log_likelihood(states.view()).unwrap();
            let seen = rbm.visible_probabilities(records.slice(s![.., ..hidden]));
            let features = FisherFeatures::idfk(rbm.clone()).fit(&dataset).unwrap();
            let features = features.transform(records).unwrap();
            (
                dbm.fit(&dataset).unwrap(),
                rbm,
                means,
                energy,
                likelihood,
                seen,
                features,
            )
        });
        assert!(rows == columns, "{hidden} hidden units");
    }
}
