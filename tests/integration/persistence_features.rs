//! Fitted features, classifiers, pipelines and hyper-parameters in files: the same bits come back,
//! and a file that holds anything else than a fitted model is an error.

use crate::common::{digits, small_dbm, small_rbm};
use crate::json::{fault, through_json};
use ciborium::value::Value as Cbor;
use linfa::dataset::Pr;
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, ParamGuard};
use linfa_fisher::boltzmann::{Dbm, Rbm};
use linfa_fisher::classification::{
    CosineDist, DecisionFunction, KNearestNeighbors, KNearestNeighborsParams,
    KNearestNeighborsValidParams, OneVsOne, OneVsOneModel, OneVsRest, OneVsRestModel,
    Probabilistic,
};
use linfa_fisher::fisher::{
    FisherFeatures, FisherFeaturesParams, FisherFeaturesValidParams, Information, Scaling,
    ScoreLayout, Trained,
};
use linfa_fisher::metrics::ConfusionMatrix;
use linfa_fisher::model_selection::{CrossValidation, StratifiedKFold, cross_validate};
use linfa_fisher::pipeline::{Fallible, Pipeline, PipelineExt, PipelineParams};
use linfa_fisher::preprocessing::MinMaxScaler;
use linfa_fisher::traits::{Infallible, TryPredict};
use linfa_fisher::{Error, Float};
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::LpDist;
use linfa_svm::Svm;
use ndarray::{Array2, Ix1, array};
use proptest::prelude::*;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use serde_json::{Value, json};

fn to_cbor<T: Serialize>(model: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(model, &mut bytes).unwrap();
    bytes
}

fn through_cbor<T: Serialize + DeserializeOwned>(model: &T) -> T {
    ciborium::from_reader(to_cbor(model).as_slice()).unwrap()
}

fn bits<F: Float>(numbers: Array2<F>) -> Vec<u64> {
    let bits = |x: F| x.to_f64().unwrap().to_bits();
    numbers.into_iter().map(bits).collect()
}

fn vector(length: usize, value: f64) -> Value {
    json!({"v": 1, "dim": [length], "data": vec![value; length]})
}

fn matrix(rows: usize, columns: usize, value: f64) -> Value {
    json!({"v": 1, "dim": [rows, columns], "data": vec![value; rows * columns]})
}

type Idfk<F> = FisherFeatures<F, Dbm<F>>;

fn idfk<F: Float>() -> Idfk<F> {
    let params = FisherFeatures::idfk(small_dbm());
    params.fit(&digits::<F>(0, 120)).unwrap()
}

fn features_come_back<F: Float + Serialize + DeserializeOwned>() {
    let (train, test) = (digits::<F>(0, 300), digits::<F>(300, 500));
    let idfk = FisherFeatures::idfk(small_dbm::<F>());
    let root = Scaling::none().signed_power(F::cast(0.5));
    // more records than parameters and fewer: both routes to the eigenbasis
    for params in [
        idfk.clone(),
        idfk.clone().biases(true).scaling(root),
        idfk.clone()
            .information(Information::Diagonal { damping: 0.0 }),
        idfk.clone().information(Information::Identity),
        idfk.information(Information::Diagonal { damping: 0.0 })
            .rotated(true),
    ] {
        let features = params.fit(&train).unwrap();
        let transformed = bits(features.transform(&test.records).unwrap());
        for loaded in [through_cbor(&features), through_json(&features)] {
            assert_eq!(loaded, features);
            assert_eq!(bits(loaded.transform(&test.records).unwrap()), transformed);
        }
    }
    let params = FisherFeatures::fk(Rbm::params(2)).information(Information::full_rank(0.0));
    let features = params.fit(&train).unwrap();
    let transformed = bits(features.transform(&test.records).unwrap());
    let loaded = through_cbor(&features);
    assert_eq!(bits(loaded.transform(&test.records).unwrap()), transformed);
}

#[test]
fn fitted_features_come_back_in_f32() {
    features_come_back::<f32>();
}

#[test]
fn fitted_features_come_back_in_f64() {
    features_come_back::<f64>();
}

