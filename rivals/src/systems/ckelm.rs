//! A convolutional extreme learning machine with kernel (CKELM).
//!
//! **The cited paper** (Ding, Guo and Hou, Neural Computing and Applications 28, 2017; its
//! abstract was at hand): convolutional and subsampling layers alternate before a kernel extreme
//! learning machine. Their weights are random and are not trained.
//!
//! **Left open** in the abstract: how many layers and channels, the nonlinearity, the kernel with
//! its width, the cost, and how a system of 60,000 equations was solved for MNIST.
//!
//! **Here**: two convolutions 5 x 5 of 16 and 32 channels with Gaussian weights and ReLU, each
//! with the mean of 2 x 2 pixels after it; features over their common spread; a Gaussian kernel.
//! Width and cost are the best of 4 x 3 on a stratified sixth of the training images (of 6,000 of
//! them at most). The machine learns from 12,000 images at most, the same share of each class,
//! since its matrix grows with the square of their number: this is less than the cited paper's on
//! MNIST.

use std::error::Error;

use candle_core::{Result, Tensor, Var};
use linfa::prelude::*;
use linfa_fisher::ImageShape;
use linfa_fisher::model_selection::stratified_split;
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::{Answer, Trained, at_most, classes, share_right};
use crate::kernel_elm::KernelElm;
use crate::nn::{self, Convolution, Frame, Net, Pass, Window};
use crate::sets::{Images, Set};

const MOST_ROWS: usize = 12_000;
const MOST_ROWS_OF_CHOICE: usize = 6_000;

/// Times the mean squared distance: widths of the kernel to choose from.
const WIDTHS: [f32; 4] = [0.1, 0.25, 0.5, 1.0];
const COSTS: [f64; 3] = [1.0, 30.0, 1000.0];

/// Random convolutions.
struct RandomFeatures {
    frame: Frame,
    convolutions: [Convolution; 2],
}

impl RandomFeatures {
    fn new(shape: ImageShape, rng: &mut Xoshiro256Plus) -> Result<Self> {
        let window = Window::same(5);
        Ok(Self {
            frame: Frame::of(shape),
            convolutions: [
                Convolution::new(window, 1, 16, rng)?,
                Convolution::new(window, 16, 32, rng)?,
            ],
        })
    }
}

impl Net for RandomFeatures {
    fn frame(&self) -> Frame {
        self.frame
    }

    fn features(&self, images: &Tensor, _: &mut Pass) -> Result<Tensor> {
        let [first, second] = &self.convolutions;
        let images = means_of_four(&first.of(images)?.relu()?)?;
        means_of_four(&second.of(&images)?.relu()?)?.flatten_from(1)
    }

    /// The machine's work: features are passed on.
    fn scores(&self, features: &Tensor) -> Result<Tensor> {
        Ok(features.clone())
    }

    fn variables(&self) -> Vec<Var> {
        self.convolutions
            .iter()
            .map(Convolution::variable)
            .collect()
    }
}

/// The mean of 2 x 2 pixels, for each channel.
fn means_of_four(images: &Tensor) -> Result<Tensor> {
    let (count, height, width, channels) = images.dims4()?;
    images
        .reshape(vec![count, height / 2, 2, width / 2, 2, channels])?
        .mean((2, 4))
}

pub(crate) fn system(set: Set, _: bool, images: &Images, seed: u64) -> Answer {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let net = RandomFeatures::new(set.shape(), &mut rng)?;
    let images = at_most(MOST_ROWS, images, &mut rng)?;
    let features = nn::features(&net, images.records.view())?;
    // The mean squared distance of two rows is twice the trace of their covariance.
    let distance = 2.0 * features.var_axis(ndarray::Axis(0), 0.0).sum();
    let rows = Dataset::new(features, images.targets.clone());
    let classes = classes(&rows);
    let (width, cost) = best(&rows, classes, distance, &mut rng)?;
    let gamma = 1.0 / (width * distance);
    let machine = KernelElm::fit(rows.records, &rows.targets, classes, gamma, cost)?;
    Ok(Trained {
        numbers: nn::count(&net) + machine.numbers(),
        settings: format!("{} images, width {width}, C {cost}", rows.targets.len()),
        predict: Box::new(move |records: &Array2<f32>| {
            Ok(machine.predict(nn::features(&net, records.view())?.view()))
        }),
    })
}

/// Width and cost that are best for a held-out sixth; of equal ones the first.
fn best(
    rows: &Images,
    classes: usize,
    distance: f32,
    rng: &mut Xoshiro256Plus,
) -> std::result::Result<(f32, f64), Box<dyn Error>> {
    let rows = at_most(MOST_ROWS_OF_CHOICE, rows, rng)?;
    let (learnt, held_out) = stratified_split(rows, 5.0 / 6.0, rng)?;
    let mut best = ((WIDTHS[0], COSTS[0]), 0.0);
    for width in WIDTHS {
        for cost in COSTS {
            let gamma = 1.0 / (width * distance);
            let records = learnt.records.clone();
            let machine = KernelElm::fit(records, &learnt.targets, classes, gamma, cost)?;
            let predicted = machine.predict(held_out.records.view());
            let share = share_right(&predicted, &held_out.targets);
            if share > best.1 {
                best = ((width, cost), share);
            }
        }
    }
    Ok(best.0)
}
