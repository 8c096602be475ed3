//! Several transformers, this crate's and linfa's, one after another before a classifier.

use crate::common::{digits, small_dbm, small_rbm};
use linfa::traits::{Fit, Predict, Transformer};
use linfa::{Dataset, DatasetBase};
use linfa_fisher::Error;
use linfa_fisher::boltzmann::{LearningRate, Rbm, VisibleUnits};
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::error::RecordsError;
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate, cross_validate_observed};
use linfa_fisher::observer::Event;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::preprocessing::MinMaxScaler;
use linfa_fisher::traits::{FitObserved, Infallible};
use linfa_preprocessing::linear_scaling::LinearScaler;
use linfa_preprocessing::whitening::Whitener;
use linfa_reduction::Pca;
use linfa_reduction::random_projection::GaussianRandomProjection;
use ndarray::{Array1, Array2, Ix1, s};

/// Digits with pixels from 0 to 16, as their files have them.
fn raw(first: usize, end: usize) -> Dataset<f64, usize, Ix1> {
    let mut digits = digits::<f64>(first, end);
    digits.records *= 16.0;
    digits
}

/// Each stage by hand gives the same labels as all in a chain.
#[test]
fn a_chain_equals_its_steps() {
    let (train, test) = (raw(0, 150), raw(150, 200));
    let features = FisherFeatures::idfk(small_dbm());
    let chain = MinMaxScaler::params()
        .then(features.clone())
        .then(Pca::params(10))
        .then(KNearestNeighbors::params(1));
    let model = chain.fit(&train).unwrap();

    let scaler = MinMaxScaler::params().fit(&train).unwrap();
    let train = scaler.transform(train).unwrap();
    let features = features.fit(&train).unwrap();
    let train = features.transform(train).unwrap();
    let pca = Pca::params(10).fit(&train).unwrap();
    let train = pca.transform(train);
    let by_hand = KNearestNeighbors::params(1).fit(&train).unwrap();
    let scaled = scaler.transform(&test.records).unwrap();
    let projected = pca.predict(features.transform(&scaled).unwrap()).targets;
    assert_eq!(model.predict(&test), by_hand.predict(&projected));
}

/// linfa's three shapes of transformers, in every place before the last one.
#[test]
fn linfa_s_transformers_are_stages() {
    let (train, test) = (raw(0, 100), raw(100, 120));
    let neighbors = || KNearestNeighbors::params(1);
    let projection = || GaussianRandomProjection::<f64>::params().target_dim(8);
    let gaussian = Rbm::params(6)
        .visible_units(VisibleUnits::Gaussian)
        .epochs(2);
    let gaussian = gaussian.learning_rate(LearningRate::Constant(1e-3));
    let scaled = LinearScaler::standard().then(FisherFeatures::fk(gaussian));
    let projected = scaled.clone().then(projection()).then(neighbors());
    assert_eq!(projected.fit(&train).unwrap().predict(&test).len(), 20);
    let whitened = scaled.then(Pca::params(8)).then(Whitener::pca());
    let whitened = whitened.then(neighbors()).fit(&train).unwrap();
    assert_eq!(whitened.predict(&test).len(), 20);
    let of_pixels = projection()
        .then(LinearScaler::standard())
        .then(Pca::params(4));
    let of_pixels = of_pixels.then(neighbors()).fit(&train).unwrap();
    assert_eq!(of_pixels.predict(&test).len(), 20);
    let hidden = MinMaxScaler::params()
        .then(small_rbm::<f64>())
        .then(neighbors());
    assert_eq!(hidden.fit(&train).unwrap().predict(&test).len(), 20);
}

/// A chain that ends with features is a transformer of records and datasets.
#[test]
fn a_chain_without_classifier_transforms() {
    let (train, test) = (raw(0, 100), raw(100, 120));
    let chain = MinMaxScaler::params().then(Rbm::params(6).epochs(2));
    let model = chain.fit(&train).unwrap();
    let hidden: Array2<f64> = model.transform(&test.records).unwrap();
    assert_eq!(hidden.dim(), (20, 6));
    let dataset = model.transform(test.clone()).unwrap();
    assert_eq!((dataset.records, dataset.targets), (hidden, test.targets));
}

