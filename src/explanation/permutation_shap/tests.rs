use linfa::traits::Fit;
use linfa::{Dataset, ParamGuard};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, array, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::game::{Game, mean_output};
use super::*;
use crate::classification::{CosineDist, DecisionFunction, KNearestNeighbors, LinearSvm};
use crate::error::{ExplanationError, MetricError, RecordsError};
use crate::explanation::LinearShap;
use crate::explanation::exact::shapley_values;
use crate::{Error, Result};

/// Numbers in [-1, 1] with no pattern.
fn numbers(rows: usize, columns: usize) -> Array2<f64> {
    let number = |(i, j): (usize, usize)| ((i * 37 + j * 61 + i * j * 13) % 97) as f64 / 48.0 - 1.0;
    Array2::from_shape_fn((rows, columns), number)
}

/// Two outputs of a model of each row by itself.
fn by_rows(
    model: impl Fn(ArrayView1<f64>) -> [f64; 2],
) -> impl Fn(ArrayView2<f64>) -> Result<Array2<f64>> {
    move |rows| {
        let mut outputs = Array2::zeros((rows.nrows(), 2));
        for (row, mut output) in rows.outer_iter().zip(outputs.outer_iter_mut()) {
            output.assign(&Array1::from(model(row).to_vec()));
        }
        Ok(outputs)
    }
}

/// Interactions of up to six features.
fn entangled(x: ArrayView1<f64>) -> [f64; 2] {
    let product: f64 = x.iter().map(|x| x + 1.5).product();
    [product, (x[0] * x[1] * x[2]).exp() + x[3] * x[4]]
}

/// Interactions of at most two features.
fn pairwise(x: ArrayView1<f64>) -> [f64; 2] {
    let square = x.sum().powi(2);
    [square, 3.0 * x[0] * x[1] - x[2] * x[2] + x[3] * x[5]]
}

fn largest(values: &Array2<f64>) -> f64 {
    values.fold(0.0, |a, b| a.max(b.abs()))
}

fn explain(
    pairs: usize,
    background: &Array2<f64>,
    seed: u64,
) -> PermutationShap<f64, Xoshiro256Plus> {
    let params = PermutationShap::params(pairs, background.view());
    let params = params.with_rng(Xoshiro256Plus::seed_from_u64(seed));
    params.check().unwrap()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<PermutationShap<f32>>();
    has_autotraits::<PermutationShapParams<f32>>();
    has_autotraits::<ShapValues>();
}

