//! The report, what is put into it and what it is written as.

mod checks;
mod files;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

use linfa::dataset::AsTargets;
use linfa::{DatasetBase, Float, Label};
use ndarray::{Array1, ArrayBase, ArrayView2, Data, Ix2};

use self::checks::{check_folds, check_validation};
use self::files::write_files;
use super::comparison::ComparisonResult;
use super::contents::{Contents, FORMAT};
use super::csv::csv;
use super::data::{ClassSize, DataSummary, records_sha256, targets_sha256};
use super::error::ReportError;
use super::markdown::{markdown, write_text};
use super::page::{Images, page};
use super::pipeline::PipelineResults;
use crate::error::SelectionError;
use crate::model_selection::{Comparison, CrossValidation, Metric, check_dataset, single_targets};
use crate::report::plot::GreyScale;
use crate::{ImageShape, Result};

/// Cross-validations of one dataset, as tables, JSON, CSV, Markdown and one HTML page.
///
/// The report holds what scikit-learn's `cross_validate` and `classification_report` hold, and a
/// [`Comparison`] of all pipelines by each metric. Its `Display` writes the main tables. The page
/// shows in addition a strip plot of the folds, confusion matrices whose cells lead to the images,
/// ROC and calibration curves, and the rows that were wrong by the greatest margins. It is one file
/// without scripts, which opens from disk.
///
/// The report borrows the dataset and the validations, and can be written as often as one likes.
/// The same validations give the same bytes.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::model_selection::{cross_validate, Metric, StratifiedKFold};
/// use linfa_fisher::report::ValidationReport;
/// use linfa_fisher::report::plot::GreyScale;
/// use linfa_fisher::{datasets, ImageShape};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let folds = StratifiedKFold::new(3);
/// let near = cross_validate(&digits, &KNearestNeighbors::params(1), &folds)?;
/// let far = cross_validate(&digits, &KNearestNeighbors::params(50), &folds)?;
///
/// let report = ValidationReport::new("Handwritten digits", &digits)?
///     .folds("3 stratified folds, seed 42")
///     .metric(Metric::macro_f1())
///     .images(ImageShape::DIGITS, GreyScale::ink())?
///     .add("1-NN", "k = 1", &near)?
///     .add("50-NN", "k = 50", &far)?;
/// println!("{report}");
/// assert!(report.to_csv().starts_with("pipeline,fold,"));
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let files = report.save(folder.join("digits"))?;
/// assert_eq!(files[0], folder.join("digits.html"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ValidationReport<'a, F, L> {
    name: String,
    records: ArrayView2<'a, F>,
    targets: Array1<L>,
    /// In ascending order, with a name for each.
    classes: Vec<L>,
    data: DataSummary,
    folds: Option<String>,
    notes: Vec<(String, String)>,
    metrics: Vec<Metric<L>>,
    images: Option<Images<'a, F>>,
    pipelines: Vec<Validated<'a, L>>,
}

/// A pipeline that was validated.
#[derive(Debug, Clone)]
struct Validated<'a, L> {
    name: String,
    parameters: String,
    validation: &'a CrossValidation<L>,
}

