//! Errors of a Boltzmann machine's parameters, Markov chains or likelihood.

use crate::numerics::scalar::shown;

/// Errors of a Boltzmann machine's parameters, Markov chains or likelihood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MachineError {
    /// Couplings (weight matrices) and biases of a Boltzmann machine whose shapes do not fit.
    #[error(
        "couplings of shapes {shapes:?} do not fit biases of lengths {layers:?}, expected layers of at least one unit and a coupling between neighbours"
    )]
    ParameterShapes {
        /// Lengths of the biases.
        layers: Vec<usize>,
        /// Shapes of the couplings.
        shapes: Vec<(usize, usize)>,
    },
    /// Couplings or biases that are NaN or infinite.
    #[error("a coupling or bias is NaN or infinite, expected finite numbers")]
    NonFiniteParameters,
    /// Couplings or biases so large that energies may overflow, as after a training that diverged.
    #[error("a coupling or bias is {limit:e} or larger, expected less: energies may overflow")]
    HugeParameters {
        /// Values must be below this (about 2e13 in `f32`).
        limit: f64,
    },
    /// States of Markov chains whose shapes do not fit each other.
    #[error(
        "Markov chains with states of shapes {shapes:?}, expected at least two layers of at least one unit, all with as many rows, and the same shapes at every temperature"
    )]
    ChainShapes {
        /// Shapes of the layers' states.
        shapes: Vec<(usize, usize)>,
    },
    /// States of Markov chains that are NaN or infinite.
    #[error("a state of a Markov chain is NaN or infinite, expected finite numbers")]
    NonFiniteStates,
    /// An estimate of a partition function that is NaN or infinite.
    #[error("log Z or a log-weight is {}, expected a finite number", shown(*.0))]
    NonFiniteLogWeight(f64),
    /// A deep Boltzmann machine with fewer than two hidden layers.
    #[error("a deep Boltzmann machine has at least 2 hidden layers, found {0}")]
    InvalidDepth(usize),
    /// A hidden layer without units.
    #[error("hidden layer {layer} has {units} units, expected at least 1")]
    InvalidHiddenUnits {
        /// The layer, 1 for the one next to the visible units.
        layer: usize,
        /// Number of units requested.
        units: usize,
    },
    /// A quantity that is defined for other machines only.
    #[error("{quantity} is defined for {machines} only")]
    Undefined {
        /// The quantity requested.
        quantity: &'static str,
        /// The machines that it is defined for.
        machines: &'static str,
    },
    /// A machine that is too large for a sum over all states.
    #[error(
        "the exact sum would run over the states of {units} units, at most {limit} are possible; annealed importance sampling estimates it"
    )]
    TooManyStates {
        /// Number of units whose states would be enumerated.
        units: usize,
        /// Largest possible number of units.
        limit: usize,
    },
    /// No mean-field iterations.
    #[error("{0} mean-field iterations, expected at least 1")]
    InvalidMeanFieldIterations(usize),
    /// Mean-field tolerance outside `[0, 1)`.
    #[error("mean-field tolerance {}, expected a number in [0, 1)", shown(*.0))]
    InvalidMeanFieldTolerance(f64),
    /// No Markov chains.
    #[error(
        "{0} Markov chains, expected at least 1 to train with and 2 for an estimate with an error"
    )]
    InvalidChains(usize),
    /// Too few temperatures.
    #[error(
        "{0} temperatures, expected at least 1 of annealed importance sampling, 2 of tempered chains"
    )]
    InvalidTemperatures(usize),
    /// Units, chains or temperatures for which there is no memory.
    #[error(
        "the {what} take {}, more than memory holds: take fewer units, chains or temperatures",
        count(*numbers)
    )]
    TooLarge {
        /// What takes up the memory.
        what: &'static str,
        /// How many numbers; `None` if there are more than can be addressed.
        numbers: Option<usize>,
    },
    /// No Gibbs steps.
    #[error("{0} Gibbs steps, expected at least 1")]
    InvalidGibbsSteps(usize),
}

fn count(numbers: Option<usize>) -> String {
    match numbers {
        Some(numbers) => format!("{numbers} numbers"),
        None => "more numbers than can be addressed".into(),
    }
}