/// A pipeline of the classifier and of small Fisher features predicts with the same bits after
/// saving and loading, in either format.
fn pipeline_comes_back<F, C, K, E>(classifier: C)
where
    F: Float + Serialize + DeserializeOwned,
    C: Fit<Array2<F>, ndarray::Array1<usize>, E, Object = K>,
    K: TryPredict<F, usize> + DecisionFunction<F, Label = usize>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    Pipeline<FisherFeatures<F, Rbm<F>>, K>: Serialize + DeserializeOwned,
{
    let (train, test) = (digits::<F>(0, 150), digits::<F>(150, 250));
    let params = FisherFeatures::fk(small_rbm()).scaling(Scaling::min_max_l2());
    let model = params.then(classifier).fit(&train).unwrap();
    let predicted = model.try_predict(&test.records).unwrap();
    let values = bits(model.decision_function(&test.records).unwrap());
    for loaded in [through_cbor(&model), through_json(&model)] {
        assert_eq!(loaded.try_predict(&test.records).unwrap(), predicted);
        let loaded = loaded.decision_function(&test.records).unwrap();
        assert_eq!(bits(loaded), values);
    }
}

#[test]
fn pipelines_of_support_vector_machines_come_back() {
    let svm = Svm::<f32, bool>::params().eps(1e-3);
    pipeline_comes_back::<f32, _, _, _>(OneVsOne::new(svm.clone()));
    pipeline_comes_back::<f32, _, _, _>(OneVsRest::new(svm.gaussian_kernel(1.0)));
    let svm = Svm::<f64, bool>::params().eps(1e-3);
    pipeline_comes_back::<f64, _, _, _>(OneVsOne::new(svm.clone().polynomial_kernel(1.0, 2.0)));
    pipeline_comes_back::<f64, _, _, _>(OneVsRest::new(svm));
}

#[test]
fn pipelines_of_probabilities_come_back() {
    let svm = Svm::<f64, Pr>::params().eps(1e-3).gaussian_kernel(1.0);
    pipeline_comes_back::<f64, _, _, _>(OneVsRest::new(Probabilistic::new(svm)));
}

#[test]
fn pipelines_of_nearest_neighbors_come_back() {
    pipeline_comes_back::<f32, _, _, _>(KNearestNeighbors::params(3));
    let tree = KNearestNeighbors::params(3)
        .algorithm(CommonNearestNeighbour::KdTree)
        .distance(LpDist(3.0));
    pipeline_comes_back::<f64, _, _, _>(tree);
    pipeline_comes_back::<f64, _, _, _>(KNearestNeighbors::params(1).distance(CosineDist));
}

#[test]
fn a_classifier_of_linfa_comes_back() {
    let train = digits::<f64>(0, 120).map_targets(|&class| class < 5);
    let params = FisherFeatures::fk(small_rbm()).then(Svm::<f64, bool>::params().eps(1e-3));
    let model = params.fit(&train).unwrap();
    assert_eq!(through_cbor(&model), model);
    let svm = Svm::<f64, bool>::params().eps(1e-3);
    let params = FisherFeatures::fk(small_rbm()).then(Infallible::new(svm));
    let model = params.fit(&train).unwrap();
    let loaded = through_json(&model);
    let predicted = loaded.try_predict(&train.records).unwrap();
    assert_eq!(predicted, model.try_predict(&train.records).unwrap());
}

/// A stage that does not fit the one before it is refused.
#[test]
fn chains_of_stages_come_back() {
    let train = digits::<f64>(0, 100);
    let stages = MinMaxScaler::params().then(FisherFeatures::fk(small_rbm()));
    let model = stages
        .then(KNearestNeighbors::params(1))
        .fit(&train)
        .unwrap();
    assert_eq!(through_cbor(&model), model);
    let of_two = serde_json::to_value(MinMaxScaler::params().fit(&two_columns()).unwrap());
    let message = fault(&model, "/features/features", of_two.unwrap());
    assert!(
        message.contains("the records have 2 columns, the model expects 64"),
        "{message}"
    );
    let scaler = MinMaxScaler::params().fit(&two_columns()).unwrap();
    let message = fault(&scaler, "/most/data", json!([3.0, -2.0]));
    assert!(message.contains("number 1 of the ranges"), "{message}");
}

