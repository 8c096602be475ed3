use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::array;

use super::*;
use crate::classification::{DecisionFunction, LinearSvm, RidgeClassifier};
use crate::error::{MetricError, RecordsError};
use crate::explanation::Attribution;
use crate::explanation::exact::shapley_values;

/// Three classes of records of five features, from numbers with no pattern.
fn dataset() -> Dataset<f64, usize, ndarray::Ix1> {
    let number = |(i, j): (usize, usize)| ((i * 37 + j * 61 + i * j * 13) % 97) as f64 / 50.0 - 1.0;
    let records = Array2::from_shape_fn((30, 5), number);
    let classes = (0..30).map(|i| i % 3).collect::<Array1<usize>>();
    Dataset::new(records, classes)
}

fn shap_of(coefficients: &Array2<f64>, records: &Array2<f64>) -> LinearShap<f64> {
    let mean = records.mean_axis(Axis(0)).unwrap();
    LinearShap::new(coefficients.view(), mean.view()).unwrap()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<LinearShap<f32>>();
}

/// Against the enumeration of all 32 coalitions, on the whole background: sums of at most 30 x 32
/// numbers below 10.
#[test]
fn values_are_those_of_the_definition() {
    let dataset = dataset();
    let model = RidgeClassifier::params().fit(&dataset).unwrap();
    let shap = shap_of(model.coefficients(), &dataset.records);
    let decisions = |rows: ArrayView2<f64>| model.decision_function(&rows);
    for row in [0, 7, 29] {
        let record = dataset.records.row(row);
        let expected = shapley_values(decisions, dataset.records.view(), record);
        for (class, expected) in expected.columns().into_iter().enumerate() {
            let values = shap.values(&record.insert_axis(Axis(0)), class).unwrap();
            let close = |(a, b): (&f64, &f64)| (a - b).abs() < 9600.0 * f64::EPSILON;
            assert!(
                values.iter().zip(expected).all(close),
                "{values}, {expected}"
            );
        }
    }
}

/// Values sum up to the decision value of the record less that of the mean.
#[test]
fn values_are_efficient() {
    let dataset = dataset();
    let model = LinearSvm::params().fit(&dataset).unwrap();
    let shap = shap_of(model.coefficients(), &dataset.records);
    let mean = dataset.records.mean_axis(Axis(0)).unwrap();
    let base = model.decision_function(&mean.insert_axis(Axis(0))).unwrap();
    let decisions = model.decision_function(&dataset.records).unwrap();
    for class in 0..3 {
        let sums = shap
            .values(&dataset.records, class)
            .unwrap()
            .sum_axis(Axis(1));
        let expected = &decisions.column(class) - base[[0, class]];
        let error = (&sums - &expected).fold(0.0_f64, |a, b| a.max(b.abs()));
        assert!(error < 100.0 * f64::EPSILON, "{error}");
    }
}

/// The closed form of the means is the mean of the values; across the boundary of the columns that
/// threads share, and at the same bits for any number of them.
#[test]
fn global_means_are_means_of_values() {
    let (n, d) = (50, COLUMNS + 3);
    let number = |(i, j): (usize, usize)| ((i * 31 + j * 17 + i * j) % 101) as f64 / 50.0 - 1.0;
    let records = Array2::from_shape_fn((n, d), number);
    let coefficients = Array2::from_shape_fn((d, 2), |(j, c)| number((j + 7 * c, c)));
    let truth: Array1<&str> = (0..n).map(|i| if i % 5 < 2 { "a" } else { "b" }).collect();
    let shap = shap_of(&coefficients, &records);
    let global = || shap.global(&records, &["a", "b"], truth.view()).unwrap();
    let found = global();
    assert_eq!(found.class_sizes(), [20, 30]);
    assert!(found.support_errors().iter().all(|&error| error == 0.0));
    for (class, name) in ["a", "b"].iter().enumerate() {
        let values = shap.values(&records, class).unwrap();
        let of_class: Vec<usize> = (0..n).filter(|&i| truth[i] == *name).collect();
        let support = values
            .select(Axis(0), &of_class)
            .mean_axis(Axis(0))
            .unwrap();
        let least = values.fold_axis(Axis(0), 0.0, |&a: &f64, &b| a.min(b));
        assert_eq!(found.refutation().column(class), least);
        let absolute = values.mapv(f64::abs).mean_axis(Axis(0)).unwrap();
        let error = (&found.support().column(class) - &support).mapv(f64::abs)
            + (&found.mean_absolute().column(class) - &absolute).mapv(f64::abs);
        // means of 50 numbers below 2
        assert!(
            error.iter().all(|&error| error < 400.0 * f64::EPSILON),
            "{error}"
        );
    }
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .unwrap()
            .install(|| assert_eq!(global(), found));
    }
}

