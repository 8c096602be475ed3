use std::cell::Cell;

use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase};
use ndarray::{Array, ArrayView1, Axis, Ix1, array, s};

use super::*;
use crate::Error;
use crate::boltzmann::Rbm;
use crate::classification::KNearestNeighbors;
use crate::fisher::FisherFeatures;
use crate::model_selection::{
    GivenFolds, Metric, RepeatedStratifiedKFold, Split, StratifiedKFold, cross_validate,
};
use crate::pipeline::PipelineExt;

/// Two classes of 12 rows, in `[0, 1]`.
fn dataset() -> Dataset<f64, usize, Ix1> {
    let records = Array2::from_shape_fn((24, 3), |(i, j)| ((i * 5 + j * 3) % 8) as f64 / 7.0);
    Dataset::new(records, (0..24).map(|i| usize::from(i % 2 == 0)).collect())
}

#[test]
fn several_folds_at_once_are_as_one_after_the_other() {
    let params = FisherFeatures::fk(Rbm::params(3).epochs(2)).then(KNearestNeighbors::params(2));
    let folds = RepeatedStratifiedKFold::new(4, 2);
    let serial = cross_validate(&dataset(), &params, &folds).unwrap();
    for jobs in [1, 2, 5, 100] {
        let report = CrossValidator::new(&folds)
            .jobs(jobs)
            .run(&dataset(), &params);
        assert_eq!(report.unwrap().folds(), serial.folds(), "{jobs} jobs");
    }
    assert_eq!(serial.rows().len(), 48);
    assert_eq!(serial.rows()[..4], [0, 0, 1, 1]);
    assert!(matches!(
        CrossValidator::new(&folds).jobs(0).run(&dataset(), &params),
        Err(Error::Selection(SelectionError::Jobs))
    ));
}

#[test]
fn every_fold_is_told_to_the_observer() {
    let (params, folds) = (KNearestNeighbors::params(1), StratifiedKFold::new(6));
    for jobs in [1, 3] {
        let mut seen = Vec::new();
        let mut observer = |event: &Event| {
            if let Event::Fold { fold, folds: 6, .. } = event {
                seen.push(*fold);
            }
        };
        let validator = CrossValidator::new(&folds)
            .jobs(jobs)
            .observer(&mut observer);
        validator.run(&dataset(), &params).unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6], "{jobs} jobs");
    }
}

/// Asks to stop after some folds.
struct Impatient {
    seen: usize,
    most: usize,
}

impl Observer for Impatient {
    fn observe(&mut self, event: &Event) {
        self.seen += usize::from(matches!(event, Event::Fold { .. }));
    }

    fn should_stop(&self) -> bool {
        self.seen >= self.most
    }
}

/// Neighbours whose training takes its time.
struct Slow;

impl Fit<Array2<f64>, Array1<usize>, Error> for Slow {
    type Object = KNearestNeighbors<f64, usize>;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Self::Object> {
        std::thread::sleep(std::time::Duration::from_millis(20));
        KNearestNeighbors::params(1).fit(dataset)
    }
}

impl FitObserved<Array2<f64>, Array1<usize>, Error> for Slow {}

#[test]
fn an_observer_may_stop_it() {
    let folds = StratifiedKFold::new(12);
    for jobs in [1, 2] {
        let mut observer = Impatient { seen: 0, most: 3 };
        let validator = CrossValidator::new(&folds)
            .jobs(jobs)
            .observer(&mut observer);
        let report = validator.run(&dataset(), &Slow).unwrap();
        let (validated, failed) = (report.folds().len(), report.failures());
        assert!(validated >= 3 && validated + failed.len() == 12);
        assert!(jobs > 1 || validated == 3);
        assert!(!failed.is_empty(), "{jobs} jobs went on");
        assert!(failed.iter().all(|failed| failed.fault().contains("stop")));
    }
    let mut observer = Impatient { seen: 0, most: 0 };
    let validator = CrossValidator::new(&folds).jobs(2).observer(&mut observer);
    let error = validator.run(&dataset(), &Slow).unwrap_err();
    assert!(error.to_string().contains("asked to stop"), "{error}");
}

#[test]
fn one_column_of_targets_is_enough() {
    let one = dataset();
    let column = one.targets.clone().insert_axis(Axis(1));
    let two = DatasetBase::new(one.records.clone(), column);
    let (params, folds) = (KNearestNeighbors::params(1), StratifiedKFold::new(3));
    let expected = cross_validate(&one, &params, &folds).unwrap();
    let report = cross_validate(&two, &params, &folds).unwrap();
    assert_eq!(report.folds(), expected.folds());
    let pair = DatasetBase::new(one.records.clone(), Array2::<usize>::zeros((24, 2)));
    assert!(matches!(
        cross_validate(&pair, &params, &folds),
        Err(Error::Selection(SelectionError::TargetColumns {
            columns: 2
        }))
    ));
}

