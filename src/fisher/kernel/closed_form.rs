//! The Fisher kernel.

use ndarray::{Array2, ArrayView2};
use rand::RngCore;

use super::centre::Centre;
use super::layered::LayeredScore;
use super::pixels::PixelPower;
use super::shape::Shape;
use super::states::States;
use crate::fisher::checks::{check_expectation, check_length};
use crate::numerics::digest::number;
use crate::{Float, Result};

/// The Fisher kernel `k(x, y) = phi(x)' phi(y)` of a model of layers (Jaakkola & Haussler 1999) in
/// closed form, and kernels that are made of it.
///
/// - [`new`](Self::new): `T(x)' T(y)`, the scores but for their constant part `E[T]`
/// - [`centred`](Self::centred): `phi(x)' phi(y)` with `phi = T - E[T]`
/// - [`cosine`](Self::cosine): `phi(x)' phi(y) / (|phi(x)| |phi(y)|)`: scores that L2 has
///   normalised
/// - [`power`](Self::power): the above to an integer power
/// - [`gaussian`](Self::gaussian): `exp(-|phi(x) - phi(y)|^2 / (2 width^2))` of the above
/// - [`pixel_power`](Self::pixel_power): the above times a power of the cosine of the records
///
/// No score is written out, so that two sets of `n` and `m` records cost `n m` products of as many
/// numbers as there are units, whatever the number of couplings.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::{FisherFeatures, FisherKernel};
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (digits, _) = datasets::digits::<f64>()?.split_with_ratio(0.1);
/// let dbm = Dbm::params(&[8, 4]).pretraining_epochs(1).epochs(1).fit(&digits)?;
/// let gram = FisherKernel::new(dbm.clone()).gram(&digits.records, &digits.records)?; // n x n
///
/// // the same from 8 * 64 + 8 * 4 numbers an image
/// let features = FisherFeatures::dfk(&dbm).fit(&digits)?;
/// let scores = features.transform(&digits.records)? + features.expectation();
/// assert!((gram - scores.dot(&scores.t())).iter().all(|x| x.abs() < 1e-10));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct FisherKernel<F, M> {
    model: M,
    pub(super) biases: bool,
    pub(super) centre: Option<Centre<F>>,
    pub(super) cosine: bool,
    pub(super) shape: Shape<F>,
    pub(super) pixels: PixelPower,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    FisherKernel<F, M> { model, biases, centre, cosine, shape, pixels } => {
        Self { model, biases, centre, cosine, shape, pixels }.checked()
    };
    where F: Float + serde_crate::Deserialize<'de>, M: serde_crate::Deserialize<'de>
}

impl<F: Float, M> FisherKernel<F, M> {
    /// The inner product of the statistics of a trained model, or, for
    /// [`LandmarkFeatures`](crate::fisher::LandmarkFeatures), of one that the hyper-parameters
    /// `model` will train.
    pub fn new(model: M) -> Self {
        Self {
            model,
            biases: false,
            centre: None,
            cosine: false,
            shape: Shape::Power(1),
            pixels: PixelPower(0),
        }
    }

    /// Whether scores include the gradients of the biases. Defaults to false: weights only.
    ///
    /// A kernel that was [`centred`](Self::centred) before is not any more.
    pub fn biases(mut self, biases: bool) -> Self {
        self.biases = biases;
        self.centre = None;
        self
    }

    /// Scores divided by their norms. A score of norm 0, or whose squared norm is too small for a
    /// number, has cosine 0 with all others.
    pub fn cosine(mut self) -> Self {
        self.cosine = true;
        self
    }

    /// The inner product to a power from 1 to 32, which weighs near records more; in place of
    /// [`gaussian`](Self::gaussian). Defaults to 1.
    ///
    /// # Errors
    ///
    /// [`InvalidPower`](crate::error::FisherError::InvalidPower).
    pub fn power(self, power: u32) -> Result<Self> {
        self.with_power(power).checked()
    }

    /// The Gaussian function of the distance of two scores, of positive width; in place of
    /// [`power`](Self::power).
    ///
    /// # Errors
    ///
    /// [`InvalidWidth`](crate::error::FisherError::InvalidWidth).
    pub fn gaussian(mut self, width: F) -> Result<Self> {
        self.shape = Shape::Gaussian { width }.check()?;
        Ok(self)
    }

