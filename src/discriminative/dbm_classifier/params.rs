//! Hyper-parameters of the classifier.

use linfa::Label;
use ndarray::{Array1, Array2, ArrayView2, Axis, CowArray, concatenate};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::model::DbmClassifier;
use crate::boltzmann::{Dbm, Parameters, check_room};
use crate::discriminative::architecture::{Architecture, Setting};
use crate::discriminative::error::DiscriminativeError;
use crate::discriminative::network::Network;
use crate::discriminative::params::{ClassifierParams, ClassifierValidParams};
use crate::discriminative::settings::Descent;
use crate::{Float, Result};

/// A deep Boltzmann machine of two hidden layers, whose mean field becomes a network.
///
/// # Example
///
/// ```
/// use linfa_fisher::Dbm;
/// use linfa_fisher::boltzmann::Parameters;
/// use linfa_fisher::discriminative::DbmClassifier;
///
/// let dbm = Dbm::from_parameters(Parameters::<f32>::zeros(&[6, 4, 3])?)?;
/// let params = linfa::ParamGuard::check(DbmClassifier::params(dbm))?;
/// assert_eq!(params.architecture().machine().nhidden(), [4, 3]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
    )
)]
pub struct Unrolled<F> {
    machine: Dbm<F>,
}

/// Hyper-parameters of [`DbmClassifier`], from [`DbmClassifier::params`].
pub type DbmClassifierParams<F, R> = ClassifierParams<Unrolled<F>, F, R>;

/// Checked hyper-parameters of [`DbmClassifier`], from [`DbmClassifierParams`].
pub type DbmClassifierValidParams<F, R> = ClassifierValidParams<Unrolled<F>, F, R>;

impl<F> Unrolled<F> {
    /// The machine.
    pub fn machine(&self) -> &Dbm<F> {
        &self.machine
    }
}

impl<F: Float> DbmClassifier<F, ()> {
    /// Hyper-parameters of the classifier that a trained machine becomes, and a random-number
    /// generator seeded with 42. A cross-validation of it is honest only if the machine has seen
    /// none of the records that are validated.
    pub fn params(machine: Dbm<F>) -> DbmClassifierParams<F, Xoshiro256Plus> {
        let rng = Xoshiro256Plus::seed_from_u64(42);
        ClassifierParams::new(Unrolled { machine }, Descent::default(), rng)
    }
}

impl<F: Float> Architecture<F> for Unrolled<F> {
    type Model<L> = DbmClassifier<F, L>;

    fn check(&self, _: &Descent<F>) -> Result<()> {
        match self.machine.nhidden().len() {
            2 => Ok(()),
            layers => Err(DiscriminativeError::HiddenLayers(layers).into()),
        }
    }

    fn learn<R: Rng + Clone>(&self, setting: Setting<'_, '_, F, R>) -> Result<Parameters<F>> {
        let rows = setting.records.nrows();
        let theta = network(&self.machine, setting.classes);
        check_room::<F>("inputs of the network", 1, [(rows, theta.biases[0].len())])?;
        let inputs = inputs(&self.machine, setting.records)?;
        let discriminator = Network {
            dropout: setting.descent.dropout(),
        };
        setting.descend(
            ("fine-tuning", &discriminator),
            CowArray::from(inputs),
            theta,
        )
    }

    fn model<L: Label>(&self, theta: Parameters<F>, classes: Vec<L>) -> DbmClassifier<F, L> {
        DbmClassifier::new(self.machine.clone(), theta, classes)
    }
}

/// The records and the mean field of the uppermost hidden layer, `n x (d + h2)`.
pub(super) fn inputs<F: Float>(machine: &Dbm<F>, records: ArrayView2<F>) -> Result<Array2<F>> {
    machine.parameters().check_records(records)?;
    let layers = machine.mean_field(records);
    let upper = &layers[layers.len() - 1];
    Ok(concatenate![Axis(1), records, upper.view()])
}

/// The network that begins as a sweep of the mean field: its first hidden layer gets input from the
/// records by `W_1` and from the mean field of the upper layer by `W_2'`. Its softmax layer is
/// zero.
pub(super) fn network<F: Float>(machine: &Dbm<F>, classes: usize) -> Parameters<F> {
    let theta = machine.parameters();
    let (lower, upper) = (&theta.weights()[0], &theta.weights()[1]);
    let first = concatenate![Axis(0), lower.view(), upper.t()];
    Parameters {
        biases: vec![
            Array1::zeros(first.nrows()),
            theta.biases()[1].clone(),
            theta.biases()[2].clone(),
            Array1::zeros(classes),
        ],
        weights: vec![
            first,
            upper.clone(),
            Array2::zeros((upper.ncols(), classes)),
        ],
        visible: theta.visible_units(),
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;
    use crate::boltzmann::MeanField;
    use crate::boltzmann::enumeration::{all_states, example_machine};
    use crate::discriminative::network::{hidden, top};

    /// Where the mean field has converged, both layers of the network are its.
    #[test]
    fn the_network_begins_as_the_mean_field() {
        let mean_field = MeanField {
            iterations: 10_000,
            tolerance: 1e-14,
        };
        let dbm = Dbm::from_parameters(example_machine(&[5, 4, 3], 0.8)).unwrap();
        let dbm = dbm.with_mean_field(mean_field).unwrap();
        let records = all_states(5);
        let expected = dbm.mean_field(records.view());
        let inputs = inputs(&dbm, records.view()).unwrap();
        let theta = network(&dbm, 2);
        let first = hidden(&theta, 1, inputs.view());
        assert_abs_diff_eq!(first, expected[1], epsilon = 1e-10);
        assert_abs_diff_eq!(top(&theta, inputs.view()), expected[2], epsilon = 1e-10);
    }
}
