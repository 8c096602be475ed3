//! Digests of records, which tell whether they are the same as before.

use ndarray::ArrayView2;

use crate::Float;
use crate::numerics::columns::parts_by_block;

/// Hashes that are computed side by side, so that none waits for the multiplication of another.
const LANES: usize = 8;

/// The multiplier of Fibonacci hashing, 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Bits that a hash is turned by, which brings the bits of sign and exponent down to the lowest.
const TURN: u32 = 23;

/// A digest of each block of [`COLUMN_BLOCK`](crate::numerics::columns::COLUMN_BLOCK) rows, however
/// the rows come in parts.
///
/// It is a chain of `h = (turn(h) xor x) * factor` over the bits `x` of the values. Each link is a
/// bijection of `h`, so that a single other value always makes another digest. It protects against
/// mistakes, not against forgery.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    complete: Vec<u64>,
    lanes: [u64; LANES],
    rows: usize,
}

impl Digests {
    /// Those of all the records.
    #[cfg(any(feature = "serde", test))]
    pub(crate) fn of<F: Float>(records: ArrayView2<F>) -> Vec<u64> {
        let mut digests = Self::default();
        digests.extend(records);
        digests.finish()
    }

    /// Takes the next rows into account.
    pub(super) fn extend<F: Float>(&mut self, rows: ArrayView2<F>) {
        for (block, part) in parts_by_block(self.rows, rows) {
            if block > self.complete.len() {
                self.complete_block();
            }
            let part = part.as_standard_layout();
            let values = part.as_slice().unwrap_or_default();
            let rows = values.chunks_exact(part.ncols().max(1));
            rows.for_each(|row| add_row(row, &mut self.lanes));
        }
        self.rows += rows.nrows();
    }

    /// The digests of the blocks that are known to be complete: the next one has begun.
    pub(super) fn complete(&self) -> &[u64] {
        &self.complete
    }

    /// The digests of all blocks.
    pub(super) fn finish(mut self) -> Vec<u64> {
        if self.rows > 0 {
            self.complete_block();
        }
        self.complete
    }

    fn complete_block(&mut self) {
        let lanes = std::mem::take(&mut self.lanes);
        self.complete.push(lanes.into_iter().fold(0, link));
    }
}

fn link(hash: u64, bits: u64) -> u64 {
    (hash.rotate_left(TURN) ^ bits).wrapping_mul(FACTOR)
}

fn add_row<F: Float>(row: &[F], lanes: &mut [u64; LANES]) {
    for values in row.chunks(LANES) {
        for (hash, value) in lanes.iter_mut().zip(values) {
            *hash = link(*hash, value.to_f64().unwrap_or(f64::NAN).to_bits());
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, s};

    use super::*;

    fn records() -> Array2<f32> {
        Array2::from_shape_fn((300, 11), |(i, j)| ((i * 7 + j * 3) % 5 < 2) as u8 as f32)
    }

    #[test]
    fn digests_do_not_depend_on_the_parts() {
        let records = records();
        for rows in [0_usize, 1, 128, 129, 256, 300] {
            let records = records.slice(s![..rows, ..]);
            let expected = Digests::of(records);
            assert_eq!(expected.len(), rows.div_ceil(128));
            for cut in [1, 50, 128, 200] {
                let mut digests = Digests::default();
                let parts = records.axis_chunks_iter(Axis(0), cut);
                parts.for_each(|part| digests.extend(part));
                assert_eq!(digests.finish(), expected);
            }
        }
    }

    #[test]
    fn any_other_value_changes_the_digest_of_its_block() {
        let expected = Digests::of(records().view());
        for (row, column) in [(0, 0), (127, 10), (128, 3), (299, 10)] {
            let mut other = records();
            other[[row, column]] = 1.0 - other[[row, column]];
            let digests = Digests::of(other.view());
            for (block, (found, expected)) in digests.iter().zip(&expected).enumerate() {
                assert_eq!(found != expected, block == row / 128);
            }
        }
        let mut swapped = records();
        swapped.invert_axis(Axis(0));
        assert_ne!(Digests::of(swapped.view()), expected);
    }

    #[test]
    fn both_precisions_and_orders_in_memory_have_the_same_digests() {
        let expected = Digests::of(records().view());
        assert_eq!(Digests::of(records().mapv(f64::from).view()), expected);
        let by_columns = records().t().to_owned();
        assert_eq!(Digests::of(by_columns.t()), expected);
    }
}
