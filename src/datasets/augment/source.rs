//! Changed copies of images as a source of records.

use linfa::Float;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::stream::Augmented;
use crate::numerics::random::seeder;
use crate::record_source::{RecordSource, SourceFault, TakeBlock};

/// Images of a block.
const BLOCK_ROWS: usize = 1000;

/// Changed copies of images, others in every pass, as a [`RecordSource`]; made by
/// [`Augment::source`].
///
/// Every pass gives all images in their order, changed, then all of them again with other changes,
/// and so on. It borrows the dataset and holds a block of 1000 copies at a time.
///
/// [`Augment::source`]: super::Augment::source
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::datasets::{self, Augment};
/// use linfa_fisher::Rbm;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let augmented = Augment::new().shift(1).rotation(10.0).source(&digits, 3, 42)?;
/// assert_eq!(augmented.nrows(), 3 * 1797);
/// let params = Rbm::params(8).epochs(2).check()?;
/// let rbm = params.run_source(&augmented, 1000).train()?;
/// # assert_eq!(rbm.nvisible(), 64);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AugmentSource<'a, F> {
    /// A stream that has not begun.
    pub(super) images: Augmented<'a, F>,
    pub(super) copies: usize,
    pub(super) seed: u64,
}

impl<F: Float> AugmentSource<'_, F> {
    /// Number of records in a pass.
    pub fn nrows(&self) -> usize {
        self.images.len() * self.copies
    }
}

impl<F: Float> RecordSource<F> for AugmentSource<'_, F> {
    fn pass(&self, number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault> {
        let mut seeds = seeder(self.seed, number);
        for _ in 0..self.copies {
            let copies = Augmented {
                rng: Xoshiro256Plus::seed_from_u64(seeds.next_u64()),
                ..self.images.clone()
            };
            for batch in copies.batches(BLOCK_ROWS) {
                take(batch.records)?;
            }
        }
        Ok(())
    }

    fn repeats(&self) -> bool {
        false
    }
}
