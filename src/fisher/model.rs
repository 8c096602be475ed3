//! What a generative model must offer to be the source of Fisher vectors.

use std::fmt::Debug;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use rand::RngCore;

use super::ScoreLayout;
use crate::checks::check_unit_query;
use crate::{Float, Result};

/// A generative model that is an exponential family, or a latent-variable model whose complete-data
/// likelihood is one, with the Fisher scores
///
/// ```text
/// phi(v) = d log p(v) / d theta = E[T | v] - E[T]
/// ```
///
/// where `T` are the sufficient statistics of the natural parameters `theta` (Jaakkola & Haussler
/// 1999). [`Rbm`] and [`Dbm`] are such models. Implement the trait for your own model to use it
/// with [`FisherFeatures`].
///
/// [`Rbm`]: crate::boltzmann::Rbm
/// [`Dbm`]: crate::boltzmann::Dbm
/// [`FisherFeatures`]: super::FisherFeatures
///
/// # Example
///
/// Independent units, whose sufficient statistic is the sample itself:
///
/// ```
/// use linfa_fisher::fisher::{FisherScore, ScoreBlock, ScoreLayout};
/// use ndarray::{array, Array1, ArrayView2, ArrayViewMut2};
/// use rand::RngCore;
///
/// #[derive(Clone)]
/// struct Bernoulli(Array1<f64>);
///
/// impl FisherScore<f64> for Bernoulli {
///     type Expectation = (); // E[T] is exact: there is nothing to choose
///
///     fn nvisible(&self) -> usize {
///         self.0.len()
///     }
///     fn layout(&self, _biases: bool) -> ScoreLayout {
///         ScoreLayout::new(vec![ScoreBlock::new("bias", self.0.len(), 1)])
///     }
///     fn write_statistics(&self, v: ArrayView2<f64>, _: bool, mut out: ArrayViewMut2<f64>) {
///         out.assign(&v);
///     }
///     fn model_statistics(
///         &self,
///         _: &(),
///         _: bool,
///         _: &mut dyn RngCore,
///     ) -> linfa_fisher::Result<Array1<f64>> {
///         Ok(self.0.clone())
///     }
/// }
/// # use linfa_fisher::fisher::{FisherFeatures, Trained};
/// # use linfa::prelude::*;
/// let features = FisherFeatures::params(Trained(Bernoulli(array![0.5, 0.25])))
///     .fit(&linfa::DatasetBase::from(array![[1.0, 0.0], [1.0, 1.0]]))?;
/// assert_eq!(features.transform(array![[1.0, 0.0]])?, array![[0.5, -0.25]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Fisher scores of `{F}`",
    note = "restricted and deep Boltzmann machines have; implement `linfa_fisher::fisher::FisherScore` for a model of your own"
)]
pub trait FisherScore<F: Float>: Send + Sync {
    /// The options with which the expectation `E[T]` is computed: `()` for a model that has none,
    /// [`ModelExpectation`](super::ModelExpectation) for Boltzmann machines.
    type Expectation: Clone + Debug + Default + PartialEq + Send + Sync + Unpin;

    /// Whether the model has its information in closed form; false by default.
    const HAS_ANALYTICAL_INFORMATION: bool = false;

    /// Width `d` of a record.
    fn nvisible(&self) -> usize;

    /// Which parameter each number of the score belongs to, with or without the biases. A model
    /// that does not distinguish biases from other parameters ignores the flag.
    fn layout(&self, biases: bool) -> ScoreLayout;

    /// Checks that the model can score the records (`n x d`, possibly of no row). By default, they
    /// must be of width [`nvisible`](Self::nvisible) and hold values in `[0, 1]`.
    ///
    /// # Errors
    ///
    /// The first error that is found: [`Width`], [`NonFinite`] or [`OutsideUnitInterval`].
    ///
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`OutsideUnitInterval`]: crate::error::RecordsError::OutsideUnitInterval
    fn check_records(&self, records: ArrayView2<F>) -> Result<()> {
        check_unit_query(records, self.nvisible())
    }

    /// Writes `E[T | v]` of every row of `records` (`n x d`) to the same row of `out` (`n x p`,
    /// where `p` is the length of the layout).
    ///
    /// # Panics
    ///
    /// An implementation may panic on records that do not pass
    /// [`check_records`](Self::check_records) and on an `out` of another shape.
    /// [`FisherFeatures`](super::FisherFeatures) passes neither.
    fn write_statistics(&self, records: ArrayView2<F>, biases: bool, out: ArrayViewMut2<F>);

    /// The states of the layers that the statistics are outer products of (`n x units` each), in
    /// the order that [`LayeredScore`](super::LayeredScore) states; `None`, the default, for other
    /// statistics. From them, products with scores are computed without writing scores out.
    ///
    /// # Panics
    ///
    /// As [`write_statistics`](Self::write_statistics).
    fn factors(&self, records: ArrayView2<F>) -> Option<Vec<Array2<F>>> {
        let _ = records;
        None
    }

    /// Checks the options of [`model_statistics`](Self::model_statistics). By default, all are
    /// valid.
    ///
    /// # Errors
    ///
    /// The implementation's own, for an option that is out of range.
    fn check_expectation(options: &Self::Expectation) -> Result<()> {
        let _ = options;
        Ok(())
    }

    /// The expectation `E[T]` under the model, of length `p`, exact or an estimate.
    ///
    /// A model whose score is not of the form `E[T | v] - E[T]` writes the score itself in
    /// [`write_statistics`](Self::write_statistics), and zeros here.
    ///
    /// # Errors
    ///
    /// The implementation's own, those of [`check_expectation`](Self::check_expectation) included.
    fn model_statistics(
        &self,
        options: &Self::Expectation,
        biases: bool,
        rng: &mut dyn RngCore,
    ) -> Result<Array1<F>>;

    /// Numbers that tell the model from others of its kind, such as its parameters: statistics that
    /// [`FisherParts`](super::FisherParts) collect are refused for a model with other numbers, or
    /// with another expectation. By default there are none.
    fn identity(&self) -> Vec<F> {
        Vec::new()
    }

    /// The diagonal of the Fisher information matrix in closed form, positive numbers in the order
    /// of the [`layout`](Self::layout) (`p`), for
    /// [`Information::Analytical`](super::Information::Analytical). By default the model has none;
    /// one that has says so by
    /// [`HAS_ANALYTICAL_INFORMATION`](Self::HAS_ANALYTICAL_INFORMATION), too, so that features that
    /// ask for it in vain are refused before anything is trained.
    fn analytical_information(&self, biases: bool) -> Option<Array1<F>> {
        let _ = biases;
        None
    }
}
