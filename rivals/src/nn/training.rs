//! The training of a net by Adam, and what a trained net makes of images.

use candle_core::{Device, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::ops::softmax;
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256Plus;

use super::{Frame, Pass, blocks};
use crate::sets::Images;

/// A net whose last layer gives scores of classes.
pub(crate) trait Net {
    /// What the net sees.
    fn frame(&self) -> Frame;

    /// What the last layer is given: `b x d` of images `b x h x w x 1`.
    fn features(&self, images: &Tensor, pass: &mut Pass) -> Result<Tensor>;

    /// The scores of the classes, before softmax, from features.
    fn scores(&self, features: &Tensor) -> Result<Tensor>;

    fn variables(&self) -> Vec<Var>;
}

/// Adam (Kingma and Ba, ICLR 2015), whose rate falls linearly from its authors' 0.001 to zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Training {
    pub(crate) epochs: usize,
    pub(crate) batch: usize,
    /// In pixels, up or down, left or right.
    pub(crate) shifts: usize,
}

impl Training {
    const RATE: f64 = 1e-3;
    const WEIGHT_DECAY: f64 = 1e-4;
}

/// How many numbers are learnt.
pub(crate) fn count(net: &impl Net) -> usize {
    net.variables().iter().map(|it| it.elem_count()).sum()
}

/// What is lessened: of the scores of a batch, `b x classes`, and its classes, with the share of
/// the training that is done.
pub(crate) type Loss = fn(&Tensor, &[usize], f64, &mut Xoshiro256Plus) -> Result<Tensor>;

/// Trains a net by the cross-entropy of softmax.
pub(crate) fn train(net: &impl Net, images: &Images, training: &Training, seed: u64) -> Result<()> {
    train_by(net, images, training, seed, |scores, targets, _, _| {
        let targets = targets.iter().map(|&target| target as u32);
        cross_entropy(scores, &Tensor::from_iter(targets, &Device::Cpu)?)
    })
}

/// Trains a net. The same seed gives the same bits at the same number of threads.
pub(crate) fn train_by(
    net: &impl Net,
    images: &Images,
    training: &Training,
    seed: u64,
    loss: Loss,
) -> Result<()> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let params = ParamsAdamW {
        lr: Training::RATE,
        weight_decay: Training::WEIGHT_DECAY,
        ..ParamsAdamW::default()
    };
    let mut adam = AdamW::new(net.variables(), params)?;
    let mut order: Vec<usize> = (0..images.records.nrows()).collect();
    let steps = training.epochs * order.len().div_ceil(training.batch);
    let mut step = 0;
    for epoch in 1..=training.epochs {
        order.shuffle(&mut rng);
        let mut sum = 0.0;
        for rows in order.chunks(training.batch) {
            let done = step as f64 / steps as f64;
            adam.set_learning_rate(Training::RATE * (1.0 - done));
            let records = images.records.view();
            let batch = net
                .frame()
                .shifted(records, rows, training.shifts, &mut rng)?;
            let features = net.features(&batch, &mut Pass::Training(&mut rng))?;
            let targets: Vec<usize> = rows.iter().map(|&row| images.targets[row]).collect();
            let loss = loss(&net.scores(&features)?, &targets, done, &mut rng)?;
            adam.backward_step(&loss)?;
            sum += f64::from(loss.to_scalar::<f32>()?) * rows.len() as f64;
            step += 1;
        }
        let mean = sum / order.len() as f64;
        if !mean.is_finite() {
            candle_core::bail!("the training has diverged: epoch {epoch} has a loss of {mean}");
        }
        eprintln!("  epoch {epoch} of {}: loss {mean:.4}", training.epochs);
    }
    Ok(())
}

/// `n x d` features of images.
pub(crate) fn features(net: &impl Net, records: ArrayView2<f32>) -> Result<Array2<f32>> {
    each_block(records, |block| {
        net.features(&net.frame().tensor(block)?, &mut Pass::Inference)
    })
}

/// `n x classes` probabilities.
pub(crate) fn probabilities(net: &impl Net, records: ArrayView2<f32>) -> Result<Array2<f32>> {
    each_block(records, |block| {
        let images = net.frame().tensor(block)?;
        let features = net.features(&images, &mut Pass::Inference)?;
        softmax(&net.scores(&features)?, 1)
    })
}

/// The most probable classes.
pub(crate) fn predict(net: &impl Net, records: ArrayView2<f32>) -> Result<Array1<usize>> {
    Ok(greatest(&probabilities(net, records)?))
}

/// The column of the greatest value of each row; of equal ones the first.
pub(crate) fn greatest(values: &Array2<f32>) -> Array1<usize> {
    let best = |row: ndarray::ArrayView1<f32>| {
        let better = |best: usize, (column, &value): (usize, &f32)| {
            if value > row[best] { column } else { best }
        };
        row.iter().enumerate().fold(0, better)
    };
    values.outer_iter().map(best).collect()
}

/// Rows of what is made of blocks of images.
fn each_block(
    records: ArrayView2<f32>,
    of: impl Fn(ArrayView2<f32>) -> Result<Tensor>,
) -> Result<Array2<f32>> {
    let mut parts = Vec::new();
    for rows in blocks(records.nrows()) {
        parts.push(array(&of(records.slice(s![rows, ..]))?)?);
    }
    let views: Vec<_> = parts.iter().map(Array2::view).collect();
    Ok(concatenate(Axis(0), &views).expect("blocks have the same columns"))
}

/// A matrix of candle as one of ndarray.
pub(crate) fn array(matrix: &Tensor) -> Result<Array2<f32>> {
    let shape = matrix.dims2()?;
    let values = matrix.flatten_all()?.to_vec1()?;
    Ok(Array2::from_shape_vec(shape, values).expect("as many values as the shape has"))
}
