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
mod nearest_neighbors;
mod one_vs_one;
mod one_vs_rest;
mod probabilistic;

pub use decision::{BinaryDecision, DecisionFunction};
pub use distance::{CosineDist, NeighborDistance};
pub use error::ClassificationError;
pub use nearest_neighbors::{
    KNearestNeighbors, KNearestNeighborsParams, KNearestNeighborsValidParams,
};
pub use one_vs_one::{OneVsOne, OneVsOneModel};
pub use one_vs_rest::{OneVsRest, OneVsRestModel};
pub use probabilistic::Probabilistic;

use ndarray::Array1;

use crate::Result;

/// Ends `predict_inplace`, which can only panic where `try_predict` returns an error.
fn write_predictions<L: Clone>(predictions: Result<Array1<L>>, targets: &mut Array1<L>) {
    match predictions {
        Ok(predictions) => {
            assert_eq!(
                predictions.len(),
                targets.len(),
                "The number of data points must match the number of output targets."
            );
            targets.assign(&predictions);
        }
        Err(error) => panic!("{error}"),
    }
}
