//! Everything that can go wrong, one variant a fault, each carrying what was found.

use crate::boltzmann::VisibleUnits;
#[cfg(feature = "datasets")]
use crate::datasets::DataError;
use crate::observer::Stage;
#[cfg(feature = "serde")]
use crate::persistence::LoadError;
#[cfg(feature = "plot")]
use crate::report::plot::PlotError;

/// Result with the crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A fault in the data, the hyper-parameters or the course of a computation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The records have no rows or no columns.
    #[error(
        "the records are empty ({rows} x {columns}), expected at least one row and one column"
    )]
    EmptyRecords {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// A record holds NaN or an infinity.
    #[error("record [{row}, {column}] is {value}, expected a finite number")]
    NonFinite {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A record lies outside the unit interval.
    #[error("record [{row}, {column}] is {value}, expected a value in [0, 1]")]
    OutsideUnitInterval {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A record is neither 0 nor 1.
    #[error("record [{row}, {column}] is {value}, expected 0 or 1")]
    NotBinary {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// The number of targets differs from the number of records.
    #[error("{targets} targets for {records} records, expected one target a record")]
    TargetCount {
        /// Rows of the records.
        records: usize,
        /// Targets found.
        targets: usize,
    },
    /// The number of weights differs from the number of records.
    #[error("{weights} weights for {records} records, expected none or one weight a record")]
    WeightCount {
        /// Rows of the records.
        records: usize,
        /// Weights found.
        weights: usize,
    },
    /// The targets hold a single class, so there is nothing to tell apart.
    #[error("all targets are of class {class}, expected at least two classes")]
    SingleClass {
        /// The only class.
        class: String,
    },
    /// Records of another width than the model was trained on.
    #[error("the records have {found} columns, the model expects {expected}")]
    Width {
        /// Columns the model expects.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// No training epochs.
    #[error("{0} epochs, expected at least 1")]
    InvalidEpochs(usize),
    /// An empty batch.
    #[error("batch size {0}, expected at least 1")]
    InvalidBatchSize(usize),
    /// A hidden layer without units.
    #[error("hidden layer {layer} has {units} units, expected at least 1")]
    InvalidHiddenUnits {
        /// The layer, 1 for the one next to the visible units.
        layer: usize,
        /// Units asked for.
        units: usize,
    },
    /// A deep Boltzmann machine of less than two hidden layers.
    #[error("{0} hidden layers, a deep Boltzmann machine has at least 2")]
    InvalidDepth(usize),
    /// Couplings and biases of a Boltzmann machine that do not fit each other.
    #[error("couplings of shapes {shapes:?} do not fit biases of lengths {layers:?}, expected layers of at least one unit and a coupling between neighbours")]
    ParameterShapes {
        /// Lengths of the biases.
        layers: Vec<usize>,
        /// Shapes of the couplings.
        shapes: Vec<(usize, usize)>,
    },
    /// Couplings or biases that are NaN or infinite.
    #[error("a coupling or bias is NaN or infinite, expected finite numbers")]
    NonFiniteParameters,
    /// States of Markov chains that do not fit each other.
    #[error("Markov chains with states of shapes {shapes:?}, expected at least two layers of at least one unit, all with as many rows, and the same shapes at every temperature")]
    ChainShapes {
        /// Shapes of the layers' states.
        shapes: Vec<(usize, usize)>,
    },
    /// States of Markov chains that are NaN or infinite.
    #[error("a state of a Markov chain is NaN or infinite, expected finite numbers")]
    NonFiniteStates,
    /// An estimate of a partition function that is NaN or infinite.
    #[error("log Z or a log-weight is {0}, expected a finite number")]
    NonFiniteLogWeight(f64),
    /// A rate, decay or ratio of the learning-rate schedule out of range.
    #[error("{0} in the learning-rate schedule, expected a positive finite rate, a decay of at least 0, a ratio in (0, 1]")]
    InvalidLearningRate(f64),
    /// Momentum outside `[0, 1)`.
    #[error("momentum {0}, expected a number in [0, 1)")]
    InvalidMomentum(f64),
    /// Weight decay that is negative or not finite.
    #[error("weight decay {0}, expected a finite number of at least 0")]
    InvalidWeightDecay(f64),
    /// The centred gradient without training of the biases, which it moves with the weights.
    #[error("the centred gradient moves biases along with the weights, but biases are not to be trained")]
    CentredWithoutBiases,
    /// Limit of the weights' norms that is not positive.
    #[error("weight norms of at most {0}, expected a positive number")]
    InvalidMaxNorm(f64),
    /// Sparsity target, cost or decay out of range.
    #[error("{0} in the sparsity penalty, expected a target in (0, 1), a finite cost of at least 0, a decay in [0, 1)")]
    InvalidSparsity(f64),
    /// Early stopping without patience.
    #[error("a patience of {0} epochs, expected at least 1")]
    InvalidPatience(usize),
    /// Share of the records held out for validation outside `(0, 1)`.
    #[error("a validation share of {0}, expected a number in (0, 1)")]
    InvalidValidationShare(f64),
    /// Something that is defined for other machines only.
    #[error("{quantity} is defined for {machines} only")]
    Undefined {
        /// What was asked for.
        quantity: &'static str,
        /// Machines that have it.
        machines: &'static str,
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
    /// No Gibbs steps between two estimates.
    #[error("{0} Gibbs steps, expected at least 1")]
    InvalidGibbsSteps(usize),
    /// No Markov chains.
    #[error(
        "{0} Markov chains, expected at least 1 to train with and 2 for an estimate with an error"
    )]
    InvalidChains(usize),
    /// Too few temperatures.
    #[error("{0} temperatures, expected at least 1 of annealed importance sampling, 2 of tempered chains")]
    InvalidTemperatures(usize),
    /// A machine too large for a sum over all states.
    #[error("the exact sum would run over the states of {units} units, at most {limit} are possible; annealed importance sampling estimates it")]
    TooManyStates {
        /// Units whose states would be gone through.
        units: usize,
        /// Units possible.
        limit: usize,
    },
    /// No mean-field sweeps.
    #[error("{0} mean-field iterations, expected at least 1")]
    InvalidMeanFieldIterations(usize),
    /// Mean-field tolerance outside `[0, 1)`.
    #[error("mean-field tolerance {0}, expected a number in [0, 1)")]
    InvalidMeanFieldTolerance(f64),
    /// No estimates of the model's expectation.
    #[error("{0} samples of the model expectation, expected at least 1")]
    InvalidExpectationSamples(usize),
    /// Rank 0 of the information matrix.
    #[error("rank {0} of the information matrix, expected at least 1")]
    InvalidRank(usize),
    /// Damping that is negative or not finite.
    #[error("damping {0}, expected a finite number of at least 0")]
    InvalidDamping(f64),
    /// Exponent of the signed power outside `(0, 1]`.
    #[error("exponent {0} of the signed power, expected a number in (0, 1]")]
    InvalidExponent(f64),
    /// No feature varies, so there is no information to whiten by.
    #[error(
        "no Fisher score varies over the {samples} samples, so the information matrix is zero"
    )]
    NoInformation {
        /// Samples that the matrix was estimated from.
        samples: usize,
    },
    /// An expectation of the model that is NaN or infinite.
    #[error("the model's expectation of statistic {index} is {value}, expected a finite number; its parameters are too large")]
    NonFiniteExpectation {
        /// Position among the statistics.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// A Fisher score, or a feature made of scores, that is NaN or infinite.
    #[error("feature {feature} of record {row} is {value}, expected a finite number; the model's parameters or the scores are too large")]
    NonFiniteFeature {
        /// Row of the record.
        row: usize,
        /// Position among the record's scores or features.
        feature: usize,
        /// The value found.
        value: f64,
    },
    /// A decision value of a classifier that is NaN or infinite.
    #[error("decision value {value} of record {row} by binary model {model}, expected a finite number; the records may be too large")]
    NonFiniteDecision {
        /// Row of the record.
        row: usize,
        /// Position of the binary model in the multi-class one.
        model: usize,
        /// The value found.
        value: f64,
    },
    /// A parameter became NaN, infinite, or so large that energies may overflow (about 1e13 in
    /// single precision, 1e148 in double).
    #[error("{stage} diverged: a parameter was not finite, or far too large, after batch {batch} of epoch {epoch}; a smaller learning rate may help")]
    Diverged {
        /// What was being trained.
        stage: Stage,
        /// The epoch, from 1.
        epoch: usize,
        /// The batch, from 1.
        batch: usize,
    },
    /// A checkpoint that could not be read or written.
    #[cfg(feature = "serde")]
    #[error("checkpoint {}: {fault}", path.display())]
    Checkpoint {
        /// The file.
        path: std::path::PathBuf,
        /// What went wrong.
        fault: String,
    },
    /// A checkpoint of a training with other hyper-parameters, random numbers or records.
    #[cfg(feature = "serde")]
    #[error("checkpoint {} is of a training with other hyper-parameters, random numbers or records; name another file to start anew", path.display())]
    OtherTraining {
        /// The file.
        path: std::path::PathBuf,
    },
    /// An eigenvalue decomposition failed.
    #[error("the eigenvalue decomposition of a {size} x {size} matrix failed")]
    Decomposition {
        /// Rows of the matrix.
        size: usize,
    },
    /// Number of folds outside `2..=n`.
    #[error("{k} folds of {samples} samples, expected 2 <= k <= the number of samples")]
    Folds {
        /// Folds asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// Number of folds to validate outside `1..=k`.
    #[error("{folds} folds to validate of {k}, expected at least 1 and at most all of them")]
    ValidatedFolds {
        /// Folds to validate.
        folds: usize,
        /// Folds that the samples are dealt to.
        k: usize,
    },
    /// A fold of a cross-validation could not be fitted or predicted.
    #[error("fold {fold} could not be fitted or predicted: {source}")]
    Fold {
        /// Index of the fold, from 0.
        fold: usize,
        /// What went wrong.
        source: Box<Error>,
    },
    /// A ratio that does not split the samples into two parts.
    #[error("ratio {ratio} of {samples} samples, expected at least one sample on either side")]
    InvalidRatio {
        /// The share of the first part asked for.
        ratio: f32,
        /// Samples at hand.
        samples: usize,
    },
    /// Number of neighbours outside `1..=n`.
    #[error("{k} neighbours of {samples} samples, expected 1 <= k <= the number of samples")]
    Neighbors {
        /// Neighbours asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// No neighbours to vote.
    #[error("{0} neighbours, expected at least 1")]
    InvalidNeighbors(usize),
    /// A spatial index that would miss neighbours by the distance.
    #[error("{index:?} does not find nearest neighbours by this distance, use LinearSearch")]
    InvalidIndex {
        /// The index asked for.
        index: linfa_nn::CommonNearestNeighbour,
    },
    /// Records so large that distances between them overflow.
    #[error("distances between records of magnitude {magnitude} are not finite")]
    DistanceOverflow {
        /// The greatest absolute value of the records.
        magnitude: f64,
    },
    /// An error of a classifier or another estimator that was plugged in.
    #[error("the wrapped estimator failed: {0}")]
    Estimator(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file could not be read as a dataset.
    #[cfg(feature = "datasets")]
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model in a file is not one that could have been fitted.
    #[cfg(feature = "serde")]
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A picture could not be made or written.
    #[cfg(feature = "plot")]
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// An error of linfa's own.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl Error {
    /// The error of an estimator that was plugged in; an error of this crate stays as it is.
    pub(crate) fn estimator<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        match error.downcast::<Error>() {
            Ok(own) => *own,
            Err(foreign) => Error::Estimator(foreign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Error>();
    }

    #[test]
    fn only_foreign_errors_are_boxed() {
        let own = Error::estimator(Error::Folds { k: 1, samples: 3 });
        assert!(matches!(own, Error::Folds { k: 1, samples: 3 }));
        let foreign = Error::estimator(std::fmt::Error);
        assert!(matches!(foreign, Error::Estimator(_)));
        assert!(foreign
            .to_string()
            .starts_with("the wrapped estimator failed"));
    }
}
