//! Compressed features, codes and their hyper-parameters come back from files.

use crate::common::digits;
use linfa::traits::{Fit, Predict, Transformer};
use linfa_fisher::fisher::compression::{
    BinaryCodes, Encoder, KNearestCodes, KNearestCodesParams, KNearestCodesValidParams,
    ProductQuantizer, ProductQuantizerParams, RankCut, RankCutParams, SignBits, TopVariance,
    TopVarianceParams,
};
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use serde_json::{Value, json};

fn through_json<T: Serialize + DeserializeOwned>(model: &T) -> T {
    serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap()
}

/// What is said of a file in which one value is another.
fn fault<T: Serialize + DeserializeOwned>(model: &T, place: &str, value: Value) -> String {
    let mut file = serde_json::to_value(model).unwrap();
    *file.pointer_mut(place).unwrap() = value;
    match serde_json::from_value::<T>(file) {
        Err(fault) => fault.to_string(),
        Ok(_) => panic!("{place} should have been refused"),
    }
}

#[test]
fn stages_come_back() {
    let train = digits::<f32>(0, 60);
    let (choice, cut) = (
        TopVariance::params(9).fit(&train).unwrap(),
        RankCut::params(9).fit(&train).unwrap(),
    );
    assert_eq!(through_json(&choice), choice);
    assert_eq!(through_json(&cut), cut);
    let bits = SignBits::params().mean().fit(&train).unwrap();
    assert_eq!(through_json(&bits), bits);
    let codes = bits.encode(train.records.view()).unwrap();
    assert_eq!(through_json(&codes), codes);
    let quantizer = ProductQuantizer::params(8).centroids(20).fit(&train);
    let quantizer = quantizer.unwrap();
    let loaded = through_json(&quantizer);
    assert_eq!(loaded, quantizer);
    let [a, b] =
        [&quantizer, &loaded].map(|quantizer| quantizer.transform(&train.records).unwrap());
    assert_eq!(a, b);
}

#[test]
fn pipelines_come_back() {
    let (train, test) = (digits::<f32>(0, 100), digits::<f32>(100, 140));
    let params = TopVariance::params(40)
        .then(SignBits::params().mean())
        .then(KNearestCodesParams::new(
            3,
            ProductQuantizer::params(4).centroids(16),
        ));
    let model = params.fit(&train).unwrap();
    type Stages = Pipeline<TopVariance, SignBits<f32>>;
    type Classifier = KNearestCodes<ProductQuantizer<f32>, usize>;
    let loaded: Pipeline<Stages, Classifier> = through_json(&model);
    assert_eq!(loaded, model);
    assert_eq!(loaded.predict(&test), model.predict(&test));
}

#[test]
fn hyper_parameters_come_back() {
    let params = KNearestCodesParams::new(3, ProductQuantizer::params(4).iterations(7));
    assert_eq!(through_json(&params), params);
    let unchecked: KNearestCodesParams<ProductQuantizerParams> =
        through_json(&KNearestCodesParams::new(0, ProductQuantizer::params(4)));
    assert!(unchecked.fit(&digits::<f32>(0, 30)).is_err());
    let checked = linfa::ParamGuard::check(params).unwrap();
    type Checked = KNearestCodesValidParams<ProductQuantizerParams>;
    assert!(fault::<Checked>(&checked, "/k", json!(0)).contains("0 neighbours"));
    let checked = linfa::ParamGuard::check(ProductQuantizer::params(4)).unwrap();
    assert!(fault(&checked, "/centroids", json!(300)).contains("300 centroids"));
    let params: (RankCutParams, TopVarianceParams) = (RankCut::params(0), TopVariance::params(0));
    assert_eq!(through_json(&params), params);
    let checked = linfa::ParamGuard::check(TopVariance::params(4)).unwrap();
    assert!(fault(&checked, "/features", json!(0)).contains("0 features to keep"));
}

#[test]
fn parts_that_do_not_fit_are_named() {
    let train = digits::<f32>(0, 60);
    let choice = TopVariance::params(3).fit(&train).unwrap();
    for (place, value, message) in [
        ("/chosen/1", json!(64), "number 1 of the chosen columns"),
        (
            "/chosen/2",
            json!(choice.chosen()[0]),
            "number 2 of the chosen columns",
        ),
        (
            "/variances/data/0",
            json!(-1.0),
            "number 0 of the variances",
        ),
        ("/chosen", json!([]), "the records are empty"),
        (
            "/chosen",
            json!([1]),
            "variances of shape [3], expected [1]",
        ),
    ] {
        let found = fault(&choice, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
    let cut = RankCut::params(3).fit(&train).unwrap();
    assert!(fault(&cut, "/columns", json!(2)).contains("3 features to keep of 2"));

    let bits = SignBits::params().mean().fit(&train).unwrap();
    let found = fault(&bits, "/thresholds/element", json!("f64"));
    assert!(found.contains("numbers of type f64"), "{found}");

    let codes: BinaryCodes = SignBits::at(ndarray::array![0.0, 0.0])
        .unwrap()
        .encode(ndarray::array![[1.0, 2.0]].view())
        .unwrap();
    for (place, value, message) in [
        ("/words/data/0", json!(4), "number 0 of the last words"),
        ("/bits", json!(65), "words of shape [1, 1], expected [1, 2]"),
        ("/bits", json!(0), "the records are empty"),
    ] {
        let found = fault(&codes, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }

    let quantizer = ProductQuantizer::params(8).centroids(20).fit(&train);
    let quantizer = quantizer.unwrap();
    for (place, value, message) in [
        ("/subspaces", json!(65), "65 subspaces of 64 columns"),
        ("/subspaces", json!(0), "0 subspaces"),
        (
            "/centroids/arrays/data/3",
            json!(1e38),
            "distances between records of magnitude",
        ),
    ] {
        let found = fault(&quantizer, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
}

#[test]
fn damaged_classifiers_are_named() {
    let train = digits::<f32>(0, 60);
    let params = KNearestCodesParams::new(2, ProductQuantizer::params(4).centroids(16));
    let model = params.fit(&train).unwrap();
    for (place, value, message) in [
        ("/codes/data/5", json!(16), "code [1, 1] is 16"),
        ("/labels/7", json!(10), "number 7 of the records' classes"),
        ("/labels", json!([0]), "1 targets for 60 records"),
        ("/k", json!(61), "61 neighbours of 60 samples"),
        ("/classes/0", json!(9), "class 1 is not greater"),
    ] {
        let found = fault(&model, place, value);
        assert!(found.contains(message), "{place}: {found}");
    }
}
