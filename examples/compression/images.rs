//! The images, black and white.

use std::error::Error;
use std::path::Path;

use linfa::prelude::*;
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::model_selection::stratified_split;
use ndarray::{Ix1, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

/// Fewer images leave none to choose settings by.
const LEAST_ROWS: usize = 60;

pub(crate) type Set = Dataset<f32, usize, Ix1>;

pub(crate) struct Images {
    pub(crate) train: Set,
    pub(crate) test: Set,
}

impl Images {
    /// MNIST from a folder, of which `rows` training images are kept, or the embedded digits, a
    /// fifth of which are queries.
    pub(crate) fn read(
        folder: Option<&Path>,
        rows: Option<usize>,
        seed: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let (train, test) = match folder {
            Some(folder) => {
                let mnist = datasets::mnist::<f32>(folder)?;
                (mnist.train, mnist.test)
            }
            None => {
                let mut rng = Xoshiro256Plus::seed_from_u64(seed);
                stratified_split(datasets::digits::<f32>()?, 0.8, &mut rng)?
            }
        };
        let rows = rows.unwrap_or(usize::MAX).min(train.nsamples());
        if rows < LEAST_ROWS {
            return Err(format!("{rows} images to search, expected at least {LEAST_ROWS}").into());
        }
        let records = train.records.slice_move(s![..rows, ..]);
        let train = Dataset::new(records, train.targets.slice_move(s![..rows]));
        let binarize = Binarize::new(0.5)?;
        Ok(Self {
            train: binarize.transform(train),
            test: binarize.transform(test),
        })
    }
}
