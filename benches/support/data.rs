//! The images that every contender learns.

use std::path::Path;

use linfa::traits::Transformer;
use linfa_fisher::datasets::{self, Binarize};
use ndarray::{Array2, Axis, concatenate, s};

use super::Fault;
use super::work::BATCH;

/// The first `rows` training images of MNIST, then its test images; a pixel above half of its range
/// is 1, else 0.
pub(crate) fn binary_mnist(folder: &Path, rows: usize) -> Result<Array2<f32>, Fault> {
    let mnist = datasets::mnist::<f32>(folder)?;
    let train = mnist.train.records;
    if rows == 0 || !rows.is_multiple_of(BATCH) || rows > train.nrows() {
        let most = train.nrows();
        return Err(format!("--rows {rows} is not a multiple of {BATCH} up to {most}").into());
    }
    let (train, test) = (train.slice(s![..rows, ..]), mnist.test.records.view());
    Ok(Binarize::new(0.5)?.transform(concatenate![Axis(0), train, test]))
}

/// The Alphanumeric images.
pub(crate) fn alphanumeric(folder: &Path) -> Result<Array2<f32>, Fault> {
    Ok(datasets::alphanumeric::<f32>(folder)?.records)
}
