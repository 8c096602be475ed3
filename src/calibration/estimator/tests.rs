use approx::assert_abs_diff_eq;
use linfa::traits::Predict;
use ndarray::array;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::*;
use crate::calibration::Sigmoid;
use crate::classification::{LinearSvm, RidgeClassifier};
use crate::error::{RecordsError, SelectionError};
use crate::metrics::brier_score;
use crate::model_selection::{Split, cross_validate};
use crate::pipeline::PipelineExt;
use crate::preprocessing::MinMaxScaler;

/// Records of classes that overlap.
fn overlapping(rows: usize, classes: usize) -> Dataset<f64, usize, Ix1> {
    let mut rng = Xoshiro256Plus::seed_from_u64(3);
    let targets = Array1::from_shape_fn(rows, |_| rng.gen_range(0..classes));
    let records = Array2::from_shape_fn((rows, 4), |(row, column)| {
        let centre = if column == targets[row] { 0.7 } else { 0.0 };
        centre + rng.gen_range(-1.0..1.0)
    });
    Dataset::new(records, targets)
}

fn sigmoids<M>(model: &CalibratedModel<M>) -> Vec<Sigmoid> {
    let curves = model.curves().iter();
    let sigmoid = |curve: &Curve| match curve {
        Curve::Sigmoid(sigmoid) => *sigmoid,
        other => panic!("{other:?}"),
    };
    curves.map(sigmoid).collect()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Calibrated<StratifiedKFold, Error>>();
    has_autotraits::<CalibratedModel<LinearSvm<f32, usize>>>();
}

/// Decision values of each fold's rows by a classifier of the other rows, and one classifier of
/// all rows, by hand.
#[test]
fn sigmoids_are_of_rows_that_were_held_out() {
    let data = overlapping(60, 3);
    let folds = StratifiedKFold::new(4);
    let params = RidgeClassifier::params();
    let calibrated = Calibrated::new(params.clone()).folds(folds.clone());
    let model = calibrated.fit(&data).unwrap();
    let mut decisions = Array2::<f64>::zeros((60, 3));
    for (training, rows) in folds.splits(&data.targets).unwrap() {
        let fitted = params
            .fit(&select_rows(&data, data.targets.view(), &training))
            .unwrap();
        let held_out = data.records.select(Axis(0), &rows);
        let values = fitted.decision_function(&held_out).unwrap();
        for (row, values) in rows.into_iter().zip(values.rows()) {
            decisions.row_mut(row).assign(&values);
        }
    }
    for (class, sigmoid) in sigmoids(&model).into_iter().enumerate() {
        let positive: Vec<bool> = data.targets.iter().map(|&t| t == class).collect();
        let by_hand = Sigmoid::fit(decisions.column(class), &positive, Array1::ones(60).view());
        assert_abs_diff_eq!(sigmoid.a(), by_hand.a(), epsilon = 1e-8);
        assert_abs_diff_eq!(sigmoid.b(), by_hand.b(), epsilon = 1e-8);
    }
    assert_eq!(model.model(), &params.fit(&data).unwrap());
}

#[test]
fn probabilities_are_normalised_sigmoids() {
    for classes in [2, 3] {
        let data = overlapping(80, classes);
        let model = Calibrated::new(LinearSvm::params()).fit(&data).unwrap();
        assert_eq!(model.curves().len(), if classes == 2 { 1 } else { 3 });
        let probabilities = model.probabilities(&data.records).unwrap();
        let decisions = model.model().decision_function(&data.records).unwrap();
        for (probabilities, decisions) in probabilities.rows().into_iter().zip(decisions.rows()) {
            assert_abs_diff_eq!(probabilities.sum(), 1.0, epsilon = 1e-15);
            let last = model.curves().last().unwrap();
            let raw = last.probability(decisions[classes - 1]);
            let sum: f64 = match classes {
                2 => 1.0,
                _ => (0..3)
                    .map(|k| model.curves()[k].probability(decisions[k]))
                    .sum(),
            };
            assert_abs_diff_eq!(probabilities[classes - 1], raw / sum, epsilon = 1e-15);
        }
        let values = model.decision_function(&data.records).unwrap();
        assert_eq!(values, probabilities);
        let likeliest = probabilities.map_axis(Axis(1), |row| {
            (0..classes)
                .max_by(|&a, &b| row[a].total_cmp(&row[b]))
                .unwrap()
        });
        assert_eq!(model.predict(&data), likeliest);
    }
}

/// A row whose sigmoids all underflow gets the same probability of every class.
#[test]
fn probabilities_that_all_vanish_are_uniform() {
    let data = overlapping(60, 3);
    let classifier = LinearSvm::params().fit(&data).unwrap();
    let never = Sigmoid { a: 0.0, b: 1e4 };
    let model = CalibratedModel::new(classifier, vec![Curve::Sigmoid(never); 3]);
    let found = model.probabilities(&data.records).unwrap();
    assert_eq!(found, Array2::from_elem((60, 3), 1.0 / 3.0));
}

