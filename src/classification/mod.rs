//! Classifiers that linfa lacks, and what makes multi-class ones of its binary ones.
//!
//! - [`OneVsRest`] makes a multi-class classifier of a binary one whose model implements
//!   [`BinaryDecision`], as linfa-svm's does: it fits one model a class, and the class with the
//!   greatest value wins.
//! - [`OneVsOne`] fits one model for each pair of classes, and the class with most votes wins. With
//!   linfa-svm it is much cheaper than one-vs-rest if there are many classes.
//! - [`svm`] gives linfa-svm's parameters with a tolerance that can be reached.
//! - [`Probabilistic`] lets both use binary classifiers that predict probabilities. For other
//!   binary classifiers, implement [`BinaryDecision`].
//! - [`LinearSvm`] is a linear support vector machine for any number of records: three solvers of
//!   one problem, whose distance from the optimum is known.
//! - [`RidgeClassifier`] is least squares on targets of 1 and -1, in closed form and in one pass
//!   over the records.
//! - [`KNearestNeighbors`] lets the nearest training rows vote, or gives them for retrieval. By the
//!   Euclidean and the cosine distance ([`CosineDist`]) they are found by matrix products, else by
//!   any index and distance of linfa-nn.
//!
//! All of them implement linfa's `Fit` and `PredictInplace` over owned records and views, and
//! [`DecisionFunction`], the values behind their predictions. `PredictInplace` cannot return an
//! error: it panics where [`TryPredict`](crate::traits::TryPredict) returns one.

mod decision;
mod error;
mod hyperplanes;
mod k_nearest;
pub mod linear_svm;
mod multiclass;
mod one_vs_one;
mod one_vs_rest;
#[cfg(feature = "serde")]
mod persistence;
mod predictions;
mod probabilistic;
mod ridge;
mod rows;
mod svm;
mod targets;

pub use decision::{BinaryDecision, DecisionFunction};
pub(crate) use decision::{evaluate_greatest, first_greatest, greatest_classes};
pub use error::ClassificationError;
pub(crate) use k_nearest::majority;
pub use k_nearest::{
    BestNeighbors, ByProducts, CosineDist, KNearestNeighbors, KNearestNeighborsParams,
    KNearestNeighborsValidParams, NeighborDistance, Neighbors, VoteWeights,
};
pub use linear_svm::{
    LinearSvm, LinearSvmParams, LinearSvmValidParams, Loss, Schedule, Sgd, Solver,
};
pub use multiclass::{BinaryProblem, MultiClass, MultiClassModel, MultiClassStrategy};
pub use one_vs_one::{OneVsOne, OneVsOneModel, OneVsOneStrategy};
pub use one_vs_rest::{OneVsRest, OneVsRestModel, OneVsRestStrategy};
pub(crate) use predictions::write_predictions;
pub use probabilistic::Probabilistic;
pub use ridge::{RidgeClassifier, RidgeClassifierParams, RidgeClassifierValidParams, RidgeMoments};
pub use svm::svm;
pub(crate) use targets::{codes_of, weights_of};
