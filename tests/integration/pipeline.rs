//! `.then(classifier)`: one estimator from records to labels, among linfa's own.

use crate::common::{accuracy, digits, small_dbm, small_rbm};
use linfa::traits::{Fit, Predict, PredictInplace, Transformer};
use linfa::{Dataset, DatasetBase};
use linfa_fisher::boltzmann::Rbm;
use linfa_fisher::classification::{DecisionFunction, KNearestNeighbors, OneVsRest};
use linfa_fisher::error::{ClassificationError, MachineError, RecordsError};
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate, cross_validate_observed};
use linfa_fisher::observer::Event;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::traits::FitObserved;
use linfa_fisher::{Error, Float};
use linfa_svm::{Svm, SvmError};
use ndarray::{Array1, Array2, Ix1, s};

/// The pipeline's predictions for `test`, after the same by hand.
fn both<F, C, E>(
    train: &Dataset<F, usize, Ix1>,
    test: &Array2<F>,
    classifier: C,
) -> (Array1<usize>, Array1<usize>)
where
    F: Float,
    C: Fit<Array2<F>, Array1<usize>, E> + Clone,
    C::Object: PredictInplace<Array2<F>, Array1<usize>>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    let params = FisherFeatures::idfk(small_dbm());
    let features = params.fit(train).unwrap();
    let transformed = features.transform(train.clone()).unwrap();
    let by_hand = classifier.fit(&transformed).unwrap();
    let by_hand = by_hand.predict(&features.transform(test).unwrap());
    let pipeline = params.then(classifier).fit(train).unwrap();
    (pipeline.predict(test), by_hand)
}

fn nearest_neighbors_equal_their_steps<F: Float>() {
    let (train, test) = (digits::<F>(0, 200), digits::<F>(200, 300));
    let (piped, by_hand) = both(&train, &test.records, KNearestNeighbors::params(3));
    assert_eq!(piped, by_hand);
}

#[test]
fn a_pipeline_of_nearest_neighbors_equals_its_steps_in_f32() {
    nearest_neighbors_equal_their_steps::<f32>();
}

#[test]
fn a_pipeline_of_nearest_neighbors_equals_its_steps_in_f64() {
    nearest_neighbors_equal_their_steps::<f64>();
}

