use approx::assert_abs_diff_eq;
use linfa::traits::{Fit, Predict};
use linfa::{Dataset, ParamGuard};
use ndarray::{Array1, Array2, ArrayView2, Axis, Ix1, array, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::*;
use crate::error::{ClassificationError, RecordsError};
use crate::model_selection::select_rows;
use crate::{Error, Float};

/// Records of three classes that overlap, far from the origin, with weights.
fn overlapping<F: Float>(rows: usize) -> Dataset<F, usize, Ix1> {
    let mut rng = Xoshiro256Plus::seed_from_u64(3);
    let targets = Array1::from_shape_fn(rows, |_| rng.gen_range(0..3_usize));
    let records = Array2::from_shape_fn((rows, 4), |(row, column)| {
        let centre = if column == targets[row] { 5.7 } else { 5.0 };
        F::cast(centre + rng.gen_range(-1.0..1.0))
    });
    let weights = Array1::from_shape_fn(rows, |_| rng.gen_range(0.5..2.0));
    Dataset::new(records, targets).with_weights(weights)
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<RidgeClassifier<f32, usize>>();
    has_autotraits::<RidgeClassifierParams<f32, usize>>();
    has_autotraits::<RidgeClassifierValidParams<f32, usize>>();
    has_autotraits::<RidgeMoments<usize>>();
}

/// Records 0, 2 | 4 of weights 1, 1 | 2 have the mean 2.5 and the squares 6.25 + 0.25 + 4.5 = 11;
/// targets -1, -1 | 1 have the mean 0 and the products 2.5 + 0.5 + 3 = 6 with them. So
/// `w = 6 / (11 + alpha)` and `b = -2.5 w`.
#[test]
fn a_line_is_worked_by_hand() {
    let dataset = Dataset::new(array![[0.0_f64], [2.0], [4.0]], array!["a", "a", "b"]);
    let dataset = dataset.with_weights(array![1.0, 1.0, 2.0]);
    for (alpha, w) in [(0.0, 6.0 / 11.0), (1.0, 0.5)] {
        let model = RidgeClassifier::params()
            .alpha(alpha)
            .fit(&dataset)
            .unwrap();
        assert_abs_diff_eq!(model.coefficients(), &array![[-w, w]], epsilon = 1e-15);
        let intercepts = array![2.5 * w, -2.5 * w];
        assert_abs_diff_eq!(model.intercepts(), intercepts.view(), epsilon = 1e-15);
    }
}

/// Balanced, records of classes of two and of one weigh 3/4 and 3/2: three quarters of the weights
/// of the line above, and so is the penalty.
#[test]
fn balanced_classes_count_as_weights() {
    let dataset = Dataset::new(array![[0.0_f64], [2.0], [4.0]], array!["a", "a", "b"]);
    let params = RidgeClassifier::params().balanced(true).alpha(0.75);
    let model = params.fit(&dataset).unwrap();
    assert_abs_diff_eq!(model.coefficients(), &array![[-0.5, 0.5]], epsilon = 1e-15);
}

/// The gradient of the objective is zero: `sum_i s_i r_i x_i = alpha w` and `sum_i s_i r_i = 0` of
/// the residuals `r`.
#[test]
fn the_normal_equations_hold() {
    let data = overlapping::<f64>(300);
    let model = RidgeClassifier::params().alpha(2.0).fit(&data).unwrap();
    let (w, b) = (model.coefficients(), model.intercepts());
    let signs = Array2::from_shape_fn((300, 3), |(row, class)| {
        if data.targets[row] == class {
            1.0
        } else {
            -1.0
        }
    });
    let weights = data.weights.mapv(f64::from).insert_axis(Axis(1));
    let residuals = (signs - data.records.dot(w) - b) * weights;
    let pull = data.records.t().dot(&residuals);
    assert_abs_diff_eq!(pull, 2.0 * w, epsilon = 1e-9);
    assert_abs_diff_eq!(
        residuals.sum_axis(Axis(0)),
        Array1::zeros(3),
        epsilon = 1e-9
    );
}

/// Rows in memory, in blocks of a source and in parts that merge; with more rows than a block.
#[test]
fn all_ways_lead_to_the_same_weights() {
    let data = overlapping::<f64>(5000);
    let params = RidgeClassifier::params().check().unwrap();
    let model = params.fit(&data).unwrap();
    let mut moments = RidgeMoments::new(vec![2, 0, 1], 4).unwrap();
    for rows in [0..1, 1..4097, 4097..5000] {
        let part = select_rows(&data, data.targets.view(), &rows.collect::<Vec<_>>());
        let mut of_part = RidgeMoments::new(vec![0, 1, 2], 4).unwrap();
        of_part.add(&part).unwrap();
        moments.merge(&of_part).unwrap();
    }
    let merged = params.fit_moments(&moments).unwrap();
    assert_abs_diff_eq!(merged.coefficients(), model.coefficients(), epsilon = 1e-12);
    assert_abs_diff_eq!(merged.intercepts(), model.intercepts(), epsilon = 1e-11);

    let unweighted = Dataset::new(data.records.clone(), data.targets.clone());
    let model = params.fit(&unweighted).unwrap();
    let source = |_: usize| {
        let blocks = data.records.axis_chunks_iter(Axis(0), 999);
        blocks.map(|block: ArrayView2<f64>| block.to_owned())
    };
    let streamed = params.fit_source(&source, data.targets.view()).unwrap();
    assert_abs_diff_eq!(
        streamed.coefficients(),
        model.coefficients(),
        epsilon = 1e-12
    );
    assert_abs_diff_eq!(streamed.intercepts(), model.intercepts(), epsilon = 1e-11);
}

/// The mean is taken away before products are made in `f32`.
#[test]
fn single_precision_bears_a_distant_mean() {
    let (mut near, mut far) = (overlapping::<f32>(500), overlapping::<f32>(500));
    near.records -= 5.0;
    far.records += 995.0;
    let exact = overlapping::<f64>(500);
    let exact = RidgeClassifier::params().fit(&exact).unwrap();
    for data in [near, far] {
        let model = RidgeClassifier::params().fit(&data).unwrap();
        let difference = model.coefficients().mapv(f64::from) - exact.coefficients();
        // records beside 1000 are rounded by 3e-5
        assert!(difference.iter().all(|x| x.abs() < 1e-4), "{difference}");
    }
}

#[test]
fn threads_change_nothing() {
    let data = overlapping::<f32>(3000);
    let results = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap()
            .install(|| RidgeClassifier::params().fit(&data).unwrap())
    });
    assert_eq!(results[0], results[1]);
}

