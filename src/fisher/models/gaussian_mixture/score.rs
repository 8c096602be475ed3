//! A mixture of diagonal Gaussians as a source of Fisher vectors.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use rand::RngCore;
use rayon::prelude::*;

use super::components::Components;
use super::error::MixtureError;
use super::spread::Spread;
use crate::checks::{check_query, check_values};
use crate::fisher::layout::{ScoreBlock, ScoreLayout};
use crate::fisher::model::FisherScore;
use crate::fisher::source::{ScoreModel, itself};
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::Typed;
use crate::{Error, Float, Result};

/// How far the sum of the weights may be from 1, which is further than rounding takes it.
const WEIGHT_SUM_TOLERANCE: f64 = 1e-4;

/// A mixture of `k` Gaussians of `d` coordinates with diagonal covariances, and its scores by
/// weights, means and deviations:
///
/// ```text
/// p(x) = sum_k w_k N(x; mu_k, diag sigma_k^2),  gamma_k = p(k | x),  u_k = (x - mu_k) / sigma_k
///
/// d log p / d alpha_k = gamma_k - w_k    where w_k = exp alpha_k / sum exp alpha
/// d log p / d mu_k    = gamma_k u_k / sigma_k
/// d log p / d sigma_k = gamma_k (u_k^2 - 1) / sigma_k
/// ```
///
/// (Perronnin & Dance 2007; Sanchez, Perronnin, Mensink & Verbeek 2013), `p = k + 2 k d` numbers in
/// this order. The scores are exact, and their expectation is zero. The information has a
/// [closed form](crate::fisher::Information::Analytical) if each descriptor belongs to one
/// component.
///
/// A record is a descriptor, or a set of `s` descriptors end to end
/// ([`sets_of`](Self::sets_of)), such as the patches of an image
/// ([`DensePatches`](crate::preprocessing::DensePatches)); the score of a set is the mean of those
/// of its descriptors. [`FisherFeatures::improved_fisher_vector`] makes features of records, and
/// [`fisher_vector`](Self::fisher_vector) one of a set of any size.
///
/// [`FisherFeatures::improved_fisher_vector`]: crate::FisherFeatures::improved_fisher_vector
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::{FisherFeatures, GaussianMixtureScore};
/// use ndarray::array;
///
/// let means = array![[0.0, 0.0], [4.0, 4.0]];
/// let variances = array![[1.0, 1.0], [1.0, 4.0]];
/// let mixture = GaussianMixtureScore::new(array![0.5, 0.5], means, variances)?;
///
/// // two sets of two descriptors each
/// let sets = DatasetBase::from(array![[0.1, -0.3, 3.9, 5.0], [4.1, 3.0, 4.4, 6.0]]);
/// let params = FisherFeatures::improved_fisher_vector(mixture.sets_of(2)?);
/// let features = params.fit(&sets)?.transform(&sets.records)?;
/// assert_eq!(features.dim(), (2, 2 + 2 * 2 * 2));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct GaussianMixtureScore<F> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(super) weights: Array1<F>,
    pub(super) means: Array2<F>,
    pub(super) variances: Array2<F>,
    pub(super) spread: Spread,
    /// Descriptors of a record.
    descriptors: usize,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) components: Components<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    GaussianMixtureScore<F> { weights, means, variances, spread, descriptors } => {
        let mixture = Self::new(Typed::into_arrays(weights)?, means, variances)?;
        mixture.spread(spread).sets_of(descriptors)
    };
    where F: Float + serde_crate::Deserialize<'de>
}

