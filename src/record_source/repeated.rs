//! Sources that give the same records in every pass.

use super::{RecordSource, SourceFault, TakeBlock};

/// A source whose passes all give the same values, which is checked: another value in a later pass
/// is an error of the one who reads.
///
/// # Example
///
/// ```
/// use linfa_fisher::record_source::{RecordSource, Repeated};
/// use ndarray::{Array2, Axis, array};
///
/// let records = array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let blocks = |_: usize| records.axis_chunks_iter(Axis(0), 2).map(|block| block.to_owned());
/// assert!(!RecordSource::<f64>::repeats(&blocks));
/// assert!(RecordSource::<f64>::repeats(&Repeated(blocks)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated<S>(pub S);

impl<F, S: RecordSource<F>> RecordSource<F> for Repeated<S> {
    fn pass(&self, number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault> {
        self.0.pass(number, take)
    }
}