/// All 720 orders of six features, each as likely as the other, make the Shapley values.
#[test]
fn the_mean_over_all_orders_is_exact() {
    let (background, record) = (numbers(4, 6), array![0.9, -0.4, 0.7, 0.2, -0.8, 0.5]);
    let model = by_rows(entangled);
    let base = mean_output(&model, background.view()).unwrap();
    let game = Game::new(&model, background.view(), &base, record.view()).unwrap();
    let mut orders = vec![vec![]];
    for _ in 0..6 {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            let rest = (0..6).filter(|j| !order.contains(j)).collect::<Vec<_>>();
            rest.into_iter().map(move |j| [&order[..], &[j]].concat())
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    assert_eq!(orders.len(), 720);
    let contributions = orders
        .iter()
        .map(|order| game.antithetic(order.clone()).unwrap());
    let mean = contributions.fold(Array2::zeros((6, 2)), |sum, x| sum + x) / 720.0;
    let expected = shapley_values(&model, background.view(), record.view());
    // sums of 720 numbers below 100
    assert!(largest(&(mean - expected)) < 1e5 * f64::EPSILON);
}

/// A pair of orders has every two features in both of their orders, and that is all which models
/// without interactions of three features depend on: values are exact, and features that are
/// treated alike have equal ones.
#[test]
fn pairs_are_exact_for_interactions_of_two_features() {
    let mut background = numbers(5, 6);
    let twin = background.column(4).to_owned();
    background.column_mut(5).assign(&twin);
    let record = array![0.9, -0.4, 0.7, 0.2, -0.8, -0.8];
    let model = by_rows(pairwise);
    let found = explain(2, &background, 1)
        .values(&model, record.view())
        .unwrap();
    let expected = shapley_values(&model, background.view(), record.view());
    assert!(largest(&(&found.values - expected)) < 1e3 * f64::EPSILON);
    assert!(largest(&found.standard_errors) < 1e3 * f64::EPSILON);
    let twins = found.values[[4, 0]] - found.values[[5, 0]];
    assert!(twins.abs() < 1e3 * f64::EPSILON);
}

/// Whatever the order, a linear model's feature adds the same.
#[test]
fn linear_models_have_no_variance() {
    let records = numbers(30, 5);
    let classes = (0..30).map(|i| i % 3).collect::<Array1<usize>>();
    let dataset = Dataset::new(records.clone(), classes);
    let svm = LinearSvm::params().fit(&dataset).unwrap();
    let model = |rows: ArrayView2<f64>| svm.decision_function(&rows);
    let mean = records.mean_axis(Axis(0)).unwrap();
    let linear = LinearShap::new(svm.coefficients().view(), mean.view()).unwrap();
    let shap = explain(2, &records, 1);
    for row in [0, 11] {
        let found = shap.values(&model, records.row(row)).unwrap();
        let record = records.slice(s![row..=row, ..]);
        for class in 0..3 {
            let expected = linear.values(&record, class).unwrap();
            let error = &found.values.column(class).insert_axis(Axis(0)) - &expected;
            assert!(largest(&error) < 1e3 * f64::EPSILON);
        }
        assert!(largest(&found.standard_errors) < 1e3 * f64::EPSILON);
    }
    let targets = dataset.targets.view();
    let sampled = shap
        .global(&model, &records, svm.classes(), targets)
        .unwrap();
    let exact = linear.global(&records, svm.classes(), targets).unwrap();
    assert!(largest(&(&sampled.support() - &exact.support())) < 1e3 * f64::EPSILON);
    assert!(largest(&(&sampled.mean_absolute() - &exact.mean_absolute())) < 1e3 * f64::EPSILON);
    assert!(largest(&(&sampled.refutation() - &exact.refutation())) < 1e3 * f64::EPSILON);
    assert!(largest(&sampled.support_errors().to_owned()) < 1e3 * f64::EPSILON);
}

/// What the features add telescopes, also of few pairs; one that the model ignores adds nothing.
#[test]
fn values_are_efficient_and_dummies_have_none() {
    let (background, record) = (numbers(4, 7), array![0.9, -0.4, 0.7, 0.2, -0.8, 0.5, 0.6]);
    let model = by_rows(|x| entangled(x.slice(s![..6])));
    let found = explain(2, &background, 3)
        .values(&model, record.view())
        .unwrap();
    let outputs = model(background.view()).unwrap();
    assert_eq!(found.base, outputs.mean_axis(Axis(0)).unwrap());
    assert_eq!(
        found.output,
        model(record.view().insert_axis(Axis(0))).unwrap().row(0)
    );
    let sums = found.values.sum_axis(Axis(0));
    let error = &sums - &(&found.output - &found.base);
    assert!(
        error.iter().all(|error| error.abs() < 1e3 * f64::EPSILON),
        "{error}"
    );
    assert_eq!(found.values.row(6), array![0.0, 0.0]);
    assert_eq!(found.standard_errors.row(6), array![0.0, 0.0]);
    assert!(
        found
            .standard_errors
            .slice(s![..6, 0])
            .iter()
            .all(|&error| error > 1e-3)
    );
}

/// Over 2000 seeds, estimates of 8 pairs lie about the exact values with the variance that is
/// estimated of each. Their mean is within 5 of its standard deviations. Their variance is known
/// to `sqrt((kurtosis - 1) / 2000)`, and the mean of the estimated ones to half of that or so: at
/// a kurtosis of 4 at most, of means of 8 numbers, 5 standard deviations of the ratio are 0.22.
#[test]
fn standard_errors_are_honest() {
    let (background, record) = (numbers(3, 6), array![0.9, -0.4, 0.7, 0.2, -0.8, 0.5]);
    let model = by_rows(entangled);
    let expected = shapley_values(&model, background.view(), record.view());
    let seeds = 2000;
    let [mut bias, mut square, mut variance] = [(); 3].map(|()| Array2::<f64>::zeros((6, 2)));
    for seed in 0..seeds {
        let found = explain(8, &background, seed)
            .values(&model, record.view())
            .unwrap();
        let error = found.values - &expected;
        bias += &error;
        square += &error.mapv(|x| x * x);
        variance += &found.standard_errors.mapv(|x| x * x);
    }
    for ((&bias, &square), &variance) in bias.iter().zip(&square).zip(&variance) {
        if variance < 1e-20 {
            assert!(square < 1e-20); // without interactions of three features
            continue;
        }
        assert!(bias.abs() < 5.0 * square.sqrt(), "{bias} {square}");
        let ratio = square / variance;
        assert!((ratio - 1.0).abs() < 0.22, "{ratio}");
    }
    assert!(variance.iter().filter(|&&x| x > 1e-6).count() >= 9);
}

/// Shares of votes of nearest neighbours, which jump: within 5 standard errors of 200 pairs.
#[test]
fn neighbours_are_explained() {
    let records = numbers(40, 5);
    let truth = records.map_axis(Axis(1), |x| if x[0] * x[1] > x[2] { "a" } else { "b" });
    let dataset = Dataset::new(records.clone(), truth.clone());
    let params = KNearestNeighbors::params(3).distance(CosineDist);
    let knn = params.fit(&dataset).unwrap();
    let model = |rows: ArrayView2<f64>| knn.decision_function(&rows);
    let background = records.slice(s![..10, ..]).to_owned();
    let shap = explain(200, &background, 5);
    for row in [12, 23] {
        let found = shap.values(&model, records.row(row)).unwrap();
        let expected = shapley_values(model, background.view(), records.row(row));
        let errors = (&found.values - &expected).mapv(f64::abs);
        let bounds = found.standard_errors.mapv(|error| 5.0 * error + 1e-12);
        assert!((bounds - errors).iter().all(|&rest| rest > 0.0));
        assert!(largest(&expected) > 0.05);
    }
}

/// The bits are those of one thread, also of a model that shares its own work among threads; more
/// pairs than are in memory at a time, and more coalitions than a block.
#[test]
fn threads_do_not_change_the_bits() {
    let records = numbers(60, 12).mapv(|x| x as f32);
    let truth = (0..60).map(|i| i % 2).collect::<Array1<usize>>();
    let knn = KNearestNeighbors::params(5).fit(&Dataset::new(records.clone(), truth.clone()));
    let knn = knn.unwrap();
    let model = |rows: ArrayView2<f32>| knn.decision_function(&rows);
    let background = records.slice(s![..;2, ..]);
    let repeated = ndarray::concatenate![Axis(0), background, records, records];
    let shap = PermutationShap::params(40, repeated.view())
        .check()
        .unwrap();
    let some = records.slice(s![..3, ..]);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let values = shap.values(&model, records.row(1)).unwrap();
            (
                values,
                shap.global(&model, &some, &[0, 1], truth.slice(s![..3]))
                    .unwrap(),
            )
        })
    };
    let expected = on(1);
    assert!(largest(&expected.0.standard_errors) > 0.0);
    assert_eq!(on(2), expected);
    assert_eq!(on(7), expected);
}

