//! Expectation maximisation of a diagonal mixture.

use ndarray::{ArrayView2, Axis, Zip};

use super::error::MixtureError;
use super::score::GaussianMixtureScore;
use crate::checks::{check_records, check_width};
use crate::{Float, Result};

impl<F: Float> GaussianMixtureScore<F> {
    /// The mixture after some steps of expectation maximisation on descriptors (`n x d`), none of
    /// which makes them less likely but for `least`, which is added to all variances in each step:
    ///
    /// ```text
    /// n_k = sum gamma_k,    w_k = n_k / n,    mu_k = sum gamma_k x / n_k
    /// sigma_k^2 = sum gamma_k (x - mu_k)^2 / n_k + least
    /// ```
    ///
    /// (Dempster, Laird & Rubin 1977). It fits a mixture whose covariances were full, and goes on
    /// with one that was trained elsewhere; `least` is what scikit-learn calls `reg_covar`.
    ///
    /// # Errors
    ///
    /// - [`EmptyRecords`] for no descriptors, [`Width`], [`NonFinite`];
    /// - [`InvalidLeastVariance`] for a negative one or one that is not finite;
    /// - [`EmptyComponent`] if a component is left without descriptors, [`InvalidVariance`] if its
    ///   descriptors do not vary and `least` is 0.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::fisher::GaussianMixtureScore;
    /// use ndarray::array;
    ///
    /// let x = array![[-1.0], [1.0], [9.0], [11.0]];
    /// let (means, variances) = (array![[0.0], [8.0]], array![[4.0], [4.0]]);
    /// let start = GaussianMixtureScore::new(array![0.6, 0.4], means, variances)?;
    /// let fitted = start.maximised(x.view(), 10, 0.0)?;
    /// assert!((fitted.means()[[1, 0]] - 10.0_f64).abs() < 1e-6);
    /// assert!((fitted.variances()[[1, 0]] - 1.0_f64).abs() < 1e-6);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`InvalidLeastVariance`]: crate::error::MixtureError::InvalidLeastVariance
    /// [`EmptyComponent`]: crate::error::MixtureError::EmptyComponent
    /// [`InvalidVariance`]: crate::error::MixtureError::InvalidVariance
    pub fn maximised(&self, descriptors: ArrayView2<F>, steps: usize, least: F) -> Result<Self> {
        check_records(descriptors)?;
        check_width(descriptors, self.width())?;
        if !(least >= F::zero() && least.is_finite()) {
            let least = least.to_f64().unwrap_or(f64::NAN);
            return Err(MixtureError::InvalidLeastVariance(least).into());
        }
        let mut mixture = self.clone();
        for _ in 0..steps {
            mixture = mixture.step(descriptors, least)?;
        }
        Ok(mixture)
    }

    /// One step, by the moments about the means so far.
    fn step(&self, descriptors: ArrayView2<F>, least: F) -> Result<Self> {
        let sums = self.sums_of_all(descriptors);
        let (counts, sums) = sums.split_at(self.ncomponents());
        let (first, second) = sums.split_at(sums.len() / 2);
        if let Some(component) = counts.iter().position(|&count| count <= F::epsilon()) {
            return Err(MixtureError::EmptyComponent { component }.into());
        }
        let weights = counts
            .iter()
            .map(|&count| count / F::cast(descriptors.nrows()));
        let (mut means, mut variances) = (self.means.clone(), self.variances.clone());
        let moments = first.chunks(self.width()).zip(second.chunks(self.width()));
        let gaussians = means
            .axis_iter_mut(Axis(0))
            .zip(variances.axis_iter_mut(Axis(0)));
        for ((&count, (first, second)), (means, variances)) in
            counts.iter().zip(moments).zip(gaussians)
        {
            Zip::from(means)
                .and(variances)
                .and(first)
                .and(second)
                .for_each(|mean, variance, &first, &second| {
                    let (shift, square) = (first / count, second / count + F::one());
                    *mean = sum_of(*mean, shift * variance.sqrt());
                    *variance = *variance * (square - shift * shift).max(F::zero()) + least;
                });
        }
        let mixture = Self::new(weights.collect(), means, variances)?;
        mixture.spread(self.spread).sets_of(self.descriptors())
    }
}

/// `a + b`, and 0 where all digits cancel: what is left then is rounding, which would go on to
/// subnormal numbers in the next steps.
fn sum_of<F: Float>(a: F, b: F) -> F {
    let sum = a + b;
    match sum.abs() <= F::cast(16.0) * F::epsilon() * a.abs() {
        true => F::zero(),
        false => sum,
    }
}
