//! The systems of Table 3 that need a deep-learning framework, a file each, which says what the
//! cited paper says, what it leaves open, and what was done here.

mod alexnet;
mod ckelm;
mod cnn;
mod cnn_svm;
mod q_dbn;
mod resnet;
mod two_state_q;

use std::error::Error;

use clap::ValueEnum;
use linfa::prelude::*;
use linfa_fisher::model_selection::stratified_split;
use ndarray::{Array1, Array2};
use rand_xoshiro::Xoshiro256Plus;

use crate::sets::{Images, Set};

/// What is made of `n x d` images: `n` classes.
type Predict = Box<dyn Fn(&Array2<f32>) -> Result<Array1<usize>, Box<dyn Error>>>;

/// A trained system.
pub(crate) struct Trained {
    pub(crate) predict: Predict,
    /// Numbers that the model consists of.
    pub(crate) numbers: usize,
    pub(crate) settings: String,
}

pub(crate) type Answer = Result<Trained, Box<dyn Error>>;

/// A system of Table 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    Cnn,
    CnnSvm,
    Ckelm,
    Alexnet,
    Resnet,
    QDbn,
    TwoStateQ,
}

impl System {
    /// The name in Table 3.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cnn => "CNN",
            Self::CnnSvm => "CNN-SVM hybrid",
            Self::Ckelm => "CKELM",
            Self::Alexnet => "AlexNet",
            Self::Resnet => "ResNet50 + nLDA",
            Self::QDbn => "Q-learning DBN",
            Self::TwoStateQ => "CNN with two-state Q-learning",
        }
    }

    pub(crate) fn train(self, set: Set, quick: bool, images: &Images, seed: u64) -> Answer {
        let train = match self {
            Self::Cnn => cnn::system,
            Self::CnnSvm => cnn_svm::system,
            Self::Ckelm => ckelm::system,
            Self::Alexnet => alexnet::system,
            Self::Resnet => resnet::system,
            Self::QDbn => q_dbn::system,
            Self::TwoStateQ => two_state_q::system,
        };
        train(set, quick, images, seed)
    }

    /// How many of the 40 folds of Alphanumeric are done, so that a system takes half an hour at
    /// most.
    pub(crate) fn folds(self, quick: bool) -> usize {
        match self {
            _ if quick => 1,
            Self::Alexnet | Self::Resnet => 5,
            _ => 40,
        }
    }
}

/// How many classes there are: one more than the greatest.
fn classes(images: &Images) -> usize {
    images
        .targets
        .iter()
        .max()
        .map_or(0, |greatest| greatest + 1)
}

/// The share of right predictions.
fn share_right(predicted: &Array1<usize>, targets: &Array1<usize>) -> f64 {
    let right = predicted.iter().zip(targets).filter(|(a, b)| a == b);
    right.count() as f64 / targets.len() as f64
}

/// All rows, or a stratified part of them.
fn at_most(most: usize, rows: &Images, rng: &mut Xoshiro256Plus) -> linfa_fisher::Result<Images> {
    if rows.nsamples() <= most {
        return Ok(rows.clone());
    }
    let share = most as f32 / rows.nsamples() as f32;
    Ok(stratified_split(rows.clone(), share, rng)?.0)
}
