//! Damaged copies of valid files, for property tests of the parsers.

use proptest::prelude::*;
use proptest::sample::Index;

/// One kind of damage.
#[derive(Debug, Clone)]
enum Damage {
    Overwrite(Index, u8),
    Boundary(Index, u8),
    Flip(Index, u8),
    Cut(Index),
    Extend(Vec<u8>),
    Remove(Index),
    Insert(Index, u8),
    Repeat(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(i, b)| Damage::Overwrite(i, b)),
        4 => (any::<Index>(), prop::sample::select(vec![0, 1, 127, 128, 255]))
            .prop_map(|(i, b)| Damage::Boundary(i, b)),
        2 => (any::<Index>(), 0..8_u8).prop_map(|(i, bit)| Damage::Flip(i, bit)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..40).prop_map(Damage::Extend),
        1 => any::<Index>().prop_map(Damage::Remove),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(i, b)| Damage::Insert(i, b)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(i, j)| Damage::Repeat(i, j)),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match damage {
        Damage::Overwrite(i, b) | Damage::Boundary(i, b) => bytes[i.index(length)] = *b,
        Damage::Flip(i, bit) => bytes[i.index(length)] ^= 1 << bit,
        Damage::Cut(i) => bytes.truncate(i.index(length)),
        Damage::Extend(more) => bytes.extend(more),
        Damage::Remove(i) => {
            bytes.remove(i.index(length));
        }
        Damage::Insert(i, b) => bytes.insert(i.index(length), *b),
        Damage::Repeat(i, j) => {
            let (i, j) = (i.index(length), j.index(length));
            bytes.extend_from_within(i.min(j)..i.max(j));
        }
    }
}

/// Copies of `valid` with one to four damages.
pub(super) fn damaged(valid: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(damage(), 1..5).prop_map(move |damages| {
        let mut bytes = valid.clone();
        for damage in &damages {
            apply(damage, &mut bytes);
        }
        bytes
    })
}
