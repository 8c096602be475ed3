//! What is to be known of the training records, in one pass over them.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use crate::error::FisherError;
use crate::numerics::dense::add_gram_f64;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Rows of kernels that are held in `f64` at a time.
const ROWS: usize = 512;

/// Columns of kernels that one thread sums up at a time.
const COLUMNS: usize = 256;

/// Sums over records of their kernels with `m` landmarks: all that improved Fisher vectors depend
/// on. Those of parts of the records, taken apart from each other, [`merge`](Self::merge) into
/// those of the whole.
///
/// # Example
///
/// See [`Landmarks`](super::Landmarks).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct LandmarkStatistics {
    /// Tells the landmarks from others.
    pub(super) key: u64,
    pub(super) samples: usize,
    /// The sum of `k(x, x)`.
    pub(super) trace: f64,
    /// The sum of `k(x)`, `m`.
    pub(super) kernels: Array1<f64>,
    /// The sum of `k(x) k(x)'`, `m x m`: its lower triangle, and what is beside it in panels.
    pub(super) products: Array2<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LandmarkStatistics { key, samples, trace, kernels, products }
}

#[cfg(feature = "serde")]
impl LandmarkStatistics {
    /// Sums of as many landmarks each, finite, those of squares not negative, and numbers of
    /// records that can be added up.
    fn check_parts(&self) -> Result<()> {
        const MOST: usize = usize::MAX >> 8;
        let m = self.kernels.len();
        let squares = self.products.diag();
        check_shape_of("sums of products", self.products.shape(), &[m, m])?;
        check_numbers("the sums of products", &self.products, f64::is_finite)?;
        check_numbers("the sums of kernels", &self.kernels, f64::is_finite)?;
        check_numbers("the sums of squared kernels", &squares, |x| x >= 0.0)?;
        let trace = ndarray::aview0(&self.trace);
        check_numbers("the trace", &trace, |x: f64| x.is_finite() && x >= 0.0)?;
        let samples = ndarray::aview0(&self.samples);
        check_numbers("the number of records", &samples, |n| n <= MOST)
    }
}

impl LandmarkStatistics {
    /// Those of no records.
    pub(super) fn new(key: u64, landmarks: usize) -> Self {
        Self {
            key,
            samples: 0,
            trace: 0.0,
            kernels: Array1::zeros(landmarks),
            products: Array2::zeros((landmarks, landmarks)),
        }
    }

    /// Number of records `n`.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Adds records with these kernels with the landmarks (`n x m`) and with themselves (`n`).
    pub(super) fn add<F: Float>(&mut self, kernels: ArrayView2<F>, own: ArrayView1<F>) {
        self.samples += kernels.nrows();
        self.trace += own.iter().map(to_f64).sum::<f64>();
        // what rounding leaves in these sums, the inverse of the landmarks' kernel blows up
        for rows in kernels.axis_chunks_iter(Axis(0), ROWS) {
            let rows = Zip::from(rows).par_map_collect(to_f64);
            let sums = self
                .kernels
                .axis_chunks_iter_mut(Axis(0), COLUMNS)
                .into_par_iter();
            let columns = rows.axis_chunks_iter(Axis(1), COLUMNS).into_par_iter();
            sums.zip(columns)
                .for_each(|(mut sums, columns)| sums += &columns.sum_axis(Axis(0)));
            add_gram_f64(rows.view(), &mut self.products);
        }
    }

    /// Adds what was collected of other records for the same landmarks.
    ///
    /// # Errors
    ///
    /// [`OtherLandmarks`](FisherError::OtherLandmarks).
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.key != other.key || self.products.dim() != other.products.dim() {
            return Err(FisherError::OtherLandmarks.into());
        }
        self.samples = self.samples.saturating_add(other.samples);
        self.trace += other.trace;
        self.kernels += &other.kernels;
        self.products += &other.products;
        Ok(())
    }

    /// The mean of `k(x)`, and the covariance (over `n`).
    pub(super) fn moments(&self) -> (Array1<f64>, Array2<f64>) {
        let n = self.samples as f64;
        let mean = &self.kernels / n;
        let mut covariance = Array2::zeros(self.products.dim());
        for ((i, j), &sum) in self.products.indexed_iter() {
            if j <= i {
                covariance[[i, j]] = sum / n - mean[i] * mean[j];
                covariance[[j, i]] = covariance[[i, j]];
            }
        }
        (mean, covariance)
    }
}

fn to_f64<F: Float>(x: &F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
