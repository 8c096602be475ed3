//! What tells the statistics of one model from those of another.

use crate::Float;

/// A hash (FNV-1a) of numbers.
pub(super) fn key(numbers: impl IntoIterator<Item = f64>) -> u64 {
    let bytes = numbers.into_iter().flat_map(|x| x.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(super) fn number<F: Float>(x: &F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
