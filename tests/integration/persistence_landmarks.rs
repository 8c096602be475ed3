//! Improved Fisher vectors by landmarks, their statistics and hyper-parameters come back from files.

use crate::common::{digits, small_dbm};
use crate::json::{fault, through_json};
use linfa::traits::{Fit, Predict, Transformer};
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::fisher::{
    FisherKernel, LandmarkFeatures, LandmarkFeaturesParams, LandmarkStatistics, Landmarks,
    ModelExpectation,
};
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use ndarray::{Array2, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_json::json;

type Kernel = FisherKernel<f64, Dbm<f64>>;
type Features = LandmarkFeatures<f64, Dbm<f64>>;

fn rng() -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(42)
}

fn kernel() -> Kernel {
    let dbm = small_dbm().fit(&digits(0, 100)).unwrap();
    let kernel = FisherKernel::new(dbm).cosine();
    kernel
        .centred(&ModelExpectation::default(), &mut rng())
        .unwrap()
}

fn features() -> Features {
    let params = LandmarkFeatures::params(kernel()).landmarks(20).rank(8);
    params.fit(&digits(0, 100)).unwrap()
}

#[test]
fn features_and_pipelines_come_back() {
    let features = features();
    let loaded = through_json(&features);
    assert_eq!(loaded, features);
    let test = digits(100, 130);
    let [a, b] = [&features, &loaded].map(|features| features.transform(&test.records).unwrap());
    assert_eq!(a, b);
    let params = LandmarkFeatures::idfk(small_dbm::<f64>()).landmarks(20);
    let model = params
        .then(KNearestNeighbors::params(1))
        .fit(&digits(0, 100))
        .unwrap();
    let loaded: Pipeline<Features, KNearestNeighbors<f64, usize>> = through_json(&model);
    assert_eq!(loaded.predict(&test), model.predict(&test));
}

/// With the fields that the files of plain kernels have.
#[test]
fn products_with_the_kernel_of_pixels_come_back() {
    let params = LandmarkFeatures::idfk(small_dbm::<f64>());
    let params = params.power(2).pixel_power(4).landmarks(20).rank(8);
    assert_eq!(through_json(&params), params);
    let features = params.fit(&digits(0, 100)).unwrap();
    let loaded = through_json(&features);
    let test = digits(100, 130);
    let [a, b] = [&features, &loaded].map(|features| features.transform(&test.records).unwrap());
    assert_eq!(a, b);
    let file = serde_json::to_value(features.kernel()).unwrap();
    assert_eq!(file["shape"], json!({"Power": 2}));
    assert_eq!(file["pixels"], json!(4));
    let found = fault(features.kernel(), "/pixels", json!(33));
    assert!(found.contains("power 33 of the pixels' kernel"), "{found}");
}

#[test]
fn statistics_of_another_process_are_merged() {
    let train = digits::<f64>(0, 100);
    let landmarks = Landmarks::choose(kernel(), train.records.view(), 20, &mut rng()).unwrap();
    let of = |first: usize, end: usize| {
        let mut statistics = landmarks.statistics();
        let rows = train.records.slice(s![first..end, ..]);
        landmarks.add(&mut statistics, rows).unwrap();
        statistics
    };
    let mut merged: LandmarkStatistics = through_json(&of(0, 60));
    merged.merge(&through_json(&of(60, 100))).unwrap();
    let [a, b] = [merged, of(0, 100)].map(|statistics| {
        let features = landmarks.clone().features(&statistics, 8, 0.1).unwrap();
        features.transform(&train.records).unwrap()
    });
    assert!((a - b).iter().all(|x| x.abs() < 1e-9));
}

#[test]
fn hyper_parameters_come_back() {
    let params = LandmarkFeatures::idfk(small_dbm::<f64>())
        .landmarks(7)
        .damping(0.5);
    assert_eq!(through_json(&params), params);
    let found = fault(&params, "/kernel/shape", json!({"Power": 0}));
    assert!(found.contains("power 0"), "{found}");
    let loaded: LandmarkFeaturesParams<f64, _> = through_json(&params.rank(0));
    assert!(loaded.fit(&digits::<f64>(0, 30)).is_err());
}

#[test]
fn parts_that_do_not_fit_are_named() {
    let features = features();
    for (place, value, message) in [
        ("/spectrum/data/0", json!(-1.0), "number 0 of the spectrum"),
        ("/explained", json!("x"), "invalid type"),
        ("/mean/dim/0", json!(3), "must match in size"),
        (
            "/landmarks/element",
            json!("f32"),
            "numbers of type f32, expected f64",
        ),
        ("/landmarks/arrays/data/0", json!(7.0), "record [0, 0] is 7"),
        (
            "/kernel/centre/couplings",
            json!([]),
            "the model's expectation has 0 numbers",
        ),
    ] {
        let found = fault(&features, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
    let short = serde_json::to_value(Array2::<f64>::zeros((20, 3))).unwrap();
    let found = fault(&features, "/directions", short);
    assert!(
        found.contains("directions of shape [20, 3], expected [20, 8]"),
        "{found}"
    );
}

#[test]
fn damaged_statistics_are_named() {
    let train = digits::<f64>(0, 50);
    let landmarks = Landmarks::choose(kernel(), train.records.view(), 5, &mut rng()).unwrap();
    let mut statistics = landmarks.statistics();
    landmarks
        .add(&mut statistics, train.records.view())
        .unwrap();
    for (place, value, message) in [
        (
            "/kernels",
            json!({"v": 1, "dim": [1], "data": [1.0]}),
            "sums of products of shape",
        ),
        ("/samples", json!(u64::MAX), "the number of records"),
        ("/trace", json!(-1.0), "the trace"),
        (
            "/products/data/0",
            json!(-1.0),
            "number 0 of the sums of squared kernels",
        ),
    ] {
        let found = fault(&statistics, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
}
