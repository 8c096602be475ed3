//! Boltzmann machines that classify, through JSON and in pipelines.

use linfa::prelude::*;
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::classification::LinearSvm;
use linfa_fisher::discriminative::{
    ClassRbm, ClassRbmParams, ClassRbmValidParams, DbmClassifier, DeepBeliefNetwork,
};
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use linfa_fisher::preprocessing::MinMaxScaler;
use linfa_fisher::{StratifiedKFold, cross_validate};
use ndarray::{Array2, Ix1};
use rand_xoshiro::Xoshiro256Plus;
use serde_json::json;

use crate::json::{fault, through_json};

/// Three classes, each a pair of columns that is brighter than the others.
fn data() -> Dataset<f32, usize, Ix1> {
    let records = Array2::from_shape_fn((60, 6), |(i, j)| {
        let noise = (i * 31 + j * 17) % 13;
        f32::from(u8::from(j / 2 == i % 3)) + noise as f32 / 26.0
    });
    Dataset::new(records, (0..60).map(|i| 4 + i % 3).collect())
}

fn scaled() -> Dataset<f32, usize, Ix1> {
    let scaler = MinMaxScaler::params().fit(&data()).unwrap();
    scaler.transform(data()).unwrap()
}

#[test]
fn machines_are_read_as_they_were_written() {
    type Model = ClassRbm<f32, usize>;
    let model: Model = ClassRbm::params(4).epochs(2).fit(&scaled()).unwrap();
    assert_eq!(through_json(&model), model);
    assert!(fault::<Model>(&model, "/classes", json!([4, 9, 7])).contains("class"));
    let columns = json!([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(fault::<Model>(&model, "/classes", columns).contains("layers"));
}

#[test]
fn networks_are_read_as_they_were_written() {
    type Network = DeepBeliefNetwork<f32, usize>;
    let model: Network = DeepBeliefNetwork::params(&[4, 3])
        .epochs(2)
        .fit(&scaled())
        .unwrap();
    assert_eq!(through_json(&model), model);
    assert!(fault::<Network>(&model, "/classes", json!([4, 5])).contains("layers"));
    type Classifier = DbmClassifier<f32, usize>;
    let dbm = Dbm::params(&[4, 3]).epochs(2).fit(&scaled()).unwrap();
    let model: Classifier = DbmClassifier::params(dbm).epochs(2).fit(&scaled()).unwrap();
    assert_eq!(through_json(&model), model);
    let other = Dbm::params(&[5, 3]).epochs(1).fit(&scaled()).unwrap();
    let other = serde_json::to_value(other).unwrap();
    assert!(fault::<Classifier>(&model, "/machine", other).contains("layers"));
}

#[test]
fn parameters_are_checked_when_they_are_read() {
    let params: ClassRbmParams<f32, Xoshiro256Plus> = ClassRbm::params(3).epochs(7);
    assert_eq!(through_json(&params), params);
    let checked: ClassRbmValidParams<f32, Xoshiro256Plus> = params.check().unwrap();
    assert_eq!(through_json(&checked), checked);
    assert!(fault(&checked, "/descent/dropout/hidden", json!(1.5)).contains("without dropout"));
    assert!(fault(&checked, "/architecture/steps", json!(0)).contains("Gibbs steps"));
}

#[test]
fn they_are_stages_of_pipelines() {
    let last = MinMaxScaler::params().then(ClassRbm::params(6).epochs(100));
    let report = cross_validate(&data(), &last, &StratifiedKFold::new(3)).unwrap();
    assert!(report.mean() > 0.9, "{report}");

    let network = DeepBeliefNetwork::params(&[6])
        .pretraining(|rbm| rbm.epochs(50))
        .epochs(100);
    let first = MinMaxScaler::params().then(network.then(LinearSvm::params()));
    let model = first.fit(&data()).unwrap();
    assert_eq!(model.predict(&data()), data().targets);
    let _: &Pipeline<MinMaxScaler<f32>, Pipeline<_, LinearSvm<f32, usize>>> = &model;
    assert_eq!(through_json(&model), model);
}