#[test]
fn classes_are_predicted_through_views_too() {
    let records = array![[0.0_f32, 0.0], [9.0, 0.0], [0.0, 9.0], [1.0, 0.0]];
    let dataset = Dataset::new(records, array![3, 5, 8, 3]);
    let model = RidgeClassifier::params().fit(&dataset.view()).unwrap();
    assert_eq!(model.predict(&dataset), dataset.targets);
    assert_eq!(
        model.predict(&dataset.records.slice(s![1..2, ..])),
        array![5]
    );
    let nothing = model.try_predict(&Array2::zeros((0, 2))).unwrap();
    assert!(nothing.is_empty());
}

fn fault<T>(result: crate::Result<T>) -> Error {
    result.map(drop).unwrap_err()
}

#[test]
fn faults_are_named() {
    let params = RidgeClassifier::<f64, usize>::params();
    for alpha in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            fault(params.clone().alpha(alpha).check()),
            Error::Classification(ClassificationError::InvalidPenalty(_))
        ));
    }
    let twice = array![[-1.0, -1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, 1.0]];
    let twice = Dataset::new(twice, array![0, 0, 1, 1]);
    assert!(matches!(
        fault(params.clone().alpha(0.0).fit(&twice)),
        Error::Classification(ClassificationError::SingularMoments { .. })
    ));
    assert!(params.fit(&twice).is_ok());
    let large = Dataset::new(array![[1e200], [-1e200]], array![0, 1]);
    assert!(matches!(
        fault(params.fit(&large)),
        Error::Classification(ClassificationError::SecondMoments)
    ));
    let one_class = Dataset::new(array![[1.0], [2.0]], array![4, 4]);
    assert!(matches!(
        fault(params.fit(&one_class)),
        Error::Records(RecordsError::SingleClass { .. })
    ));
    let no_weight = twice.clone().with_weights(Array1::zeros(4));
    assert!(matches!(
        fault(params.fit(&no_weight)),
        Error::Records(RecordsError::NoWeight)
    ));
    let model = params.fit(&twice).unwrap();
    assert!(matches!(
        fault(model.try_predict(&array![[1.0]])),
        Error::Records(RecordsError::Width {
            expected: 2,
            found: 1
        })
    ));
}

