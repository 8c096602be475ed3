//! All that a report says, whatever it is written as.

use serde_crate::Serialize;

use super::comparison::ComparisonResult;
use super::data::DataSummary;
use super::pipeline::PipelineResults;

/// Header of the JSON file, which tells a reader the format of the rest.
pub(super) const FORMAT: &str = "linfa-fisher validation report, version 1";

/// All that a report says but the pictures; the JSON file is this.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Contents {
    pub(super) format: &'static str,
    /// Version of this crate.
    pub(super) version: &'static str,
    pub(super) name: String,
    pub(super) data: DataSummary,
    /// How the rows were dealt to folds, as the user describes it.
    pub(super) folds: Option<String>,
    /// What else the user notes, by name.
    pub(super) notes: Vec<(String, String)>,
    /// Names of the metrics.
    pub(super) metrics: Vec<String>,
    pub(super) pipelines: Vec<PipelineResults>,
    /// A comparison by each metric or why there is none; nothing for a single pipeline.
    pub(super) comparisons: Vec<Result<ComparisonResult, String>>,
}

impl Contents {
    /// The name of a class by its place in the dataset.
    pub(super) fn class(&self, place: usize) -> &str {
        &self.data.classes[place].name
    }

    /// The name of a pipeline by its place.
    pub(super) fn pipeline(&self, place: usize) -> &str {
        &self.pipelines[place].name
    }
}
