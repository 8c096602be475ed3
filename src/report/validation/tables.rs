//! The tables of a report.

use super::calibration::Calibration;
use super::comparison::ComparisonResult;
use super::contents::Contents;
use super::pipeline::{FoldResult, PipelineResults};
use super::table::{DASH, Table, interval, number, p_value, seconds, signed};

/// Size and fingerprint of the data, the folds, and the user's notes.
pub(super) fn data(contents: &Contents) -> Table {
    let data = &contents.data;
    let table = Table::new("Data and circumstances", &["what", "value"]);
    let row = |table: Table, (name, value): (&str, String)| table.row([name.to_owned(), value]);
    let facts = [
        ("rows", data.rows.to_string()),
        ("columns", data.columns.to_string()),
        ("classes", data.classes.len().to_string()),
        ("SHA-256 of the records", data.records_sha256.clone()),
        ("SHA-256 of the targets", data.targets_sha256.clone()),
        ("folds", contents.folds.clone().unwrap_or(DASH.to_owned())),
        ("linfa-fisher", contents.version.to_owned()),
    ];
    let table = facts.into_iter().fold(table, row);
    let notes = contents.notes.iter();
    notes.fold(table, |table, (name, value)| {
        row(table, (name, value.clone()))
    })
}

/// The classes with their numbers of rows.
pub(super) fn classes(contents: &Contents) -> Table {
    let classes = contents.data.classes.iter();
    classes.fold(Table::new("Classes", &["class", "rows"]), |table, class| {
        table.row([class.name.clone(), class.rows.to_string()])
    })
}

/// The mean of every pipeline with its interval, one metric after the other.
pub(super) fn summary(contents: &Contents) -> Table {
    let caption = "Means over the folds, with their 95 % intervals (corrected resampled t)";
    let header = [
        "pipeline",
        "metric",
        "mean",
        "95 % interval",
        "s.d.",
        "folds",
    ];
    let metrics = (0..contents.metrics.len()).flat_map(|metric| {
        let pipelines = contents.pipelines.iter();
        pipelines.map(move |pipeline| (pipeline, &pipeline.metrics[metric]))
    });
    metrics.fold(Table::new(caption, &header), |table, (pipeline, metric)| {
        let (mean, ends, std_dev) = match &metric.scores {
            Ok(scores) => (
                number(scores.mean),
                interval(scores.interval, number),
                number(scores.std_dev),
            ),
            Err(_) => (DASH.to_owned(), DASH.to_owned(), DASH.to_owned()),
        };
        let (name, metric) = (pipeline.name.clone(), metric.name.clone());
        table.row([name, metric, mean, ends, std_dev, fold_count(pipeline)])
    })
}

/// The folds that were validated, of all if some have failed.
fn fold_count(pipeline: &PipelineResults) -> String {
    let validated = pipeline.folds.len();
    match pipeline.failures.len() {
        0 => validated.to_string(),
        failed => format!("{validated} of {}", validated + failed),
    }
}

/// Why metrics have no value.
pub(super) fn undefined(contents: &Contents) -> Table {
    let table = Table::new("Metrics without a value", &["pipeline", "metric", "why"]);
    contents.pipelines.iter().fold(table, |table, pipeline| {
        pipeline
            .metrics
            .iter()
            .fold(table, |table, metric| match &metric.scores {
                Ok(_) => table,
                Err(fault) => {
                    table.row([pipeline.name.clone(), metric.name.clone(), fault.clone()])
                }
            })
    })
}

/// Folds that have failed.
pub(super) fn failures(contents: &Contents) -> Table {
    let table = Table::new("Folds that failed", &["pipeline", "fold", "why"]);
    contents.pipelines.iter().fold(table, |table, pipeline| {
        pipeline.failures.iter().fold(table, |table, failure| {
            table.row([
                pipeline.name.clone(),
                failure.fold.to_string(),
                failure.fault.clone(),
            ])
        })
    })
}

