//! Values of scikit-learn; `README.md` says where they come from.

mod calibration;
mod linear_svm;
mod metrics;
mod ridge_classifier;

use linfa_fisher::metrics::MeanAveragePrecision;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use serde_json::Value;

/// Rankings, and their mean average precision.
const RANKINGS: &str = include_str!("cases.json");

fn numbers(values: &Value) -> Array1<f64> {
    let values = values.as_array().unwrap().iter();
    values.map(|x| x.as_f64().unwrap()).collect()
}

fn classes(values: &Value) -> Array1<usize> {
    let values = values.as_array().unwrap().iter();
    values.map(|x| x.as_u64().unwrap() as usize).collect()
}

fn matrix(values: &Value) -> Array2<f64> {
    let rows: Vec<_> = values.as_array().unwrap().iter().map(numbers).collect();
    let views: Vec<ArrayView1<f64>> = rows.iter().map(Array1::view).collect();
    ndarray::stack(Axis(0), &views).unwrap()
}

#[test]
fn mean_average_precision_is_scikit_learn_s() {
    let file: Value = serde_json::from_str(RANKINGS).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let (truth, targets) = (classes(&case["truth"]), classes(&case["targets"]));
        let distances = matrix(&case["distances"]);
        let mut precision = MeanAveragePrecision::new();
        precision
            .add(distances.view(), truth.view(), targets.view())
            .unwrap();
        let expected = case["mean"].as_f64().unwrap();
        let found = precision.mean().unwrap();
        assert!(
            (found - expected).abs() < 1e-14,
            "{}: {found}",
            case["name"]
        );
        assert_eq!(
            precision.queries() as u64,
            case["queries"].as_u64().unwrap()
        );
    }
}
