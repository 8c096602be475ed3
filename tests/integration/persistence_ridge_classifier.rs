//! Ridge classifiers, their moments and parameters through JSON.

use linfa::traits::Fit;
use linfa::{Dataset, ParamGuard};
use linfa_fisher::classification::{
    RidgeClassifier, RidgeClassifierParams, RidgeClassifierValidParams, RidgeMoments,
};
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use linfa_fisher::preprocessing::MinMaxScaler;
use ndarray::{Ix1, array};
use serde_json::json;

use crate::json::{fault, through_json};

type Model = RidgeClassifier<f32, usize>;

fn data() -> Dataset<f32, usize, Ix1> {
    let records = array![
        [0.1_f32, 0.7],
        [0.2, 0.1],
        [1.3, 0.9],
        [1.1, 0.4],
        [0.3, 2.2]
    ];
    Dataset::new(records, array![4, 4, 7, 7, 9])
}

#[test]
fn classifiers_are_read_as_they_were_written() {
    let model: Model = RidgeClassifier::params().fit(&data()).unwrap();
    assert_eq!(through_json(&model), model);
    assert!(fault::<Model>(&model, "/classes", json!([4, 9, 7])).contains("class"));
    assert!(fault::<Model>(&model, "/intercepts", json!([0.0])).contains("intercepts"));
    assert!(fault::<Model>(&model, "/coefficients/element", json!("f64")).contains("f64"));
}

#[test]
fn pipelines_are_read_as_they_were_written() {
    let params = MinMaxScaler::params().then(RidgeClassifier::params());
    let model: Pipeline<MinMaxScaler<f32>, Model> = params.fit(&data()).unwrap();
    assert_eq!(through_json(&model), model);
}

#[test]
fn moments_are_read_as_they_were_written() {
    let mut moments = RidgeMoments::new(vec![4, 7, 9], 2).unwrap();
    moments.add(&data()).unwrap();
    assert_eq!(through_json(&moments), moments);
    type Moments = RidgeMoments<usize>;
    assert!(fault::<Moments>(&moments, "/classes", json!([4, 9, 7])).contains("class"));
    assert!(fault::<Moments>(&moments, "/weights/data/1", json!(-1.0)).contains("weights"));
    assert!(fault::<Moments>(&moments, "/scatter/data/0", json!(-1.0)).contains("squares"));
}

#[test]
fn parameters_are_checked_when_they_are_read() {
    let params: RidgeClassifierParams<f32, usize> = RidgeClassifier::params().alpha(0.5);
    assert_eq!(through_json(&params), params);
    let checked: RidgeClassifierValidParams<f32, usize> = params.check().unwrap();
    assert_eq!(through_json(&checked), checked);
    assert!(fault(&checked, "/alpha", json!(-1.0)).contains("alpha is -1"));
}
