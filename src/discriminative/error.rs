//! Errors of classifiers that start as Boltzmann machines.

use crate::numerics::scalar::shown;

/// Errors of classifiers that start as Boltzmann machines.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscriminativeError {
    /// A share of dropped units outside `[0, 1)`.
    #[error("a dropout of {}, expected a number in [0, 1)", shown(*.0))]
    InvalidDropout(f64),
    /// Dropout for a machine that has none.
    #[error("a {machine} is trained without dropout, expected 0")]
    NoDropout {
        /// The kind of machine.
        machine: &'static str,
    },
    /// A weight of a part of the likelihood that is negative or not finite.
    #[error("a weight of {} for the {part}, expected a finite number of at least 0", shown(*.value))]
    InvalidWeight {
        /// The part of the objective.
        part: &'static str,
        /// The weight found.
        value: f64,
    },
    /// Records without classes for a machine that gives them no weight.
    #[error(
        "{rows} records without classes, but their likelihood has a weight of 0: give it one by `unsupervised`"
    )]
    UnlabelledWithoutWeight {
        /// Number of records without classes.
        rows: usize,
    },
    /// A network without hidden layers.
    #[error("no hidden layer, expected at least one")]
    NoHiddenLayers,
    /// A deep Boltzmann machine with another number of hidden layers than two.
    #[error("a deep Boltzmann machine with {0} hidden layers, expected two")]
    HiddenLayers(usize),
    /// No Gibbs steps in the negative phase.
    #[error("{0} Gibbs steps, expected at least 1")]
    InvalidSteps(usize),
}
