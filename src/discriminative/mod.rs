//! Boltzmann machines that classify: one with a unit for each class, and networks that start as a
//! machine and are fine-tuned by back-propagation.
//!
//! - [`ClassRbm`]: a restricted machine of image and class, exact `p(y given x)` (Larochelle and
//!   Bengio 2008)
//! - [`DeepBeliefNetwork`]: a stack of restricted machines and a softmax layer (Hinton, Osindero
//!   and Teh 2006)
//! - [`DbmClassifier`]: a deep Boltzmann machine's mean field and a softmax layer (Salakhutdinov
//!   and Hinton 2009)
//!
//! All of them are trained by [gradient ascent](Descent) on mini-batches with momentum, and may
//! hold out records to stop early. They are compared with Fisher vectors by the example
//! `reproduce`.
//!
//! - [`params`](ClassifierParams) are the hyper-parameters of all, [`run`](ClassifierRun) is a
//!   training with its options, [`Architecture`] is how they differ;
//! - `descent` is the loop over epochs and batches, `network` the forward and backward pass.

mod architecture;
mod class_rbm;
mod dbm_classifier;
mod deep_belief_network;
mod descent;
mod error;
mod fit;
mod labelled;
mod model;
mod network;
mod params;
mod run;
mod settings;
mod softmax;
#[cfg(feature = "serde")]
mod store;
#[cfg(test)]
mod tests;

pub use architecture::{Architecture, Setting};
pub use class_rbm::{ClassRbm, ClassRbmParams, ClassRbmValidParams, Joint, Likelihood};
pub use dbm_classifier::{DbmClassifier, DbmClassifierParams, DbmClassifierValidParams, Unrolled};
pub use deep_belief_network::{
    DeepBeliefNetwork, DeepBeliefNetworkParams, DeepBeliefNetworkValidParams, Stacked, UpDown,
};
pub use error::DiscriminativeError;
pub use params::{ClassifierParams, ClassifierValidParams};
pub use run::ClassifierRun;
pub use settings::{Descent, Dropout};
