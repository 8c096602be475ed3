//! Faults of what a metric is to measure.

use crate::numerics::scalar::shown;

/// Faults of what a metric is to measure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// A distance of a ranking that is NaN.
    #[error(
        "distance [{query}, {row}] of the ranking is not a number, expected one that can be compared"
    )]
    IncomparableDistance {
        /// Row of the query.
        query: usize,
        /// Row among those that are ranked.
        row: usize,
    },
    /// Nothing to measure.
    #[error("there are no samples to measure, expected at least one")]
    NoSamples,
    /// A score that is NaN.
    #[error("score [{row}, {column}] is not a number, expected one that can be compared")]
    IncomparableScore {
        /// Row of the score.
        row: usize,
        /// Column of the score, 0 if there is only one.
        column: usize,
    },
    /// A probability outside of the unit interval, or NaN.
    #[error("probability [{row}, {column}] is {}, expected a value in [0, 1]", shown(*value))]
    InvalidProbability {
        /// Row of the probability.
        row: usize,
        /// Column of the probability, 0 if there is only one.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// Probabilities of a sample that are not a distribution over the classes.
    #[error("the probabilities of row {row} sum up to {}, expected 1", shown(*sum))]
    ProbabilitySum {
        /// Row of the probabilities.
        row: usize,
        /// Their sum.
        sum: f64,
    },
    /// Other numbers of columns and of classes.
    #[error("{columns} columns of scores for {classes} classes, expected one column a class")]
    ClassCount {
        /// Columns found.
        columns: usize,
        /// Classes found.
        classes: usize,
    },
    /// Classes that are not in ascending order, or not distinct.
    #[error(
        "class {class} at place {place} is not above the one before it, expected distinct classes in ascending order"
    )]
    UnorderedClasses {
        /// Place among the classes.
        place: usize,
        /// The class found there.
        class: String,
    },
    /// A true class that has no column of scores.
    #[error("sample {row} is of class {class}, expected one of the classes that have scores")]
    UnknownClass {
        /// Row of the sample.
        row: usize,
        /// Its class.
        class: String,
    },
    /// Samples that are all positive or all negative, for which a curve is not defined.
    #[error("none of the {samples} samples is {outcome}, expected at least one that is")]
    MissingOutcome {
        /// What no sample is: `"positive"` or `"negative"`.
        outcome: &'static str,
        /// Number of samples.
        samples: usize,
    },
    /// A class without samples, whose area under the curve is not defined.
    #[error(
        "no sample is of class {class}, expected at least one of every class: weight the classes by their samples, or ask for the areas by class"
    )]
    AbsentClass {
        /// The class.
        class: String,
    },
    /// A number of leading items that is 0 or above the number of all.
    #[error("k is {k}, expected 1 to {most}, the number of {items}")]
    InvalidK {
        /// The number found.
        k: usize,
        /// Number of all items.
        most: usize,
        /// What they are: `"classes"` or `"rows"`.
        items: &'static str,
    },
    /// No bins, or too many of them.
    #[error("{bins} bins, expected 1 to {most}")]
    InvalidBins {
        /// Bins asked for.
        bins: usize,
        /// Bins at most.
        most: usize,
    },
    /// A number of clusters for which silhouettes are not defined.
    #[error(
        "{clusters} clusters of {samples} samples, expected at least 2 clusters and fewer than samples"
    )]
    ClusterCount {
        /// Clusters found.
        clusters: usize,
        /// Number of samples.
        samples: usize,
    },
}
