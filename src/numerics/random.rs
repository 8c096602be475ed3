//! Random numbers, sixteen at a time, for samplers that draw the states of thousands of units.
//!
//! Every block of a computation draws from its own stream, which a seed and the block's number
//! determine, so results do not depend on which thread computes which block.

use rand::seq::SliceRandom;
use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256Plus};

/// How many numbers [`Lanes`] draws at once.
pub(crate) const LANES: usize = 16;

/// 16 independent xoshiro128+ generators (Blackman & Vigna 2021) side by side, whose steps the
/// compiler vectorises. Callers use the upper bits only, because the lowest bits are weak.
#[derive(Debug, Clone)]
pub struct Lanes {
    state: [[u32; LANES]; 4],
}

impl Lanes {
    /// The generators for block `stream` of a computation with the given `seed`.
    pub(crate) fn new(seed: u64, stream: usize) -> Self {
        let mut source = seeder(seed, stream);
        let mut state = [[0; LANES]; 4];
        state
            .iter_mut()
            .flatten()
            .for_each(|word| *word = source.next_u32());
        Self { state }
    }

    /// 32 random bits for each lane.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> [u32; LANES] {
        let [s0, s1, s2, s3] = &mut self.state;
        let mut out = [0; LANES];
        for lane in 0..LANES {
            out[lane] = s0[lane].wrapping_add(s3[lane]);
            let shifted = s1[lane] << 9;
            s2[lane] ^= s0[lane];
            s3[lane] ^= s1[lane];
            s1[lane] ^= s2[lane];
            s0[lane] ^= s3[lane];
            s2[lane] ^= shifted;
            s3[lane] = s3[lane].rotate_left(11);
        }
        out
    }

    /// A generator of single numbers, seeded by this one.
    pub(crate) fn scalar(&mut self) -> Xoshiro256Plus {
        let bits = self.next();
        Xoshiro256Plus::seed_from_u64(u64::from(bits[0]) << 32 | u64::from(bits[1]))
    }
}

/// The numbers `0..count` in random order.
pub(crate) fn shuffled<R: Rng>(count: usize, rng: &mut R) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut Varied::of(rng));
    order
}

/// How often a source may repeat its bits: by chance, nine equal words of 32 bits come one after
/// another once in 2^256 times.
const REPETITIONS: usize = 8;

/// Another random source, or a generator in its place once it gives the same bits for ever, with
/// which sampling by rejection would not end.
struct Varied<'a, R> {
    source: &'a mut R,
    last: u64,
    repetitions: usize,
}

impl<'a, R: RngCore> Varied<'a, R> {
    fn of(source: &'a mut R) -> Self {
        Self {
            source,
            last: 0,
            repetitions: 0,
        }
    }

    /// The bits that the source gave, unless it is stuck.
    fn varied(&mut self, bits: u64) -> u64 {
        let same = bits == self.last;
        self.repetitions = if same { self.repetitions + 1 } else { 0 };
        self.last = bits;
        match self.repetitions.checked_sub(REPETITIONS) {
            None => bits,
            Some(number) => seeder(bits, number).next_u64(),
        }
    }
}

impl<R: RngCore> RngCore for Varied<'_, R> {
    fn next_u32(&mut self) -> u32 {
        let bits = self.source.next_u32();
        self.varied(bits.into()) as u32
    }

    fn next_u64(&mut self) -> u64 {
        let bits = self.source.next_u64();
        self.varied(bits)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        rand_xoshiro::rand_core::impls::fill_bytes_via_next(self, bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// The seeds of block `stream` of a computation with the given `seed`.
pub(crate) fn seeder(seed: u64, stream: usize) -> SplitMix64 {
    const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut mixed = SplitMix64::seed_from_u64(seed);
    let start = mixed.next_u64() ^ (stream as u64).wrapping_mul(GOLDEN_RATIO);
    SplitMix64::seed_from_u64(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each lane follows the generator of rand_xoshiro from the same state.
    #[test]
    fn lanes_are_xoshiro128plus() {
        let mut lanes = Lanes::new(42, 3);
        let mut peers: Vec<_> = (0..LANES)
            .map(|lane| {
                let mut seed = [0; 16];
                for (bytes, word) in seed.chunks_exact_mut(4).zip(&lanes.state) {
                    bytes.copy_from_slice(&word[lane].to_le_bytes());
                }
                rand_xoshiro::Xoshiro128Plus::from_seed(seed)
            })
            .collect();
        for _ in 0..100 {
            let expected: Vec<u32> = peers.iter_mut().map(RngCore::next_u32).collect();
            assert_eq!(lanes.next().to_vec(), expected);
        }
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| Lanes::new(seed, stream).next();
        assert_eq!(first(1, 0), first(1, 0));
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
    }

    /// Of a source that varies, the order is rand's own; one that is stuck does not hang.
    #[test]
    fn any_source_shuffles() {
        let mut plain: Vec<usize> = (0..100).collect();
        plain.shuffle(&mut Xoshiro256Plus::seed_from_u64(1));
        assert_eq!(shuffled(100, &mut Xoshiro256Plus::seed_from_u64(1)), plain);
        for bits in [0, u64::MAX] {
            let mut stuck = rand::rngs::mock::StepRng::new(bits, 0);
            let mut order = shuffled(100, &mut stuck);
            assert_ne!(order, plain);
            order.sort_unstable();
            assert!(order.into_iter().eq(0..100));
        }
    }
}
