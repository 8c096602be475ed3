//! Why a report could not be put together or written.

use std::io;
use std::path::PathBuf;

/// What does not belong into a report, or a file that could not be written. The report itself
/// stays as it is and can be written elsewhere.
///
/// # Example
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::Error;
/// use linfa_fisher::report::{ReportError, ValidationReport};
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0]], array![false, true]);
/// let error = ValidationReport::new("two rows", &dataset)?.class_names(["only"]).unwrap_err();
/// assert_eq!(error.to_string(), "1 names of classes, expected 2: give one for each class");
/// assert!(matches!(error, Error::Report(ReportError::ClassNames { found: 1, expected: 2 })));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// Another number of names than classes.
    #[error("{found} names of classes, expected {expected}: give one for each class")]
    ClassNames {
        /// Names given.
        found: usize,
        /// Classes of the dataset.
        expected: usize,
    },
    /// A validated row that the dataset does not have, or has with another class.
    #[error(
        "row {row} of {pipeline:?} is of class {found}, {}: give the dataset that was validated",
        match expected {
            Some(class) => format!("expected {class} as in the dataset"),
            None => "but the dataset has no such row".to_owned(),
        }
    )]
    OtherDataset {
        /// Name of the pipeline.
        pipeline: String,
        /// The row.
        row: usize,
        /// Its class in the validation.
        found: String,
        /// Its class in the dataset, if it has the row.
        expected: Option<String>,
    },
    /// A class that is predicted, but that no row of the dataset has.
    #[error("{pipeline:?} knows class {class}, expected one of the classes of the dataset")]
    UnknownClass {
        /// Name of the pipeline.
        pipeline: String,
        /// The class.
        class: String,
    },
    /// A picture that could not be encoded.
    #[error("row {row} could not be drawn: {source}")]
    Picture {
        /// The row.
        row: usize,
        /// What went wrong.
        source: io::Error,
    },
    /// The report in a format that could not be made, which only happens in a defective build.
    #[error("the report could not be written as {format}: {source}")]
    Format {
        /// Name of the format.
        format: &'static str,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The operating system refused to write the file or to create its folder.
    #[error(
        "{} could not be written: {source}; the report is still in memory: save it elsewhere",
        path.display()
    )]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ReportError {
    /// A fault of a format.
    pub(super) fn format(
        format: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let source = Box::new(source);
        Self::Format { format, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ReportError>();
    }
}
