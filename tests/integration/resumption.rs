//! A cross-validation that goes on after it was killed.

use std::sync::atomic::{AtomicUsize, Ordering};

use linfa::dataset::Records;
use linfa::prelude::*;
use linfa_fisher::error::PersistenceError;
use linfa_fisher::model_selection::{CrossValidation, CrossValidator, StratifiedKFold};
use linfa_fisher::observer::{Event, Observer};
use linfa_fisher::prelude::*;
use linfa_fisher::{Error, Result};
use ndarray::{Array1, Array2, Ix1};

use crate::json::{fault, through_json};

fn dataset() -> Dataset<f64, usize, Ix1> {
    let records = Array2::from_shape_fn((24, 3), |(i, j)| ((i * 5 + j * 3) % 8) as f64 / 7.0);
    Dataset::new(records, (0..24).map(|i| usize::from(i % 2 == 0)).collect())
}

/// Nearest neighbours that count how often they were trained.
struct Counting(AtomicUsize);

impl Fit<Array2<f64>, Array1<usize>, Error> for Counting {
    type Object = KNearestNeighbors<f64, usize>;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Self::Object> {
        self.0.fetch_add(1, Ordering::Relaxed);
        KNearestNeighbors::params(1).fit(dataset)
    }
}

impl FitObserved<Array2<f64>, Array1<usize>, Error> for Counting {}

/// Asks to stop after two folds, as a signal to end would.
#[derive(Default)]
struct Killed(usize);

impl Observer for Killed {
    fn observe(&mut self, event: &Event) {
        self.0 += usize::from(matches!(event, Event::Fold { .. }));
    }

    fn should_stop(&self) -> bool {
        self.0 >= 2
    }
}

#[test]
fn it_goes_on_where_it_was_and_ends_with_the_same_bits() {
    let (dataset, folds) = (dataset(), StratifiedKFold::new(6));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("folds");
    let params = Counting(AtomicUsize::new(0));
    let run = |observer: &mut dyn Observer| {
        let validator = CrossValidator::new(&folds).observer(observer);
        validator
            .checkpoint(&file, &"1-NN")
            .unwrap()
            .run(&dataset, &params)
    };
    let killed = run(&mut Killed::default()).unwrap();
    assert_eq!((killed.folds().len(), killed.failures().len()), (2, 4));
    assert_eq!(params.0.load(Ordering::Relaxed), 2);
    let mut seen = 0;
    let resumed =
        run(&mut |event: &Event| seen += usize::from(matches!(event, Event::Fold { .. })));
    let resumed = resumed.unwrap();
    assert_eq!((params.0.load(Ordering::Relaxed), seen), (6, 6));
    let whole = cross_validate(&dataset, &params, &folds).unwrap();
    assert_eq!(resumed.folds(), whole.folds());
    assert_eq!(resumed.times()[..2], killed.times()[..]);
    let entries: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(
        entries.len(),
        1,
        "nothing is left but the file: {entries:?}"
    );
}

#[test]
fn the_file_belongs_to_one_cross_validation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("folds");
    let params = KNearestNeighbors::params(1);
    let run = |dataset: &Dataset<f64, usize, Ix1>, k: usize, key: &str| {
        let folds = StratifiedKFold::new(k);
        CrossValidator::new(&folds)
            .checkpoint(&file, &key)?
            .run(dataset, &params)
    };
    run(&dataset(), 4, "a").unwrap();
    let mut records = dataset();
    records.records[[3, 1]] += 1e-9;
    let mut targets = dataset();
    targets.targets.swap(0, 1);
    let weights = dataset().with_weights(Array1::from_elem(24, 2.0));
    for other in [
        run(&dataset(), 4, "b"),
        run(&dataset(), 5, "a"),
        run(&records, 4, "a"),
        run(&targets, 4, "a"),
        run(&weights, 4, "a"),
    ] {
        assert!(matches!(
            other,
            Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
        ));
    }
    let bytes = std::fs::read(&file).unwrap();
    for damaged in [&bytes[..bytes.len() / 2], b"", b"no checkpoint at all"] {
        std::fs::write(&file, damaged).unwrap();
        let error = run(&dataset(), 4, "a").unwrap_err();
        assert!(
            matches!(
                error,
                Error::Persistence(PersistenceError::Checkpoint { .. })
            ),
            "{error}"
        );
    }
    let nowhere = folder.path().join("none").join("folds");
    let folds = StratifiedKFold::new(4);
    let validator = CrossValidator::new(&folds)
        .checkpoint(&nowhere, &"a")
        .unwrap();
    let error = validator.run(&dataset(), &params).unwrap_err();
    assert!(error.to_string().contains("is no folder"), "{error}");
}

#[test]
fn a_report_is_saved_with_all_that_it_knows() {
    let params = KNearestNeighbors::params(3);
    let report = cross_validate(&dataset(), &params, &StratifiedKFold::new(3)).unwrap();
    assert_eq!(through_json(&report), report);
    assert_eq!(through_json(&report).times(), report.times());
    assert_eq!(report.rows().len(), dataset().nsamples());
    let faults = [
        (
            "/folds/0/predictions",
            serde_json::json!({"v": 1, "dim": [1], "data": [0]}),
            "predictions of shape [1]",
        ),
        (
            "/folds/1/rows/0",
            serde_json::json!(23),
            "rows, which are in ascending order",
        ),
        (
            "/folds/1/fold",
            serde_json::json!(1),
            "folds that are not counted",
        ),
        (
            "/folds/0/trained",
            serde_json::json!(0),
            "folds that are not counted",
        ),
        (
            "/folds/0/decisions/classes",
            serde_json::json!([1, 1]),
            "class 1 is not greater",
        ),
        (
            "/folds/0/decisions/classes",
            serde_json::json!([0, 1, 2]),
            "decision values",
        ),
        ("/times", serde_json::json!([]), "times of the folds"),
    ];
    for (place, value, expected) in faults {
        let found = fault::<CrossValidation<usize>>(&report, place, value);
        assert!(found.contains(expected), "{place}: {found}");
    }
}
