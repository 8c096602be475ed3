//! Coefficients of ridge classifiers.

use approx::assert_abs_diff_eq;
use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::classification::{DecisionFunction, RidgeClassifier};
use ndarray::s;
use serde_json::Value;

use super::{classes, matrix, numbers};

#[test]
fn coefficients_are_those_of_ridge_classifier() {
    let file: Value = serde_json::from_str(include_str!("ridge_classifier.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        // quarters, which `f32` holds exactly
        let weights = numbers(&case["weights"]).mapv(|x| x as f32);
        let records = matrix(&case["records"]);
        let dataset = Dataset::new(records.clone(), classes(&case["targets"]));
        let params = RidgeClassifier::params()
            .alpha(case["alpha"].as_f64().unwrap())
            .balanced(case["balanced"].as_bool().unwrap());
        let model = params.fit(&dataset.with_weights(weights)).unwrap();
        let coefficients = matrix(&case["coefficients"]);
        // of two classes, scikit-learn has the second one's alone
        let first = model.coefficients().ncols() - coefficients.ncols();
        let found = model.coefficients().slice(s![.., first..]);
        assert_abs_diff_eq!(found, coefficients.view(), epsilon = 1e-12);
        let intercepts = numbers(&case["intercepts"]);
        let found = model.intercepts();
        assert_abs_diff_eq!(found.slice(s![first..]), intercepts.view(), epsilon = 1e-12);
        let decisions = model
            .decision_function(&records.slice(s![..5, ..]))
            .unwrap();
        let found = decisions.slice(s![.., first..]);
        assert_abs_diff_eq!(found, matrix(&case["decisions"]).view(), epsilon = 1e-12);
        assert_eq!(
            model.try_predict(&records).unwrap(),
            classes(&case["predictions"])
        );
    }
}
