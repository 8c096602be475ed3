//! Samples in blocks of rows; one thread takes each block through all layers.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};

use super::join::join_awake;

/// Rows of a block: a batch of 100 records and as many chains make four blocks, which two or four
/// threads share evenly. Of fewer rows, products wait for the weights, which come from beyond a
/// core's cache. Fixed, so that results do not depend on the number of threads.
pub(crate) const BLOCK_ROWS: usize = 50;

/// Elements of a block of an elementwise pass: fewer are not worth another thread.
pub(crate) const BLOCK_ELEMENTS: usize = 1 << 15;

/// Calls `f` with the number and the rows of every block of the layers (`n x units` each), in
/// parallel; returns the results in the order of the blocks.
pub(crate) fn map_blocks<F, T>(
    layers: &mut [Array2<F>],
    f: impl Fn(usize, &mut [ArrayViewMut2<F>]) -> T + Sync,
) -> Vec<T>
where
    F: Send + Sync,
    T: Send,
{
    let blocks = blocks_of(layers);
    let mut numbered: Vec<_> = blocks.into_iter().enumerate().collect();
    let result = |(number, block): &mut (usize, Vec<_>)| vec![f(*number, block)];
    let joined = |mut results: Vec<T>, rest| {
        results.extend(rest);
        results
    };
    map_reduce(&mut numbered, &result, &joined).unwrap_or_default()
}

/// The blocks of rows of the layers (`n x units` each).
pub(crate) fn blocks_of<F>(layers: &mut [Array2<F>]) -> Vec<Vec<ArrayViewMut2<'_, F>>> {
    let rows = layers.first().map_or(0, Array2::nrows);
    let mut blocks: Vec<Vec<ArrayViewMut2<F>>> = Vec::new();
    blocks.resize_with(rows.div_ceil(BLOCK_ROWS), Vec::new);
    for layer in layers {
        let chunks = layer.axis_chunks_iter_mut(Axis(0), BLOCK_ROWS);
        blocks
            .iter_mut()
            .zip(chunks)
            .for_each(|(block, chunk)| block.push(chunk));
    }
    blocks
}

/// Calls `f` with each item, in parallel, and combines the results by `reduce`: neighbours first,
/// on the thread that has computed them. `None` if there are no items.
pub(crate) fn map_reduce<B: Send, T: Send>(
    items: &mut [B],
    f: &(impl Fn(&mut B) -> T + Sync),
    reduce: &(impl Fn(T, T) -> T + Sync),
) -> Option<T> {
    match items {
        [] => None,
        [item] => Some(f(item)),
        _ => {
            let (lower, upper) = items.split_at_mut(items.len() / 2);
            let both = join_awake(
                || map_reduce(lower, f, reduce),
                || map_reduce(upper, f, reduce),
            );
            both.0
                .zip(both.1)
                .map(|(lower, upper)| reduce(lower, upper))
        }
    }
}

/// The rows of block `number` in another matrix of as many rows.
pub(crate) fn block_of_rows<F>(matrix: &Array2<F>, number: usize) -> ArrayView2<'_, F> {
    let first = number * BLOCK_ROWS;
    let end = matrix.nrows().min(first + BLOCK_ROWS);
    matrix.slice(s![first..end, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thousands of blocks, whose threads steal work from each other, do not overflow the stacks.
    #[test]
    fn many_rows_are_no_deep_recursion() {
        let mut layer = [Array2::<u32>::zeros((200_000, 1))];
        for threads in [1, 2, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                map_blocks(&mut layer, |number, block| block[0].fill(number as u32));
            });
            assert_eq!(layer[0][[199_999, 0]], 3999);
            layer[0].fill(0);
        }
    }

    #[test]
    fn every_row_is_in_one_block() {
        let mut layers = [Array2::<u32>::zeros((60, 2)), Array2::zeros((60, 1))];
        let rows = map_blocks(&mut layers, |number, block| {
            block
                .iter_mut()
                .for_each(|layer| *layer += number as u32 + 1);
            block[1].nrows()
        });
        assert_eq!(rows, [50, 10]);
        assert_eq!(layers[0].sum(), 2 * (50 + 2 * 10));
    }
}
