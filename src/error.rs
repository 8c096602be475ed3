//! Everything that can go wrong: a facade over one error type a family, each of which stands beside
//! what it is about and carries what was found and what was expected.

pub use crate::boltzmann::{MachineError, TrainingError};
pub use crate::checks::RecordsError;
pub use crate::classification::ClassificationError;
#[cfg(feature = "datasets")]
pub use crate::datasets::DataError;
#[cfg(feature = "download")]
pub use crate::datasets::DownloadError;
pub use crate::discriminative::DiscriminativeError;
pub use crate::explanation::ExplanationError;
pub use crate::fisher::compression::CompressionError;
pub use crate::fisher::{FisherError, MixtureError};
pub use crate::metrics::MetricError;
pub use crate::model_selection::SelectionError;
#[cfg(feature = "serde")]
pub use crate::persistence::PersistenceError;
pub use crate::preprocessing::PreprocessingError;
#[cfg(feature = "report")]
pub use crate::report::ReportError;
#[cfg(feature = "plot")]
pub use crate::report::plot::PlotError;

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A fault in the data, the hyper-parameters or the course of a computation: one variant a family,
/// each with an error type of its own.
///
/// `Debug` gives the message, as `Display` does: that is what a `main` that returns a [`Result`]
/// and `unwrap` print.
///
/// # Example
///
/// ```
/// use linfa::traits::Fit;
/// use linfa_fisher::error::RecordsError;
/// use linfa_fisher::{Error, Rbm};
/// use ndarray::array;
///
/// let outside = linfa::DatasetBase::from(array![[0.0, 1.5]]);
/// let error = Rbm::params(2).fit(&outside).unwrap_err();
/// let message = error.to_string();
/// assert!(message.starts_with("record [0, 1] is 1.5, expected a value in [0, 1]"));
/// assert_eq!(format!("{error:?}"), message);
/// assert!(matches!(error, Error::Records(RecordsError::OutsideUnitInterval { column: 1, .. })));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Records, targets or weights that an estimator cannot take.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// A Boltzmann machine, its Markov chains or its likelihood.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The training of a Boltzmann machine.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A Boltzmann machine that classifies.
    #[error(transparent)]
    Discriminative(#[from] DiscriminativeError),
    /// Fisher scores, their scaling or the information matrix.
    #[error(transparent)]
    Fisher(#[from] FisherError),
    /// A mixture of Gaussians.
    #[error(transparent)]
    Mixture(#[from] MixtureError),
    /// The compression of features.
    #[error(transparent)]
    Compression(#[from] CompressionError),
    /// What records go through before a model sees them.
    #[error(transparent)]
    Preprocessing(#[from] PreprocessingError),
    /// A classifier.
    #[error(transparent)]
    Classification(#[from] ClassificationError),
    /// An explanation of a classifier.
    #[error(transparent)]
    Explanation(#[from] ExplanationError),
    /// A metric.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// A split or a cross-validation.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// An error of a classifier or another estimator that was plugged in.
    #[error("the wrapped estimator failed: {0}")]
    Estimator(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file could not be read as a dataset.
    #[cfg(feature = "datasets")]
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file of a dataset could not be downloaded.
    #[cfg(feature = "download")]
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// A model or a checkpoint in a file.
    #[cfg(feature = "serde")]
    #[error(transparent)]
    Persistence(#[from] PersistenceError),
    /// A picture could not be made or written.
    #[cfg(feature = "plot")]
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// A report could not be put together or written.
    #[cfg(feature = "report")]
    #[error(transparent)]
    Report(#[from] ReportError),
    /// An error of linfa's own.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// The same error for the dataset that the records were selected from as its `rows`.
    pub(crate) fn of_rows(self, rows: &[usize]) -> Self {
        match self {
            Self::Records(fault) => Self::Records(fault.of_rows(rows)),
            Self::Selection(SelectionError::Trial { source }) => {
                let source = match source.downcast::<Self>() {
                    Ok(own) => Box::new(own.of_rows(rows)),
                    Err(foreign) => foreign,
                };
                Self::Selection(SelectionError::Trial { source })
            }
            other => other,
        }
    }

    /// The same error of records of which the block that was looked at begins at row `first`.
    pub(crate) fn of_block(self, first: usize) -> Self {
        match self {
            Self::Fisher(fault) => Self::Fisher(fault.of_block(first)),
            other => other,
        }
    }

    /// The error of an estimator that was plugged in; an error of this crate stays as it is.
    pub(crate) fn estimator<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        match error.downcast::<Error>() {
            Ok(own) => *own,
            Err(foreign) => Error::Estimator(foreign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Error>();
    }

    #[test]
    fn only_foreign_errors_are_boxed() {
        let own = Error::estimator(Error::from(SelectionError::Folds { k: 1, samples: 3 }));
        assert!(matches!(
            own,
            Error::Selection(SelectionError::Folds { k: 1, samples: 3 })
        ));
        let foreign = Error::estimator(std::fmt::Error);
        assert!(matches!(foreign, Error::Estimator(_)));
        assert!(
            foreign
                .to_string()
                .starts_with("the wrapped estimator failed")
        );
    }
}
