//! Reports of cross-validations as other programs read them.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use linfa_fisher::ImageShape;
use linfa_fisher::classification::{KNearestNeighbors, LinearSvm};
use linfa_fisher::datasets;
use linfa_fisher::model_selection::{
    Comparison, CrossValidation, Metric, StratifiedKFold, cross_validate,
};
use linfa_fisher::report::ValidationReport;
use linfa_fisher::report::plot::GreyScale;
use serde_json::Value;

/// A report of three pipelines on the embedded digits, at the place where `.ci/browser` finds it.
#[test]
fn files_hold_what_was_validated() {
    let digits = datasets::digits::<f32>().unwrap();
    let folds = StratifiedKFold::new(5);
    let near = cross_validate(&digits, &KNearestNeighbors::params(1), &folds).unwrap();
    let far = cross_validate(&digits, &KNearestNeighbors::params(100), &folds).unwrap();
    let svm = LinearSvm::<f32, usize>::params();
    let svm = cross_validate(&digits, &svm, &folds).unwrap();
    let report = ValidationReport::new("Handwritten digits", &digits)
        .unwrap()
        .folds("5 stratified folds, seed 42")
        .class_names((0..10).map(|digit| format!("digit {digit}")))
        .unwrap()
        .note("source", "UCI Machine Learning Repository")
        .metric(Metric::macro_f1())
        .metric(Metric::roc_auc())
        .images(ImageShape::DIGITS, GreyScale::ink())
        .unwrap();
    let report = report
        .add("1-NN", "k = 1", &near)
        .unwrap()
        .add("100-NN", "k = 100", &far)
        .unwrap()
        .add("linear SVM", "C = 1", &svm)
        .unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("validation_report");
    let files = report.save(&path).unwrap();
    let [html, json, csv, markdown] = files.map(|file| std::fs::read_to_string(file).unwrap());

    check_json(&serde_json::from_str(&json).unwrap(), [&near, &far, &svm]);
    check_csv(&csv, [&near, &far, &svm]);
    check_pictures(&html);
    assert!(!html.contains("http") && !html.contains("<script"));
    for validation in [&near, &far, &svm] {
        let mean = format!("{:.4}", validation.mean());
        assert!(html.contains(&mean) && markdown.contains(&mean));
    }
    assert!(markdown.contains("| digit 8 "));
    assert!(html.contains("<td>5 stratified folds, seed 42</td>"));
}

fn check_json(json: &Value, validations: [&CrossValidation<usize>; 3]) {
    assert_eq!(json["format"], "linfa-fisher validation report, version 1");
    assert_eq!(json["data"]["rows"], 1797);
    assert_eq!(json["data"]["classes"][8]["name"], "digit 8");
    assert_eq!(json["data"]["classes"][8]["rows"], 174);
    let sum = json["data"]["records_sha256"].as_str().unwrap();
    assert_eq!(
        sum,
        "23a53393488b04f92efc45ebc92767e2dcfdf206ba37a928f497d261e42267d2"
    );
    for (pipeline, validation) in json["pipelines"]
        .as_array()
        .unwrap()
        .iter()
        .zip(validations)
    {
        let scores = &pipeline["metrics"][0]["scores"]["Ok"];
        let expected = validation.accuracies();
        assert_eq!(scores["mean"], expected.mean());
        assert_eq!(scores["std_error"], expected.std_error());
        let (low, high) = expected.interval(0.95);
        assert_eq!(scores["interval"], serde_json::json!([low, high]));
        let values: Vec<f64> = serde_json::from_value(scores["values"].clone()).unwrap();
        assert_eq!(values, expected.values().to_vec());
        let counts: Vec<Vec<usize>> =
            serde_json::from_value(pipeline["confusion"].clone()).unwrap();
        let matrix = validation.confusion_matrix();
        assert_eq!(
            counts.concat(),
            matrix.counts().iter().copied().collect::<Vec<_>>()
        );
        let mistakes = pipeline["mistakes"].as_array().unwrap().len();
        assert_eq!(mistakes, matrix.total() - matrix.counts().diag().sum());
    }
    // shares of neighbours are probabilities, margins are not
    let errors = [0, 1, 2].map(|place| &json["pipelines"][place]["calibration"]);
    assert!(errors[0]["Ok"].is_object() && errors[1]["Ok"].is_object());
    assert!(errors[2]["Err"].is_string());
    let names = ["1-NN", "100-NN", "linear SVM"];
    let named: Vec<_> = names.into_iter().zip(validations).collect();
    let comparison = Comparison::new(&named, &Metric::macro_f1()).unwrap();
    let found = &json["comparisons"][1]["Ok"];
    assert_eq!(found["metric"], "macro F1");
    for (pair, expected) in found["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .zip(comparison.pairs())
    {
        assert_eq!(pair["corrected_p_value"], expected.corrected_p_value());
        assert_eq!(pair["difference"]["mean"], expected.difference().mean());
    }
}

fn check_csv(csv: &str, validations: [&CrossValidation<usize>; 3]) {
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 1 + 3 * 5);
    assert_eq!(lines[0][7..], ["accuracy", "macro F1", "ROC AUC"]);
    let accuracies = lines[1..]
        .iter()
        .map(|line| line[7].parse::<f64>().unwrap());
    let expected = validations.map(|validation| validation.fold_accuracies().to_vec());
    assert_eq!(accuracies.collect::<Vec<_>>(), expected.concat());
}

/// Every picture is a PNG file of 8 x 8 greys.
fn check_pictures(html: &str) {
    let uris: Vec<_> = html.split("src=\"").skip(1).collect();
    assert!(uris.len() > 100, "{} pictures", uris.len());
    for uri in uris {
        let (uri, _) = uri.split_once('"').unwrap();
        let base64 = uri.strip_prefix("data:image/png;base64,").unwrap();
        let file = STANDARD.decode(base64).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut greys = [0; 64];
        let frame = reader.next_frame(&mut greys).unwrap();
        assert_eq!((frame.width, frame.height), (8, 8));
        assert!(greys.iter().any(|&grey| grey < 128) && greys.contains(&255));
    }
}
