//! Vectors of one kernel by landmarks: as they are, or whitened with any rank and damping.

use std::fmt::{self, Display};

use linfa::prelude::*;
use linfa_fisher::fisher::{FisherKernel, LandmarkFeatures, Landmarks, LayeredScore, ScoreModel};
use ndarray::{Array1, Array2, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

use super::sets::Images;

/// The damping of the fit, which is taken back before another one is applied.
const DAMPING: f64 = 1e-9;

/// Landmarks at most, and directions that are kept at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Size {
    pub(crate) landmarks: usize,
    pub(crate) rank: usize,
}

/// How vectors are scaled along the eigenvectors of the information.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) enum Whitening {
    /// Not at all: FK of a restricted machine, DFK of a deep one.
    None,
    /// By `(S + damping s_max)^(-1/2)` of the leading directions: IDFK.
    Of { rank: usize, damping: f64 },
}

impl Display for Whitening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Of { damping, .. } => write!(f, "damping {damping:e}"),
        }
    }
}

/// The directions of a kernel, fitted on training images.
pub(crate) struct Directions<M> {
    features: LandmarkFeatures<f32, M>,
}

impl<M: LayeredScore<f32> + ScoreModel<f32, Model = M>> Directions<M> {
    pub(crate) fn fit(
        kernel: FisherKernel<f32, M>,
        size: Size,
        train: &Images,
    ) -> linfa_fisher::Result<Self> {
        let features = LandmarkFeatures::params(kernel)
            .landmarks(size.landmarks.min(train.nsamples()))
            .rank(size.rank)
            .damping(DAMPING)
            .fit(train)?;
        Ok(Self { features })
    }

    /// The share of the kernel that the landmarks tell.
    pub(crate) fn explained(&self) -> f64 {
        self.features.explained()
    }

    pub(crate) fn spectrum(&self) -> &Array1<f64> {
        self.features.spectrum()
    }

    /// The vectors of images, along all directions.
    pub(crate) fn transform(&self, images: &Images) -> linfa_fisher::Result<Images> {
        let vectors = self.features.transform(&images.records)?;
        Ok(Dataset::new(vectors, images.targets.clone()))
    }

    /// The factors that turn [`transform`](Self::transform)'s vectors into those with another
    /// whitening, of unit length on average, so that a cost C means the same everywhere.
    pub(crate) fn factors(&self, whitening: Whitening) -> Array1<f32> {
        let spectrum = self.spectrum();
        let most = spectrum[0];
        let (rank, wanted): (usize, Box<dyn Fn(f64) -> f64>) = match whitening {
            Whitening::None => (spectrum.len(), Box::new(|_| 1.0)),
            Whitening::Of { rank, damping } => {
                let rank = rank.min(spectrum.len());
                (rank, Box::new(move |s| 1.0 / (s + damping * most)))
            }
        };
        let leading = spectrum.slice(s![..rank]);
        let length = leading.mapv(|s| s * wanted(s)).sum();
        leading.mapv(|s| ((s + DAMPING * most) * wanted(s) / length).sqrt() as f32)
    }
}

/// A kernel's vectors with one whitening, or with none.
pub(crate) enum Map<M> {
    Whitened(Box<Directions<M>>, Array1<f32>),
    /// By all landmarks, which may then be more.
    Plain(Box<Landmarks<f32, M>>),
}

impl<M: LayeredScore<f32> + ScoreModel<f32, Model = M>> Map<M> {
    /// A map without whitening, by `landmarks` of the images.
    pub(crate) fn plain(
        kernel: FisherKernel<f32, M>,
        landmarks: usize,
        images: &Images,
    ) -> linfa_fisher::Result<Self> {
        let mut rng = Xoshiro256Plus::seed_from_u64(42);
        let count = landmarks.min(images.nsamples());
        let landmarks = Landmarks::choose(kernel, images.records.view(), count, &mut rng)?;
        Ok(Self::Plain(Box::new(landmarks)))
    }

    /// A map with whitening along the directions of the images.
    pub(crate) fn whitened(
        kernel: FisherKernel<f32, M>,
        (size, whitening): (Size, Whitening),
        images: &Images,
    ) -> linfa_fisher::Result<Self> {
        let directions = Directions::fit(kernel, size, images)?;
        let factors = directions.factors(whitening);
        Ok(Self::Whitened(Box::new(directions), factors))
    }

    pub(crate) fn transform(&self, images: &Images) -> linfa_fisher::Result<Images> {
        match self {
            Self::Whitened(directions, factors) => {
                Ok(scaled(&directions.transform(images)?, factors))
            }
            Self::Plain(landmarks) => {
                let vectors = landmarks.vectors(images.records.view())?;
                Ok(Dataset::new(vectors, images.targets.clone()))
            }
        }
    }
}

/// Vectors with other factors.
pub(crate) fn scaled(vectors: &Images, factors: &Array1<f32>) -> Images {
    let records = &vectors.records.slice(s![.., ..factors.len()]) * factors;
    Dataset::new(records, vectors.targets.clone())
}

/// Rows divided by their lengths.
pub(crate) fn unit_rows(mut records: Array2<f32>) -> Array2<f32> {
    for mut row in records.rows_mut() {
        let length = row.dot(&row).sqrt();
        row.mapv_inplace(|x| x / length.max(f32::MIN_POSITIVE));
    }
    records
}