#[test]
fn moments_of_other_records_are_refused() {
    let mut moments = RidgeMoments::new(vec![0, 1], 2).unwrap();
    let params = RidgeClassifier::<f64, usize>::params().check().unwrap();
    assert!(matches!(
        fault(params.fit_moments(&moments)),
        Error::Records(RecordsError::EmptyRecords { .. })
    ));
    let unknown = Dataset::new(array![[1.0, 2.0]], array![5]);
    assert!(matches!(
        fault(moments.add(&unknown)),
        Error::Classification(ClassificationError::OtherClasses { found, .. }) if found == "5"
    ));
    let wide = Dataset::new(array![[1.0, 2.0, 3.0]], array![0]);
    assert!(matches!(
        fault(moments.add(&wide)),
        Error::Records(RecordsError::Width { .. })
    ));
    assert!(matches!(
        fault(moments.merge(&RidgeMoments::new(vec![0, 2], 2).unwrap())),
        Error::Classification(ClassificationError::OtherClasses { .. })
    ));
    assert!(matches!(
        fault(moments.merge(&RidgeMoments::new(vec![0, 1], 3).unwrap())),
        Error::Records(RecordsError::Width {
            expected: 2,
            found: 3
        })
    ));
    assert!(matches!(
        fault(RidgeMoments::new(vec![7, 7], 2)),
        Error::Records(RecordsError::SingleClass { .. })
    ));
}

#[test]
fn the_source_is_counted() {
    let params = RidgeClassifier::<f64, bool>::params().check().unwrap();
    let source = |_: usize| std::iter::once(Array2::<f64>::eye(2));
    let targets = array![false, true, true];
    assert!(matches!(
        fault(params.fit_source(&source, targets.view())),
        Error::Records(RecordsError::RowCount {
            expected: 3,
            found: 2
        })
    ));
}

/// Records of 0 and 1e-40 have the weight `2 (1e-40 / 2) / (1e-80 / 2)` without a penalty.
#[test]
fn weights_that_the_numbers_do_not_hold_are_an_error() {
    let mut moments = RidgeMoments::new(vec![7, 9], 1).unwrap();
    let records = array![[0.0_f64], [1e-40]];
    moments.add(&Dataset::new(records, array![7, 9])).unwrap();
    let wide = RidgeClassifier::<f64, usize>::params().alpha(0.0).check();
    let model = wide.unwrap().fit_moments(&moments).unwrap();
    assert_abs_diff_eq!(model.coefficients()[[0, 1]] * 1e-40, 2.0, epsilon = 1e-12);
    let narrow = RidgeClassifier::<f32, usize>::params().alpha(0.0).check();
    assert!(matches!(
        fault(narrow.unwrap().fit_moments(&moments)),
        Error::Classification(ClassificationError::NonFiniteWeights)
    ));
}
