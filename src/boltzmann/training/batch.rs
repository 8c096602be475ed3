//! The records of one gradient step.

use super::options::VisibleInput;
use super::records::Records;
use crate::Float;
use crate::boltzmann::machine::{Visible, VisibleUnits};
use crate::numerics::parallel::BLOCK_ROWS;
use crate::numerics::random::Lanes;

/// Some rows of the records. They are fetched on demand, by the thread that needs them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch<'a, 'r, F> {
    pub(super) records: &'a Records<'r, F>,
    pub(super) rows: &'a [usize],
    pub(super) input: VisibleInput,
    pub(super) units: VisibleUnits,
    /// Seed of the states that are sampled from the records, if `input` requires it.
    pub(super) seed: u64,
}

impl<F: Float> Batch<'_, '_, F> {
    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All records of the batch.
    pub(super) fn whole(&self) -> Visible<F> {
        self.show(self.rows, 0)
    }

    /// The records of block `number`, if there is such a block.
    pub(super) fn block(&self, number: usize) -> Option<Visible<F>> {
        let rows = self.rows.chunks(BLOCK_ROWS).nth(number)?;
        Some(self.show(rows, number))
    }

    fn show(&self, rows: &[usize], stream: usize) -> Visible<F> {
        let mut shown = self.records.select(rows);
        let mut random = Lanes::new(self.seed, stream);
        self.input.present(&mut shown, self.units, &mut random);
        shown
    }
}
