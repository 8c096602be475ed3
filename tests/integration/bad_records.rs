//! Records and labels that cannot be learnt or predicted: a typed error that names the value and
//! what was expected, and never a panic.

use crate::common::{digits, small_dbm, small_rbm};
use crate::faults::assert_fault;
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase};
use linfa_fisher::classification::{DecisionFunction, KNearestNeighbors, OneVsRest};
use linfa_fisher::error::{RecordsError, SelectionError};
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::{StratifiedKFold, stratified_split};
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::{Error, Result};
use linfa_svm::{Svm, SvmError, SvmParams};
use ndarray::{Array1, Array2, Ix1};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

type OneVsRestSvm = OneVsRest<SvmParams<f64, bool>, SvmError>;

fn svm() -> OneVsRestSvm {
    OneVsRest::new(Svm::params().eps(1e-3))
}

/// Whatever trains on records alone.
fn trained(records: &Array2<f64>) -> Vec<(&'static str, Result<()>)> {
    let dataset = DatasetBase::from(records.view());
    let rbm = small_rbm::<f64>().fit(&digits(0, 50)).unwrap();
    vec![
        ("Rbm", small_rbm().fit(&dataset).map(drop)),
        ("Dbm", small_dbm().fit(&dataset).map(drop)),
        (
            "FK",
            FisherFeatures::fk(small_rbm()).fit(&dataset).map(drop),
        ),
        (
            "IDFK",
            FisherFeatures::idfk(small_dbm()).fit(&dataset).map(drop),
        ),
        ("shared", FisherFeatures::fk(rbm).fit(&dataset).map(drop)),
    ]
}

/// Whatever is fitted on labelled records.
const NEIGHBORS: &str = "k-NN";

fn classified(dataset: &Dataset<f64, usize, Ix1>) -> Vec<(&'static str, Result<()>)> {
    let neighbors = || KNearestNeighbors::params(1);
    let pipeline = FisherFeatures::fk(small_rbm());
    vec![
        (NEIGHBORS, neighbors().fit(dataset).map(drop)),
        ("OneVsRest", svm().fit(dataset).map(drop)),
        (
            NEIGHBORS,
            pipeline.clone().then(neighbors()).fit(dataset).map(drop),
        ),
        ("pipeline", pipeline.then(svm()).fit(dataset).map(drop)),
    ]
}

/// Whatever deals rows.
fn dealt(dataset: Dataset<f64, usize, Ix1>) -> Vec<(&'static str, Result<()>)> {
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let arranged = StratifiedKFold::new(2).arrange(dataset.clone());
    let split = stratified_split(dataset, 0.5, &mut rng);
    vec![("arrange", arranged.map(drop)), ("split", split.map(drop))]
}

#[test]
fn empty_records() {
    for (rows, columns) in [(0, 64), (4, 0), (0, 0)] {
        let records = Array2::zeros((rows, columns));
        let named = format!("({rows} x {columns})");
        let dataset = Dataset::new(records.clone(), Array1::from_iter(0..rows));
        let results = [
            trained(&records),
            classified(&dataset),
            dealt(dataset.clone()),
        ];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::EmptyRecords { .. }),
                &named,
                "at least one"
            );
        }
    }
    let none = StratifiedKFold::new(2).folds(&Array1::<usize>::zeros(0));
    assert_fault!(
        none,
        Error::Selection(SelectionError::Folds { k: 2, samples: 0 }),
        "2 folds of 0"
    );
}

#[test]
fn records_that_are_not_finite() {
    for (value, named) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        let mut dataset = digits::<f64>(0, 50);
        dataset.records[[3, 7]] = value;
        let results = [trained(&dataset.records), classified(&dataset)];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::NonFinite {
                    row: 3,
                    column: 7,
                    ..
                }),
                "[3, 7]",
                named,
                "finite"
            );
        }
    }
}

#[test]
fn records_outside_the_unit_interval() {
    for (value, named) in [(-0.25, "-0.25"), (1.5, "1.5"), (1e30, "1e30")] {
        let mut records = digits::<f64>(0, 50).records;
        records[[49, 63]] = value;
        for (what, result) in trained(&records) {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::OutsideUnitInterval {
                    row: 49,
                    column: 63,
                    ..
                }),
                "[49, 63]",
                named,
                "[0, 1]"
            );
        }
    }
}

