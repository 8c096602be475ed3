//! Calibrated classifiers and their parameters through JSON.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::Error;
use linfa_fisher::calibration::{Calibrated, CalibratedModel, Method};
use linfa_fisher::classification::{LinearSvm, LinearSvmParams};
use linfa_fisher::model_selection::StratifiedKFold;
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use linfa_fisher::preprocessing::MinMaxScaler;
use ndarray::{Ix1, array};
use serde_json::json;

use crate::json::{fault, through_json};

type Svm = LinearSvmParams<f32, usize>;
type Model = CalibratedModel<LinearSvm<f32, usize>>;

fn data() -> Dataset<f32, usize, Ix1> {
    let records = array![[0.1_f32, 0.7], [0.2, 0.1], [1.3, 0.9], [1.1, 0.4]];
    Dataset::new(records, array![4, 4, 7, 7])
}

fn params() -> Calibrated<Svm, Error> {
    Calibrated::new(LinearSvm::params()).folds(StratifiedKFold::new(2))
}

#[test]
fn models_are_read_as_they_were_written() {
    let model: Model = params().fit(&data()).unwrap();
    assert_eq!(through_json(&model), model);
    assert!(fault::<Model>(&model, "/model/classes", json!([7, 4])).contains("class"));
    let model: Model = params().method(Method::Isotonic).fit(&data()).unwrap();
    assert_eq!(through_json(&model), model);
    let falling = json!([{ "Isotonic": { "points": [[0.0, 0.5], [1.0, 0.4]] } }]);
    assert!(
        fault::<Model>(&model, "/curves", falling).contains("expected a curve that does not fall")
    );
    let piped = MinMaxScaler::params().then(params()).fit(&data()).unwrap();
    let read: Pipeline<MinMaxScaler<f32>, Model> = through_json(&piped);
    assert_eq!(read, piped);
}

#[test]
fn a_file_of_other_classes_is_an_error_at_last() {
    let model: Model = params().fit(&data()).unwrap();
    let mut file = serde_json::to_value(&model).unwrap();
    file["curves"] = json!([]);
    let read: Model = serde_json::from_value(file).unwrap();
    let error = read.probabilities(&data().records).unwrap_err();
    assert!(error.to_string().contains("2 classes, expected 0"));
}

#[test]
fn parameters_are_read_as_they_were_written() {
    let read: Calibrated<Svm, Error> = through_json(&params());
    let (read, written) = (read.fit(&data()).unwrap(), params().fit(&data()).unwrap());
    assert_eq!(read, written);
}
