//! What the first pass over a source finds.

use ndarray::Array1;

use crate::Float;

/// What the first pass over a source has found; later passes are held to it.
#[derive(Debug)]
pub(super) struct Survey<F> {
    pub(super) rows: usize,
    pub(super) means: Array1<F>,
    /// Digests of the values, one for each block of rows.
    pub(super) digests: Vec<u64>,
}

impl<F: Float> Survey<F> {
    /// Width of the records.
    pub(super) fn columns(&self) -> usize {
        self.means.len()
    }
}
