//! Closures as sources.

use super::{IntoBlock, RecordSource, SourceFault, TakeBlock};

/// A closure from the number of a pass to the blocks of that pass. Since it is told the number, it
/// may give other values in each pass; [`Repeated`](super::Repeated) says that it does not.
impl<F, S, I> RecordSource<F> for S
where
    S: Fn(usize) -> I,
    I: IntoIterator,
    I::Item: IntoBlock<F>,
{
    fn pass(&self, number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault> {
        let mut blocks = self(number).into_iter();
        blocks.try_for_each(|block| take(block.into_block()?))
    }

    fn repeats(&self) -> bool {
        false
    }
}
