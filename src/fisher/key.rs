//! What tells the statistics of one model, or of some records, from those of others.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

use crate::Float;
use crate::numerics::digest::{key, number};

/// How many records there were, and a sum of their hashes: the same whatever their order, and in
/// however many parts they were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Seen {
    pub(super) samples: usize,
    digest: u64,
}

impl Seen {
    /// What there is to know of records (`n x d`).
    pub(super) fn of<F: Float>(records: ArrayView2<F>) -> Self {
        let rows = records.axis_iter(Axis(0)).into_par_iter();
        let hashes = rows.map(|row| key(row.iter().map(number)));
        Self {
            samples: records.nrows(),
            digest: hashes.reduce(|| 0, u64::wrapping_add),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            samples: self.samples.saturating_add(other.samples),
            digest: self.digest.wrapping_add(other.digest),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::*;

    #[test]
    fn the_same_records_in_any_order_and_parts() {
        let records = Array2::from_shape_fn((9, 4), |(i, j)| ((i * 5 + j * 3) % 7) as f32);
        let whole = Seen::of(records.view());
        let parts = [s![5..;-1, ..], s![..5, ..]].map(|part| Seen::of(records.slice(part)));
        assert_eq!(parts[0].and(parts[1]), whole);
        let mut other = records.clone();
        other[[8, 3]] += 1.0;
        assert_ne!(Seen::of(other.view()), whole);
        assert_ne!(
            Seen::of(array![[0.0, 1.0]].view()),
            Seen::of(array![[1.0, 0.0]].view())
        );
    }
}