/// Records have permutations of their own, and the first of them those of the record alone; the
/// error of a mean is that of independent ones.
#[test]
fn global_means_are_those_of_independent_records() {
    let (background, model) = (numbers(3, 6), by_rows(entangled));
    let records = array![
        [0.9, -0.4, 0.7, 0.2, -0.8, 0.5],
        [0.9, -0.4, 0.7, 0.2, -0.8, 0.5],
        [0.0; 6]
    ];
    let shap = explain(4, &background, 9);
    let truth = array!["a", "a", "b"];
    let global = shap
        .global(&model, &records, &["a", "b"], truth.view())
        .unwrap();
    let first = shap.values(&model, records.row(0)).unwrap();
    let alone = shap.global(
        &model,
        &records.slice(s![1.., ..]),
        &["a", "b"],
        truth.slice(s![1..]),
    );
    let alone = alone.unwrap();
    assert_eq!(alone.support().column(0), first.values.column(0));
    assert_eq!(
        alone.support_errors().column(0),
        first.standard_errors.column(0)
    );
    let second = global.support().column(0).mapv(|x| 2.0 * x) - first.values.column(0);
    assert_ne!(
        second,
        first.values.column(0),
        "the same record, other permutations"
    );
    let ratio = |j: usize| global.support_errors()[[j, 0]] / first.standard_errors[[j, 0]];
    assert!(
        (0..6).all(|j| ratio(j) > 0.5),
        "the second error adds to half of the first"
    );
}