/// Columns of a dataset have the names that the last stage to name them gives.
#[test]
fn stages_hand_names_on() {
    let names: Vec<String> = (0..64).map(|pixel| format!("pixel {pixel}")).collect();
    let data = raw(0, 60).with_feature_names(names.clone());
    let scaled = MinMaxScaler::params().then(MinMaxScaler::params());
    let scaled = scaled.fit(&data).unwrap().transform(data.clone()).unwrap();
    assert_eq!(scaled.feature_names(), names);

    let hidden = MinMaxScaler::params().then(Rbm::params(3).epochs(1));
    let hidden = hidden.fit(&data).unwrap().transform(data.clone()).unwrap();
    assert_eq!(hidden.feature_names(), ["h1[0]", "h1[1]", "h1[2]"]);

    let scores = MinMaxScaler::params().then(FisherFeatures::fk(Rbm::params(3).epochs(1)));
    let scores = scores.fit(&data).unwrap().transform(data.clone()).unwrap();
    assert_eq!(scores.feature_names()[4], "W1[1, 1]");
    assert_eq!(scores.feature_names().len(), scores.records.ncols());

    let foreign = MinMaxScaler::params()
        .then(Pca::params(2))
        .then(MinMaxScaler::params());
    let foreign = foreign.fit(&data).unwrap().transform(data).unwrap();
    assert_eq!(foreign.records.dim(), (60, 2));
    assert!(foreign.feature_names().is_empty());
}

/// The scaler of a fold is fitted on its training rows: one huge value in the test rows of a fold
/// is clipped there.
#[test]
fn every_stage_is_fitted_inside_each_fold() {
    let chain = MinMaxScaler::params()
        .then(FisherFeatures::fk(small_rbm()))
        .then(Infallible::new(Pca::params(8)))
        .then(KNearestNeighbors::params(1));
    let mut dataset = raw(0, 120);
    dataset.records[[7, 20]] = 1e6;
    let mut epochs = 0;
    let mut count = |event: &Event| epochs += usize::from(matches!(event, Event::Epoch { .. }));
    let folds = StratifiedKFold::new(3);
    let report = cross_validate_observed(&dataset, &chain, &folds, &mut count).unwrap();
    assert!(report.failures().is_empty());
    assert_eq!(epochs % 3, 0);
    assert!(epochs > 0, "the machine of the second stage is observed");
}

/// Why there is a scaler of our own: linfa's leaves unseen values outside of the unit interval.
#[test]
fn a_scaler_that_does_not_clip_fails_on_unseen_rows() {
    let stages = Infallible::new(LinearScaler::min_max()).then(FisherFeatures::fk(small_rbm()));
    let stages = stages.then(KNearestNeighbors::params(1));
    let error = cross_validate(&raw(0, 120), &stages, &StratifiedKFold::new(3)).unwrap_err();
    assert!(
        error.to_string().contains("expected a value in [0, 1]"),
        "{error}"
    );
}

#[test]
fn records_of_another_width_are_errors_and_no_panic() {
    let train = raw(0, 60);
    let pca = Pca::params(4).then(KNearestNeighbors::params(1));
    let projection = GaussianRandomProjection::<f64>::params().target_dim(4);
    let narrow = train.records.slice(s![.., ..63]).to_owned();
    let found = pca.fit(&train).unwrap().try_predict(&narrow).unwrap_err();
    let width = |error| {
        matches!(
            error,
            Error::Records(RecordsError::Width {
                expected: 64,
                found: 63
            })
        )
    };
    assert!(width(found));
    let projection = projection.then(KNearestNeighbors::params(1)).fit(&train);
    assert!(width(projection.unwrap().try_predict(&narrow).unwrap_err()));
    let scaler = MinMaxScaler::params()
        .then(KNearestNeighbors::params(1))
        .fit(&train);
    assert!(width(scaler.unwrap().try_predict(&narrow).unwrap_err()));
}