/// Mean seconds a fold, and their sum over all folds and steps.
pub(super) fn times(contents: &Contents) -> Table {
    let caption = "Seconds: means of the folds, and the sum of all";
    let header = ["pipeline", "fit", "transform", "predict", "all folds"];
    contents
        .pipelines
        .iter()
        .fold(Table::new(caption, &header), |table, pipeline| {
            let sum = |of: fn(&FoldResult) -> f64| pipeline.folds.iter().map(of).sum::<f64>();
            let sums = [
                sum(|fold| fold.fit_seconds),
                sum(|fold| fold.transform_seconds),
                sum(|fold| fold.predict_seconds),
            ];
            let means = sums.map(|sum| seconds(sum / pipeline.folds.len() as f64));
            let total = seconds(sums.iter().sum());
            let name = [pipeline.name.clone()];
            table.row(name.into_iter().chain(means).chain([total]))
        })
}

/// The pipelines in the order of their mean ranks.
pub(super) fn ranks(contents: &Contents, comparison: &ComparisonResult) -> Table {
    let caption = format!("Mean ranks by {}, 1 is the best", comparison.metric);
    let table = Table::new(caption, &["pipeline", "mean rank"]);
    comparison.order.iter().fold(table, |table, &place| {
        let name = contents.pipeline(place).to_owned();
        table.row([name, format!("{:.2}", comparison.ranks[place])])
    })
}

/// The differences of all pairs.
pub(super) fn pairs(contents: &Contents, comparison: &ComparisonResult) -> Table {
    let caption = format!(
        "Differences by {}, paired by fold; p-values with Holm's correction",
        comparison.metric
    );
    let header = ["pair", "difference", "95 % interval", "p", "p, corrected"];
    comparison
        .pairs
        .iter()
        .fold(Table::new(caption, &header), |table, pair| {
            let (first, second) = (
                contents.pipeline(pair.first),
                contents.pipeline(pair.second),
            );
            table.row([
                format!("{first} - {second}"),
                signed(pair.difference.mean),
                interval(pair.difference.interval, signed),
                p_value(pair.p_value),
                p_value(pair.corrected_p_value),
            ])
        })
}

/// Precision, recall, F1 and area of every class.
pub(super) fn class_scores(contents: &Contents, pipeline: &PipelineResults) -> Table {
    let header = ["class", "rows", "precision", "recall", "F1", "ROC AUC"];
    let table = Table::new("Scores by class, over all validated rows", &header);
    pipeline.classes.iter().fold(table, |table, class| {
        let scores = [class.precision, class.recall, class.f1].map(number);
        let area = number(class.roc_auc.unwrap_or(f64::NAN));
        let name = [
            contents.class(class.class).to_owned(),
            class.rows.to_string(),
        ];
        table.row(name.into_iter().chain(scores).chain([area]))
    })
}

/// Sizes, metrics, choices and seconds of every fold.
pub(super) fn folds(contents: &Contents, pipeline: &PipelineResults) -> Table {
    let mut header = vec!["fold", "trained", "validated"];
    header.extend(contents.metrics.iter().map(String::as_str));
    header.extend(["chosen", "fit s", "transform s", "predict s"]);
    let table = Table::new("Folds", &header);
    let folds = pipeline.folds.iter().enumerate();
    folds.fold(table, |table, (place, fold)| {
        let counts = [fold.fold, fold.trained, fold.validated].map(|count| count.to_string());
        let values = (0..contents.metrics.len()).map(|metric| {
            let scores = pipeline.scores(metric);
            number(scores.map_or(f64::NAN, |scores| scores.values[place]))
        });
        let times = [
            fold.fit_seconds,
            fold.transform_seconds,
            fold.predict_seconds,
        ];
        let rest = [choices(fold)].into_iter().chain(times.map(seconds));
        table.row(counts.into_iter().chain(values).chain(rest))
    })
}

fn choices(fold: &FoldResult) -> String {
    let choices = fold.choices.iter();
    let choices: Vec<_> = choices
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    match choices.is_empty() {
        true => DASH.to_owned(),
        false => choices.join(", "),
    }
}

/// The bins of a calibration curve.
pub(super) fn calibration(calibration: &Calibration) -> Table {
    let header = ["mean confidence", "share right", "rows"];
    let table = Table::new("Bins of the confidence", &header);
    calibration.bins.iter().fold(table, |table, bin| {
        table.row([
            number(bin.predicted),
            number(bin.observed),
            bin.rows.to_string(),
        ])
    })
}
