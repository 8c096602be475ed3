//! The fitted classifier.

#[cfg(feature = "serde")]
use linfa::Label;
use ndarray::{Array2, ArrayView2};

use super::params::inputs;
use crate::boltzmann::{Dbm, Parameters};
use crate::discriminative::descent::Discriminator;
use crate::discriminative::model::predicts_classes;
use crate::discriminative::network::Network;
#[cfg(feature = "serde")]
use crate::discriminative::network::check_network;
use crate::discriminative::settings::Dropout;
#[cfg(feature = "serde")]
use crate::error::MachineError;
use crate::{Float, Result};

/// A deep Boltzmann machine that is fine-tuned to classify (Salakhutdinov and Hinton 2009, section
/// 3.4): the mean field `q` of its upper hidden layer, inferred once by the machine, is an input
/// beside the record,
///
/// ```text
/// x_1 = sigmoid(v W_1 + q W_2' + c_1),    x_2 = sigmoid(x_1 W_2 + c_2),    p = softmax(x_2 V + b)
/// ```
///
/// and all weights, which begin as those of the machine, learn by back-propagation.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::Dbm;
/// use linfa_fisher::datasets::{self, Split};
/// use linfa_fisher::discriminative::DbmClassifier;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let Split { train, test } = Split::stratified(datasets::digits::<f32>()?, 0.8, 42)?;
/// let dbm = Dbm::params(&[40, 60]).centred(true).epochs(30).fit(&train)?;
/// let model = DbmClassifier::params(dbm).fit(&train)?;
/// let right = model.predict(&test).iter().zip(&test.targets).filter(|(a, b)| a == b).count();
/// assert!(right as f64 > 0.9 * test.nsamples() as f64);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct DbmClassifier<F, L> {
    machine: Dbm<F>,
    parameters: Parameters<F>,
    classes: Vec<L>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    DbmClassifier<F, L> { machine, parameters, classes } => {
        let model = Self { machine, parameters, classes };
        model.check_parts().map(|()| model)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, L: Ord> DbmClassifier<F, L> {
    /// A network for the machine.
    fn check_parts(&self) -> Result<()> {
        check_network(&self.parameters, &self.classes)?;
        let layers = self.machine.parameters().layers();
        let found = self.parameters.layers();
        match (&layers[..], &found[..]) {
            (&[d, h1, h2], &[inputs, first, second, _])
                if (inputs, first, second) == (d + h2, h1, h2) =>
            {
                Ok(())
            }
            _ => {
                let shapes = self.parameters.weights().iter().map(Array2::dim).collect();
                Err(MachineError::ParameterShapes { layers, shapes }.into())
            }
        }
    }
}

impl<F: Float, L> DbmClassifier<F, L> {
    pub(super) fn new(machine: Dbm<F>, parameters: Parameters<F>, classes: Vec<L>) -> Self {
        Self {
            machine,
            parameters,
            classes,
        }
    }

    /// The machine whose mean field is an input.
    pub fn machine(&self) -> &Dbm<F> {
        &self.machine
    }

    /// Weights and biases of the network, from `d + h2` inputs to `c` classes. The biases of the
    /// input are not used.
    pub fn parameters(&self) -> &Parameters<F> {
        &self.parameters
    }

    /// The classes in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// Number of units `d` of a record.
    pub fn nvisible(&self) -> usize {
        self.machine.nvisible()
    }

    /// `log p(class)`, `n x c`.
    fn log_probabilities(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        let inputs = inputs(&self.machine, records)?;
        let network = Network {
            dropout: Dropout::default(),
        };
        Ok(network.log_probabilities(&self.parameters, inputs.view()))
    }
}

predicts_classes!(DbmClassifier);
