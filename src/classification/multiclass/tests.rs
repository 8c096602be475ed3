//! What holds for every strategy is tested once over both.

use linfa::dataset::{Pr, Records};
use linfa::traits::{Fit, Predict, PredictInplace};
use linfa::{Dataset, DatasetBase, Float};
use linfa_svm::{Svm, SvmError, SvmParams};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Ix1, array};
use proptest::prelude::*;

use super::model::BLOCK_ROWS;
use super::*;
use crate::classification::{
    BinaryDecision, DecisionFunction, OneVsOne, OneVsOneStrategy, OneVsRest, OneVsRestModel,
    OneVsRestStrategy, Probabilistic,
};
use crate::error::{ClassificationError, RecordsError};
use crate::{Error, Result};

type LinearSvm<S, F> = MultiClass<S, SvmParams<F, bool>, SvmError>;

fn svm<S, F: Float>() -> LinearSvm<S, F> {
    LinearSvm::new(Svm::params().eps(F::cast(1e-3)))
}

/// Fits the mean of the positive rows; the nearer a row is to it, the greater its value.
#[derive(Debug, Clone, PartialEq)]
struct NearestMean;

#[derive(Debug, Clone, PartialEq)]
struct Mean<F>(Array1<F>);

#[derive(Debug, thiserror::Error)]
enum MeanError {
    #[error("{0} positive rows")]
    Count(usize),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl<'a, F: Float> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, MeanError> for NearestMean {
    type Object = Mean<F>;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'a, F>, ArrayView1<'a, bool>>,
    ) -> std::result::Result<Mean<F>, MeanError> {
        let targets = dataset.targets.iter().enumerate();
        let rows: Vec<usize> = targets.filter(|&(_, &t)| t).map(|(row, _)| row).collect();
        let mean = dataset.records.select(Axis(0), &rows).mean_axis(Axis(0));
        mean.filter(|_| rows.len() != 4)
            .map(Mean)
            .ok_or(MeanError::Count(rows.len()))
    }
}

impl<F: Float> BinaryDecision<F> for Mean<F> {
    fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F> {
        let distance = |row: ArrayView1<F>| (&row - &self.0).mapv(|x| x * x).sum();
        records.outer_iter().map(|row| -distance(row)).collect()
    }
}

/// Decides by a fixed value whatever the row.
struct Always(f64);

impl BinaryDecision<f64> for Always {
    fn decision_values(&self, records: ArrayView2<'_, f64>) -> Array1<f64> {
        Array1::from_elem(records.nrows(), self.0)
    }
}

fn three_corners<F: Float>() -> Dataset<F, usize, Ix1> {
    let records = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [9.0, 0.0],
        [8.0, 0.0],
        [4.0, 9.0],
        [5.0, 9.0]
    ];
    Dataset::new(records.mapv(F::cast), array![30, 30, 10, 10, 20, 20])
}

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap().install(work)
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<LinearSvm<OneVsRestStrategy, f64>>();
    has_autotraits::<MultiClassModel<OneVsOneStrategy, String, Svm<f64, bool>>>();
}

