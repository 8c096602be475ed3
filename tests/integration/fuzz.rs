//! Any shape and any number, however bad: results are finite, or there is a typed error.

use linfa::Dataset;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::boltzmann::{Dbm, Rbm};
use linfa_fisher::classification::{DecisionFunction, KNearestNeighbors, OneVsOne, OneVsRest};
use linfa_fisher::fisher::{FisherFeatures, Information, ModelExpectation, Scaling};
use linfa_fisher::model_selection::StratifiedKFold;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::{Float, Result};
use linfa_svm::Svm;
use ndarray::{Array1, Array2, Ix1};
use proptest::prelude::*;

/// Mostly numbers that a machine can be trained on, or else no training would get far.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        16 => prop_oneof![Just(0.0), Just(1.0), Just(0.5)],
        1 => prop_oneof![
            Just(-1.0),
            Just(2.0),
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(1e30),
        ],
    ]
}

/// Records of 0 to 6 rows and columns.
fn records() -> impl Strategy<Value = Array2<f64>> {
    (0..7_usize, 0..7_usize).prop_flat_map(|(rows, columns)| {
        let values = prop::collection::vec(value(), rows * columns);
        values.prop_map(move |x| Array2::from_shape_vec((rows, columns), x).unwrap())
    })
}

/// Labels that mostly fit the records in number.
fn dataset() -> impl Strategy<Value = Dataset<f64, usize, Ix1>> {
    (records(), prop::collection::vec(0..3_usize, 8), 0..12_usize).prop_map(
        |(records, labels, odd)| {
            let count = if odd < 3 { odd } else { records.nrows() };
            Dataset::new(records, labels.into_iter().take(count).collect())
        },
    )
}

fn information() -> impl Strategy<Value = Information> {
    prop_oneof![
        Just(Information::Identity),
        Just(Information::Diagonal { damping: 0.0 }),
        (
            0..4_usize,
            prop::sample::select(vec![0.0, 1e-3, -1.0, f64::NAN])
        )
            .prop_map(|(rank, damping)| Information::LowRank { rank, damping }),
        Just(Information::full_rank(0.0)),
    ]
}

fn scaling() -> impl Strategy<Value = Scaling<f64>> {
    let exponent = prop::sample::select(vec![None, Some(0.5), Some(0.0)]);
    (any::<bool>(), any::<bool>(), exponent).prop_map(|(min_max, l2, exponent)| {
        let scaling = Scaling::none().min_max(min_max).l2(l2);
        exponent.map_or(scaling, |exponent| scaling.signed_power(exponent))
    })
}

fn finite<F: Float>(result: Result<Array2<F>>) -> bool {
    result.map_or(true, |x| x.iter().all(|x| x.is_finite()))
}

fn short() -> ModelExpectation {
    ModelExpectation {
        chains: 4,
        burn_in: 2,
        samples: 2,
    }
}

proptest! {
    #[test]
    fn features_are_finite_or_an_error(
        train in records(),
        new in records(),
        (information, scaling) in (information(), scaling()),
        (hidden, second, epochs, batch) in (0..4_usize, 0..3_usize, 0..3_usize, 0..4_usize),
        (rotated, biases) in any::<(bool, bool)>(),
    ) {
        let train = linfa::DatasetBase::from(train);
        let rbm = Rbm::params(hidden).epochs(epochs).batch_size(batch);
        let shallow = FisherFeatures::fk(rbm)
            .information(information)
            .scaling(scaling)
            .rotated(rotated)
            .biases(biases)
            .expectation(short());
        if let Ok(features) = shallow.fit(&train) {
            prop_assert!(finite(features.transform(&train.records)));
            prop_assert!(finite(features.transform(&new)));
        }
        let dbm = Dbm::params(&[hidden, second]).pretraining_epochs(epochs).epochs(1);
        let deep = FisherFeatures::dfk(dbm)
            .information(information)
            .scaling(scaling)
            .rotated(rotated)
            .biases(biases)
            .expectation(short());
        if let Ok(features) = deep.fit(&train) {
            prop_assert!(finite(features.transform(&train.records)));
            prop_assert!(finite(features.transform(&new)));
        }
    }

    #[test]
    fn classifiers_predict_or_return_an_error(
        train in dataset(),
        new in records(),
        k in 0..8_usize,
    ) {
        if let Ok(model) = KNearestNeighbors::params(k).fit(&train) {
            prop_assert!(model.try_predict(&train.records).is_ok());
            prop_assert!(finite(model.decision_function(&new)));
        }
        if let Ok(model) = OneVsRest::new(Svm::<f64, bool>::params().eps(1e-3)).fit(&train) {
            prop_assert!(finite(model.decision_function(&train.records)));
            prop_assert!(finite(model.decision_function(&new)));
        }
    }

    /// In single precision 1e30 is a record whose square is not.
    #[test]
    fn classifiers_in_single_precision_predict_or_return_an_error(
        train in dataset(),
        new in records(),
    ) {
        let train = Dataset::new(train.records.mapv(|x| x as f32), train.targets);
        let new = new.mapv(|x| x as f32);
        if let Ok(model) = KNearestNeighbors::params(1).fit(&train) {
            prop_assert!(finite(model.decision_function(&new)));
        }
        let svm = Svm::<f32, bool>::params().eps(1e-3);
        if let Ok(model) = OneVsRest::new(svm.clone()).fit(&train) {
            prop_assert!(finite(model.decision_function(&train.records)));
            prop_assert!(finite(model.decision_function(&new)));
        }
        if let Ok(model) = OneVsOne::new(svm).fit(&train) {
            prop_assert!(finite(model.decision_function(&train.records)));
            prop_assert!(finite(model.decision_function(&new)));
        }
    }

    #[test]
    fn pipelines_predict_or_return_an_error(
        train in dataset(),
        new in records(),
        (information, scaling) in (information(), scaling()),
        k in 1..4_usize,
        single: bool,
    ) {
        if single {
            let train = Dataset::new(train.records.mapv(|x| x as f32), train.targets);
            let params = FisherFeatures::fk(Rbm::params(2).epochs(1)).expectation(short());
            let pipeline = params.then(KNearestNeighbors::params(k));
            if let Ok(model) = pipeline.fit(&train) {
                let predicted = model.try_predict(&new.mapv(|x| x as f32));
                let known = |labels: Array1<usize>| labels.iter().all(|&l| l < 3);
                prop_assert!(predicted.map_or(true, known));
            }
            return Ok(());
        }
        let pipeline = FisherFeatures::fk(Rbm::params(2).epochs(1))
            .information(information)
            .scaling(scaling)
            .expectation(short())
            .then(KNearestNeighbors::params(k));
        if let Ok(model) = pipeline.fit(&train) {
            let predicted = model.try_predict(&new);
            prop_assert!(predicted.map_or(true, |labels| labels.len() == new.nrows()));
        }
    }

    #[test]
    fn rows_are_dealt_or_there_is_an_error(dataset in dataset(), k in 0..8_usize) {
        let rows = dataset.records.nrows();
        if let Ok(arranged) = StratifiedKFold::new(k).arrange(dataset) {
            prop_assert_eq!(arranged.records.nrows(), rows);
        }
    }
}