/// On held-out rows, probabilities beat the frequencies of the classes.
#[test]
fn probabilities_tell_more_than_frequencies() {
    let data = overlapping(600, 2);
    let (train, test) = data.split_with_ratio(0.5);
    let model = Calibrated::new(LinearSvm::params()).fit(&train).unwrap();
    let score = |probabilities: &Array2<f64>| {
        brier_score(probabilities.view(), &[0, 1], test.targets.view()).unwrap()
    };
    let half = Array2::from_elem((test.records.nrows(), 2), 0.5);
    let found = score(&model.probabilities(&test.records).unwrap());
    assert!(found < 0.8 * score(&half), "{found}");
}

#[test]
fn pipelines_are_calibrated_and_validated() {
    let data = overlapping(90, 3);
    let inner = MinMaxScaler::params().then(Calibrated::new(LinearSvm::params()));
    let outer = Calibrated::new(MinMaxScaler::params().then(LinearSvm::params()));
    let folds = StratifiedKFold::new(3);
    let inner = cross_validate(&data, &inner, &folds).unwrap();
    let outer = cross_validate(&data, &outer.clone(), &folds).unwrap();
    for report in [inner, outer] {
        assert!(report.failures().is_empty());
        // five standard deviations above 90 throws of a three-sided die
        assert!(
            report.accuracy() > (30.0 + 5.0 * 20.0_f64.sqrt()) / 90.0,
            "{report}"
        );
    }
}

/// One fold of three: its rows alone make the sigmoids.
#[test]
fn one_fold_may_be_enough() {
    let data = overlapping(60, 2);
    let mut fits = 0;
    let params = Calibrated::new(LinearSvm::params()).folds(StratifiedKFold::new(3).first(1));
    let mut observer = |event: &crate::observer::Event| {
        fits += usize::from(matches!(event, crate::observer::Event::Finished { .. }));
    };
    let model = params.fit_observed(&data, &mut observer).unwrap();
    assert_eq!(fits, 2);
    assert_eq!(model, params.fit(&data).unwrap());
}

#[test]
fn faults_are_named() {
    let params = Calibrated::new(LinearSvm::params());
    let fault = |data: &Dataset<f64, usize, Ix1>| params.fit(data).map(drop).unwrap_err();
    let mut lone = overlapping(30, 2);
    lone.targets[7] = 9;
    assert!(matches!(
        fault(&lone),
        Error::Classification(ClassificationError::FoldClasses {
            found: 2,
            expected: 3,
            ..
        })
    ));
    let few = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![0, 0, 1, 1]);
    assert!(matches!(
        fault(&few),
        Error::Selection(SelectionError::Folds { k: 5, samples: 4 })
    ));
    let mut infinite = overlapping(30, 2);
    infinite.records[[4, 1]] = f64::INFINITY;
    assert!(matches!(
        fault(&infinite),
        Error::Records(RecordsError::NonFinite { row: 4, .. })
    ));
    let classifier = LinearSvm::params().fit(&overlapping(60, 3)).unwrap();
    let model = CalibratedModel::new(
        classifier,
        vec![Curve::Sigmoid(Sigmoid { a: -1.0, b: 0.0 })],
    );
    assert!(matches!(
        model.probabilities(&overlapping(10, 3).records),
        Err(Error::Classification(ClassificationError::DecisionCount {
            expected: 1,
            found: 3
        }))
    ));
}

/// Gives the folds that it was made with.
struct Made(Vec<Split>);

impl Splitter<usize> for Made {
    fn split(&self, _: ArrayView1<usize>) -> Result<Vec<Split>> {
        Ok(self.0.clone())
    }
}

#[test]
fn folds_that_cannot_be_are_errors() {
    let data = overlapping(12, 2);
    let fault = |splits| {
        let params = Calibrated::new(RidgeClassifier::params()).folds(Made(splits));
        match params.fit(&data).unwrap_err() {
            Error::Selection(fault) => fault,
            other => panic!("{other}"),
        }
    };
    let all = |besides: usize| {
        (0..12)
            .filter(|&row| row != besides)
            .collect::<Vec<usize>>()
    };
    assert!(matches!(fault(vec![]), SelectionError::NoFolds));
    assert!(matches!(
        fault(vec![(all(0), vec![])]),
        SelectionError::EmptyFold { fold: 1 }
    ));
    assert!(matches!(
        fault(vec![(all(0), vec![0]), (all(1), vec![12])]),
        SelectionError::UnknownRow {
            fold: 2,
            row: 12,
            samples: 12
        }
    ));
    assert!(matches!(
        fault(vec![(all(0), vec![1])]),
        SelectionError::SharedRow { fold: 1, row: 1 }
    ));
}