/// The stream of permutations is part of the interface.
#[test]
fn values_are_pinned() {
    let (background, record) = (numbers(3, 6), array![0.9, -0.4, 0.7, 0.2, -0.8, 0.5]);
    let shap = PermutationShap::params(2, background.view())
        .check()
        .unwrap();
    let found = shap.values(&by_rows(entangled), record.view()).unwrap();
    let expected = [
        6.3493836597341105,
        -2.642012566987967,
        4.417730808177472,
        -0.46279441455312575,
        -8.531851549027895,
        8.592065366391784,
    ];
    let error = &found.values.column(0) - &Array1::from(expected.to_vec());
    assert!(
        error.iter().all(|x| x.abs() < 1e-12),
        "{:?}",
        found.values.column(0)
    );
}

#[test]
fn bad_parameters_are_errors() {
    let background = numbers(3, 2);
    for pairs in [0, 1] {
        let result = PermutationShap::params(pairs, background.view()).check();
        assert!(matches!(
            result,
            Err(Error::Explanation(ExplanationError::InvalidPairs(found))) if found == pairs
        ));
    }
    for empty in [Array2::<f64>::zeros((0, 2)), Array2::zeros((2, 0))] {
        let result = PermutationShap::params(2, empty.view()).check();
        assert!(matches!(
            result,
            Err(Error::Records(RecordsError::EmptyRecords { .. }))
        ));
    }
    let result = PermutationShap::params(2, array![[1.0, f64::NAN]].view()).check();
    assert!(matches!(
        result,
        Err(Error::Records(RecordsError::NonFinite { .. }))
    ));
}

#[test]
fn bad_records_are_errors() {
    let shap = explain(2, &numbers(3, 2), 1);
    let model = by_rows(|x| [x[0], x[1]]);
    let width = |error| {
        matches!(
            error,
            Error::Records(RecordsError::Width {
                expected: 2,
                found: 1
            })
        )
    };
    let nan = |error| {
        matches!(
            error,
            Error::Records(RecordsError::NonFinite { column: 1, .. })
        )
    };
    assert!(width(shap.values(&model, array![1.0].view()).unwrap_err()));
    assert!(nan(shap
        .values(&model, array![1.0, f64::NAN].view())
        .unwrap_err()));
    let global = |records: &Array2<f64>, classes: &[usize], truth: &[usize]| {
        shap.global(&model, records, classes, truth.into())
            .unwrap_err()
    };
    let two = numbers(2, 2);
    assert!(width(global(&array![[1.0], [1.0]], &[0, 1], &[0, 1])));
    assert!(nan(global(&array![[1.0, f64::NAN]], &[0, 1], &[0])));
    assert!(matches!(
        global(&two, &[0, 1], &[0, 5]),
        Error::Metric(MetricError::UnknownClass { row: 1, .. })
    ));
    assert!(matches!(
        global(&two, &[0, 1, 2], &[0, 1]),
        Error::Metric(MetricError::ClassCount {
            columns: 2,
            classes: 3
        })
    ));
    assert!(matches!(
        global(&two, &[0, 1], &[1, 1]),
        Error::Explanation(ExplanationError::AbsentClass { class }) if class == "0"
    ));
}

#[test]
fn bad_models_are_errors() {
    let shap = explain(2, &numbers(3, 2), 1);
    let record = array![0.5, 0.5];
    type Outputs = fn(ArrayView2<f64>) -> Result<Array2<f64>>;
    let fault = |model: Outputs| shap.values(&model, record.view()).unwrap_err();
    assert!(matches!(
        fault(|rows| Ok(Array2::zeros((rows.nrows() + 1, 2)))),
        Error::Explanation(ExplanationError::OutputShape {
            expected: (3, 2),
            found: (4, 2)
        })
    ));
    assert!(matches!(
        fault(|rows| Ok(Array2::zeros((rows.nrows(), 5 - rows.nrows())))),
        Error::Explanation(ExplanationError::OutputShape {
            expected: (1, 2),
            found: (1, 4)
        })
    ));
    assert!(matches!(
        fault(|rows| Ok(rows.mapv(|x| if x == 0.5 { f64::NAN } else { x }))),
        Error::Explanation(ExplanationError::NonFiniteOutput { class: 0, .. })
    ));
    assert!(matches!(
        fault(|rows| Ok(rows.mapv(|x| if x == 0.5 { f64::MAX } else { f64::MIN }))),
        Error::Explanation(ExplanationError::NonFiniteValue {
            feature: 0,
            class: 0,
            ..
        })
    ));
    let own = fault(|_| Err(RecordsError::NoWeight.into()));
    assert!(matches!(own, Error::Records(RecordsError::NoWeight)));
}