#[test]
fn a_class_that_was_not_trained_on_is_predicted_wrongly() {
    // class 2 is validated in the first fold alone
    let records = Array::range(0.0, 6.0, 1.0).insert_axis(Axis(1));
    let dataset = Dataset::new(records, array![2, 2, 0, 0, 1, 1]);
    let folds = GivenFolds::new(vec![vec![0, 1, 2], vec![3, 4, 5]]);
    let report = cross_validate(&dataset, &KNearestNeighbors::params(1), &folds).unwrap();
    let first = &report.folds()[0];
    assert_eq!(first.accuracy(), 1.0 / 3.0);
    assert_eq!(first.decisions().unwrap().classes, [0, 1]);
    let error = report.scores(&Metric::roc_auc()).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("ROC AUC is undefined in fold 1"),
        "{message}"
    );
    assert!(message.contains("class 2 is validated"), "{message}");
}

#[test]
fn metrics_are_computed_from_the_predictions() {
    let report = cross_validate(
        &dataset(),
        &KNearestNeighbors::params(3),
        &StratifiedKFold::new(4),
    );
    let report = report.unwrap();
    let accuracy = report.scores(&Metric::accuracy()).unwrap();
    assert_eq!(*accuracy.values(), report.fold_accuracies());
    assert_eq!(accuracy, report.accuracies());
    let balanced = report.scores(&Metric::balanced_accuracy()).unwrap();
    assert_eq!(
        balanced.values(),
        accuracy.values(),
        "classes of the same size"
    );
    let both = report.scores(&Metric::top_k(2)).unwrap();
    assert_eq!(*both.values(), array![1.0, 1.0, 1.0, 1.0]);
    assert!(report.scores(&Metric::top_k(3)).is_err());
    let area = report.scores(&Metric::roc_auc()).unwrap();
    assert!(area.values().iter().all(|area| (0.0..=1.0).contains(area)));
    let training_share = Metric::new("trained", |fold| Ok(fold.trained() as f64));
    let trained = report.scores(&training_share).unwrap();
    assert_eq!(*trained.values(), array![18.0, 18.0, 18.0, 18.0]);
    let macro_f1 = report.scores(&Metric::macro_f1()).unwrap();
    let first = &report.folds()[0];
    assert_eq!(
        macro_f1.values()[0],
        first.confusion_matrix().f1().mean().unwrap()
    );
}

/// Splits of its own making.
struct Splits(Vec<Split>);

impl Splitter<usize> for Splits {
    fn split(&self, _: ArrayView1<usize>) -> Result<Vec<Split>> {
        Ok(self.0.clone())
    }
}

#[test]
fn splits_that_cannot_be_are_errors() {
    let fault = |splits: Vec<Split>| {
        let report = cross_validate(&dataset(), &KNearestNeighbors::params(1), &Splits(splits));
        report.unwrap_err().to_string()
    };
    assert!(fault(vec![]).starts_with("the splitter has made no folds"));
    assert!(fault(vec![(vec![], vec![0])]).starts_with("fold 1, counted from 1, has no rows"));
    assert!(fault(vec![(vec![0], vec![])]).starts_with("fold 1, counted from 1, has no rows"));
    assert!(fault(vec![(vec![0, 1], vec![1])]).starts_with("row 1 is both trained on"));
    assert!(fault(vec![(vec![0, 24], vec![1])]).starts_with("fold 1, counted from 1, has row 24"));
    assert!(fault(vec![(vec![0], vec![3, 2])]).starts_with("row 2 of the validation rows"));
    assert!(fault(vec![(vec![0], vec![2, 2])]).starts_with("row 2 of the validation rows"));
    assert!(fault(vec![(vec![0], vec![24])]).starts_with("fold 1, counted from 1, has row 24"));
}

/// Counts its trainings, and fails at the one of this number.
struct Counting {
    trained: Cell<usize>,
    fails_at: usize,
}

impl Fit<Array2<f64>, Array1<usize>, Error> for Counting {
    type Object = KNearestNeighbors<f64, usize>;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Self::Object> {
        self.trained.set(self.trained.get() + 1);
        match self.trained.get() == self.fails_at {
            true => Err(SelectionError::Interrupted.into()),
            false => KNearestNeighbors::params(1).fit(dataset),
        }
    }
}

#[test]
fn times_are_those_of_the_steps() {
    let params = FisherFeatures::fk(Rbm::params(3).epochs(2)).then(KNearestNeighbors::params(1));
    let report = cross_validate(&dataset(), &params, &StratifiedKFold::new(2)).unwrap();
    assert!(
        report
            .times()
            .iter()
            .all(|times| !times.fit.is_zero() && !times.transform.is_zero())
    );
    let alone = cross_validate(
        &dataset(),
        &KNearestNeighbors::params(1),
        &StratifiedKFold::new(2),
    );
    assert!(
        alone
            .unwrap()
            .times()
            .iter()
            .all(|times| times.transform.is_zero())
    );
}

#[test]
fn a_failed_fold_keeps_the_others() {
    let params = Counting {
        trained: Cell::new(0),
        fails_at: 2,
    };
    let report = cross_validate(&dataset(), &params, &StratifiedKFold::new(3)).unwrap();
    assert_eq!(report.failures()[0].fold(), 2);
    let validated: Vec<usize> = report.folds().iter().map(|fold| fold.fold()).collect();
    assert_eq!(validated, [1, 3]);
    assert_eq!(report.predictions().slice(s![..]).len(), 16);
}