fn two_columns() -> Dataset<f64, usize, Ix1> {
    Dataset::new(array![[0.0, -1.0], [1.0, 5.0]], array![7, 9])
}

type Folded = PipelineParams<
    FisherFeaturesParams<f32, Trained<Rbm<f32>>>,
    KNearestNeighborsParams<f32, usize>,
    (Error, Fallible, Error),
>;

#[test]
fn parameters_come_back() {
    let params = FisherFeatures::idfk(small_dbm::<f32>())
        .scaling(Scaling::min_max_l2().signed_power(0.5))
        .information(Information::full_rank(0.25));
    assert_eq!(through_cbor(&params), params);
    assert_eq!(through_json(&params), params);
    let checked = params.check().unwrap();
    assert_eq!(through_json(&checked), checked);
    let rbm = small_rbm::<f32>().fit(&digits(0, 50)).unwrap();
    let neighbors = KNearestNeighbors::params(3);
    let then: Folded = FisherFeatures::fk(Trained(rbm)).then(neighbors.clone());
    let loaded = through_cbor(&then);
    assert_eq!(loaded.featuriser(), then.featuriser());
    assert_eq!(loaded.classifier(), &neighbors);
    let checked = neighbors.distance(LpDist(1.5_f32)).check().unwrap();
    assert_eq!(through_json(&checked), checked);
    let many: OneVsOne<_, Error> = OneVsOne::new(KNearestNeighbors::<f32, bool>::params(2));
    let many = through_json(&many);
    assert_eq!(many.binary_params(), &KNearestNeighbors::params(2));
    let many: OneVsRest<_, Error> = OneVsRest::new(Probabilistic::new(3));
    assert_eq!(through_json(&many).binary_params().inner(), &3);
}

#[test]
fn checked_parameters_are_checked_again() {
    type Checked = FisherFeaturesValidParams<
        f32,
        linfa_fisher::boltzmann::RbmParams<f32, rand_xoshiro::Xoshiro256Plus>,
    >;
    let params = FisherFeatures::fk(small_rbm::<f32>()).scaling(Scaling::none().signed_power(0.5));
    let params = params.information(Information::LowRank {
        rank: 3,
        damping: 0.5,
    });
    let checked: Checked = params.clone().check().unwrap();
    for (place, value, message) in [
        ("/scaling/exponent", json!(1.5), "exponent 1.5"),
        ("/information/LowRank/rank", json!(0), "rank 0"),
        ("/information/LowRank/damping", json!(-1.0), "damping -1"),
        ("/expectation/chains", json!(0), "0 Markov chains"),
        ("/expectation/samples", json!(0), "0 samples"),
        ("/source/training/epochs", json!(0), "0 epochs"),
    ] {
        let found = fault(&checked, place, value.clone());
        assert!(found.contains(message), "{place}: {found}");
        // what is not checked yet is found out by its check, if not on loading
        let mut file = serde_json::to_value(&params).unwrap();
        *file.pointer_mut(place).unwrap() = value;
        let loaded = serde_json::from_value(file).map(|loaded| {
            let loaded: FisherFeaturesParams<f32, linfa_fisher::boltzmann::RbmParams<f32, _>> =
                loaded;
            loaded.check().map(|_: Checked| ())
        });
        let error = match loaded {
            Ok(checked) => checked.unwrap_err().to_string(),
            Err(refused) => refused.to_string(),
        };
        assert!(error.contains(message), "{place}: {error}");
    }
    let checked = KNearestNeighbors::<f64, usize>::params(3).check().unwrap();
    assert!(fault(&checked, "/k", json!(0)).contains("0 neighbours"));
    let tree = KNearestNeighbors::<f64, usize>::params(3).algorithm(CommonNearestNeighbour::KdTree);
    let file = serde_json::to_value(tree.distance(CosineDist)).unwrap();
    let loaded: Result<KNearestNeighborsValidParams<f64, usize, CosineDist>, _> =
        serde_json::from_value(file);
    assert!(
        loaded
            .unwrap_err()
            .to_string()
            .contains("KdTree is no index")
    );
}

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