/// Errors of a stage of linfa keep their message.
#[test]
fn errors_of_linfa_s_stages_are_passed_on() {
    let train = raw(0, 60);
    let error = Pca::params(65)
        .then(KNearestNeighbors::params(1))
        .fit(&train)
        .unwrap_err();
    assert!(matches!(error, Error::Estimator(_)), "{error}");
    let empty = Dataset::new(
        Array2::<f64>::zeros((0, 64)),
        ndarray::Array1::<usize>::zeros(0),
    );
    let error = Pca::params(4)
        .then(KNearestNeighbors::params(1))
        .fit(&empty)
        .unwrap_err();
    assert!(
        matches!(error, Error::Records(RecordsError::EmptyRecords { .. })),
        "{error}"
    );
}

#[test]
fn the_events_of_all_stages_are_observed() {
    let train = digits::<f64>(0, 60);
    let chain = Rbm::params(8).epochs(3).then(Rbm::params(4).epochs(2));
    let mut epochs = 0;
    let chain = chain.then(KNearestNeighbors::params(1));
    let count = &mut |event: &Event| epochs += usize::from(matches!(event, Event::Epoch { .. }));
    chain.fit_observed(&train, count).unwrap();
    assert_eq!(epochs, 5);
}

/// linfa's `Pca` panics at NaN, its whitening never returns.
#[test]
fn values_that_are_not_finite_never_reach_other_crates() {
    let mut dataset = raw(0, 60);
    dataset.records[[7, 2]] = f64::INFINITY;
    let neighbors = || KNearestNeighbors::params(1);
    let faults = [
        Pca::params(2).then(neighbors()).fit(&dataset).err(),
        Whitener::zca().then(neighbors()).fit(&dataset).err(),
        LinearScaler::standard()
            .then(neighbors())
            .fit(&dataset)
            .err(),
    ];
    for fault in faults {
        let fault = fault.unwrap().to_string();
        assert!(fault.starts_with("record [7, 2] is inf"), "{fault}");
    }
    let chain = Infallible::new(Pca::params(2)).then(neighbors());
    let report = cross_validate(&dataset, &chain, &StratifiedKFold::new(3)).unwrap_err();
    assert!(report.to_string().contains("record [7, 2] is inf"));
}

#[test]
fn features_that_are_none_name_their_stage() {
    let constant = Dataset::new(Array2::<f64>::ones((30, 6)), Array1::from_elem(30, 1));
    let chain = Pca::params(2).then(KNearestNeighbors::params(1));
    let fault = chain.fit(&constant).unwrap_err().to_string();
    assert!(
        fault.contains("Pca") && fault.contains("makes no features"),
        "{fault}"
    );
    let chain = Logarithm.then(KNearestNeighbors::params(1));
    let mut dataset = raw(0, 30);
    dataset.records += 1.0;
    let model = chain.fit(&dataset).unwrap();
    dataset.records[[3, 4]] = 0.0;
    let fault = model.try_predict(&dataset.records).unwrap_err().to_string();
    assert!(fault.starts_with("feature [3, 4] that"), "{fault}");
    assert!(
        fault.contains("Logarithm makes of the records is -inf"),
        "{fault}"
    );
}

/// A transformer of finite records, most of which it maps to finite features.
struct Logarithm;

impl<T> Fit<Array2<f64>, T, Error> for Logarithm {
    type Object = Logarithm;

    fn fit(&self, _: &DatasetBase<Array2<f64>, T>) -> Result<Logarithm, Error> {
        Ok(Logarithm)
    }
}

impl Transformer<Array2<f64>, Array2<f64>> for Logarithm {
    fn transform(&self, records: Array2<f64>) -> Array2<f64> {
        records.ln()
    }
}

#[test]
fn a_chain_of_linfa_s_stages_can_be_cloned() {
    let dataset = raw(0, 30);
    let chain = Pca::params(2).then(KNearestNeighbors::params(1));
    let model = chain.fit(&dataset).unwrap();
    assert_eq!(model.clone(), model);
}
