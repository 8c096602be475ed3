//! What a report says of its dataset.

use std::fmt::Display;

use linfa::Float;
use ndarray::ArrayView2;
use serde_crate::Serialize;
use sha2::{Digest, Sha256};

/// Size, classes and fingerprint of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct DataSummary {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// The classes in ascending order.
    pub(super) classes: Vec<ClassSize>,
    /// SHA-256 of the records as `f64` of little-endian bytes, row by row.
    pub(super) records_sha256: String,
    /// SHA-256 of the targets as text, each with a line feed after it.
    pub(super) targets_sha256: String,
}

/// A class and the number of its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct ClassSize {
    pub(super) name: String,
    pub(super) rows: usize,
}

/// SHA-256 of the records (`n x d`) as `f64` of little-endian bytes, row by row.
pub(super) fn records_sha256<F: Float>(records: ArrayView2<F>) -> String {
    let mut hash = Sha256::new();
    for x in records {
        hash.update(x.to_f64().unwrap_or(f64::NAN).to_le_bytes());
    }
    hex(hash)
}

/// SHA-256 of the targets as text, each with a line feed after it.
pub(super) fn targets_sha256(targets: impl IntoIterator<Item = impl Display>) -> String {
    let mut hash = Sha256::new();
    targets
        .into_iter()
        .for_each(|target| hash.update(format!("{target}\n")));
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// Of `struct.pack("<2d", 0, 1)` and of `"7\n8\n"`, by Python's hashlib.
    #[test]
    fn fingerprints_are_those_of_other_programs() {
        let records = "fc62429c3e69001d65972cdeb94fb9aa18a7d9c16bc449e1e474e7e41bb95a7d";
        assert_eq!(records_sha256(array![[0.0_f32, 1.0]].view()), records);
        assert_eq!(records_sha256(array![[0.0_f64, 1.0]].view()), records);
        let targets = "adddb5146a8578f617ab1f5e103c545490e99463d45932ea9375acc4cf905ec1";
        assert_eq!(targets_sha256([7, 8]), targets);
    }

    #[test]
    fn the_order_in_memory_does_not_matter() {
        let records = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
        let columns = records.t().as_standard_layout().into_owned();
        assert_eq!(records_sha256(records.view()), records_sha256(columns.t()));
    }
}
