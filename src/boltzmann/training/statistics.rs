//! What a gradient step is worked out from.

use ndarray::Array1;

use super::difference::Difference;
use super::sample::Transposed;
use crate::boltzmann::Parameters;
use crate::Float;

/// What the gradient of a batch is worked out from.
#[derive(Debug)]
pub(super) enum Statistics<F> {
    /// Of machines with few hidden units: what is left to do is little.
    Difference(Difference<F>),
    /// The samples themselves, whose products are worth sharing among threads.
    Samples {
        data: Transposed<F>,
        model: Transposed<F>,
    },
}

impl<F: Float> Statistics<F> {
    /// Writes the data's [mean statistics](Parameters::mean_statistics) less those of the model to
    /// `gradient`; those of the data of the layers alone, which the biases have, are returned.
    pub(super) fn write(&self, gradient: &mut Parameters<F>) -> Vec<Array1<F>> {
        match self {
            Self::Difference(difference) => difference.write(gradient),
            Self::Samples { data, model } => data.write_difference(model, gradient),
        }
    }
}

/// What inferences took.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The most sweeps of one.
    pub(super) sweeps: usize,
    /// Samples that did not converge.
    pub(super) unconverged: usize,
}

impl Tally {
    /// That of both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            sweeps: self.sweeps.max(other.sweeps),
            unconverged: self.unconverged + other.unconverged,
        }
    }
}
