//! Transforms of a gradient before a step is taken along it.

use ndarray::Array1;

use super::hyperparams::Training;
use super::options::Offsets;
use crate::Float;
use crate::boltzmann::machine::Parameters;

/// The running means that centring and the sparsity penalty keep from step to step.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(crate) struct Shaping<F> {
    /// Offsets of all layers, if the gradient is centred.
    pub(crate) offsets: Option<Offsets<F>>,
    /// Mean activations of the hidden layers, if there is a sparsity target.
    pub(crate) activity: Option<Vec<Array1<F>>>,
}

impl<F: Float> Shaping<F> {
    /// The initial running means, for layers of the given sizes and records with the given means.
    pub(crate) fn start(training: &Training<F>, means: &Array1<F>, layers: &[usize]) -> Self {
        let activity = training.sparsity.map(|sparsity| {
            let hidden = layers.iter().skip(1);
            hidden.map(move |&units| Array1::from_elem(units, sparsity.target))
        });
        Self {
            offsets: training
                .centred
                .then(|| Offsets::new(means.clone(), layers)),
            activity: activity.map(Iterator::collect),
        }
    }

    /// Centres the gradient of a machine with the given factors of bottom-up and top-down input,
    /// and adds the gradient of the sparsity penalty, using the means of all layers over a batch.
    pub(crate) fn shape(
        &mut self,
        training: &Training<F>,
        factors: (F, F),
        means: &[Array1<F>],
        gradient: &mut Parameters<F>,
    ) {
        if let Some(offsets) = &mut self.offsets {
            offsets.follow(means);
            offsets.centre(gradient, factors);
        }
        if let (Some(sparsity), Some(activity)) = (training.sparsity, &mut self.activity) {
            sparsity.apply(activity, means, gradient);
        }
    }
}
