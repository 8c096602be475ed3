//! Faults of a classifier.

/// Faults of a classifier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassificationError {
    /// A decision value of a classifier that is NaN or infinite.
    #[error(
        "binary model {model} gives record {row} the decision value {value}, expected a finite number: scale the records down"
    )]
    NonFiniteDecision {
        /// Row of the record.
        row: usize,
        /// Position of the binary model in the multi-class one.
        model: usize,
        /// The value found.
        value: f64,
    },
    /// A tolerance of linfa-svm that its numbers cannot reach.
    #[error(
        "the support vector machine's tolerance `eps` is {tolerance:e}, which its numbers cannot reach, expected at least {least:.1e}: set `.eps(1e-3)`, as `classification::svm` does"
    )]
    UnreachableTolerance {
        /// The tolerance asked for.
        tolerance: f64,
        /// The least that can be reached.
        least: f64,
    },
    /// More neighbours than samples.
    #[error(
        "{k} neighbours of {samples} samples, expected at most as many as there are samples: lower k"
    )]
    Neighbors {
        /// Neighbours asked for.
        k: usize,
        /// Samples at hand.
        samples: usize,
    },
    /// No neighbours to vote.
    #[error("{0} neighbours, expected at least 1: raise k")]
    InvalidNeighbors(usize),
    /// No numbers of neighbours to choose from.
    #[error("no numbers of neighbours to choose from, expected at least one")]
    NoCandidates,
    /// An order p of a distance that is not a positive number.
    #[error("order {0} of the Lp distance, expected a positive number")]
    InvalidOrder(f64),
    /// A spatial index that would miss neighbours by the distance.
    #[error(
        "{index:?} is no index for this distance, expected one that the distance admits: use LinearSearch"
    )]
    InvalidIndex {
        /// The index asked for.
        index: linfa_nn::CommonNearestNeighbour,
    },
    /// A cost of losses that is not positive, or beyond what the records' type of numbers holds.
    #[error("the cost C is {0}, expected a positive number that the type of the records holds")]
    InvalidCost(f64),
    /// A value of the intercept's feature that is negative or not finite.
    #[error("the intercept scaling is {0}, expected 0 (no intercept) or a positive number")]
    InvalidInterceptScaling(f64),
    /// A relative duality gap that is out of reach or says nothing.
    #[error("the relative duality gap is {gap:e}, expected at least {least:.1e} and below 1")]
    InvalidGap {
        /// The gap asked for.
        gap: f64,
        /// The least that the numbers can reach.
        least: f64,
    },
    /// No passes over the records.
    #[error("{0} passes over the records, expected at least 1")]
    InvalidPasses(usize),
    /// No virtual examples of the support vectors.
    #[error("{0} virtual examples of each support vector, expected at least 1")]
    InvalidCopies(usize),
    /// A penalty on weights that is negative or not finite.
    #[error("the penalty alpha is {0}, expected 0 or a positive number")]
    InvalidPenalty(f64),
    /// Second moments of features that depend on each other.
    #[error(
        "the features' second moments with the penalty {alpha} are not positive definite: raise the penalty"
    )]
    SingularMoments {
        /// The penalty.
        alpha: f64,
    },
    /// The hinge, whose gradient is not continuous, with a solver that needs that.
    #[error(
        "the primal solver minimises the squared hinge, not the hinge: take Loss::SquaredHinge or Solver::Dual"
    )]
    PrimalLoss,
    /// A learning rate that is not positive or grows.
    #[error("the schedule is {0:?}, expected positive rates and a power that is not negative")]
    InvalidSchedule(super::linear_svm::Schedule),
    /// A share of records that is not one.
    #[error("a share of {0} of the records is held out, expected one in [0, 1)")]
    InvalidShare(f64),
    /// Records of a source with a solver that reads them in an order of its own.
    #[error("records of a source are read in their order, which Solver::Primal alone does")]
    SourceSolver,
    /// A source that fails.
    #[error("the source of the records failed")]
    Source(#[source] crate::record_source::SourceFault),
    /// A source that gives other records in a later pass.
    #[error("a later pass over the source has given other records, expected the same ones")]
    RecordsChanged,
    /// Second moments of the records that cannot be inverted.
    #[error("the records' second moments are not finite in these numbers: scale the records down")]
    SecondMoments,
    /// Weights of a linear classifier that its numbers do not hold.
    #[error(
        "the weights are not finite in these numbers: lower the cost or raise the penalty, or scale the records"
    )]
    NonFiniteWeights,
    /// Weights that have become infinite.
    #[error(
        "the weights are not finite after epoch {epoch}: lower the learning rate or scale the records down"
    )]
    SgdDiverged {
        /// The epoch, from 1.
        epoch: usize,
    },
    /// A model to start from that tells other classes apart.
    #[error("the model to start from is of the classes {expected}, the records are of {found}")]
    OtherClasses {
        /// Classes of the model.
        expected: String,
        /// Classes of the records.
        found: String,
    },
    /// A fold whose training rows lack a class.
    #[error(
        "the training rows of fold {fold} are of {found} classes, expected all {expected}: take other folds, or leave out classes of a single row"
    )]
    FoldClasses {
        /// The fold, from 1.
        fold: usize,
        /// Classes of its training rows.
        found: usize,
        /// Classes of all rows.
        expected: usize,
    },
    /// A classifier whose decision values are of another number of classes.
    #[error("the classifier has decision values of {found} classes, expected {expected}")]
    DecisionCount {
        /// Classes of the training rows, or of a model that was loaded.
        expected: usize,
        /// Classes of the classifier.
        found: usize,
    },
    /// Records so large that distances between them overflow.
    #[error(
        "distances between records of magnitude {magnitude} are not finite: scale the records down"
    )]
    DistanceOverflow {
        /// The greatest absolute value of the records.
        magnitude: f64,
    },
    /// Records so small that distances between them vanish.
    #[error(
        "distances between records of magnitude {magnitude:e} vanish in these numbers: scale the records up"
    )]
    DistanceUnderflow {
        /// The greatest absolute value of the records.
        magnitude: f64,
    },
}
