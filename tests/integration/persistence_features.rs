//! Fitted features, classifiers, pipelines and hyper-parameters in files: the same bits come back.

use crate::cbor::through_cbor;
use crate::common::{digits, small_dbm, small_rbm};
use crate::json::{fault, through_json};
use crate::models::{idfk, three_corners};
use linfa::dataset::Pr;
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, ParamGuard};
use linfa_fisher::boltzmann::Rbm;
use linfa_fisher::classification::{
    CosineDist, DecisionFunction, KNearestNeighbors, KNearestNeighborsParams,
    KNearestNeighborsValidParams, OneVsOne, OneVsRest, Probabilistic,
};
use linfa_fisher::fisher::{
    FisherFeatures, FisherFeaturesParams, FisherFeaturesValidParams, Information, Scaling,
    ScoreLayout, Trained,
};
use linfa_fisher::model_selection::{CrossValidation, StratifiedKFold, cross_validate};
use linfa_fisher::pipeline::{Fallible, Pipeline, PipelineExt, PipelineParams};
use linfa_fisher::preprocessing::MinMaxScaler;
use linfa_fisher::traits::{Infallible, TryPredict};
use linfa_fisher::{Error, Float};
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::LpDist;
use linfa_svm::Svm;
use ndarray::{Array2, Ix1, array};
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use serde_json::json;

fn bits<F: Float>(numbers: Array2<F>) -> Vec<u64> {
    let bits = |x: F| x.to_f64().unwrap().to_bits();
    numbers.into_iter().map(bits).collect()
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