impl<F: Float> GaussianMixtureScore<F> {
    /// A mixture of the given weights (`k`), means and variances (`k x d`), such as
    /// scikit-learn's `weights_`, `means_` and `covariances_` of a `GaussianMixture` of diagonal
    /// covariances.
    ///
    /// # Errors
    ///
    /// [`Empty`] or [`Shape`] for parameters that do not make a mixture; [`InvalidWeight`],
    /// [`NonFiniteMean`] or [`InvalidVariance`] for the first number that is out of range,
    /// [`WeightSum`] for weights that do not sum to 1 up to 1e-4.
    ///
    /// [`Empty`]: crate::error::MixtureError::Empty
    /// [`Shape`]: crate::error::MixtureError::Shape
    /// [`InvalidWeight`]: crate::error::MixtureError::InvalidWeight
    /// [`NonFiniteMean`]: crate::error::MixtureError::NonFiniteMean
    /// [`InvalidVariance`]: crate::error::MixtureError::InvalidVariance
    /// [`WeightSum`]: crate::error::MixtureError::WeightSum
    pub fn new(weights: Array1<F>, means: Array2<F>, variances: Array2<F>) -> Result<Self> {
        check_shapes(&weights, &means, &variances)?;
        check_weights(&weights)?;
        check_gaussians(&means, &variances)?;
        // in row-major order, as a file would have them, so that sums have the same bits
        let means = means.as_standard_layout().into_owned();
        let variances = variances.as_standard_layout().into_owned();
        Ok(Self {
            components: Components::of(&weights, &means, &variances),
            weights,
            means,
            variances,
            spread: Spread::default(),
            descriptors: 1,
        })
    }

    /// The same mixture for records of `descriptors` descriptors end to end (`n x (s d)`), whose
    /// score is the mean of those of the descriptors. By default, a record is one descriptor.
    ///
    /// # Errors
    ///
    /// [`InvalidDescriptors`](crate::error::MixtureError::InvalidDescriptors) for none.
    pub fn sets_of(mut self, descriptors: usize) -> Result<Self> {
        match descriptors {
            0 => Err(MixtureError::InvalidDescriptors(0).into()),
            _ => {
                self.descriptors = descriptors;
                Ok(self)
            }
        }
    }

    /// The same mixture with scores by other parameters of its spread. Defaults to
    /// [`Spread::Deviations`].
    pub fn spread(mut self, spread: Spread) -> Self {
        self.spread = spread;
        self
    }

    /// The weights `w` (`k`).
    pub fn weights(&self) -> &Array1<F> {
        &self.weights
    }

    /// The means `mu` (`k x d`).
    pub fn means(&self) -> &Array2<F> {
        &self.means
    }

    /// The variances `sigma^2` (`k x d`).
    pub fn variances(&self) -> &Array2<F> {
        &self.variances
    }

    /// Number of components `k`.
    pub fn ncomponents(&self) -> usize {
        self.weights.len()
    }

    /// Width `d` of a descriptor.
    pub fn width(&self) -> usize {
        self.means.ncols()
    }

    /// Number of descriptors `s` of a record.
    pub fn descriptors(&self) -> usize {
        self.descriptors
    }

    /// Length `p = k + 2 k d` of a score.
    pub(super) fn length(&self) -> usize {
        self.weights.len() + 2 * self.means.len()
    }

    /// The descriptors of a record, `s x d`.
    pub(super) fn descriptors_of<'a>(&self, record: &'a [F]) -> ArrayView2<'a, F> {
        match ArrayView2::from_shape((self.descriptors, self.width()), record) {
            Ok(descriptors) => descriptors,
            Err(_) => unreachable!("the width of the records was checked"),
        }
    }
}

/// The scores are those of weights, means and spread, whitened or not. The model makes no
/// difference between biases and other parameters, and takes any finite records.
impl<F: Float> FisherScore<F> for GaussianMixtureScore<F> {
    type Expectation = ();

    const HAS_ANALYTICAL_INFORMATION: bool = true;

    fn nvisible(&self) -> usize {
        self.descriptors.saturating_mul(self.width())
    }

    fn check_records(&self, records: ArrayView2<F>) -> Result<()> {
        check_query(records, self.nvisible())
    }

