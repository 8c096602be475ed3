use std::fs;

use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase};
use ndarray::{Array2, ArrayView1, Axis, Ix1, array};

use super::*;
use crate::Error;
use crate::model_selection::{GivenFolds, Split, Splitter, StratifiedKFold, cross_validate};
use crate::report::validation::table::DASH;
use crate::report::validation::tables;
use crate::traits::{DecisionValues, Evaluation, FitObserved, TryPredict};

/// A classifier that predicts what it is told of a row. The record of a row is its number.
#[derive(Clone)]
struct Scripted {
    predictions: Vec<usize>,
    /// Decision values of the classes 0, 1 and so on, if there are some.
    values: Option<Array2<f64>>,
    /// A row that it cannot predict.
    fails_at: Option<usize>,
}

impl Scripted {
    fn new(predictions: &[usize]) -> Self {
        Self {
            predictions: predictions.to_vec(),
            values: None,
            fails_at: None,
        }
    }

    fn values(mut self, values: Array2<f64>) -> Self {
        self.values = Some(values);
        self
    }
}

impl Fit<Array2<f64>, Array1<usize>, Error> for Scripted {
    type Object = Self;

    fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Self> {
        Ok(self.clone())
    }
}

impl FitObserved<Array2<f64>, Array1<usize>, Error> for Scripted {}

impl TryPredict<f64, usize> for Scripted {
    fn try_predict<D: Data<Elem = f64>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array1<usize>> {
        let rows: Vec<usize> = records.iter().map(|&x| x as usize).collect();
        match self.fails_at {
            Some(row) if rows.contains(&row) => Err(SelectionError::Jobs.into()),
            _ => Ok(rows.iter().map(|&row| self.predictions[row]).collect()),
        }
    }

    fn evaluate<D: Data<Elem = f64>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Evaluation<usize>> {
        let rows: Vec<usize> = records.iter().map(|&x| x as usize).collect();
        let decisions = self.values.as_ref().map(|values| DecisionValues {
            classes: (0..values.ncols()).collect(),
            values: values.select(Axis(0), &rows),
        });
        Evaluation::timed(|| Ok((self.try_predict(records)?, decisions)))
    }
}

/// Rows of these classes.
fn rows_of(classes: &[usize]) -> Dataset<f64, usize, Ix1> {
    let records = Array2::from_shape_fn((classes.len(), 1), |(row, _)| row as f64);
    Dataset::new(records, Array1::from(classes.to_vec()))
}

/// Three rows of either class.
fn six_rows() -> Dataset<f64, usize, Ix1> {
    rows_of(&[0, 0, 0, 1, 1, 1])
}

/// The six rows in two folds, the second of which has the last two rows of class 1.
fn two_folds() -> GivenFolds {
    GivenFolds::new(vec![vec![0, 1, 3], vec![2, 4, 5]])
}

fn validated(
    model: &Scripted,
    folds: &impl Splitter<usize>,
    dataset: &Dataset<f64, usize, Ix1>,
) -> CrossValidation<usize> {
    cross_validate(dataset, model, folds).unwrap()
}

/// Wrong in row 1 by 0.5, and in row 4 by 2.
fn wrong_twice() -> Scripted {
    let values = array![
        [1.0, 0.0],
        [0.25, 0.75],
        [0.5, 0.25],
        [-1.0, 1.0],
        [1.0, -1.0],
        [0.0, 1.0]
    ];
    Scripted::new(&[0, 1, 0, 1, 0, 1]).values(values)
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<ValidationReport<f64, usize>>();
}