impl<'a, F: Float, L: Label + Display + 'static> ValidationReport<'a, F, L> {
    /// A report on validations of this dataset: records `n x d` and one column of targets (`n`).
    ///
    /// The fingerprint of the data are two SHA-256 sums: of the records as `f64` of little-endian
    /// bytes, row by row, and of the targets as text, each with a line feed after it.
    ///
    /// # Errors
    ///
    /// [`RecordsError`](crate::error::RecordsError) for a dataset without rows or columns, or with
    /// another number of targets or weights;
    /// [`TargetColumns`](SelectionError::TargetColumns) for several columns of targets.
    pub fn new<D, T>(
        name: impl Into<String>,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Self>
    where
        D: Data<Elem = F>,
        T: AsTargets<Elem = L>,
    {
        check_dataset(dataset)?;
        let records = dataset.records.view();
        let targets = single_targets(&dataset.targets)?.to_owned();
        let mut classes = targets.to_vec();
        classes.sort_unstable();
        classes.dedup();
        let size = |class: &L| ClassSize {
            name: class.to_string(),
            rows: targets.iter().filter(|&target| target == class).count(),
        };
        let data = DataSummary {
            rows: records.nrows(),
            columns: records.ncols(),
            classes: classes.iter().map(size).collect(),
            records_sha256: records_sha256(records),
            targets_sha256: targets_sha256(&targets),
        };
        Ok(Self {
            name: name.into(),
            records,
            targets,
            classes,
            data,
            folds: None,
            notes: Vec::new(),
            metrics: vec![Metric::accuracy()],
            images: None,
            pipelines: Vec::new(),
        })
    }

    /// Names of the classes, in the ascending order of their labels. Default: the labels as they
    /// are displayed.
    ///
    /// # Errors
    ///
    /// [`ClassNames`](ReportError::ClassNames) unless there is one for each class.
    pub fn class_names<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(N::into).collect();
        let (found, expected) = (names.len(), self.classes.len());
        if found != expected {
            return Err(ReportError::ClassNames { found, expected }.into());
        }
        let classes = self.data.classes.iter_mut().zip(names);
        classes.for_each(|(class, name)| class.name = name);
        Ok(self)
    }

    /// Says how the rows were dealt to folds, and with which seed.
    pub fn folds(mut self, folds: impl Into<String>) -> Self {
        self.folds = Some(folds.into());
        self
    }

    /// Notes whatever else belongs to the result, such as the machine or the date.
    pub fn note(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.notes.push((name.into(), value.into()));
        self
    }

    /// Measures by one more metric; the accuracy is there always. Where it has no value, the report
    /// says why.
    pub fn metric(mut self, metric: Metric<L>) -> Self {
        self.metrics.push(metric);
        self
    }

    /// Shows rows as images of this shape in these greys, on the page.
    ///
    /// # Errors
    ///
    /// [`PlotError`](crate::error::PlotError) for records of another width, and for a scale whose
    /// ends are equal or not finite.
    pub fn images(mut self, shape: ImageShape, scale: GreyScale<F>) -> Result<Self> {
        self.images = Some(Images::new(self.records, shape, scale)?);
        Ok(self)
    }

    /// Adds a pipeline that was validated, with its hyper-parameters as text.
    ///
    /// # Errors
    ///
    /// [`SameName`](SelectionError::SameName);
    /// [`OtherDataset`](ReportError::OtherDataset) and
    /// [`UnknownClass`](ReportError::UnknownClass) for rows and classes that are not those of the
    /// dataset; [`OtherFolds`](SelectionError::OtherFolds) for folds with other rows than those of
    /// the pipelines before. A fold that has failed for one of them alone is no error: the report
    /// says that there is no comparison.
    pub fn add(
        mut self,
        name: impl Into<String>,
        parameters: impl Into<String>,
        validation: &'a CrossValidation<L>,
    ) -> Result<Self> {
        let (name, parameters) = (name.into(), parameters.into());
        if self.pipelines.iter().any(|other| other.name == name) {
            return Err(SelectionError::SameName(name).into());
        }
        check_validation(&name, validation, &self.targets, &self.classes)?;
        for other in &self.pipelines {
            check_folds((&other.name, other.validation), (&name, validation))?;
        }
        self.pipelines.push(Validated {
            name,
            parameters,
            validation,
        });
        Ok(self)
    }

    /// All numbers, in JSON. What is not a number is `null`; what there is none of is
    /// `{"Err": "why"}` in place of `{"Ok": ...}`.
    ///
    /// # Errors
    ///
    /// [`Format`](ReportError::Format), only in a defective build.
    pub fn to_json(&self) -> Result<String> {
        json(&self.contents())
    }

    /// The folds as comma-separated values: one line a pipeline and fold under a header, with a
    /// column for each metric.
    pub fn to_csv(&self) -> String {
        csv(&self.contents())
    }

    /// All tables, in Markdown.
    pub fn to_markdown(&self) -> String {
        markdown(&self.contents())
    }

    /// One HTML page with everything in it: no other file, no script and no network are needed.
    ///
    /// The files of the pictures have at most 3 MB together; the page says what is left out.
    ///
    /// # Errors
    ///
    /// [`PlotError::NonFinite`](crate::error::PlotError::NonFinite) for an image of NaN or infinite
    /// values; [`Picture`](ReportError::Picture) and [`Format`](ReportError::Format), only in a
    /// defective build.
    pub fn to_html(&self) -> Result<String> {
        page(&self.contents(), self.images.as_ref())
    }

    /// Writes `path` with `.html`, `.json`, `.csv` and `.md` after it, and returns these paths.
    /// Folders that are missing are created. Each file is written under a temporary name and then
    /// renamed, so that it is complete whenever it exists.
    ///
    /// # Errors
    ///
    /// Those of [`to_html`](Self::to_html) and [`to_json`](Self::to_json), before anything is
    /// written; [`Unwritable`](ReportError::Unwritable) with the path that could not be written.
    /// The report stays as it is, and can be saved elsewhere.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<[PathBuf; 4]> {
        let (path, contents) = (path.as_ref(), self.contents());
        let files = [
            ("html", page(&contents, self.images.as_ref())?),
            ("json", json(&contents)?),
            ("csv", csv(&contents)),
            ("md", markdown(&contents)),
        ];
        write_files(path, files)
    }

    /// All that the report says.
    fn contents(&self) -> Contents {
        let results = |pipeline: &Validated<L>| {
            let texts = (&*pipeline.name, &*pipeline.parameters);
            let (validation, metrics) = (pipeline.validation, &self.metrics);
            PipelineResults::new::<F, L>(texts, validation, metrics, &self.classes)
        };
        Contents {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            name: self.name.clone(),
            data: self.data.clone(),
            folds: self.folds.clone(),
            notes: self.notes.clone(),
            metrics: self
                .metrics
                .iter()
                .map(|metric| metric.name().to_owned())
                .collect(),
            pipelines: self.pipelines.iter().map(results).collect(),
            comparisons: self.comparisons(),
        }
    }

    /// The comparison by each metric, if there are at least two pipelines.
    fn comparisons(&self) -> Vec<std::result::Result<ComparisonResult, String>> {
        let pipelines = self.pipelines.iter();
        let named: Vec<_> = pipelines
            .map(|pipeline| (&*pipeline.name, pipeline.validation))
            .collect();
        if named.len() < 2 {
            return Vec::new();
        }
        let compare = |metric| match &Comparison::new(&named, metric) {
            Ok(comparison) => Ok(comparison.into()),
            Err(fault) => Err(fault.to_string()),
        };
        self.metrics.iter().map(compare).collect()
    }
}

/// The data, the summary, the comparison and the times as tables.
impl<F: Float, L: Label + Display + 'static> Display for ValidationReport<'_, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(&self.contents(), f)
    }
}

fn json(contents: &Contents) -> Result<String> {
    let json = serde_json::to_string_pretty(contents);
    Ok(json.map_err(|fault| ReportError::format("JSON", fault))?)
}

#[cfg(test)]
mod tests;
