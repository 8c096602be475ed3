//! Where the state of training is stored.

use super::stage::StagePlan;
use super::state::Progress;
use super::windows::TrainingSet;
use crate::{Float, Result};

/// Stores the state of trainings whose numbers are `F` and whose random-number generator is `R`. It
/// is how a [`Run`](super::Run) sees a [`Checkpoint`](super::Checkpoint), without knowing how
/// numbers and generator are serialised.
pub(super) trait Store<F: Float, R> {
    /// The stored state of the training that starts at `start`, or `start` if there is none; and
    /// the key to store its states under.
    fn open(
        &self,
        stages: &[StagePlan<F>],
        start: Progress<F, R>,
        records: &dyn TrainingSet<F>,
    ) -> Result<(Progress<F, R>, String)>;

    /// Stores the state if it is due.
    fn keep(&self, key: &str, progress: &Progress<F, R>) -> Result<()>;
}

/// A [`Store`] for another module to hand to a [`Run`](super::Run).
pub(crate) struct StoreRef<'a, F, R>(pub(super) &'a dyn Store<F, R>);