#[test]
fn a_small_report_is_worked_by_hand() {
    let dataset = six_rows();
    let one = validated(&Scripted::new(&[0, 1, 0, 1, 1, 1]), &two_folds(), &dataset);
    let two = validated(&wrong_twice(), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report.folds("given").class_names(["no", "yes"]).unwrap();
    let report = report.note("date", "today").metric(Metric::macro_f1());
    let report = report
        .add("one", "", &one)
        .unwrap()
        .add("two", "b = 2", &two)
        .unwrap();
    let text = report.to_string();
    let (head, rest) = text.split_once("\nMeans over").unwrap();
    for line in [
        "| rows                   | 6 ",
        "| columns                | 1 ",
        "| classes                | 2 ",
        "| folds                  | given ",
        "| date                   | today ",
    ] {
        assert!(head.contains(line), "{text}");
    }
    // The first has the accuracies 2/3 and 1: s = 0.2357, with a ratio of 1 its error is
    // s sqrt(1/2 + 1) = 0.2887, and the quantile of one degree of freedom is 12.706. The F1 scores
    // are those of [[1, 1], [0, 1]], 2/3 and 2/3, and 1 and 1. The second has 2/3 and 2/3, of
    // [[1, 1], [0, 1]] and [[1, 0], [1, 1]].
    let expected = " the folds, with their 95 % intervals (corrected resampled t)

| pipeline | metric   | mean   | 95 % interval     | s.d.   | folds |
|----------|----------|--------|-------------------|--------|-------|
| one      | accuracy | 0.8333 | -2.8346 to 4.5013 | 0.2357 | 2     |
| two      | accuracy | 0.6667 | 0.6667 to 0.6667  | 0.0000 | 2     |
| one      | macro F1 | 0.8333 | -2.8346 to 4.5013 | 0.2357 | 2     |
| two      | macro F1 | 0.6667 | 0.6667 to 0.6667  | 0.0000 | 2     |

Mean ranks by accuracy, 1 is the best

| pipeline | mean rank |
|----------|-----------|
| one      | 1.25      |
| two      | 1.75      |
";
    assert!(rest.starts_with(expected), "{text}");
    // of nine pairs of a row of no and one of yes, 6.5 are in order by the values of no, 6 by those
    // of yes
    let classes = tables::class_scores(&report.contents(), &report.contents().pipelines[1]);
    let expected = "Scores by class, over all validated rows

| class | rows | precision | recall | F1     | ROC AUC |
|-------|------|-----------|--------|--------|---------|
| no    | 3    | 0.6667    | 0.6667 | 0.6667 | 0.7222  |
| yes   | 3    | 0.6667    | 0.6667 | 0.6667 | 0.6667  |
";
    assert_eq!(classes.to_string(), expected);
    let markdown = report.to_markdown();
    assert!(markdown.starts_with("# six rows\n"));
    assert!(
        markdown.contains("\n## two\n\nParameters: b = 2\n"),
        "{markdown}"
    );
    assert!(markdown.contains("| no    | 3    |"));
}

#[test]
fn lines_of_the_folds_are_complete() {
    let dataset = six_rows();
    let validation = validated(&Scripted::new(&[0, 1, 0, 1, 1, 1]), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report
        .metric(Metric::roc_auc())
        .add("a,b", "", &validation)
        .unwrap();
    let csv = report.to_csv();
    let lines: Vec<_> = csv.lines().collect();
    let header = "pipeline,fold,trained,validated,fit_seconds,transform_seconds,predict_seconds,";
    assert_eq!(lines[0], format!("{header}accuracy,ROC AUC"));
    assert!(lines[1].starts_with("\"a,b\",1,3,3,") && lines[1].ends_with(",0.6666666666666666,"));
    assert!(lines[2].starts_with("\"a,b\",2,3,3,") && lines[2].ends_with(",1,"));
    assert_eq!(lines.len(), 3);
}

#[test]
fn mistakes_are_in_the_order_of_their_margins() {
    let dataset = six_rows();
    let validation = validated(&wrong_twice(), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let contents = report.add("p", "", &validation).unwrap().contents();
    let mistakes = contents.pipelines[0].mistakes.iter();
    let found: Vec<_> = mistakes
        .map(|m| (m.row, m.fold, m.truth, m.predicted, m.margin))
        .collect();
    assert_eq!(found, [(4, 2, 1, 0, Some(2.0)), (1, 1, 0, 1, Some(0.5))]);
}

#[test]
fn names_are_no_markup() {
    let dataset = six_rows();
    let validation = validated(&wrong_twice(), &two_folds(), &dataset);
    let evil = "<script>alert('&\"')</script>";
    let report = ValidationReport::new(evil, &dataset).unwrap();
    let report = report.class_names([evil, "{{ 1 }}"]).unwrap().folds(evil);
    let report = report
        .note(evil, evil)
        .metric(Metric::new(evil, |_| Ok(1.0)));
    let report = report.add(evil, evil, &validation).unwrap();
    let report = report.add("other", evil, &validation).unwrap();
    let html = report.to_html().unwrap();
    assert!(!html.contains("<script") && !html.contains("alert('"));
    assert!(html.contains("&lt;script&gt;alert(") && html.contains("{{ 1 }}"));
    assert!(!report.to_markdown().contains("<script"));
    // the text is for terminals, in which nothing is markup
    assert!(report.to_string().contains(evil));
}

#[test]
fn what_there_is_none_of_is_said() {
    let dataset = six_rows();
    let validation = validated(&Scripted::new(&[0, 1, 0, 1, 1, 1]), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report
        .metric(Metric::roc_auc())
        .add("p", "", &validation)
        .unwrap();
    let html = report.to_html().unwrap();
    for heading in ["ROC curves", "Calibration", "Most confidently wrong"] {
        let (_, part) = html.split_once(&format!("<h3>{heading}</h3>")).unwrap();
        let why = "<p class=\"none\">None: the classifier gives no decision values.</p>";
        assert!(part.trim_start().starts_with(why), "{part}");
    }
    assert!(report.to_string().contains("Metrics without a value"));
    let summary = tables::summary(&report.contents());
    assert_eq!(summary.rows[1][1..], ["ROC AUC", DASH, DASH, DASH, "2"]);
}

#[test]
fn margins_are_no_probabilities() {
    let dataset = six_rows();
    let validation = validated(&wrong_twice(), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let html = report.add("p", "", &validation).unwrap().to_html().unwrap();
    assert!(html.contains("None: the decision values are no probabilities: "));
    assert!(html.contains("mean of all classes, area 0.6944"));
}

/// The margin of row 1 is a difference of infinities, whose sign is that of no number.
#[test]
fn a_margin_that_is_no_number_is_not_the_greatest() {
    let dataset = six_rows();
    let mut model = wrong_twice();
    for nan in [f64::NAN, -f64::NAN] {
        let values = model.values.as_mut().unwrap();
        values[[1, 1]] = nan;
        let validation = validated(&model, &two_folds(), &dataset);
        let report = ValidationReport::new("six rows", &dataset).unwrap();
        let contents = report.add("p", "", &validation).unwrap().contents();
        let rows: Vec<_> = contents.pipelines[0]
            .mistakes
            .iter()
            .map(|m| m.row)
            .collect();
        assert_eq!(rows, [4, 1]);
    }
}

/// The second half of rows is validated, by the first.
struct Half;

impl Splitter<usize> for Half {
    fn split(&self, targets: ArrayView1<usize>) -> Result<Vec<Split>> {
        let half = targets.len() / 2;
        Ok(vec![((0..half).collect(), (half..targets.len()).collect())])
    }
}

#[test]
fn one_fold_has_no_interval() {
    let dataset = rows_of(&[0, 1, 0, 1]);
    let models = [[0, 1, 0, 1], [0, 1, 0, 0], [0, 1, 1, 1]].map(|all| Scripted::new(&all));
    let all = models.map(|model| validated(&model, &Half, &dataset));
    let mut report = ValidationReport::new("four rows", &dataset).unwrap();
    for (name, validation) in ["a", "b", "c"].into_iter().zip(&all) {
        report = report.add(name, "", validation).unwrap();
    }
    let summary = tables::summary(&report.contents());
    assert_eq!(
        summary.rows[0][1..],
        ["accuracy", "1.0000", DASH, DASH, "1"]
    );
    let html = report.to_html().unwrap();
    // b and c share a rank, and nothing tells three pipelines apart
    assert!(html.contains("Not told apart: a, b, c.") && html.contains("<title>b: 2.50</title>"));
    for text in [report.to_string(), report.to_markdown(), html] {
        assert!(!text.contains("NaN") && text.contains(DASH), "{text}");
    }
}

#[test]
fn a_fold_that_failed_is_named() {
    let dataset = six_rows();
    let mut broken = wrong_twice();
    broken.fails_at = Some(4);
    let broken = validated(&broken, &two_folds(), &dataset);
    let whole = validated(&wrong_twice(), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report
        .add("whole", "", &whole)
        .unwrap()
        .add("broken", "", &broken)
        .unwrap();
    let summary = tables::summary(&report.contents());
    assert_eq!(summary.rows[1][5], "1 of 2");
    let failures = tables::failures(&report.contents());
    assert_eq!(failures.rows[0][..2], ["broken", "2"]);
    let html = report.to_html().unwrap();
    assert!(html.contains("Folds that failed") && html.contains("No comparison: the folds of"));
}

#[test]
fn what_is_not_finite_is_not_drawn() {
    let dataset = six_rows();
    let mut model = wrong_twice();
    let nan = Array2::from_elem((6, 2), f64::NAN);
    model.values = Some(nan);
    let validation = validated(&model, &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report.metric(Metric::new("odd", |fold| Ok(f64::NAN * fold.accuracy())));
    let report = report.metric(Metric::new("no end", |_| Ok(f64::INFINITY)));
    let report = report.add("p", "", &validation).unwrap();
    let html = report.to_html().unwrap();
    assert!(html.contains("None: score [0, 0] is not a number"));
    // a reason may name the value, a place in a drawing may not
    assert!(html.contains("probability [0, 0] is NaN"));
    assert!(!html.contains("\"NaN") && !html.contains(">NaN") && !html.contains("inf\""));
    assert!(html.contains("accuracy: a dot is a fold") && !html.contains("odd: a dot is a fold"));
    assert!(!report.to_string().contains("NaN") && report.to_json().is_ok());
}

#[test]
fn without_pipelines_there_are_the_data() {
    let dataset = six_rows();
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let html = report.to_html().unwrap();
    assert!(
        html.contains("0 pipelines on 6 rows of 1 columns and 2 classes"),
        "{html}"
    );
    assert!(report.to_markdown().contains("| SHA-256 of the records |"));
    assert_eq!(report.to_csv().lines().count(), 1);
}

#[test]
fn sixty_two_classes_have_room() {
    let classes: Vec<usize> = (0..248).map(|row| row % 62).collect();
    let dataset = rows_of(&classes);
    let values = Array2::from_shape_fn((248, 62), |(row, class)| {
        let noise = ((row * 7919 + class * 104_729) % 1009) as f64 / 1009.0;
        noise + if row % 62 == class { 0.9 } else { 0.0 }
    });
    let greatest = |row: ArrayView1<f64>| {
        let places = row.iter().enumerate();
        places.max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0
    };
    let predictions: Vec<_> = values.rows().into_iter().map(greatest).collect();
    let model = Scripted::new(&predictions).values(values);
    let validation = validated(&model, &StratifiedKFold::new(4), &dataset);
    let report = ValidationReport::new("characters", &dataset).unwrap();
    let report = report
        .images(ImageShape::new(1, 1), GreyScale::ink())
        .unwrap();
    let report = report.add("p", "", &validation).unwrap();
    let wrong = report.contents().pipelines[0].mistakes.len();
    assert!(wrong > 12);
    let html = report.to_html().unwrap();
    let (_, matrix) = html.split_once("<table class=\"matrix small\">").unwrap();
    let (matrix, _) = matrix.split_once("</table>").unwrap();
    assert_eq!(matrix.matches("<th scope=\"col\">").count(), 62);
    assert_eq!(matrix.matches("<td").count(), 62 * 62 + 1);
    let curves = html.matches("<polyline").count();
    assert_eq!(curves, 6, "the mean and the five lowest areas");
    assert!(html.contains("the classes of the lowest areas"));
}

#[test]
fn what_does_not_belong_to_the_report_is_an_error() {
    let dataset = six_rows();
    let validation = validated(&wrong_twice(), &two_folds(), &dataset);
    let fault = |name: &str, other: &CrossValidation<usize>| {
        let report = ValidationReport::new("six rows", &dataset).unwrap();
        let report = report.add("p", "", &validation).unwrap();
        report.add(name, "", other).unwrap_err()
    };
    assert!(matches!(
        fault("p", &validation),
        Error::Selection(SelectionError::SameName(name)) if name == "p"
    ));
    let others = GivenFolds::new(vec![vec![0, 1, 4], vec![2, 3, 5]]);
    let more = GivenFolds::new(vec![vec![0, 1], vec![3], vec![2, 4, 5]]);
    for folds in [others, more] {
        let other = validated(&wrong_twice(), &folds, &dataset);
        assert!(matches!(
            fault("q", &other),
            Error::Selection(SelectionError::OtherFolds { first, name }) if first == "p" && name == "q"
        ));
    }
    let longer = rows_of(&[0, 0, 0, 1, 1, 1, 1, 0]);
    let eight = Scripted::new(&[0; 8]);
    let other = validated(&eight, &StratifiedKFold::new(2), &longer);
    assert!(matches!(
        fault("q", &other),
        Error::Report(ReportError::OtherDataset {
            row: 6 | 7,
            expected: None,
            ..
        })
    ));
    let turned = rows_of(&[1, 0, 0, 1, 1, 0]);
    let other = validated(&wrong_twice(), &two_folds(), &turned);
    let message = "row 0 of \"q\" is of class 1, expected 0 as in the dataset: ";
    assert!(fault("q", &other).to_string().starts_with(message));
    let foreign = validated(&Scripted::new(&[0, 0, 0, 7, 1, 1]), &two_folds(), &dataset);
    assert!(matches!(
        fault("q", &foreign),
        Error::Report(ReportError::UnknownClass { class, .. }) if class == "7"
    ));
    assert!(matches!(
        ValidationReport::new("six rows", &dataset)
            .unwrap()
            .clone()
            .images(ImageShape::new(2, 2), GreyScale::ink()),
        Err(Error::Plot(_))
    ));
}

#[test]
fn a_report_that_cannot_be_saved_stays() {
    let dataset = six_rows();
    let validation = validated(&wrong_twice(), &two_folds(), &dataset);
    let report = ValidationReport::new("six rows", &dataset).unwrap();
    let report = report.add("p", "", &validation).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    fs::write(&taken, "a file").unwrap();
    let fault = report.save(taken.join("report")).unwrap_err();
    assert!(
        matches!(&fault, Error::Report(ReportError::Unwritable { path, .. }) if *path == taken)
    );
    assert!(fault.to_string().contains("the report is still in memory"));
    for unnamed in [
        folder.path().join("new/"),
        folder.path().join("new/."),
        PathBuf::from(""),
        PathBuf::from(".."),
    ] {
        let fault = report.save(unnamed).unwrap_err();
        assert!(fault.to_string().contains("it names no file"), "{fault}");
    }
    // elsewhere, in folders that are missing yet
    let files = report.save(folder.path().join("new/er/v1.2")).unwrap();
    let names = files
        .each_ref()
        .map(|file| file.file_name().unwrap().to_str().unwrap());
    assert_eq!(names, ["v1.2.html", "v1.2.json", "v1.2.csv", "v1.2.md"]);
    assert_eq!(
        fs::read_to_string(&files[0]).unwrap(),
        report.to_html().unwrap()
    );
    assert_eq!(fs::read_to_string(&files[3]).unwrap(), report.to_markdown());
    assert_eq!(
        fs::read_dir(folder.path().join("new/er")).unwrap().count(),
        4
    );
}
