//! One epoch of a training, as a history or a checkpoint keeps it.

use super::figures::Figures;
use super::stage::Stage;

/// One epoch in a [`History`](super::History).
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::{EpochRecord, History};
///
/// let best = |history: &History| -> Option<EpochRecord> {
///     let error = |record: &EpochRecord| record.figures.get("error").unwrap_or(f64::INFINITY);
///     history.epochs().iter().min_by(|a, b| error(a).total_cmp(&error(b))).cloned()
/// };
/// assert_eq!(best(&History::default()), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub struct EpochRecord {
    /// The stage that the epoch belongs to.
    pub stage: Stage,
    /// The epoch of the stage, from 1.
    pub epoch: usize,
    /// What was measured.
    pub figures: Figures,
}
