//! The image sets, their splits, and the sizes that the paper gives them.

use std::error::Error;
use std::path::Path;

use clap::ValueEnum;
use linfa::Dataset;
use linfa_fisher::ImageShape;
use linfa_fisher::datasets::{self, Split};
use linfa_fisher::model_selection::StratifiedKFold;
use ndarray::{Axis, Ix1};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

pub(crate) type Images = Dataset<f32, usize, Ix1>;

/// An image set with its way to training and test images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) enum Set {
    /// The embedded digits, a fifth of which is held out.
    Digits,
    /// The official split.
    Mnist,
    /// The official split.
    Usps,
    /// Both parts of the official split in one pot, split anew.
    UspsPooled,
    /// 1,100 images of each class, split at random.
    UspsAll,
    /// 40 stratified folds.
    Alphanumeric,
}

/// Units of the machines that the paper gives a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) rbm: usize,
    pub(crate) dbm: [usize; 2],
}

impl Set {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Digits => "Digits",
            Self::Mnist => "MNIST",
            Self::Usps => "USPS",
            Self::UspsPooled => "USPS, pooled",
            Self::UspsAll => "USPS, 1,100 a class",
            Self::Alphanumeric => "Alphanumeric",
        }
    }

    /// A name for files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Mnist => "mnist",
            Self::Usps => "usps",
            Self::UspsPooled => "usps-pooled",
            Self::UspsAll => "usps-all",
            Self::Alphanumeric => "alphanumeric",
        }
    }

    pub(crate) fn shape(self) -> ImageShape {
        match self {
            Self::Digits => ImageShape::DIGITS,
            Self::Mnist => ImageShape::MNIST,
            Self::Usps | Self::UspsPooled | Self::UspsAll => ImageShape::USPS,
            Self::Alphanumeric => ImageShape::ALPHANUMERIC,
        }
    }

    /// The paper's, and those of `quickstart` for the digits.
    pub(crate) fn sizes(self) -> Sizes {
        let dbm = match self {
            Self::Digits | Self::Mnist => [20, 40],
            Self::Usps | Self::UspsPooled | Self::UspsAll | Self::Alphanumeric => [40, 80],
        };
        Sizes { rbm: 10, dbm }
    }

    /// How the published column is called whose values belong to this set.
    pub(crate) fn published(self) -> Option<Self> {
        match self {
            Self::Digits => None,
            Self::Mnist => Some(Self::Mnist),
            Self::Usps | Self::UspsPooled | Self::UspsAll => Some(Self::Usps),
            Self::Alphanumeric => Some(Self::Alphanumeric),
        }
    }

    /// Training and test images. A set without a published split is split by the seed, as many
    /// parts as there are folds of Alphanumeric; one with such a split is the same for all seeds.
    pub(crate) fn splits(
        self,
        folder: &Path,
        folds: usize,
        seed: u64,
    ) -> Result<Vec<Split<f32>>, Box<dyn Error>> {
        let random = |dataset, ratio| Split::stratified(dataset, ratio, seed);
        Ok(match self {
            Self::Digits => vec![random(datasets::digits()?, 0.8)?],
            Self::Mnist => vec![datasets::mnist(folder)?],
            Self::Usps => vec![datasets::usps(folder)?],
            Self::UspsPooled => {
                let pooled = datasets::usps(folder)?.pooled()?;
                vec![random(pooled, 7291.0 / 9298.0)?]
            }
            Self::UspsAll => vec![random(datasets::usps_all(folder)?, 0.8)?],
            Self::Alphanumeric => {
                let images = datasets::alphanumeric::<f32>(folder)?;
                let rng = Xoshiro256Plus::seed_from_u64(seed);
                let splitter = StratifiedKFold::new(40).with_rng(rng).first(folds);
                let parts = splitter.splits(&images.targets)?;
                let part = |(train, test): (Vec<usize>, Vec<usize>)| Split {
                    train: rows(&images, &train),
                    test: rows(&images, &test),
                };
                parts.map(part).collect()
            }
        })
    }
}

/// Some rows of a set of images.
pub(crate) fn rows(images: &Images, rows: &[usize]) -> Images {
    let targets = images.targets.select(Axis(0), rows);
    Dataset::new(images.records.select(Axis(0), rows), targets)
        .with_feature_names(images.feature_names().to_vec())
}

/// Up to `most` of `all` rows, evenly spread.
pub(crate) fn spread(all: usize, most: usize) -> Vec<usize> {
    let count = all.min(most);
    (0..count).map(|place| place * all / count).collect()
}