    /// The kernel times the cosine of the records, as the visible units see them, to a power from 0
    /// to 32; 0, the default, leaves the records out. It costs next to nothing, for their inner
    /// products are part of the kernel of the scores. As for [`cosine`](Self::cosine), a blank
    /// record, or one whose squared norm is too small for a number, has cosine 0 with all others
    /// and with itself.
    ///
    /// # Errors
    ///
    /// [`InvalidPixelPower`](crate::error::FisherError::InvalidPixelPower).
    pub fn pixel_power(self, power: u32) -> Result<Self> {
        self.with_pixel_power(power).checked()
    }

    /// [`power`](Self::power) that is not checked yet.
    pub(in crate::fisher) fn with_power(mut self, power: u32) -> Self {
        self.shape = Shape::Power(power);
        self
    }

    /// [`pixel_power`](Self::pixel_power) that is not checked yet.
    pub(in crate::fisher) fn with_pixel_power(mut self, power: u32) -> Self {
        self.pixels = PixelPower(power);
        self
    }

    /// Checks powers and width.
    ///
    /// # Errors
    ///
    /// [`InvalidPower`](crate::error::FisherError::InvalidPower),
    /// [`InvalidWidth`](crate::error::FisherError::InvalidWidth),
    /// [`InvalidPixelPower`](crate::error::FisherError::InvalidPixelPower).
    pub(in crate::fisher) fn check(&self) -> Result<()> {
        self.shape.check()?;
        self.pixels.check()
    }

    fn checked(self) -> Result<Self> {
        self.check().map(|()| self)
    }

    /// The power of the kernel of the scores, 1 for a Gaussian one, and that of the pixels'.
    pub(in crate::fisher) fn powers(&self) -> (u32, u32) {
        match self.shape {
            Shape::Power(power) => (power, self.pixels.0),
            Shape::Gaussian { .. } => (1, self.pixels.0),
        }
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The same kernel of another model.
    pub(in crate::fisher) fn of_model<N>(&self, model: N) -> FisherKernel<F, N> {
        FisherKernel {
            model,
            biases: self.biases,
            centre: self.centre.clone(),
            cosine: self.cosine,
            shape: self.shape,
            pixels: self.pixels,
        }
    }
}

impl<F: Float, M: LayeredScore<F>> FisherKernel<F, M> {
    /// Scores `T - E[T]`, with the expectation under the model by the model's own means: by Gibbs
    /// sampling for Boltzmann machines, with [`ModelExpectation`](crate::fisher::ModelExpectation)
    /// as the options.
    ///
    /// # Errors
    ///
    /// Those of [`model_statistics`](crate::fisher::FisherScore::model_statistics);
    /// [`ExpectationLength`], [`NonFiniteExpectation`].
    ///
    /// [`ExpectationLength`]: crate::error::FisherError::ExpectationLength
    /// [`NonFiniteExpectation`]: crate::error::FisherError::NonFiniteExpectation
    pub fn centred(mut self, options: &M::Expectation, rng: &mut dyn RngCore) -> Result<Self> {
        let expectation = self.model.model_statistics(options, self.biases, rng)?;
        check_length(self.model.layout(self.biases).length(), expectation.len())?;
        check_expectation(expectation.view())?;
        self.centre = Some(Centre::of(&expectation, &self.units(), self.biases));
        Ok(self)
    }

    /// Units of each layer, the visible one first.
    pub(super) fn units(&self) -> Vec<usize> {
        let none = Array2::zeros((0, self.model.nvisible()));
        let layers = self.model.layers(none.view());
        layers.iter().map(Array2::ncols).collect()
    }

    /// The states of records (`n x d`), which the model can score.
    pub(in crate::fisher) fn states(&self, records: ArrayView2<F>) -> Result<States<F>> {
        self.model.check_records(records)?;
        self.states_of(self.model.layers(records))
    }

    /// Numbers that tell this kernel of the records that have these states from others.
    pub(in crate::fisher) fn numbers(&self, states: &States<F>) -> impl Iterator<Item = f64> {
        let made = [self.shape.number(), f64::from(self.pixels.0)];
        // none for the plain kernel: statistics of it that were saved before there were others
        let made = made.into_iter().filter(move |_| made != [1.0, 0.0]);
        states.numbers().map(number).chain(made)
    }

    /// The states of records whose layers have these states.
    pub(super) fn states_of(&self, layers: Vec<Array2<F>>) -> Result<States<F>> {
        let centre = self.centre.as_ref();
        if let Some(centre) = centre {
            let units: Vec<_> = layers.iter().map(Array2::ncols).collect();
            centre.check(&units, self.biases)?;
        }
        States::new(layers, self.biases, centre, self.cosine)
    }
}
