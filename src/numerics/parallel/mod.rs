//! Work shared among threads; the results do not depend on their number.

mod blocks;
mod join;

pub(crate) use blocks::{
    BLOCK_ELEMENTS, BLOCK_ROWS, block_of_rows, blocks_of, map_blocks, map_reduce,
};
pub(crate) use join::{ScopedStandBy, StandBy, join_if};