#[test]
fn more_or_fewer_labels_than_records() {
    let records = digits::<f64>(0, 50).records;
    for labels in [0, 49, 51] {
        let targets = Array1::from_shape_fn(labels, |row| row % 2);
        let dataset = Dataset::new(records.clone(), targets);
        let results = [classified(&dataset), dealt(dataset.clone())];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {labels} labels");
            let named = format!("{labels} targets for 50 records");
            assert_fault!(
                result,
                Error::Records(RecordsError::TargetCount { records: 50, .. }),
                &named
            );
        }
    }
}

#[test]
fn more_or_fewer_weights_than_records() {
    let dataset = digits::<f64>(0, 50).with_weights(Array1::ones(49));
    assert_fault!(
        svm().fit(&dataset),
        Error::Records(RecordsError::WeightCount {
            records: 50,
            weights: 49
        }),
        "49 weights for 50"
    );
    let pipeline = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    assert_fault!(
        pipeline.fit(&dataset),
        Error::Records(RecordsError::WeightCount { .. }),
        "49 weights for 50"
    );
    for (_, result) in dealt(dataset) {
        assert_fault!(
            result,
            Error::Records(RecordsError::WeightCount { .. }),
            "49 weights for 50"
        );
    }
}

#[test]
fn one_class_only() {
    let dataset = Dataset::new(digits::<f64>(0, 50).records, Array1::from_elem(50, 7_usize));
    let mut classified = classified(&dataset);
    classified.retain(|&(what, _)| what != NEIGHBORS); // one class is predicted
    let results = [classified, dealt(dataset.clone())];
    for (what, result) in results.into_iter().flatten() {
        println!("{what}");
        assert_fault!(
            result,
            Error::Records(RecordsError::SingleClass { .. }),
            "class 7",
            "at least two"
        );
    }
    let folds = StratifiedKFold::new(2).folds(&dataset.targets);
    assert_fault!(
        folds,
        Error::Records(RecordsError::SingleClass { .. }),
        "class 7"
    );
}

#[test]
fn samples_that_a_fitted_model_cannot_take() {
    let train = digits::<f64>(0, 40);
    let features = FisherFeatures::idfk(small_dbm()).fit(&train).unwrap();
    let pipeline = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    let pipeline = pipeline.fit(&train).unwrap();
    let fails = |records: Array2<f64>| {
        vec![
            features.transform(&records).map(drop),
            features.transform(records.clone()).map(drop),
            features.scores(records.view()).map(drop),
            features
                .transform(DatasetBase::from(records.clone()))
                .map(drop),
            pipeline.try_predict(&records).map(drop),
            pipeline.decision_function(&records).map(drop),
        ]
    };
    for width in [0, 63, 65] {
        for result in fails(Array2::zeros((2, width))) {
            let found = format!("{width} columns");
            assert_fault!(
                result,
                Error::Records(RecordsError::Width { expected: 64, .. }),
                &found,
                "expects 64"
            );
        }
    }
    let with = |value| {
        let mut records = Array2::<f64>::zeros((2, 64));
        records[[1, 5]] = value;
        records
    };
    for result in fails(with(f64::NAN)) {
        assert_fault!(
            result,
            Error::Records(RecordsError::NonFinite {
                row: 1,
                column: 5,
                ..
            }),
            "[1, 5]",
            "NaN"
        );
    }
    for result in fails(with(2.0)) {
        assert_fault!(
            result,
            Error::Records(RecordsError::OutsideUnitInterval { row: 1, .. }),
            "[1, 5]",
            "2"
        );
    }
    let shared = small_rbm::<f64>().fit(&train).unwrap();
    assert_fault!(
        FisherFeatures::fk(shared).fit(&DatasetBase::from(Array2::zeros((3, 9)))),
        Error::Records(RecordsError::Width {
            expected: 64,
            found: 9
        }),
        "9 columns"
    );
}

#[test]
fn samples_that_a_fitted_classifier_cannot_take() {
    let train = digits::<f64>(0, 40);
    let neighbors = KNearestNeighbors::params(1).fit(&train).unwrap();
    let svm = svm().fit(&train).unwrap();
    for (records, variant) in [
        (Array2::zeros((1, 63)), "63 columns"),
        (Array2::from_elem((1, 64), f64::NAN), "NaN"),
    ] {
        for result in [
            neighbors.try_predict(&records).map(drop),
            neighbors.decision_function(&records).map(drop),
            svm.try_predict(&records).map(drop),
            svm.decision_function(&records).map(drop),
        ] {
            assert_fault!(
                result,
                Error::Records(RecordsError::Width {
                    expected: 64,
                    found: 63
                }) | Error::Records(RecordsError::NonFinite {
                    row: 0,
                    column: 0,
                    ..
                }),
                variant
            );
        }
    }
}
