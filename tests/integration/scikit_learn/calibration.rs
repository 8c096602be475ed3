//! Probabilities of calibrated classifiers.

use approx::assert_abs_diff_eq;
use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::calibration::{Calibrated, Curve, Method};
use linfa_fisher::classification::RidgeClassifier;
use linfa_fisher::model_selection::StratifiedKFold;
use ndarray::Array2;
use serde_json::Value;

use super::{classes, matrix, numbers};

/// scikit-learn stops where no part of the gradient is above 1e-6, and the second derivatives of
/// these objectives are at least 1.6.
const TOLERANCE: f64 = 1e-6;

#[test]
fn probabilities_are_those_of_calibrated_classifier_cv() {
    let file: Value = serde_json::from_str(include_str!("calibration.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        // quarters, which `f32` holds exactly
        let weights = numbers(&case["weights"]).mapv(|x| x as f32);
        let records = matrix(&case["records"]);
        let dataset = Dataset::new(records.clone(), classes(&case["targets"]));
        let folds = StratifiedKFold::new(3).shuffle(false);
        let params = Calibrated::new(RidgeClassifier::params()).folds(folds);
        let dataset = dataset.with_weights(weights);
        let model = params.fit(&dataset).unwrap();
        let expected = matrix(&case["sigmoids"]);
        let found = model.curves().iter().flat_map(|curve| match curve {
            Curve::Sigmoid(sigmoid) => [sigmoid.a(), sigmoid.b()],
            other => panic!("{other:?}"),
        });
        let found = Array2::from_shape_vec(expected.dim(), found.collect()).unwrap();
        assert_abs_diff_eq!(found, expected, epsilon = TOLERANCE);
        let found = model.probabilities(&records).unwrap();
        assert_abs_diff_eq!(found, matrix(&case["probabilities"]), epsilon = TOLERANCE);
        let model = params.method(Method::Isotonic).fit(&dataset).unwrap();
        let found = model.probabilities(&records).unwrap();
        assert_abs_diff_eq!(found, matrix(&case["isotonic"]), epsilon = TOLERANCE);
    }
}
