//! Why a file is not the dataset it was taken for.

/// A file that could not be read as a dataset.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {}
