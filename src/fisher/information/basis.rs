//! Directions of the scores, and the coordinates of scores along them.

#[cfg(feature = "serde")]
use ndarray::arr0;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use super::eigenbasis::Eigenbasis;
use super::route::Route;
use crate::fisher::streaming::{Blocks, Progress};
use crate::numerics::dense::product;
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Directions in columns, `p x r`, and the eigenvalues of the matrix that they come from.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(in crate::fisher) struct Basis<F> {
    directions: Array2<F>,
    /// Largest first; at least as many as there are directions.
    spectrum: Array1<f64>,
    /// Whether the spectrum has all eigenvalues but zeros.
    complete: bool,
    /// The sum of all eigenvalues.
    total: f64,
}

impl<F: Float> Basis<F> {
    /// The leading eigenvectors of the second moments of the features about `centre`, each times
    /// its factor. `factors` gives that of each eigenvector to keep, `rank` at most, from the
    /// eigenvalues.
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation) if all features equal the
    /// centre, [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the
    /// features.
    pub(super) fn fit(
        blocks: &Blocks<F>,
        centre: &Array1<f64>,
        rank: usize,
        factors: impl FnOnce(&Array1<f64>) -> Array1<f64>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let route = Route::for_shape::<F>(blocks.samples(), blocks.length(), rank);
        let mut progress = Progress {
            observer,
            done: 0,
            total: route.passes() * blocks.ranges().len(),
        };
        let eigen = Eigenbasis::of(blocks, centre, route, &mut progress)?;
        let directions = eigen.directions(blocks, &factors(&eigen.values), &mut progress)?;
        let total = match eigen.total {
            Some(total) => total,
            None => blocks.second_moment(centre)?,
        };
        Ok(Self {
            directions: row_major(directions.mapv(F::cast)),
            complete: eigen.complete,
            // rounding may not make it less than a part of it
            total: total.max(eigen.values.sum()),
            spectrum: eigen.values,
        })
    }

    /// As [`fit`](Self::fit), from the second moments (`p x p`) of so many samples about `centre`.
    pub(super) fn of_moments(
        moments: Array2<f64>,
        centre: &Array1<f64>,
        samples: usize,
        factors: impl FnOnce(&Array1<f64>) -> Array1<f64>,
    ) -> Result<Self> {
        let eigen = Eigenbasis::<F>::of_moments(moments, centre, samples)?;
        let directions = eigen.eigenvectors(&factors(&eigen.values));
        Ok(Self {
            directions: row_major(directions.mapv(F::cast)),
            complete: true,
            total: eigen.values.sum(),
            spectrum: eigen.values,
        })
    }

    /// The leading directions, each times its factor.
    pub(super) fn rescaled(&self, factors: &Array1<F>) -> Self {
        Self {
            directions: self.directions.slice(s![.., ..factors.len()]).to_owned() * factors,
            spectrum: self.spectrum.clone(),
            complete: self.complete,
            total: self.total,
        }
    }

    /// The coordinates of the rows, `n x r` from `n x p`.
    pub(super) fn apply(&self, rows: &Array2<F>) -> Array2<F> {
        product(rows.view(), self.directions.view())
    }

    /// The directions, `p x r`.
    pub(super) fn directions(&self) -> ArrayView2<'_, F> {
        self.directions.view()
    }

    /// Number of directions `r`.
    pub(super) fn length(&self) -> usize {
        self.directions.ncols()
    }

    /// Eigenvalues of the matrix that was decomposed, largest first.
    pub(super) fn spectrum(&self) -> &Array1<f64> {
        &self.spectrum
    }

    /// The eigenvalues along the directions, `r`.
    pub(in crate::fisher) fn kept(&self) -> ArrayView1<'_, f64> {
        self.spectrum.slice(s![..self.length()])
    }

    /// The share of the sum of all eigenvalues that is along the directions.
    pub(in crate::fisher) fn explained(&self) -> f64 {
        self.kept().sum() / self.total
    }

    /// Whether the spectrum has all eigenvalues but zeros.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Checks a basis from a file, which must fit `p` features.
    ///
    /// # Errors
    ///
    /// [`PersistenceError`](crate::error::PersistenceError) for parts of other shapes, directions
    /// that are not finite, and eigenvalues that are not positive.
    #[cfg(feature = "serde")]
    pub(super) fn check_loaded(&self, p: usize) -> Result<()> {
        // at least one direction, at most one an eigenvalue
        let rank = self.length().clamp(1, self.spectrum.len().max(1));
        check_shape_of("eigenbasis", self.directions.shape(), &[p, rank])?;
        check_numbers("the eigenbasis", &self.directions, F::is_finite)?;
        let values = self.spectrum.len().max(rank);
        check_shape_of("spectrum", self.spectrum.shape(), &[values])?;
        check_numbers("the spectrum", &self.spectrum, |x: f64| {
            x > 0.0 && x.is_finite()
        })?;
        let least = self.spectrum.sum() * (1.0 - 1e-9); // the sum may be over another order
        check_numbers("the sum of the spectrum", &arr0(self.total), |x: f64| {
            x >= least && x.is_finite()
        })
    }
}

/// The array in row-major order, as one that was read from a file would be, so that products with
/// either have the same bits.
fn row_major<F: Float>(basis: Array2<F>) -> Array2<F> {
    basis.as_standard_layout().into_owned()
}
