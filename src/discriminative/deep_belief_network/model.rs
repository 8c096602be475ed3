//! The fitted network.

#[cfg(feature = "serde")]
use linfa::Label;
use ndarray::{Array2, ArrayView2};

use crate::boltzmann::{Parameters, transforms_records};
use crate::discriminative::descent::Discriminator;
use crate::discriminative::model::predicts_classes;
#[cfg(feature = "serde")]
use crate::discriminative::network::check_network;
use crate::discriminative::network::{Network, top};
use crate::discriminative::settings::Dropout;
use crate::{Float, Result};

/// A deep belief network that classifies: restricted Boltzmann machines, each trained on the
/// activations of the one below (Hinton, Osindero and Teh 2006), and a softmax layer, all of it
/// fine-tuned by back-propagation (Hinton and Salakhutdinov 2006).
///
/// As a transformer it maps records to the activations of its topmost hidden layer, `n x h`.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets::{self, Split};
/// use linfa_fisher::discriminative::DeepBeliefNetwork;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let Split { train, test } = Split::stratified(datasets::digits::<f32>()?, 0.8, 42)?;
/// let model = DeepBeliefNetwork::params(&[60, 60]).early_stopping(0.1, 5).fit(&train)?;
/// let right = model.predict(&test).iter().zip(&test.targets).filter(|(a, b)| a == b).count();
/// assert!(right as f64 > 0.9 * test.nsamples() as f64);
/// assert_eq!(model.transform(&test.records)?.ncols(), 60);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct DeepBeliefNetwork<F, L> {
    parameters: Parameters<F>,
    classes: Vec<L>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    DeepBeliefNetwork<F, L> { parameters, classes } => {
        let model = Self { parameters, classes };
        check_network(&model.parameters, &model.classes)?;
        Ok(model)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

impl<F: Float, L> DeepBeliefNetwork<F, L> {
    pub(super) fn new(parameters: Parameters<F>, classes: Vec<L>) -> Self {
        Self {
            parameters,
            classes,
        }
    }

    /// Weights and biases of all layers, the softmax layer last. The biases of the input are not
    /// used.
    pub fn parameters(&self) -> &Parameters<F> {
        &self.parameters
    }

    /// The classes in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// Number of inputs `d`.
    pub fn nvisible(&self) -> usize {
        self.parameters.layers()[0]
    }

    /// Number of units of each hidden layer, the one next to the inputs first.
    pub fn nhidden(&self) -> Vec<usize> {
        let layers = self.parameters.layers();
        layers[1..layers.len() - 1].to_vec()
    }

    /// `log p(class)`, `n x c`.
    fn log_probabilities(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.parameters.check_records(records)?;
        let network = Network {
            dropout: Dropout::default(),
        };
        Ok(network.log_probabilities(&self.parameters, records))
    }

    fn represent(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.parameters.check_records(records)?;
        Ok(top(&self.parameters, records))
    }

    /// A name for each unit of the topmost hidden layer: `h2[3]` is the fourth one of the second.
    fn unit_names(&self) -> Vec<String> {
        let hidden = self.nhidden();
        let (layer, units) = (hidden.len(), hidden[hidden.len() - 1]);
        (0..units).map(|unit| format!("h{layer}[{unit}]")).collect()
    }
}

predicts_classes!(DeepBeliefNetwork);

transforms_records! {
    /// The activations of the topmost hidden layer, `n x h`, of records (`n x d`).
    ///
    /// # Errors
    ///
    /// [`RecordsError`](crate::error::RecordsError) for records of another width, or with values
    /// that the visible units cannot take.
    DeepBeliefNetwork<L>
}
