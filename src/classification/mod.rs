//! Classifiers that linfa lacks, and what makes multi-class ones of its binary ones.
//!
//! - [`OneVsRest`] makes a multi-class classifier of a binary one whose model is a
//!   [`BinaryDecision`], as linfa-svm's is: one model a class, the greatest value wins. [`OneVsOne`] fits one model a pair of classes, which vote:
//!   much cheaper with linfa-svm where the classes are many. [`Probabilistic`] admits those that predict
//!   probabilities; for others, implement [`BinaryDecision`].
//! - [`KNearestNeighbors`] lets the nearest training rows vote, found by any index of linfa-nn and
//!   by its distances or [`CosineDist`].
//!
//! All of them implement linfa's `Fit` and `PredictInplace` over owned records and views, and
//! [`DecisionFunction`], the values behind their predictions. `PredictInplace` cannot return an
//! error and panics where [`TryPredict`](crate::traits::TryPredict) returns one.

mod decision;
mod distance;
mod error;
mod multiclass;
mod nearest_neighbors;
mod one_vs_one;
mod one_vs_rest;
mod predictions;
mod probabilistic;
mod strategy;

pub use decision::{BinaryDecision, DecisionFunction};
pub use distance::{CosineDist, NeighborDistance};
pub use error::ClassificationError;
pub use multiclass::{MultiClass, MultiClassModel};
pub use nearest_neighbors::{
    KNearestNeighbors, KNearestNeighborsParams, KNearestNeighborsValidParams,
};
pub use one_vs_one::{OneVsOne, OneVsOneModel, OneVsOneStrategy};
pub use one_vs_rest::{OneVsRest, OneVsRestModel, OneVsRestStrategy};
pub use probabilistic::Probabilistic;
pub use strategy::{BinaryProblem, MultiClassStrategy};
