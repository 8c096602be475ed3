//! Where the state of a training is kept.

use super::records::Records;
use super::stage::StagePlan;
use super::state::Progress;
use crate::Result;

/// Keeps the state of trainings whose numbers are `F` and whose source of random numbers is `R`:
/// what a [`Checkpoint`](super::Checkpoint) is to a [`Run`](super::Run), which need not know how
/// either is written.
pub(super) trait Store<F, R> {
    /// The state that is kept of the training that starts at `start`, or else this start; and the
    /// key to keep its states under.
    fn open(
        &self,
        stages: &[StagePlan<F>],
        start: Progress<F, R>,
        records: &Records<F>,
    ) -> Result<(Progress<F, R>, String)>;

    /// Keeps the state, if it is time.
    fn keep(&self, key: &str, progress: &Progress<F, R>) -> Result<()>;
}
