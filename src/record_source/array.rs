//! Arrays as sources.

use ndarray::{ArrayBase, Axis, Data, Ix2};

use super::{RecordSource, SourceFault, TakeBlock};

/// Rows of a block of an array.
const BLOCK_ROWS: usize = 1024;

/// The rows of an array, in blocks.
impl<F: Clone, D: Data<Elem = F>> RecordSource<F> for ArrayBase<D, Ix2> {
    fn pass(&self, _number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault> {
        let mut blocks = self.axis_chunks_iter(Axis(0), BLOCK_ROWS);
        blocks.try_for_each(|block| take(block.to_owned()))
    }
}
