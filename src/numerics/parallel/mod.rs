//! Work shared among threads; the results do not depend on their number.

mod blocks;
mod join;

pub(crate) use blocks::{
    block_of_rows, blocks_of, map_blocks, map_reduce, BLOCK_ELEMENTS, BLOCK_ROWS,
};
pub(crate) use join::{join_if, ScopedStandBy, StandBy};