    fn layout(&self, _biases: bool) -> ScoreLayout {
        let (components, width) = self.means.dim();
        let spread = match self.spread {
            Spread::Deviations => "deviations",
            Spread::Precisions => "precisions",
        };
        ScoreLayout::new(vec![
            ScoreBlock::new("weights", components, 1),
            ScoreBlock::new("means", components, width),
            ScoreBlock::new(spread, components, width),
        ])
    }

    fn write_statistics(&self, records: ArrayView2<F>, _biases: bool, out: ArrayViewMut2<F>) {
        let deviations = self.information().mapv(F::sqrt);
        self.write_rows(records, out, |mut score| {
            score.assign(&(&score * &deviations));
        });
    }

    fn model_statistics(&self, _: &(), _: bool, _: &mut dyn RngCore) -> Result<Array1<F>> {
        Ok(Array1::zeros(self.length()))
    }

    fn analytical_information(&self, _biases: bool) -> Option<Array1<F>> {
        Some(self.information())
    }
}

/// A mixture is its own model.
impl<F: Float> ScoreModel<F> for GaussianMixtureScore<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

impl<F: Float> GaussianMixtureScore<F> {
    /// Writes the whitened score of every record (`n x (s d)`) to its row of `out` (`n x p`), which
    /// `finish` then changes; records in parallel.
    pub(super) fn write_rows(
        &self,
        records: ArrayView2<F>,
        mut out: ArrayViewMut2<F>,
        finish: impl Fn(ndarray::ArrayViewMut1<F>) + Sync,
    ) {
        let rows = records.axis_iter(Axis(0)).into_par_iter();
        let scores = out.axis_iter_mut(Axis(0)).into_par_iter();
        rows.zip(scores).for_each(|(record, mut score)| {
            let record = record.as_standard_layout();
            score.fill(F::zero());
            let place = score
                .as_slice_mut()
                .expect("scores are allocated in row-major order");
            let descriptors = self.descriptors_of(record.as_slice().unwrap_or_default());
            self.write_whitened(descriptors, place);
            finish(score);
        });
    }
}

/// At least one component of one coordinate, and as many of each parameter.
fn check_shapes<F: Float>(
    weights: &Array1<F>,
    means: &Array2<F>,
    variances: &Array2<F>,
) -> Result<()> {
    let (components, width) = (weights.len(), means.ncols());
    if components.min(width) == 0 {
        return Err(MixtureError::Empty { components, width }.into());
    }
    for (part, found) in [("means", means), ("variances", variances)] {
        if found.dim() != (components, width) {
            return Err(MixtureError::Shape {
                part,
                found: found.shape().to_vec(),
                expected: vec![components, width],
            }
            .into());
        }
    }
    Ok(())
}

/// Every weight positive, and their sum 1.
fn check_weights<F: Float>(weights: &Array1<F>) -> Result<()> {
    check_values(
        weights.view().insert_axis(Axis(0)),
        |weight| !is_positive(weight),
        |_, component, value| MixtureError::InvalidWeight { component, value }.into(),
    )?;
    let sum: f64 = weights.iter().filter_map(|weight| weight.to_f64()).sum();
    match (sum - 1.0).abs() <= WEIGHT_SUM_TOLERANCE {
        true => Ok(()),
        false => Err(MixtureError::WeightSum(sum).into()),
    }
}

/// Every mean finite, and every variance positive.
fn check_gaussians<F: Float>(means: &Array2<F>, variances: &Array2<F>) -> Result<()> {
    check_values(
        means.view(),
        |mean| !mean.is_finite(),
        |component, coordinate, value| {
            Error::Mixture(MixtureError::NonFiniteMean {
                component,
                coordinate,
                value,
            })
        },
    )?;
    check_values(
        variances.view(),
        |variance| !is_positive(variance),
        |component, coordinate, value| {
            Error::Mixture(MixtureError::InvalidVariance {
                component,
                coordinate,
                value,
            })
        },
    )
}

/// Whether a number is positive, finite and large enough for a finite reciprocal.
fn is_positive<F: Float>(x: F) -> bool {
    x > F::zero() && x.is_normal()
}
