//! The parts of a gradient step that threads work on by themselves.
//!
//! With few hidden units a step takes some tens of microseconds, of which handing work from one
//! thread to another takes a good part: so each does all that is to be done with some records of
//! the batch and some chains.

use super::difference::narrow_width;
use super::options::NegativeChains;
use crate::numerics::parallel::BLOCK_ROWS;

/// Some records of a batch, and chains of its step: 25 of each where there are as many chains as
/// records.
#[derive(Debug)]
pub(super) struct Section<'a, F> {
    /// Its place among the sections of the step.
    pub(super) number: usize,
    /// Chains that go on from step to step; if there are none, they start at the records.
    pub(super) chains: Option<&'a mut NegativeChains<F>>,
    /// The records, which may be none where there are chains.
    pub(super) rows: &'a [usize],
}

impl<'a, F> Section<'a, F> {
    /// The sections of a step of a narrow machine on the records `rows`: those of the chains that
    /// persist, else of the records.
    pub(super) fn all(chains: &'a mut [NegativeChains<F>], rows: &'a [usize]) -> Vec<Self> {
        let count = match chains.len() {
            0 => rows.len().div_ceil(BLOCK_ROWS).max(1),
            persistent => persistent,
        };
        let mut chains = chains.iter_mut();
        let mut rows = rows.chunks(rows.len().div_ceil(count).max(1));
        let section = |number| Self {
            number,
            chains: chains.next(),
            rows: rows.next().unwrap_or_default(),
        };
        (0..count).map(section).collect()
    }
}

/// How many persistent chains of a machine of the given layers each section has: equal numbers but
/// for the last one, or all of them unless the machine is narrow.
pub(super) fn section_sizes(chains: usize, layers: &[usize]) -> Vec<usize> {
    let count = match narrow_width(layers) {
        Some(_) => chains.div_ceil(BLOCK_ROWS).max(1),
        None => 1,
    };
    let size = chains.div_ceil(count).max(1);
    let firsts = (0..chains).step_by(size);
    firsts.map(|first| size.min(chains - first)).collect()
}
