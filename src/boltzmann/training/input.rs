//! Where the records of a training come from.

use ndarray::ArrayView2;

use super::hyperparams::Training;
use super::records::Records;
use super::stream::Stream;
use super::windows::TrainingSet;
use crate::record_source::RecordSource;
use crate::{Float, Result};

/// Records in memory, or a source that is read in windows of some rows.
#[derive(Clone, Copy)]
pub(super) enum Input<'a, F> {
    Array(ArrayView2<'a, F>),
    Source {
        source: &'a dyn RecordSource<F>,
        window: usize,
    },
}

impl<'a, F: Float> Input<'a, F> {
    /// The records, after a first pass that checks that a machine can be trained on them.
    pub(super) fn open(self, training: &'a Training<F>) -> Result<Box<dyn TrainingSet<F> + 'a>> {
        Ok(match self {
            Self::Array(values) => Box::new(Records::for_training(values, training)?),
            Self::Source { source, window } => Box::new(Stream::open(source, window, training)?),
        })
    }
}
