//! Work shared among threads, with the same bits whatever their number.

mod blocks;
mod join;

pub(crate) use blocks::{block_of_rows, blocks_of, map_blocks, map_reduce, BLOCK_ROWS};
pub(crate) use join::{join_if, ScopedStandBy, StandBy};
