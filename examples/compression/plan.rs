//! The methods: which numbers of a Fisher vector are kept, and as what.

use std::error::Error;
use std::fmt;

use linfa::prelude::*;
use linfa_fisher::fisher::compression::{ProductQuantizer, RankCut, SignBits, SignBitsParams};
use linfa_reduction::random_projection::GaussianRandomProjection;
use ndarray::{Array2, ArrayView1, Axis};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use crate::codes::{Coded, Codes, Numbers};
use crate::vectors::Part;

/// Dampings to choose from, relative to the largest eigenvalue.
const DAMPINGS: [f64; 5] = [1e-4, 1e-2, 1e-1, 1.0, 10.0];

/// Which numbers are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kept {
    Pixels,
    Features,
    LeadingFeatures,
    ScoresOfLargestVariance,
    RandomProjections,
}

/// As what they are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
enum As {
    Numbers,
    Bits,
    Centroids,
}

/// A method at a number of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    kept: Kept,
    code: As,
    bytes: usize,
}

/// What a method leaves open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setting {
    damping: Option<f64>,
    shape: Shape,
}

/// What numbers become.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    /// As they are.
    Plain,
    /// Rows of norm 1: their distances are those of the cosine.
    Unit,
    Above(Threshold),
}

/// What a bit is above.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Threshold {
    Zero,
    Mean,
    Median,
}

impl Threshold {
    const ALL: [Self; 3] = [Self::Zero, Self::Mean, Self::Median];

    fn bits(self) -> SignBitsParams {
        match self {
            Self::Zero => SignBits::params().zero(),
            Self::Mean => SignBits::params().mean(),
            Self::Median => SignBits::params().median(),
        }
    }
}

/// Bytes that the features do not make.
#[derive(Debug, thiserror::Error)]
#[error(
    "{bytes} bytes an image, expected a multiple of 4, from 4 to an eighth of the {rank} features"
)]
struct BytesError {
    bytes: usize,
    rank: usize,
}

/// All methods at all numbers of bytes, after what is not compressed.
pub(crate) fn all(bytes: &[usize], rank: usize) -> Result<Vec<Plan>, Box<dyn Error>> {
    let plan = |kept, code, bytes| Plan { kept, code, bytes };
    let mut plans = vec![
        plan(Kept::Features, As::Numbers, 0),
        plan(Kept::Pixels, As::Bits, 0),
    ];
    for &bytes in bytes {
        if bytes == 0 || !bytes.is_multiple_of(4) || bytes > rank / 8 {
            return Err(BytesError { bytes, rank }.into());
        }
        let chosen = [
            Kept::LeadingFeatures,
            Kept::ScoresOfLargestVariance,
            Kept::RandomProjections,
        ];
        for code in [As::Numbers, As::Bits] {
            plans.extend(chosen.map(|kept| plan(kept, code, bytes)));
        }
        plans.push(plan(Kept::Features, As::Centroids, bytes));
    }
    Ok(plans)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = match self.kept {
            Kept::Pixels => "pixels",
            Kept::Features => "features",
            Kept::LeadingFeatures => "rank cut",
            Kept::ScoresOfLargestVariance => "top variance",
            Kept::RandomProjections => "random projection",
        };
        let code = match self.code {
            As::Numbers => "f32",
            As::Bits => "one bit",
            As::Centroids => "product quantiser",
        };
        write!(f, "{kept}, {code}")
    }
}

impl Plan {
    /// Bytes that are kept of an image.
    pub(crate) fn bytes(&self, part: &Part) -> usize {
        match self.kept {
            Kept::Pixels => part.pixels.ncols().div_ceil(8),
            Kept::Features if self.code == As::Numbers => 4 * part.features.ncols(),
            _ => self.bytes,
        }
    }

    /// How many of the scores of largest variance are needed.
    pub(crate) fn scores(&self) -> usize {
        match self.kept {
            Kept::ScoresOfLargestVariance => self.width(),
            _ => 0,
        }
    }

    /// Numbers that the bytes stand for.
    fn width(&self) -> usize {
        match self.code {
            As::Numbers => self.bytes / 4,
            As::Bits => 8 * self.bytes,
            As::Centroids => self.bytes,
        }
    }

