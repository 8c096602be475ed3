//! Errors of training: its hyper-parameters, its start, its course.

use crate::boltzmann::VisibleUnits;
use crate::checks::RecordsError;
use crate::numerics::scalar::shown;
use crate::observer::Stage;
use crate::record_source::SourceFault;

/// Errors of training: its hyper-parameters, its start, its course.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// No training epochs.
    #[error("{0} epochs, expected at least 1")]
    InvalidEpochs(usize),
    /// An empty batch.
    #[error("batch size {0}, expected at least 1")]
    InvalidBatchSize(usize),
    /// A rate, decay or ratio of the learning-rate schedule out of range.
    #[error(
        "{} in the learning-rate schedule, expected a positive finite rate, a decay of at least 0, a ratio in (0, 1]", shown(*.0))]
    InvalidLearningRate(f64),
    /// Momentum outside `[0, 1)`.
    #[error("momentum {}, expected a number in [0, 1)", shown(*.0))]
    InvalidMomentum(f64),
    /// Weight decay that is negative or not finite.
    #[error("weight decay {}, expected a finite number of at least 0", shown(*.0))]
    InvalidWeightDecay(f64),
    /// The centred gradient without training of the biases, which it moves with the weights.
    #[error(
        "the centred gradient moves biases along with the weights, but biases are not to be trained"
    )]
    CentredWithoutBiases,
    /// Limit of the weights' norms that is not positive.
    #[error("weight norms of at most {}, expected a positive number", shown(*.0))]
    InvalidMaxNorm(f64),
    /// Sparsity target, cost or decay out of range.
    #[error(
        "{} in the sparsity penalty, expected a target in (0, 1), a finite cost of at least 0, a decay in [0, 1)", shown(*.0))]
    InvalidSparsity(f64),
    /// Early stopping without patience.
    #[error("a patience of {0} epochs, expected at least 1")]
    InvalidPatience(usize),
    /// Share of the records held out for validation outside `(0, 1)`.
    #[error("a validation share of {}, expected a number in (0, 1)", shown(*.0))]
    InvalidValidationShare(f64),
    /// Share of the records held out for validation that leaves none on one side.
    #[error(
        "a validation share of {share} of {records} records, expected at least one record to learn from and one held out"
    )]
    ValidationRows {
        /// The share requested.
        share: f64,
        /// Number of records.
        records: usize,
    },
    /// Settings of the pretraining for another number of layers.
    #[error(
        "settings of the pretraining for {found} hidden layers, the machine has {expected}; give one setting for all layers or one for each"
    )]
    PretrainingLayers {
        /// Hidden layers of the machine.
        expected: usize,
        /// Settings found.
        found: usize,
    },
    /// A machine to continue from whose layers are not those of the hyper-parameters and the data.
    #[error("the machine to continue from has layers of {found:?} units, expected {expected:?}")]
    OtherLayers {
        /// Units of each layer expected, the visible one first.
        expected: Vec<usize>,
        /// Units of each layer found.
        found: Vec<usize>,
    },
    /// A machine to continue from with another kind of visible units.
    #[error("the machine to continue from has {found:?} visible units, expected {expected:?}")]
    OtherVisibleUnits {
        /// Kind of units of the hyper-parameters.
        expected: VisibleUnits,
        /// Kind of units of the machine.
        found: VisibleUnits,
    },
    /// A parameter became NaN, infinite, or so large that energies may overflow (about 1e13 in
    /// single precision, 1e148 in double).
    #[error(
        "{stage} diverged: a parameter was not finite, or far too large, after batch {batch} of epoch {epoch}; a smaller learning rate may help"
    )]
    Diverged {
        /// What was being trained.
        stage: Stage,
        /// The epoch, from 1.
        epoch: usize,
        /// The batch, from 1.
        batch: usize,
    },
    /// A source without records.
    #[error("the source of records gave no row in its first pass, expected at least one")]
    EmptySource,
    /// A source that could not give its records.
    #[error("the source of records failed at block {block} of pass {pass}: {source}")]
    Source {
        /// The pass: 0 for the first look, then that of the epoch.
        pass: usize,
        /// The block that was expected, from 0.
        block: usize,
        /// What the source said.
        source: SourceFault,
    },
    /// A block of another width than the first one.
    #[error(
        "block {block} of pass {pass} has {found} columns, expected {expected}, as the first block has"
    )]
    BlockWidth {
        /// The pass: 0 for the first look, then that of the epoch.
        pass: usize,
        /// The block, from 0.
        block: usize,
        /// Columns of the first block of the first pass.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// A block with records that the machine cannot be trained on.
    #[error("in block {block} of pass {pass}, {fault}")]
    BlockRecords {
        /// The pass: 0 for the first look, then that of the epoch.
        pass: usize,
        /// The block, from 0.
        block: usize,
        /// The fault, whose row is that in the block, from 0.
        fault: RecordsError,
    },
    /// A pass of another number of rows than the first.
    #[error(
        "pass {pass} over the source of records gave {found} rows{}, expected {expected}, as in the first pass",
        if found > expected { " or more" } else { "" }
    )]
    OtherRowCount {
        /// The pass, that of the epoch.
        pass: usize,
        /// Rows of the first pass.
        expected: usize,
        /// Rows found, up to the block with one too many.
        found: usize,
    },
    /// A pass that gave other values than the first, of a source that says that it repeats them, or
    /// of the same number.
    #[error(
        "pass {pass} over the source of records gave other values in rows {first} to {last} than the first pass, expected the same: if they are to differ, `RecordSource::repeats` has to be false and every pass of one number alike"
    )]
    OtherRows {
        /// The pass: 0 for the first look, then that of the epoch.
        pass: usize,
        /// The first row, from 0, of the rows that were compared as one.
        first: usize,
        /// The last of these rows.
        last: usize,
    },
    /// A window of records that memory does not hold.
    #[error(
        "a window of {rows} x {columns} values takes more than memory holds: take a smaller window"
    )]
    WindowTooLarge {
        /// Rows of the window, or of the records that are held out.
        rows: usize,
        /// Columns of the records.
        columns: usize,
    },
}
