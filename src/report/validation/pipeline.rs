//! What a report says of one pipeline.

use linfa::{Float, Label};
use serde_crate::Serialize;

use super::calibration::Calibration;
use super::mistakes::{Mistake, mistakes};
use super::pooled::Pooled;
use super::roc::Roc;
use crate::metrics::ConfusionMatrix;
use crate::model_selection::{
    CrossValidation, FailedFold, FoldScores, FoldTimes, Metric, ValidatedFold,
};
use crate::traits::Choice;

/// Confidence of all intervals.
pub(super) const CONFIDENCE: f64 = 0.95;

/// The results of one pipeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct PipelineResults {
    pub(super) name: String,
    /// Its hyper-parameters as the user describes them.
    pub(super) parameters: String,
    pub(super) metrics: Vec<MetricResult>,
    pub(super) folds: Vec<FoldResult>,
    pub(super) failures: Vec<Failure>,
    /// Scores of every class that is validated or predicted.
    pub(super) classes: Vec<ClassResult>,
    /// Counts of rows by true class (row) and predicted class (column), in the order of `classes`.
    pub(super) confusion: Vec<Vec<usize>>,
    pub(super) roc: Result<Roc, String>,
    pub(super) calibration: Result<Calibration, String>,
    pub(super) mistakes: Vec<Mistake>,
}

/// A metric in all folds, or why it has no value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct MetricResult {
    pub(super) name: String,
    pub(super) scores: Result<Scores, String>,
}

/// The values of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Scores {
    pub(super) values: Vec<f64>,
    pub(super) mean: f64,
    pub(super) std_dev: f64,
    pub(super) std_error: f64,
    /// Both ends of the interval of the mean.
    pub(super) interval: (f64, f64),
}

impl From<&FoldScores> for Scores {
    fn from(scores: &FoldScores) -> Self {
        Self {
            values: scores.values().to_vec(),
            mean: scores.mean(),
            std_dev: scores.std_dev(),
            std_error: scores.std_error(),
            interval: scores.interval(CONFIDENCE),
        }
    }
}

/// Size, times and choices of a fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct FoldResult {
    pub(super) fold: usize,
    pub(super) trained: usize,
    pub(super) validated: usize,
    pub(super) fit_seconds: f64,
    pub(super) transform_seconds: f64,
    pub(super) predict_seconds: f64,
    pub(super) choices: Vec<Choice>,
}

impl FoldResult {
    fn new<L>((fold, times): (&ValidatedFold<L>, &FoldTimes)) -> Self {
        Self {
            fold: fold.fold(),
            trained: fold.trained(),
            validated: fold.rows().len(),
            fit_seconds: times.fit.as_secs_f64(),
            transform_seconds: times.transform.as_secs_f64(),
            predict_seconds: times.predict.as_secs_f64(),
            choices: fold.choices().to_vec(),
        }
    }
}

/// A fold without a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Failure {
    pub(super) fold: usize,
    pub(super) fault: String,
}

/// Scores of one class over all validated rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct ClassResult {
    /// Place of the class in the dataset.
    pub(super) class: usize,
    pub(super) rows: usize,
    pub(super) precision: f64,
    pub(super) recall: f64,
    pub(super) f1: f64,
    /// Area under the curve of pooled decision values, against the rest.
    pub(super) roc_auc: Option<f64>,
}

impl PipelineResults {
    /// What was validated, whose classes are all among those of the dataset.
    pub(super) fn new<F: Float, L: Label>(
        (name, parameters): (&str, &str),
        validation: &CrossValidation<L>,
        metrics: &[Metric<L>],
        classes: &[L],
    ) -> Self {
        let pooled = Pooled::new(validation, classes);
        let pooled = pooled.as_ref().map_err(String::clone);
        let roc = pooled.clone().and_then(Roc::new);
        let matrix = validation.confusion_matrix();
        let counts = matrix.counts().rows().into_iter();
        let failure = |failed: &FailedFold| Failure {
            fold: failed.fold(),
            fault: failed.fault().to_owned(),
        };
        let folds = validation.folds().iter().zip(validation.times());
        Self {
            name: name.to_owned(),
            parameters: parameters.to_owned(),
            metrics: metrics
                .iter()
                .map(|metric| metric_result(validation, metric))
                .collect(),
            folds: folds.map(FoldResult::new).collect(),
            failures: validation.failures().iter().map(failure).collect(),
            classes: class_results(&matrix, classes, roc.as_ref().ok()),
            confusion: counts.map(|row| row.to_vec()).collect(),
            roc,
            calibration: pooled.and_then(Calibration::new::<F, L>),
            mistakes: mistakes(validation, classes),
        }
    }

    /// The values of the metric at a place among the metrics of the report, if it has any.
    pub(super) fn scores(&self, metric: usize) -> Option<&Scores> {
        self.metrics[metric].scores.as_ref().ok()
    }
}

fn metric_result<L: Label>(validation: &CrossValidation<L>, metric: &Metric<L>) -> MetricResult {
    let scores = validation.scores(metric);
    MetricResult {
        name: metric.name().to_owned(),
        scores: match &scores {
            Ok(scores) => Ok(scores.into()),
            Err(fault) => Err(fault.to_string()),
        },
    }
}

fn class_results<L: Label>(
    matrix: &ConfusionMatrix<L>,
    classes: &[L],
    roc: Option<&Roc>,
) -> Vec<ClassResult> {
    let (precision, recall, f1) = (matrix.precision(), matrix.recall(), matrix.f1());
    let result = |(at, label): (usize, &L)| {
        let class = classes.binary_search(label).ok()?;
        Some(ClassResult {
            class,
            rows: matrix.counts().row(at).sum(),
            precision: precision[at],
            recall: recall[at],
            f1: f1[at],
            roc_auc: roc.and_then(|roc| roc.areas[class]),
        })
    };
    let labels = matrix.classes().iter().enumerate();
    labels.filter_map(result).collect()
}