/// Not only the labels: the decision values have the same bits.
#[test]
fn a_pipeline_of_support_vector_machines_equals_its_steps() {
    let (train, test) = (digits::<f64>(0, 150), digits::<f64>(150, 220));
    let svm = OneVsRest::new(Svm::<f64, bool>::params().pos_neg_weights(1.0, 1.0));
    let (piped, by_hand) = both(&train, &test.records, svm.clone());
    assert_eq!(piped, by_hand);

    let params = FisherFeatures::fk(small_rbm());
    let features = params.fit(&train).unwrap();
    let model = svm.fit(&features.transform(train.clone()).unwrap());
    let pipeline = params.then(svm).fit(&train).unwrap();
    let records = features.transform(&test.records).unwrap();
    let by_hand = model.unwrap().decision_function(&records).unwrap();
    let piped = pipeline.decision_function(&test.records).unwrap();
    let bits = |values: Array2<f64>| values.mapv(f64::to_bits);
    assert_eq!(bits(piped), bits(by_hand));
    assert_eq!(pipeline.classes(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_binary_classifier_of_linfa_needs_no_wrapping() {
    let train = digits::<f32>(0, 120).map_targets(|&class| class < 5);
    let pipeline = FisherFeatures::fk(small_rbm()).then(Svm::<f32, bool>::params().eps(1e-3));
    let model = pipeline.fit(&train).unwrap();
    // five standard deviations above a fair coin
    let chance = 0.5 + 5.0 * (0.25 / 120.0_f64).sqrt();
    assert!(accuracy(&model.predict(&train), &train.targets) > chance);
}

#[test]
fn owned_records_and_views_give_one_model() {
    let (train, test) = (digits::<f32>(0, 150), digits::<f32>(150, 200));
    let pipeline = FisherFeatures::idfk(small_dbm()).then(KNearestNeighbors::params(1));
    let owned = pipeline.fit(&train).unwrap();
    let view = pipeline.fit(&train.view()).unwrap();
    assert_eq!(owned, view);
    let predicted = owned.predict(&test);
    assert_eq!(predicted, owned.try_predict(&test.records).unwrap());
    assert_eq!(predicted, owned.predict(test.records.view()).targets);
    assert_eq!(predicted, owned.predict(test).targets);
}

/// As rows may be filtered away to the last.
#[test]
fn no_records_get_no_labels() {
    let train = digits::<f32>(0, 60);
    let nothing = Array2::<f32>::zeros((0, 64));
    let features = FisherFeatures::idfk(small_rbm()).fit(&train).unwrap();
    let found = features.transform(&nothing).unwrap();
    assert_eq!(found.dim(), (0, features.nfeatures()));
    assert_eq!(features.scores(nothing.view()).unwrap().dim(), (0, 64 * 6));
    let neighbors = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    assert!(neighbors.fit(&train).unwrap().predict(&nothing).is_empty());
    let svm = OneVsRest::new(Svm::<f32, bool>::params().eps(1e-3));
    let svm = FisherFeatures::fk(small_rbm()).then(svm);
    assert!(svm.fit(&train).unwrap().predict(&nothing).is_empty());
}

/// linfa-svm takes targets for a slice.
#[test]
fn the_memory_order_of_targets_does_not_matter() {
    let train = digits::<f32>(0, 60).map_targets(|&class| class < 5);
    let reversed: Array1<bool> = train.targets.iter().rev().copied().collect();
    let backwards = DatasetBase::new(train.records.view(), reversed.slice(s![..;-1]));
    let svm = Svm::<f32, bool>::params().eps(1e-3);
    let pipeline = FisherFeatures::fk(small_rbm()).then(svm);
    assert_eq!(
        pipeline.fit(&backwards).unwrap(),
        pipeline.fit(&train).unwrap()
    );
}

/// Epochs of the machine and passes of the information, in a fold as in a training of its own.
#[test]
fn trainings_inside_pipelines_and_folds_are_reported() {
    let train = digits::<f32>(0, 60);
    let pipeline = FisherFeatures::idfk(small_rbm()).then(KNearestNeighbors::params(1));
    let name = |event: &Event| match event {
        Event::Epoch { .. } => "epoch",
        Event::Finished { .. } => "finished",
        Event::Rows { .. } => "rows",
        Event::Fold { .. } => "fold",
        _ => "other",
    };
    let mut once = Vec::new();
    let mut record = |event: &Event| once.push(name(event));
    let model = pipeline.fit_observed(&train, &mut record).unwrap();
    assert_eq!(model, pipeline.fit(&train).unwrap());
    assert_eq!(
        once,
        ["epoch", "epoch", "epoch", "finished", "rows", "rows"]
    );

    let mut names = Vec::new();
    let mut record = |event: &Event| names.push(name(event));
    let folds = StratifiedKFold::new(2);
    let observed = cross_validate_observed(&train, &pipeline, &folds, &mut record).unwrap();
    assert_eq!(observed, cross_validate(&train, &pipeline, &folds).unwrap());
    let fold = [once, vec!["fold"]].concat();
    assert_eq!(names, [fold.clone(), fold].concat());
}

/// Row order is not what linfa's `fold` would give, so the hand-made folds go through `iter_fold`.
#[test]
fn linfas_cross_validation_equals_the_folds_by_hand() {
    let k = 4;
    let mut arranged = StratifiedKFold::new(k)
        .arrange(digits::<f32>(0, 202))
        .unwrap();
    let params = FisherFeatures::fk(small_rbm());
    let neighbors = KNearestNeighbors::params(1);
    let mut scores = Vec::new();
    let by_hand = |train: &linfa::dataset::DatasetView<f32, usize, Ix1>| {
        let features = params.fit(train).unwrap();
        let records = features.transform(train.records).unwrap();
        let classifier = neighbors.fit(&DatasetBase::new(records, train.targets));
        (features, classifier.unwrap())
    };
    for ((features, classifier), fold) in arranged.iter_fold(k, by_hand) {
        let predicted = classifier.predict(&features.transform(fold.records).unwrap());
        scores.push(accuracy(&predicted, &fold.targets.to_owned()));
    }
    let pipeline = params.clone().then(neighbors.clone());
    let mean = arranged
        .cross_validate_single(k, &[pipeline], |predicted, truth| {
            Ok(accuracy(predicted, &truth.to_owned()))
        })
        .unwrap();
    assert_eq!(scores.len(), k);
    assert!((mean[0] - scores.iter().sum::<f64>() / k as f64).abs() < 1e-12);
    // five standard deviations above the greatest class among 200 rows
    assert!(mean[0] > 0.12 + 5.0 * (0.12 * 0.88 / 200.0_f64).sqrt());
}

#[test]
fn an_error_of_the_features_ends_linfas_cross_validation() {
    let mut arranged = StratifiedKFold::new(2)
        .arrange(digits::<f32>(0, 40))
        .unwrap();
    let pipeline = FisherFeatures::fk(Rbm::params(0)).then(KNearestNeighbors::params(1));
    let found = arranged.cross_validate_single(2, &[pipeline], |_, _| Ok(0.0_f32));
    assert!(matches!(
        found,
        Err(Error::Machine(MachineError::InvalidHiddenUnits {
            layer: 1,
            units: 0
        }))
    ));
}

#[test]
fn an_error_of_the_classifier_keeps_its_type() {
    let train = digits::<f32>(0, 40);
    let params = FisherFeatures::fk(small_rbm());

    let svm = Svm::<f32, bool>::params().pos_neg_weights(-1.0, 1.0);
    let error = params.clone().then(OneVsRest::new(svm)).fit(&train);
    let error = error.unwrap_err();
    assert!(error.to_string().contains("-1.0"), "{error}");
    let Error::Estimator(source) = error else {
        panic!("{error} is not of the plugged-in estimator");
    };
    assert!(matches!(
        source.downcast_ref(),
        Some(SvmError::InvalidC((-1.0, 1.0)))
    ));

    let error = params.then(KNearestNeighbors::params(41)).fit(&train);
    assert!(matches!(
        error,
        Err(Error::Classification(ClassificationError::Neighbors {
            k: 41,
            samples: 40
        }))
    ));
}

#[test]
fn a_pipeline_that_cannot_predict_says_why() {
    let pipeline = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    let model = pipeline.fit(&digits::<f32>(0, 40)).unwrap();
    let narrow = Array2::<f32>::zeros((2, 63));
    assert!(matches!(
        model.try_predict(&narrow),
        Err(Error::Records(RecordsError::Width {
            expected: 64,
            found: 63
        }))
    ));
}

/// Counts the weight it was given.
#[derive(Clone)]
struct Weigh;

impl Fit<Array2<f32>, Array1<usize>, linfa::Error> for Weigh {
    type Object = f32;

    fn fit(&self, dataset: &Dataset<f32, usize, Ix1>) -> Result<f32, linfa::Error> {
        Ok(dataset.weights.sum())
    }
}

#[test]
fn weights_reach_a_classifier_of_ones_own() {
    let train = digits::<f32>(0, 40).with_weights(Array1::from_elem(40, 0.5));
    let model = FisherFeatures::fk(small_rbm()).then(Weigh).fit(&train);
    assert_eq!(*model.unwrap().classifier(), 20.0);
}
