//! Fisher vectors of the images: whitened features, and scores in the order of their variance.

use std::error::Error;

use indicatif::ProgressBar;
use linfa::prelude::*;
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::fisher::compression::{ColumnMoments, TopVariance};
use linfa_fisher::fisher::{FisherFeatures, LandmarkFeatures, Scaling};
use linfa_fisher::observer;
use linfa_fisher::traits::FitObserved;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::images::{Images, Set};
use crate::options::FitOptions;
use crate::plan::Plan;

/// Images whose scores are in memory at a time.
const BLOCK: usize = 2048;

/// Most images to search and most queries when a setting is chosen.
const HELD_OUT: (usize, usize) = (8000, 1000);

/// What is known of some images.
pub(crate) struct Part {
    pub(crate) pixels: Array2<f32>,
    /// Whitened, the direction of the largest eigenvalue first.
    pub(crate) features: Array2<f32>,
    /// Scaled, the score of the largest variance first.
    pub(crate) scores: Array2<f32>,
    pub(crate) targets: Array1<usize>,
    /// Eigenvalues of the features' directions, and their damping.
    pub(crate) spectrum: Array1<f64>,
    pub(crate) damping: f64,
}

impl Part {
    /// The last sixth, and the images before it; no more than are needed to choose a setting.
    pub(crate) fn held_out(&self) -> (Self, Self) {
        let n = self.targets.len();
        let first = n - n / 6;
        (
            self.rows(first.saturating_sub(HELD_OUT.0), first),
            self.rows(first, n.min(first + HELD_OUT.1)),
        )
    }

    fn rows(&self, from: usize, to: usize) -> Self {
        let of = |matrix: &Array2<f32>| matrix.slice(s![from..to, ..]).to_owned();
        Self {
            pixels: of(&self.pixels),
            features: of(&self.features),
            scores: of(&self.scores),
            targets: self.targets.slice(s![from..to]).to_owned(),
            spectrum: self.spectrum.clone(),
            damping: self.damping,
        }
    }
}

/// Vectors of the training and of the test images, fitted on the former.
pub(crate) fn of(
    machine: Dbm<f32>,
    images: &Images,
    plans: &[Plan],
    fit: &FitOptions,
) -> Result<(Part, Part), Box<dyn Error>> {
    let (train, test) = (&images.train, &images.test);
    let features = LandmarkFeatures::idfk(machine.clone())
        .landmarks(fit.landmarks.min(train.nsamples()))
        .rank(fit.rank)
        .damping(fit.damping)
        .fit_observed(train, &mut observer::ProgressBar::new("landmarks"))?;
    let scores = FisherFeatures::params(machine)
        .scaling(Scaling::min_max_l2())
        .fit_observed(train, &mut observer::ProgressBar::new("bounds of scores"))?;

    let mut moments = ColumnMoments::new(scores.nfeatures());
    in_blocks(train, |block| {
        Ok(moments.add(scores.transform(block)?.view())?)
    })?;
    let kept = plans.iter().map(Plan::scores).max().unwrap_or(1);
    let choice = TopVariance::params(kept.min(scores.nfeatures())).check()?;
    let choice = choice.choose(&moments)?;

    let part = |images: &Set| -> Result<Part, Box<dyn Error>> {
        let mut chosen = Array2::zeros((0, choice.nfeatures()));
        in_blocks(images, |block| {
            let scores = choice.transform(scores.transform(block)?)?;
            Ok(chosen.append(Axis(0), scores.view())?)
        })?;
        Ok(Part {
            pixels: images.records.clone(),
            features: features.transform(&images.records)?,
            scores: chosen,
            targets: images.targets.clone(),
            spectrum: features.spectrum().clone(),
            damping: fit.damping,
        })
    };
    Ok((part(train)?, part(test)?))
}

/// Calls `work` with one block of images after another.
fn in_blocks(
    images: &Set,
    mut work: impl FnMut(ArrayView2<f32>) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let blocks = images.records.axis_chunks_iter(Axis(0), BLOCK);
    let bar = ProgressBar::new(blocks.len() as u64);
    for block in blocks {
        work(block)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
