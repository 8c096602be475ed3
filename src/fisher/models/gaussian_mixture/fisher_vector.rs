//! Fisher vectors of sets of descriptors without a fit.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, s};

use super::error::MixtureError;
use super::score::GaussianMixtureScore;
use crate::checks::{check_records, check_width};
use crate::fisher::checks::check_features;
use crate::fisher::model::FisherScore;
use crate::fisher::scaling::{FittedScaling, Scaling};
use crate::numerics::scalar::all;
use crate::{Float, Result};

/// Fisher vectors: scores over the square roots of their analytical information, then a scaling.
///
/// | scaling | vector | scikit-image, but for the [sign](crate::fisher::Spread) of the last block |
/// |---|---|---|
/// | [`Scaling::none`] | Perronnin & Dance 2007 | `fisher_vector(x, mixture)` |
/// | [`Scaling::power_l2`] | improved, Perronnin, Sanchez & Mensink 2010 | with `improved=True` |
///
/// Nothing is learnt from records, so that no fit is needed.
/// [`FisherFeatures`](crate::FisherFeatures) makes the same vectors, up to rounding, as a stage of
/// pipelines.
impl<F: Float> GaussianMixtureScore<F> {
    /// The Fisher vector (`p`) of a set of any number of descriptors (`s x d`), whatever the number
    /// that [`sets_of`](Self::sets_of) gives to a record.
    ///
    /// # Errors
    ///
    /// - [`EmptyRecords`] for no descriptors, [`Width`], [`NonFinite`];
    /// - [`InvalidExponent`], [`MinMaxFeatures`] for a scaling that cannot be applied;
    /// - [`NonFiniteFeature`] if descriptors are so far from a component that the square of their
    ///   distance overflows.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::fisher::{GaussianMixtureScore, Scaling};
    /// use ndarray::{array, Axis};
    ///
    /// let (means, variances) = (array![[0.0], [4.0]], array![[1.0], [1.0]]);
    /// let mixture = GaussianMixtureScore::new(array![0.5, 0.5], means, variances)?;
    /// let sets = [array![[0.2], [0.1], [4.3]], array![[3.0]]]; // of different sizes
    /// for set in sets {
    ///     let vector = mixture.fisher_vector(set.view(), Scaling::power_l2())?;
    ///     assert!((vector.dot(&vector) - 1.0_f64).abs() < 1e-15);
    /// }
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`InvalidExponent`]: crate::error::FisherError::InvalidExponent
    /// [`MinMaxFeatures`]: crate::error::FisherError::MinMaxFeatures
    /// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
    pub fn fisher_vector(
        &self,
        descriptors: ArrayView2<F>,
        scaling: Scaling<F>,
    ) -> Result<Array1<F>> {
        scaling.check_of_features()?;
        check_records(descriptors)?;
        check_width(descriptors, self.width())?;
        let mut vector = self.whitened(descriptors);
        check_features(vector.view().insert_axis(Axis(0)), 0)?;
        FittedScaling::new(scaling, None).apply_to_row(vector.view_mut());
        Ok(vector)
    }

    /// The Fisher vectors (`n x p`) of records of as many descriptors as
    /// [`sets_of`](Self::sets_of) says (`n x (s d)`).
    ///
    /// # Errors
    ///
    /// As [`fisher_vector`](Self::fisher_vector), but no records (`0 x (s d)`) have no vectors.
    pub fn fisher_vectors(&self, records: ArrayView2<F>, scaling: Scaling<F>) -> Result<Array2<F>> {
        scaling.check_of_features()?;
        FisherScore::check_records(self, records)?;
        let mut vectors = Array2::zeros((records.nrows(), self.length()));
        self.write_fisher_vectors(records, scaling, vectors.view_mut())?;
        Ok(vectors)
    }

    /// Writes [`fisher_vectors`](Self::fisher_vectors) to the rows of `out` (`n x p`), whose memory
    /// may thus serve one block of records after another.
    ///
    /// # Errors
    ///
    /// As [`fisher_vectors`](Self::fisher_vectors), `out` then being unspecified;
    /// [`OutputShape`](crate::error::MixtureError::OutputShape) for one of another shape.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::fisher::{GaussianMixtureScore, Scaling};
    /// use ndarray::{array, Array2, Axis};
    ///
    /// let (means, variances) = (array![[0.0], [4.0]], array![[1.0], [1.0]]);
    /// let mixture = GaussianMixtureScore::new(array![0.5, 0.5], means, variances)?.sets_of(2)?;
    /// let records = array![[0.1, 3.0], [4.0, 4.1], [-0.2, 0.3], [1.0, 5.0]];
    /// let mut vectors = Array2::zeros((2, 2 + 2 * 2));
    /// for block in records.axis_chunks_iter(Axis(0), 2) {
    ///     mixture.write_fisher_vectors(block, Scaling::power_l2(), vectors.view_mut())?;
    ///     assert!(vectors.rows().into_iter().all(|v| (v.dot(&v) - 1.0_f64).abs() < 1e-14));
    /// }
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn write_fisher_vectors(
        &self,
        records: ArrayView2<F>,
        scaling: Scaling<F>,
        mut out: ArrayViewMut2<F>,
    ) -> Result<()> {
        scaling.check_of_features()?;
        FisherScore::check_records(self, records)?;
        let (expected, found) = ((records.nrows(), self.length()), out.dim());
        if found != expected {
            return Err(MixtureError::OutputShape { expected, found }.into());
        }
        let scaling = FittedScaling::new(scaling, None);
        let faulty = AtomicUsize::new(usize::MAX);
        self.write_rows(records, out.view_mut(), |row, mut vector| {
            scaling.apply_to_row(vector.view_mut());
            if !vector.as_slice().is_some_and(|x| all(x, F::is_finite)) {
                faulty.fetch_min(row, Ordering::Relaxed);
            }
        });
        match faulty.into_inner() {
            usize::MAX => Ok(()),
            row => check_features(out.slice(s![row..=row, ..]), row),
        }
    }
}
