//! The images that every contender learns.

use std::path::Path;

use linfa::traits::Transformer;
use linfa_fisher::datasets::{self, Binarize};
use ndarray::{Array2, s};

use super::Fault;
use super::work::BATCH;

/// The first `rows` training images of MNIST; a pixel above half of its range is 1, else 0.
pub(crate) fn binary_mnist(folder: &Path, rows: usize) -> Result<Array2<f32>, Fault> {
    let images = datasets::mnist::<f32>(folder)?.train.records;
    if rows == 0 || !rows.is_multiple_of(BATCH) || rows > images.nrows() {
        let most = images.nrows();
        return Err(format!("--rows {rows} is not a multiple of {BATCH} up to {most}").into());
    }
    Ok(Binarize::new(0.5)?.transform(images.slice_move(s![..rows, ..])))
}