fn three_corners() -> Dataset<f64, usize, Ix1> {
    let records = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [9.0, 0.0],
        [8.0, 0.0],
        [4.0, 9.0],
        [5.0, 9.0]
    ];
    Dataset::new(records, array![10, 10, 20, 20, 30, 30])
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

#[test]
fn reports_come_back_and_are_checked() {
    let folds = StratifiedKFold::new(2);
    assert_eq!(through_cbor(&folds), folds);
    let params = KNearestNeighbors::<f64, usize>::params(1);
    let report: CrossValidation<usize> = cross_validate(&three_corners(), &params, &folds).unwrap();
    assert_eq!(through_json(&report), report);
    assert_eq!(through_cbor(&report), report);
    let matrix = report.confusion_matrix();
    assert_eq!(through_json(&matrix), matrix);
    for (place, value, message) in [
        ("/classes", json!([10, 20, 20]), "class 2 is not greater"),
        (
            "/classes",
            json!([10, 20]),
            "counts of shape [3, 3], expected [2, 2]",
        ),
        (
            "/counts/data/8",
            json!(usize::MAX),
            "number 8 of the counts",
        ),
    ] {
        let found = fault(&matrix, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
}

#[test]
fn layouts_come_back_and_are_counted() {
    let layout = idfk::<f32>().layout();
    assert_eq!(through_json(&layout), layout);
    let found = fault::<ScoreLayout>(&layout, "/blocks/0/rows", json!(usize::MAX));
    assert!(
        found.contains("more parameters than can be counted"),
        "{found}"
    );
}

/// A list that says it is endless: an error, not an allocation.
#[test]
fn a_length_in_a_file_is_not_believed() {
    let matrix = ConfusionMatrix::count(array![1_usize, 2].view(), array![1, 2].view());
    let file = to_cbor(&matrix);
    let list = 1 + 1 + "classes".len();
    assert_eq!(file[list], 0x82, "a list of two");
    for length in [u64::MAX, 1 << 40] {
        let mut hostile = file[..list].to_vec();
        hostile.push(0x9b);
        hostile.extend(length.to_be_bytes());
        hostile.extend(&file[list + 1..]);
        let loaded = ciborium::from_reader::<ConfusionMatrix<usize>, _>(hostile.as_slice());
        assert!(loaded.is_err());
    }
}

type Neighbors = Pipeline<FisherFeatures<f32, Dbm<f32>>, KNearestNeighbors<f32, usize>>;
type Machines = Pipeline<FisherFeatures<f32, Rbm<f32>>, OneVsOneModel<usize, Svm<f32, bool>>>;
type Probabilities =
    Pipeline<FisherFeatures<f64, Rbm<f64>>, OneVsRestModel<usize, Probabilistic<Svm<f64, Pr>>>>;

/// A few digits of three classes.
fn few<F: Float>() -> Dataset<F, usize, Ix1> {
    digits(0, 30).map_targets(|class| class % 3)
}

fn neighbors() -> Neighbors {
    let params = FisherFeatures::idfk(Dbm::params(&[2, 2]).pretraining_epochs(1).epochs(1));
    params
        .then(KNearestNeighbors::params(3))
        .fit(&few())
        .unwrap()
}

fn machines() -> Machines {
    let params = FisherFeatures::fk(Rbm::params(1).epochs(1)).rotated(true);
    let svm = Svm::<f32, bool>::params().eps(1e-2);
    params.then(OneVsOne::new(svm)).fit(&few()).unwrap()
}

fn probabilities() -> Probabilities {
    let params = FisherFeatures::fk(Rbm::params(1).epochs(1))
        .information(Information::Diagonal { damping: 0.0 });
    let svm = Svm::<f64, Pr>::params().eps(1e-3).gaussian_kernel(50.0);
    let svm = OneVsRest::new(Probabilistic::new(svm));
    params.then(svm).fit(&few()).unwrap()
}

/// Every node of a file, of long lists the first two and the last element.
fn places(tree: &Value, prefix: &str, all: &mut Vec<String>) {
    all.push(prefix.to_string());
    match tree {
        Value::Object(map) => {
            for (key, value) in map {
                places(value, &format!("{prefix}/{key}"), all);
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                if i < 2 || i + 1 == list.len() {
                    places(value, &format!("{prefix}/{i}"), all);
                }
            }
        }
        _ => {}
    }
}

/// What a hostile file has in place of a node.
fn replacements(node: &Value) -> Vec<Value> {
    let mut all = vec![
        json!(0),
        json!(1),
        json!(3),
        json!(-1),
        json!(1e-45),
        json!(1e39),
        json!(1e300),
        json!(3e38),
        json!(u64::MAX),
        json!(true),
        json!("LinearSearch"),
        json!("BallTree"),
        json!("Gaussian"),
        json!([]),
        json!({}),
        Value::Null,
    ];
    if let Value::Array(list) = node {
        let last = list.last().cloned().into_iter();
        all.push(list.iter().cloned().chain(last).collect());
        all.push(list.iter().skip(1).cloned().collect());
    }
    all
}

/// With any node replaced by anything, loading is an error or gives a model that predicts or
/// returns an error.
fn no_replacement_panics<F: Float, M>(model: &M)
where
    M: Serialize + DeserializeOwned + TryPredict<F, usize>,
{
    let records = digits::<F>(30, 36).records;
    let file = serde_json::to_value(model).unwrap();
    let mut all = Vec::new();
    places(&file, "", &mut all);
    let (mut loaded, mut refused) = (0, 0);
    for place in all {
        for replacement in replacements(file.pointer(&place).unwrap()) {
            let mut hostile = file.clone();
            *hostile.pointer_mut(&place).unwrap() = replacement;
            match serde_json::from_value::<M>(hostile) {
                Ok(model) => {
                    loaded += 1;
                    let _ = model.try_predict(&records);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(loaded > 0 && refused > loaded, "{loaded}, {refused}");
}

#[test]
fn no_replacement_panics_in_nearest_neighbors() {
    no_replacement_panics(&neighbors());
}

#[test]
fn no_replacement_panics_in_machines() {
    no_replacement_panics(&machines());
}

#[test]
fn no_replacement_panics_in_probabilities() {
    no_replacement_panics(&probabilities());
}

#[derive(Debug, Clone)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        4 => (place(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        1 => (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        1 => place().prop_map(Mutation::Remove),
        1 => place().prop_map(Mutation::Cut),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutations: &[Mutation]) {
    for mutation in mutations {
        if bytes.is_empty() {
            return;
        }
        let n = bytes.len();
        match mutation {
            Mutation::Set(at, byte) => bytes[at.index(n)] = *byte,
            Mutation::Flip(at, bit) => bytes[at.index(n)] ^= 1 << bit,
            Mutation::Insert(at, byte) => bytes.insert(at.index(n), *byte),
            Mutation::Remove(at) => drop(bytes.remove(at.index(n))),
            Mutation::Cut(at) => bytes.truncate(at.index(n)),
        }
    }
}

/// A mutated file is an error, or a model that predicts or returns an error.
fn is_error_or_usable<F: Float, M>(mut file: Vec<u8>, mutations: &[Mutation])
where
    M: DeserializeOwned + TryPredict<F, usize>,
{
    mutate(&mut file, mutations);
    if let Ok(model) = ciborium::from_reader::<M, _>(file.as_slice()) {
        let _ = model.try_predict(&digits::<F>(30, 33).records);
    }
}

fn files() -> &'static [Vec<u8>; 3] {
    static FILES: std::sync::OnceLock<[Vec<u8>; 3]> = std::sync::OnceLock::new();
    FILES.get_or_init(|| {
        [
            to_cbor(&neighbors()),
            to_cbor(&machines()),
            to_cbor(&probabilities()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn mutated_files_do_not_panic(mutations in prop::collection::vec(mutation(), 1..4)) {
        let [neighbors, machines, probabilities] = files().clone();
        is_error_or_usable::<_, Neighbors>(neighbors, &mutations);
        is_error_or_usable::<_, Machines>(machines, &mutations);
        is_error_or_usable::<_, Probabilities>(probabilities, &mutations);
    }
}