    /// The settings to choose from.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        // the sign of a feature does not depend on its damping, that of a sum of features does
        let damped = match (self.kept, self.code) {
            (Kept::LeadingFeatures, As::Bits) => false,
            (kept, _) => !matches!(kept, Kept::Pixels | Kept::ScoresOfLargestVariance),
        };
        let dampings = match damped {
            true => DAMPINGS.map(Some).to_vec(),
            false => vec![None],
        };
        let shapes = match (self.kept, self.code) {
            (Kept::Pixels, _) => vec![Shape::Above(Threshold::Zero)],
            (_, As::Bits) => Threshold::ALL.map(Shape::Above).to_vec(),
            (_, As::Numbers) => vec![Shape::Unit, Shape::Plain],
            (_, As::Centroids) => vec![Shape::Unit],
        };
        let of = |&damping: &Option<f64>| {
            let setting = move |&shape: &Shape| Setting { damping, shape };
            shapes.iter().map(setting).collect::<Vec<_>>()
        };
        dampings.iter().flat_map(of).collect()
    }

    /// A setting in words.
    pub(crate) fn describe(&self, setting: Setting) -> String {
        let damping = setting.damping.map(|damping| format!("damping {damping}"));
        let shape = match setting.shape {
            Shape::Plain => "plain".into(),
            Shape::Unit => "norm 1".into(),
            Shape::Above(threshold) => format!("above {threshold:?}").to_lowercase(),
        };
        let parts: Vec<String> = damping.into_iter().chain([shape]).collect();
        parts.join(", ")
    }

    /// The codes of the images of a part.
    pub(crate) fn fit(
        &self,
        part: &Part,
        setting: Setting,
        seed: u64,
    ) -> Result<Box<dyn Codes>, Box<dyn Error>> {
        let rng = Xoshiro256Plus::seed_from_u64(seed);
        let numbers = self.numbers(part, setting, rng.clone())?;
        let plan = *self;
        let of = move |part: &Part| plan.numbers(part, setting, rng.clone());
        let dataset = DatasetBase::from(numbers.view());
        Ok(match (self.code, setting.shape) {
            (As::Centroids, _) => {
                let params = ProductQuantizer::params(self.bytes);
                let params = params.with_rng(Xoshiro256Plus::seed_from_u64(seed));
                let centroids = params.check_ref()?.centroids().min(numbers.nrows());
                let encoder = params.centroids(centroids).fit(&dataset)?;
                Box::new(Coded::new(encoder, numbers.view(), of)?)
            }
            (_, Shape::Above(threshold)) => {
                let encoder = threshold.bits().fit(&dataset)?;
                Box::new(Coded::new(encoder, numbers.view(), of)?)
            }
            _ => Box::new(Numbers::new(numbers, of)),
        })
    }

    /// The numbers that are kept of the images of a part, before they are codes.
    fn numbers(
        &self,
        part: &Part,
        setting: Setting,
        rng: Xoshiro256Plus,
    ) -> Result<Array2<f32>, Box<dyn Error>> {
        let features = match setting.damping {
            Some(damping) => damped(part, damping),
            None => part.features.clone(),
        };
        let leading = |numbers: Array2<f32>| {
            let dataset = DatasetBase::from(numbers.view());
            RankCut::params(self.width())
                .fit(&dataset)?
                .transform(&numbers)
        };
        let numbers = match self.kept {
            Kept::Pixels => part.pixels.clone(),
            Kept::Features => features,
            Kept::LeadingFeatures => leading(features)?,
            Kept::ScoresOfLargestVariance => leading(part.scores.clone())?,
            Kept::RandomProjections => {
                let params = GaussianRandomProjection::<f32>::params_with_rng(rng);
                let params = params.target_dim(self.width());
                let projection = params.fit(&DatasetBase::from(features.view()))?;
                projection.transform(&features)
            }
        };
        Ok(match setting.shape {
            Shape::Unit => unit_rows(numbers),
            Shape::Plain | Shape::Above(_) => numbers,
        })
    }
}

/// The features with another damping: coordinates over `sqrt(s + damping s_max)`.
fn damped(part: &Part, damping: f64) -> Array2<f32> {
    let most = part.spectrum[0];
    let factors = part.spectrum.mapv(|s| {
        let ratio = (s + part.damping * most) / (s + damping * most);
        ratio.sqrt() as f32
    });
    &part.features * &factors
}

/// Rows over their norms.
fn unit_rows(rows: Array2<f32>) -> Array2<f32> {
    let norm = |row: ArrayView1<f32>| row.dot(&row).sqrt().max(f32::MIN_POSITIVE);
    let norms = rows.map_axis(Axis(1), norm).insert_axis(Axis(1));
    rows / norms
}
