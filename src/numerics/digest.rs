//! A digest of numbers, which tells whether they are the same as before.

use crate::Float;

/// The digest of no numbers.
pub(crate) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// A multiplicative hash of numbers, in their order.
pub(crate) fn key(numbers: impl IntoIterator<Item = f64>) -> u64 {
    extended(START, numbers)
}

/// The hash of more numbers after those of this hash.
pub(crate) fn extended(hash: u64, numbers: impl IntoIterator<Item = f64>) -> u64 {
    numbers.into_iter().fold(hash, |hash: u64, x| {
        // the high half of a product depends on all bits; the low half alone would not
        let product = u128::from(hash ^ x.to_bits()) * 0x9e37_79b9_7f4a_7c15;
        (product as u64) ^ (product >> 64) as u64
    })
}

pub(crate) fn number<F: Float>(x: &F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
