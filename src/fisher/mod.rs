//! Fisher vectors: from a generative model's scores to features for any classifier.
//!
//! ```text
//! records n x d -- model --> scores phi n x p -- scaling --> -- information F --> features n x r
//! ```
//!
//! The kernel `K(x, y) = phi(x)' F^-1 phi(y)` compares two samples by how they would change the
//! model (Jaakkola & Haussler 1999). [`FisherFeatures`] is fitted on the training records. It then
//! transforms these and new records with the same model, bounds and information.
//!
//! | preset | model | scaling | information |
//! |---|---|---|---|
//! | [`FisherFeatures::fk`] | [`Rbm`] | none | [`Information::Identity`] |
//! | [`FisherFeatures::dfk`] | [`Dbm`] | none | [`Information::Identity`] |
//! | [`FisherFeatures::idfk`] | [`Dbm`] | min-max, L2 | [`Information::LowRank`] |
//! | [`improved_fisher_vector`] | [`GaussianMixtureScore`] | none | [`Information::Analytical`] |
//!
//! The last one has a scaling after the information: signed square roots, then L2.
//!
//! [`FisherKernel`] has the inner products of a layered machine's scores without writing scores
//! out, and [`LandmarkFeatures`] improved Fisher vectors of it for sets and machines of any size.
//!
//! What is kept of a vector, to find images like it, can be much shorter: [`compression`].
//!
//! A model of your own takes the place of a Boltzmann machine once it implements [`FisherScore`];
//! its hyper-parameters train it with the features once they implement [`ScoreModel`].
//!
//! [`improved_fisher_vector`]: FisherFeatures::improved_fisher_vector
//! [`Rbm`]: crate::boltzmann::Rbm
//! [`Dbm`]: crate::boltzmann::Dbm

mod bounds;
mod checks;
pub mod compression;
mod error;
mod factored;
mod features;
mod fit;
mod information;
mod kernel;
mod key;
mod landmarks;
mod layout;
mod model;
mod models;
mod moments;
mod params;
mod parts;
mod scaling;
mod scores;
mod source;
mod spectrum;
mod streaming;
mod transform;

pub use error::FisherError;
pub use features::FisherFeatures;
pub use information::Information;
pub use kernel::{FisherKernel, LayerStates, LayeredScore};
pub use landmarks::{
    LandmarkFeatures, LandmarkFeaturesParams, LandmarkFeaturesValidParams, LandmarkStatistics,
    Landmarks, landmark_rows,
};
pub use layout::{ScoreBlock, ScoreLayout};
pub use model::FisherScore;
pub use models::{GaussianMixtureScore, MixtureError, ModelExpectation, Spread};
pub use moments::ScoreMoments;
pub use params::{FisherFeaturesParams, FisherFeaturesValidParams};
pub use parts::{FisherParts, ScaledParts, ScoreBounds};
pub use scaling::Scaling;
pub use source::{ScoreModel, Trained};

#[cfg(test)]
mod tests;
