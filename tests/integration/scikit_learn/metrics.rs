//! Metrics of scores, probabilities, rankings and clusters.

use linfa_fisher::error::{Error, MetricError};
use linfa_fisher::metrics::{
    Bins, CalibrationCurve, ClassAverage, ConfusionMatrix, PrecisionRecallCurve, RetrievalByClass,
    RetrievalScores, RocCurve, brier_score, log_loss, purity, roc_auc_by_class, roc_auc_one_vs_one,
    roc_auc_one_vs_rest, silhouette_samples, silhouette_score, top_k_accuracy,
};
use ndarray::{Array1, ArrayView1, Axis, s, stack};
use serde_json::Value;

use super::{classes, matrix, numbers};

const FILE: &str = include_str!("metrics.json");

fn cases(of: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(FILE).unwrap();
    file[of].as_array().unwrap().clone()
}

/// What scikit-learn says of a case, `None` for null.
fn close(case: &Value, what: &str, found: Option<f64>) {
    close_to(&case["name"], what, &case[what], found);
}

fn close_to(name: &Value, what: &str, expected: &Value, found: Option<f64>) {
    let same = match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-13,
        (None, None) => expected.is_null(),
        _ => false,
    };
    assert!(same, "{name}, {what}: {found:?}, expected {expected}");
}

fn all_close(case: &Value, what: &str, found: ArrayView1<f64>) {
    let expected = numbers(&case[what]);
    assert_eq!(found.len(), expected.len(), "{}, {what}", case["name"]);
    let gap = (&found - &expected).fold(0.0, |gap: f64, x| gap.max(x.abs()));
    assert!(
        gap < 1e-13,
        "{}, {what}: {found}, expected {expected}",
        case["name"]
    );
}

#[test]
fn scores_of_many_classes() {
    for case in cases("multi_class") {
        let (truth, shares) = (classes(&case["truth"]), matrix(&case["probabilities"]));
        let labels: Vec<usize> = (0..shares.ncols()).collect();
        let (truth, shares, labels) = (truth.view(), shares.view(), labels.as_slice());
        for (average, name) in [
            (ClassAverage::Macro, "macro"),
            (ClassAverage::Weighted, "weighted"),
        ] {
            let area = match roc_auc_one_vs_rest(shares, labels, truth, average) {
                Err(Error::Metric(MetricError::AbsentClass { .. })) => None,
                area => Some(area.unwrap()),
            };
            close(&case, &format!("ovr_{name}"), area);
            let area = roc_auc_one_vs_one(shares, labels, truth, average).unwrap();
            close(&case, &format!("ovo_{name}"), Some(area));
        }
        let areas = roc_auc_by_class(shares, labels, truth).unwrap();
        for (class, &area) in areas.iter().enumerate() {
            close_to(&case["name"], "by_class", &case["by_class"][class], area);
        }
        let accuracies = labels
            .iter()
            .map(|k| top_k_accuracy(shares, labels, truth, k + 1));
        let accuracies: Array1<f64> = accuracies.map(Result::unwrap).collect();
        all_close(&case, "top_k", accuracies.view());
        close(&case, "log_loss", log_loss(shares, labels, truth).ok());
        close(&case, "brier", brier_score(shares, labels, truth).ok());
        let predicted = classes(&case["predicted"]);
        let matrix = ConfusionMatrix::count(truth, predicted.view());
        close(&case, "balanced_accuracy", matrix.balanced_accuracy().ok());
    }
}

#[test]
fn scores_of_one_class() {
    for case in cases("binary") {
        let positive = case["positive"].as_array().unwrap().iter();
        let positive: Array1<bool> = positive.map(|x| x.as_bool().unwrap()).collect();
        let (scores, positive) = (numbers(&case["scores"]), positive.view());
        let roc = RocCurve::new(scores.view(), positive).unwrap();
        all_close(&case, "fpr", roc.false_positive_rates());
        all_close(&case, "tpr", roc.true_positive_rates());
        all_close(
            &case,
            "roc_thresholds",
            roc.thresholds().slice_move(s![1..]),
        );
        close(&case, "area", Some(roc.area()));
        let curve = PrecisionRecallCurve::new(scores.view(), positive).unwrap();
        all_close(&case, "precision", curve.precisions());
        all_close(&case, "recall", curve.recalls());
        all_close(&case, "thresholds", curve.thresholds());
        close(&case, "average_precision", Some(curve.average_precision()));
        let both = stack![Axis(1), 1.0 - &scores, scores];
        let of_both = [false, true];
        close(
            &case,
            "brier",
            brier_score(both.view(), &of_both, positive).ok(),
        );
        close(
            &case,
            "log_loss",
            log_loss(both.view(), &of_both, positive).ok(),
        );
        for expected in case["calibration"].as_array().unwrap() {
            let bins = expected["bins"].as_u64().unwrap() as usize;
            let bins = match expected["strategy"].as_str() {
                Some("uniform") => Bins::Uniform(bins),
                _ => Bins::Quantile(bins),
            };
            let curve = CalibrationCurve::new(scores.view(), positive, bins).unwrap();
            all_close(expected, "observed", curve.observed());
            all_close(expected, "predicted", curve.predicted());
            assert_eq!(curve.counts(), classes(&expected["counts"]).to_vec());
            close(expected, "expected_error", Some(curve.expected_error()));
        }
    }
}

#[test]
fn rankings_by_class() {
    let file: Value = serde_json::from_str(super::RANKINGS).unwrap();
    for expected in cases("retrieval") {
        let rankings = file["cases"].as_array().unwrap();
        let case = rankings
            .iter()
            .find(|case| case["name"] == expected["name"]);
        let case = case.unwrap();
        let (truth, targets) = (classes(&case["truth"]), classes(&case["targets"]));
        let mut scores = RetrievalByClass::new(expected["k"].as_u64().unwrap() as usize);
        let distances = matrix(&case["distances"]);
        scores
            .add(distances.view(), truth.view(), targets.view())
            .unwrap();
        let close = |expected: &Value, found: &RetrievalScores| {
            let found = [
                found.average_precision().mean(),
                found.precision_at_k().mean(),
            ];
            for (place, found) in found.into_iter().enumerate() {
                let expected = expected.get(place).unwrap_or(&Value::Null);
                close_to(&case["name"], "retrieval", expected, found);
            }
        };
        close(&expected["overall"], scores.overall());
        let by_class = expected["by_class"].as_array().unwrap();
        assert_eq!(by_class.len(), scores.classes().len());
        for (expected, (class, found)) in by_class.iter().zip(scores.classes()) {
            assert_eq!(expected[0].as_u64(), Some(*class as u64));
            close(&expected[1], found);
        }
    }
}

#[test]
fn clusters() {
    for case in cases("clusters") {
        let (truth, clusters) = (classes(&case["classes"]), classes(&case["clusters"]));
        close(&case, "purity", purity(clusters.view(), truth.view()).ok());
        let records = matrix(&case["records"]);
        let silhouettes = silhouette_samples(records.view(), clusters.view()).unwrap();
        all_close(&case, "silhouettes", silhouettes.view());
        let score = silhouette_score(records.view(), clusters.view());
        close(&case, "silhouette", score.ok());
    }
}