#[test]
fn problems_are_counted_without_listing_them() {
    fn check<S: MultiClassStrategy>() {
        for classes in 0..30 {
            assert_eq!(S::problems(classes).len(), S::count(classes));
        }
        assert!(S::count(usize::MAX) > usize::MAX / 4);
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
}

#[test]
fn the_memory_order_of_targets_does_not_matter() {
    fn check<S: MultiClassStrategy + std::fmt::Debug + PartialEq>() {
        let dataset = three_corners::<f64>();
        let reversed: Array1<usize> = dataset.targets.iter().rev().copied().collect();
        let records = dataset.records.view();
        let backwards = DatasetBase::new(records, reversed.slice(ndarray::s![..;-1]));
        let model = svm::<S, f64>().fit(&backwards).unwrap();
        assert_eq!(model, svm().fit(&dataset).unwrap());
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
}

#[test]
fn decision_values_that_are_not_finite_are_errors() {
    fn check<S: MultiClassStrategy>() {
        let models = vec![Always(2.0), Always(f64::NAN), Always(1.0)];
        let model = MultiClassModel::<S, _, _>::new(vec!["x", "y", "z"], models, 1);
        let error = model.try_predict(&Array2::zeros((BLOCK_ROWS + 3, 1)));
        let Err(Error::Classification(fault)) = error else {
            panic!("expected a fault, found {error:?}");
        };
        assert!(matches!(
            fault,
            ClassificationError::NonFiniteDecision {
                row: 0,
                model: 1,
                ..
            }
        ));
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
    let model = OneVsRest::new(NearestMean)
        .fit(&three_corners::<f32>())
        .unwrap();
    let error = model.try_predict(&array![[1.0, 1.0], [1e30, 1.0]]);
    assert!(matches!(
        error,
        Err(Error::Classification(ClassificationError::NonFiniteDecision { row: 1, model: 0, value })) if value < 0.0
    ));
}

#[test]
fn decision_values_are_worked_by_hand() {
    let model = OneVsRest::new(NearestMean)
        .fit(&three_corners::<f64>())
        .unwrap();
    assert_eq!(model.classes(), [10, 20, 30]);
    assert_eq!(model.nfeatures(), 2);
    assert_eq!(model.models()[1], Mean(array![4.5, 9.0]));
    let values = model.decision_function(&array![[4.5, 0.0]]).unwrap();
    assert_eq!(values, array![[-16.0, -81.0, -16.0]]);
    // the smaller class wins a tie
    assert_eq!(model.try_predict(&array![[4.5, 0.0]]).unwrap(), array![10]);
}

#[test]
fn svms_of_both_precisions_fit_owned_records_and_views() {
    fn check<S: MultiClassStrategy + std::fmt::Debug + PartialEq, F: Float>() {
        let dataset = three_corners::<F>();
        let params = svm::<S, F>();
        let owned = params.fit(&dataset).unwrap();
        let viewed = params.clone().fit(&dataset.view()).unwrap();
        assert_eq!(owned, viewed);
        assert_eq!(owned.predict(&dataset), dataset.targets);
        assert_eq!(viewed.predict(&dataset.records.view()), dataset.targets);
    }
    check::<OneVsRestStrategy, f32>();
    check::<OneVsRestStrategy, f64>();
    check::<OneVsOneStrategy, f32>();
    check::<OneVsOneStrategy, f64>();
}

#[test]
fn models_are_those_of_each_class_and_the_rest_fitted_by_hand() {
    let dataset = three_corners::<f64>();
    let params = Svm::<f64, bool>::params();
    let model = OneVsRest::new(params.clone()).fit(&dataset).unwrap();
    for (class, one) in model.classes().iter().zip(model.models()) {
        let binary = dataset.clone().map_targets(|target| target == class);
        assert_eq!(one, &params.fit(&binary).unwrap());
    }
}

#[test]
fn models_are_those_of_pairs_fitted_by_hand() {
    let dataset = three_corners::<f64>().with_targets(array!["c", "c", "a", "a", "b", "b"]);
    let params = svm::<OneVsOneStrategy, f64>();
    let model = params.fit(&dataset).unwrap();
    assert_eq!(model.classes(), ["a", "b", "c"]);
    assert_eq!(model.nfeatures(), 2);
    let rows = [[2, 3, 4, 5], [0, 1, 2, 3], [0, 1, 4, 5]];
    for ((model, rows), first) in model.models().iter().zip(rows).zip(["a", "a", "b"]) {
        let records = dataset.records.select(Axis(0), &rows);
        let targets = dataset.targets.select(Axis(0), &rows).map(|&t| t == first);
        let pair = Dataset::new(records, targets);
        assert_eq!(model, &params.binary_params().fit(&pair).unwrap());
    }
}

#[test]
fn probabilities_serve_as_decision_values() {
    let svm = Svm::<f64, Pr>::params().gaussian_kernel(20.0);
    let dataset = three_corners::<f64>();
    let model = OneVsRest::new(Probabilistic::new(svm))
        .fit(&dataset)
        .unwrap();
    assert_eq!(model.predict(&dataset), dataset.targets);
    let values = model.decision_function(&dataset.records).unwrap();
    assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
}

/// What a pipeline does: it knows its classifier only as some `Fit`.
#[derive(Clone)]
struct Generic<C>(C);

impl<R: Records, T, E, C: Fit<R, T, E>> Fit<R, T, E> for Generic<C>
where
    E: std::error::Error + From<linfa::Error>,
{
    type Object = C::Object;

    fn fit(&self, dataset: &DatasetBase<R, T>) -> std::result::Result<Self::Object, E> {
        self.0.fit(dataset)
    }
}

#[test]
fn the_error_type_is_inferred_through_wrappers_and_linfas_cross_validation() {
    let params = Generic(OneVsRest::new(Svm::<f64, bool>::params()));
    let mut dataset = three_corners();
    let model = params.clone().fit(&dataset).unwrap();
    assert_eq!(model.predict(&dataset), dataset.targets);
    let accuracy: Result<_> = dataset.cross_validate_single(6, &[params], |found, truth| {
        Ok(if found == truth { 1.0 } else { 0.0 })
    });
    assert_eq!(accuracy.unwrap(), array![1.0]);
}

#[test]
fn faulty_data_are_named() {
    fn check<S: MultiClassStrategy>() {
        let params = svm::<S, f64>();
        let fit = |records: Array2<f64>, targets: Array1<usize>| match params
            .fit(&Dataset::new(records, targets))
        {
            Err(Error::Records(fault)) => fault,
            other => panic!("expected a fault, found {:?}", other.err()),
        };
        assert!(matches!(
            fit(Array2::zeros((0, 2)), array![]),
            RecordsError::EmptyRecords { rows: 0, .. }
        ));
        assert!(matches!(
            fit(array![[1.0], [f64::NAN]], array![0, 1]),
            RecordsError::NonFinite { row: 1, .. }
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![0]),
            RecordsError::TargetCount { .. }
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![4, 4]),
            RecordsError::SingleClass { .. }
        ));
        let weighted = three_corners::<f64>().with_weights(array![1.0]);
        assert!(matches!(
            params.fit(&weighted),
            Err(Error::Records(RecordsError::WeightCount { .. }))
        ));
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
}

#[test]
fn errors_of_the_binary_classifier_are_passed_on() {
    fn check<S: MultiClassStrategy>() {
        let svm = Svm::<f64, bool>::params().pos_neg_weights(-1.0, 1.0);
        let error = MultiClass::<S, _, _>::new(svm).fit(&three_corners());
        assert!(matches!(error.err(), Some(Error::Estimator(e)) if e.is::<SvmError>()));
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
    let targets = array![3, 3, 1, 1, 1, 1];
    let dataset = three_corners::<f64>().with_targets(targets);
    for error in [
        OneVsRest::new(NearestMean).fit(&dataset).map(drop),
        OneVsOne::new(NearestMean).fit(&dataset).map(drop),
    ] {
        assert_eq!(
            error.unwrap_err().to_string(),
            "the wrapped estimator failed: 4 positive rows"
        );
    }
}

#[test]
fn queries_are_checked_and_may_be_empty() {
    fn check<S: MultiClassStrategy>() {
        let params = MultiClass::<S, _, _>::new(NearestMean);
        let model = params.fit(&three_corners::<f64>()).unwrap();
        assert!(matches!(
            model.try_predict(&array![[1.0]]),
            Err(Error::Records(RecordsError::Width {
                expected: 2,
                found: 1
            }))
        ));
        assert!(matches!(
            model.try_predict(&array![[1.0, f64::INFINITY]]),
            Err(Error::Records(RecordsError::NonFinite { .. }))
        ));
        let nothing = model.try_predict(&Array2::<f64>::zeros((0, 2)));
        assert!(nothing.unwrap().is_empty());
    }
    check::<OneVsRestStrategy>();
    check::<OneVsOneStrategy>();
}

fn nearest_means() -> OneVsRestModel<usize, Mean<f64>> {
    OneVsRest::new(NearestMean).fit(&three_corners()).unwrap()
}

#[test]
fn weights_out_of_range_are_named() {
    let dataset = three_corners::<f64>();
    let mut weights = Array1::ones(dataset.nsamples());
    weights[1] = -1.0;
    let error = OneVsRest::new(NearestMean).fit(&dataset.with_weights(weights));
    assert!(matches!(
        error,
        Err(Error::Records(RecordsError::InvalidWeight { row: 1, .. }))
    ));
}

#[test]
#[should_panic(expected = "the records have 1 columns, the model expects 2")]
fn predict_panics_with_the_message() {
    nearest_means().predict(&array![[1.0]]);
}

#[test]
#[should_panic(expected = "must match the number of output targets")]
fn predict_panics_at_too_few_targets() {
    nearest_means().predict_inplace(&array![[1.0, 1.0]], &mut Array1::zeros(2));
}

/// Models and decision values on one thread and on several are the same, also where records make
/// more than one block.
fn threads_change_nothing<S>(dataset: &Dataset<f64, usize, Ix1>)
where
    S: MultiClassStrategy + std::fmt::Debug + PartialEq,
{
    let results = [1, 3].map(|threads| {
        on_threads(threads, || {
            let model = svm::<S, f64>().fit(dataset).unwrap();
            let values = model.decision_function(&dataset.records).unwrap();
            (model, values)
        })
    });
    assert!(results[0] == results[1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn threads_and_the_order_of_the_classes_change_nothing(
        values in prop::collection::vec(-1.0_f64..1.0, 600),
        targets in prop::collection::vec(0_usize..4, 300),
        rows in prop::sample::select(vec![30_usize, 300]),
    ) {
        let records = Array2::from_shape_vec((rows, 2), values[..2 * rows].to_vec()).unwrap();
        let targets = Array1::from(targets[..rows].to_vec());
        prop_assume!(targets.iter().any(|&target| target != targets[0]));
        let dataset = Dataset::new(records, targets);
        threads_change_nothing::<OneVsRestStrategy>(&dataset);
        threads_change_nothing::<OneVsOneStrategy>(&dataset);
    }
}
