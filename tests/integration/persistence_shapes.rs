//! Files of features and classifiers whose parts do not fit each other: an error that names the part,
//! its shape and what was expected.

use crate::cbor::to_cbor;
use crate::common::{digits, small_rbm};
use crate::json::{fault, matrix, vector};
use crate::models::{Idfk, idfk, three_corners};
use ciborium::value::Value as Cbor;
use linfa::dataset::Pr;
use linfa::traits::Fit;
use linfa_fisher::classification::{
    KNearestNeighbors, OneVsOne, OneVsOneModel, OneVsRest, OneVsRestModel, Probabilistic,
};
use linfa_fisher::fisher::{FisherFeatures, Information};
use linfa_fisher::pipeline::PipelineExt;
use linfa_svm::Svm;
use serde_json::{Value, json};

/// 64 x 8 + 8 x 4 parameters.
#[test]
fn features_with_other_shapes_are_named() {
    let features = idfk::<f32>();
    let (p, r) = (544, features.nfeatures());
    let spectrum = features.spectrum().unwrap().len();
    assert_eq!(features.layout().length(), p);
    for (place, value, message) in [
        (
            "/biases",
            json!(true),
            "expectation of the model of shape [544], expected [620]",
        ),
        (
            "/expectation/arrays",
            vector(p + 1, 0.5),
            "expectation of the model of shape [545]",
        ),
        (
            "/expectation/arrays/data/3",
            json!(1e39),
            "expectation of statistic 3 is inf",
        ),
        ("/scaling/scaling/exponent", json!(2.0), "exponent 2"),
        (
            "/scaling/scaling/min_max",
            json!(false),
            "the bounds of the scores missing",
        ),
        (
            "/scaling/min_max",
            Value::Null,
            "the bounds of the scores missing",
        ),
        (
            "/scaling/min_max/least",
            vector(1, 0.5),
            "lower bounds of the scores of shape [1]",
        ),
        (
            "/scaling/min_max/factor",
            vector(p - 1, 0.5),
            "reciprocal ranges of the scores of shape [543]",
        ),
        (
            "/scaling/min_max/least/data/2",
            json!(-1e39),
            "number 2 of the lower bounds",
        ),
        (
            "/scaling/min_max/factor/data/0",
            json!(-1.0),
            "number 0 of the reciprocal ranges",
        ),
        (
            "/scaling/min_max/most/data/220",
            json!(1e9),
            "number 220 of the upper bounds of the scaled scores",
        ),
        (
            "/information/kind/LowRank/centre",
            vector(1, 0.5),
            "centre of the scores of shape [1]",
        ),
        (
            "/information/kind/LowRank/centre/data/5",
            json!(1e39),
            "number 5 of the centre",
        ),
        (
            "/information/kind/LowRank/basis/directions",
            matrix(p - 1, r, 0.5),
            "eigenbasis of shape",
        ),
        (
            "/information/kind/LowRank/basis/directions",
            matrix(p, spectrum + 1, 0.5),
            "eigenbasis of shape",
        ),
        (
            "/information/kind/LowRank/basis/directions",
            matrix(p, 0, 0.5),
            "eigenbasis of shape [544, 0], expected [544, 1]",
        ),
        (
            "/information/kind/LowRank/basis/directions",
            json!({"v": 1, "dim": [0, usize::MAX >> 1], "data": []}),
            "eigenbasis of shape",
        ),
        (
            "/information/kind/LowRank/basis/directions/data/7",
            json!(1e39),
            "number 7 of the eigenbasis",
        ),
        (
            "/information/kind/LowRank/basis/spectrum",
            vector(0, 0.5),
            "eigenbasis of shape",
        ),
        (
            "/information/kind/LowRank/basis/spectrum/data/0",
            json!(-1.0),
            "number 0 of the spectrum",
        ),
        (
            "/model/mean_field/iterations",
            json!(0),
            "0 mean-field iterations",
        ),
        (
            "/model/parameters/weights/arrays/0",
            matrix(3, 8, 0.5),
            "do not fit biases",
        ),
    ] {
        let found = fault(&features, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
    let file = to_cbor(&features);
    let mut tree: Cbor = ciborium::from_reader(file.as_slice()).unwrap();
    let expectation = tree.as_map_mut().unwrap()[2].1.as_map_mut().unwrap();
    let expectation = expectation[1].1.as_map_mut().unwrap();
    expectation[2].1.as_array_mut().unwrap()[9] = Cbor::Float(f64::NAN);
    let error = ciborium::from_reader::<Idfk<f32>, _>(to_cbor(&tree).as_slice()).unwrap_err();
    assert!(error.to_string().contains("statistic 9 is NaN"), "{error}");
}

/// 64 x 4 parameters, standardised.
#[test]
fn factors_of_other_shapes_are_named() {
    let params =
        FisherFeatures::fk(small_rbm::<f32>()).information(Information::Diagonal { damping: 0.0 });
    let features = params.fit(&digits::<f32>(0, 120)).unwrap();
    let p = features.layout().length();
    let place = "/information/kind/Diagonal/factor";
    let found = fault(&features, place, vector(1, 0.5));
    assert!(
        found.contains("factors of the scores of shape [1]"),
        "{found}"
    );
    let found = fault(&features, place, vector(p, 1e39));
    assert!(found.contains("number 0 of the factors"), "{found}");
}

#[test]
fn classifiers_of_other_shapes_are_named() {
    let svm = Svm::<f64, bool>::params();
    let one: OneVsOneModel<usize, _> = OneVsOne::new(svm.clone()).fit(&three_corners()).unwrap();
    let kernel = OneVsRest::new(svm.gaussian_kernel(20.0));
    let rest: OneVsRestModel<usize, _> = kernel.fit(&three_corners()).unwrap();
    let normal = "/models/1/sep_hyperplane/Linear";
    let vectors = "/models/1/sep_hyperplane/WeightedCombination";
    for (place, value, message) in [
        (
            "/classes",
            json!([10, 20]),
            "3 binary models of 2 classes, expected 1",
        ),
        ("/classes", json!([10]), "1 classes, expected at least 2"),
        ("/classes", json!([]), "0 classes, expected at least 2"),
        ("/classes", json!([10, 30, 20]), "class 2 is not greater"),
        ("/classes", json!([10, 10, 20]), "class 1 is not greater"),
        (
            "/models",
            json!([]),
            "0 binary models of 3 classes, expected 3",
        ),
        (
            "/features",
            json!(3),
            "the records have 3 columns, the model expects 2",
        ),
        ("/features", json!(0), "the records are empty"),
        (
            normal,
            vector(1, 0.5),
            "the records have 2 columns, the model expects 1",
        ),
        ("/models/0/alpha/0", Value::Null, "null"),
    ] {
        let found = fault(&one, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
    for (place, value, message) in [
        (
            "/classes",
            json!([10, 20]),
            "3 binary models of 2 classes, expected 2",
        ),
        (
            "/features",
            json!(1),
            "the records have 1 columns, the model expects 2",
        ),
        (
            vectors,
            matrix(2, 2, 0.5),
            "support vectors of shape [2, 2]",
        ),
        (
            vectors,
            matrix(3, 1, 0.5),
            "the records have 2 columns, the model expects 1",
        ),
        ("/models/1/alpha", json!([0.0]), "support vectors of shape"),
        (
            "/models/0/kernel_method/Gaussian",
            json!(0.0),
            "number 0 of the kernel",
        ),
        (
            "/models/2/kernel_method/Gaussian",
            json!(-1.0),
            "number 0 of the kernel",
        ),
    ] {
        let found = fault(&rest, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
    let svm = Probabilistic::new(Svm::<f64, Pr>::params().gaussian_kernel(20.0));
    let rest = OneVsRest::new(svm).fit(&three_corners()).unwrap();
    let found = fault(&rest, "/models/0/probability_coeffs", Value::Null);
    assert!(
        found.contains("the probability coefficients missing"),
        "{found}"
    );
}

#[test]
fn nearest_neighbors_of_other_shapes_are_named() {
    let model = KNearestNeighbors::params(2).fit(&three_corners()).unwrap();
    let no_rows = json!({"v": 1, "dim": [0, usize::MAX >> 1], "data": []});
    for (place, value, message) in [
        (
            "/records/arrays",
            matrix(5, 2, 0.5),
            "6 targets for 5 records",
        ),
        ("/records/arrays", no_rows, "the records are empty"),
        (
            "/records/arrays",
            json!({"v": 1, "dim": [2, 2], "data": [1.0]}),
            "must match in size",
        ),
        (
            "/records/arrays/data/3",
            json!(1e300),
            "distances between records of magnitude",
        ),
        ("/codes/4", json!(3), "number 4 of the records' classes"),
        ("/codes", json!([0, 1]), "2 targets for 6 records"),
        (
            "/classes",
            json!([10, 20]),
            "number 4 of the records' classes",
        ),
        ("/classes", json!([30, 20, 10]), "class 1 is not greater"),
        ("/params/k", json!(0), "0 neighbours, expected at least 1"),
        ("/params/k", json!(7), "7 neighbours of 6 samples"),
        ("/params/algorithm", json!("Oracle"), "unknown variant"),
    ] {
        let found = fault(&model, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
}

#[test]
fn a_classifier_of_other_features_is_named() {
    let train = digits::<f32>(0, 100);
    let params = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    let model = params.fit(&train).unwrap();
    let other = KNearestNeighbors::<f32, usize>::params(1)
        .fit(&train)
        .unwrap();
    let other = serde_json::to_value(&other).unwrap();
    let found = fault(&model, "/classifier", other);
    let message = "the records have 384 columns, the model expects 64";
    assert!(found.contains(message), "{found}");
}