/// Values worked by hand: of equal supports the first feature comes first, features without
/// support are in neither list, and there are at most k.
#[test]
fn tops_are_ordered() {
    let coefficients = array![[1.0, 0.0], [2.0, -1.0], [0.0, 0.0], [1.0, 0.0], [-1.0, 3.0]];
    let shap = LinearShap::new(coefficients.view(), Array1::zeros(5).view()).unwrap();
    let records = array![[1.0, 1.0, 9.0, 1.0, 1.0], [1.0, 1.0, 9.0, 1.0, 1.0]];
    let truth = array![0_usize, 1];
    let global = shap.global(&records, &[0, 1], truth.view()).unwrap();
    let features = |lists: Vec<Vec<Attribution>>| -> Vec<Vec<usize>> {
        let list = |list: &Vec<Attribution>| list.iter().map(|x| x.feature).collect();
        lists.iter().map(list).collect()
    };
    assert_eq!(features(global.supporting(5)), [vec![1, 0, 3], vec![4]]);
    assert_eq!(features(global.supporting(2)), [vec![1, 0], vec![4]]);
    assert_eq!(features(global.refuting(5)), [vec![4], vec![1]]);
    let none: [Vec<usize>; 2] = [vec![], vec![]];
    assert_eq!(features(global.refuting(0)), none);
}

#[test]
fn bad_parameters_are_errors() {
    let coefficients = array![[1.0, -1.0], [0.5, -0.5]];
    let fault = |coefficients: &Array2<f64>, mean: &Array1<f64>| {
        let shap = LinearShap::new(coefficients.view(), mean.view());
        match shap.unwrap_err() {
            Error::Explanation(fault) => fault,
            other => panic!("{other}"),
        }
    };
    assert!(matches!(
        fault(&coefficients, &array![1.0]),
        ExplanationError::MeanLength {
            expected: 2,
            found: 1
        }
    ));
    assert!(matches!(
        fault(&coefficients, &array![1.0, f64::NAN]),
        ExplanationError::NonFiniteMean { feature: 1, .. }
    ));
    assert!(matches!(
        fault(&array![[1.0, f64::INFINITY], [0.0, 0.0]], &array![1.0, 1.0]),
        ExplanationError::NonFiniteCoefficient {
            feature: 0,
            class: 1,
            ..
        }
    ));
}

#[test]
fn bad_records_are_errors() {
    let shap = LinearShap::new(
        array![[1.0, -1.0], [0.5, 4.0]].view(),
        array![0.0, 0.0].view(),
    )
    .unwrap();
    let records = array![[1.0, 2.0], [3.0, 4.0]];
    assert!(matches!(
        shap.values(&records, 2),
        Err(Error::Explanation(ExplanationError::ClassPlace {
            class: 2,
            classes: 2
        }))
    ));
    assert!(matches!(
        shap.values(&array![[1.0]], 0),
        Err(Error::Records(RecordsError::Width {
            expected: 2,
            found: 1
        }))
    ));
    assert!(matches!(
        shap.values(&array![[1.0, f64::NAN]], 0),
        Err(Error::Records(RecordsError::NonFinite {
            row: 0,
            column: 1,
            ..
        }))
    ));
    assert!(matches!(
        shap.values(&array![[1.0, f64::MAX]], 1),
        Err(Error::Explanation(ExplanationError::NonFiniteValue {
            feature: 1,
            class: 1,
            ..
        }))
    ));
    let global = |records: &Array2<f64>, classes: &[usize], truth: &[usize]| {
        shap.global(records, classes, truth.into()).unwrap_err()
    };
    assert!(matches!(
        global(&array![[1.0], [2.0]], &[0, 1], &[0, 1]),
        Error::Records(RecordsError::Width { .. })
    ));
    assert!(matches!(
        global(&array![[1.0, f64::MAX], [1.0, 1.0]], &[0, 1], &[0, 1]),
        Error::Explanation(ExplanationError::NonFiniteValue {
            feature: 1,
            class: 1,
            ..
        })
    ));
    assert!(matches!(
        global(&records, &[0, 1], &[0]),
        Error::Records(RecordsError::TargetCount { .. })
    ));
    assert!(matches!(
        global(&Array2::zeros((0, 2)), &[0, 1], &[]),
        Error::Metric(MetricError::NoSamples)
    ));
    assert!(matches!(
        global(&records, &[0, 1, 2], &[0, 1]),
        Error::Metric(MetricError::ClassCount { .. })
    ));
    assert!(matches!(
        global(&records, &[1, 0], &[0, 1]),
        Error::Metric(MetricError::UnorderedClasses { .. })
    ));
    assert!(matches!(
        global(&records, &[0, 1], &[0, 2]),
        Error::Metric(MetricError::UnknownClass { row: 1, .. })
    ));
    assert!(matches!(
        global(&records, &[0, 1], &[0, 0]),
        Error::Explanation(ExplanationError::AbsentClass { class }) if class == "1"
    ));
}
