//! The Fisher kernel.

use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};
use rand::RngCore;
use rayon::prelude::*;

use super::centre::Centre;
use super::layered::LayeredScore;
use super::shape::{Shape, raise};
use super::states::States;
use crate::boltzmann::check_room;
use crate::fisher::checks::{check_expectation, check_features, check_length};
use crate::numerics::dense::product;
use crate::numerics::kernels::vectorised;
use crate::{Float, Result};

/// The Fisher kernel `k(x, y) = phi(x)' phi(y)` of a model of layers (Jaakkola & Haussler 1999) in
/// closed form, and kernels that are made of it.
///
/// | kernel | of the scores |
/// |---|---|
/// | [`new`](Self::new) | `T(x)' T(y)`, the scores but for their constant part `E[T]` |
/// | [`centred`](Self::centred) | `phi(x)' phi(y)` with `phi = T - E[T]` |
/// | [`cosine`](Self::cosine) | `phi(x)' phi(y) / (\|phi(x)\| \|phi(y)\|)`: scores that L2 has normalised |
/// | [`power`](Self::power) | the above to an integer power |
/// | [`gaussian`](Self::gaussian) | `exp(-\|phi(x) - phi(y)\|^2 / (2 width^2))` of the above |
/// | [`times_pixels`](Self::times_pixels) | the above times a power of the cosine of the records |
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
    biases: bool,
    centre: Option<Centre<F>>,
    cosine: bool,
    shape: Shape<F>,
    /// Power of the cosine of the records; 0 for none.
    pixels: u32,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    FisherKernel<F, M> { model, biases, centre, cosine, shape, pixels } => {
        let shape = Shape::check(shape)?;
        Ok(Self { model, biases, centre, cosine, shape, pixels })
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
            pixels: 0,
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

    /// The inner product to a power of at least 1; in place of [`gaussian`](Self::gaussian).
    ///
    /// # Errors
    ///
    /// [`InvalidPower`](crate::error::FisherError::InvalidPower).
    pub fn power(mut self, power: u32) -> Result<Self> {
        self.shape = Shape::Power(power).check()?;
        Ok(self)
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

    /// The kernel times the cosine of the records themselves to a power, 0 for none.
    pub fn times_pixels(mut self, power: u32) -> Self {
        self.pixels = power;
        self
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

    /// The kernel of every record of `x` (`n x d`) with every record of `y` (`m x d`): `n x m`.
    ///
    /// Records with themselves make a `linfa_kernel::Kernel`, as linfa-reduction's diffusion maps
    /// take it: `Kernel { inner: KernelInner::Dense(gram), method: KernelMethod::Linear }`.
    /// linfa-svm takes records alone; [`LandmarkFeatures`](crate::fisher::LandmarkFeatures) have
    /// this kernel as their inner product.
    ///
    /// # Errors
    ///
    /// Those of the model's [`check_records`](crate::fisher::FisherScore::check_records);
    /// [`KernelOverflow`] or [`NonFiniteFeature`] where the kernel overflows, [`TooLarge`] if
    /// memory has no room for it.
    ///
    /// [`KernelOverflow`]: crate::error::FisherError::KernelOverflow
    /// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    pub fn gram<D: Data<Elem = F>, E: Data<Elem = F>>(
        &self,
        x: &ArrayBase<D, Ix2>,
        y: &ArrayBase<E, Ix2>,
    ) -> Result<Array2<F>> {
        let (x, y) = (self.states(x.view())?, self.states(y.view())?);
        check_room::<F>("kernels", x.layers.len() + 1, [(x.len(), y.len())])?;
        self.gram_of(&x, &y)
    }

    /// The kernel of every record (`n x d`) with itself: `n`.
    ///
    /// # Errors
    ///
    /// As [`gram`](Self::gram).
    pub fn diagonal<D: Data<Elem = F>>(&self, x: &ArrayBase<D, Ix2>) -> Result<Array1<F>> {
        let diagonal = self.diagonal_of(&self.states(x.view())?);
        check_features(diagonal.view().insert_axis(Axis(1)), 0)?;
        Ok(diagonal)
    }

    /// The states of records (`n x d`), which the model can score.
    pub(in crate::fisher) fn states(&self, records: ArrayView2<F>) -> Result<States<F>> {
        self.model.check_records(records)?;
        self.states_of(self.model.layers(records))
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

    /// [`gram`](Self::gram) of states.
    ///
    /// # Errors
    ///
    /// [`NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature).
    pub(in crate::fisher) fn gram_of(&self, x: &States<F>, y: &States<F>) -> Result<Array2<F>> {
        let pairs = x.layers.iter().zip(&y.layers);
        let products: Vec<_> = pairs.map(|(x, y)| product(x.view(), y.t())).collect();
        let mut gram = Array2::zeros((x.len(), y.len()));
        let rows = gram.axis_iter_mut(Axis(0)).into_par_iter().enumerate();
        rows.for_each(|(i, row)| {
            let layers: Vec<_> = products.iter().map(|layer| layer.row(i)).collect();
            let layers: Vec<_> = layers.iter().filter_map(|layer| layer.as_slice()).collect();
            if let Some(row) = row.into_slice() {
                self.write_row(row, &layers, (x, i), y);
            }
        });
        check_features(gram.view(), 0)?;
        Ok(gram)
    }

    /// The kernels of record `i` of `x` with all records of `y`, from the inner products of the
    /// states of each layer.
    fn write_row(
        &self,
        row: &mut [F],
        layers: &[&[F]],
        (x, i): (&States<F>, usize),
        y: &States<F>,
    ) {
        write_inner_products(row, layers, self.biases);
        if let Some(centre) = &self.centre {
            let own = centre.square() - x.centre[i];
            update(row, &y.centre, |xy, a| xy + own - a);
        }
        let own = x.scale[i];
        update(row, &y.scale, |xy, scale| xy * own * scale);
        self.shape.apply(row, x.square[i], &y.square);
        if self.pixels > 0 {
            let own = x.pixel_scale[i];
            let mut cosines = layers[0].to_vec();
            update(&mut cosines, &y.pixel_scale, |vv, scale| vv * own * scale);
            raise(&mut cosines, self.pixels);
            update(row, &cosines, |kernel, power| kernel * power);
        }
    }

    /// [`diagonal`](Self::diagonal) of states.
    pub(in crate::fisher) fn diagonal_of(&self, x: &States<F>) -> Array1<F> {
        let mut diagonal = Array1::from(x.square.clone());
        for ((kernel, &square), &scale) in diagonal.iter_mut().zip(&x.square).zip(&x.pixel_scale) {
            self.shape
                .apply(std::slice::from_mut(kernel), square, &[square]);
            if self.pixels > 0 && scale == F::zero() {
                *kernel = F::zero();
            }
        }
        diagonal
    }
}

/// `sum_l (x_l' y_l) (x_{l+1}' y_{l+1}) [+ sum_l x_l' y_l]` from the layers' inner products.
fn write_inner_products<F: Float>(row: &mut [F], layers: &[&[F]], biases: bool) {
    row.fill(F::zero());
    for pair in layers.windows(2) {
        let pairs = pair[0].iter().zip(pair[1]);
        vectorised(|| {
            for (sum, (&below, &above)) in row.iter_mut().zip(pairs) {
                *sum += below * above;
            }
        });
    }
    for layer in layers.iter().filter(|_| biases) {
        update(row, layer, |sum, product| sum + product);
    }
}

/// Replaces every value of a row by a function of itself and of a value beside it.
fn update<F: Float>(row: &mut [F], beside: &[F], f: impl Fn(F, F) -> F) {
    vectorised(|| {
        for (value, &other) in row.iter_mut().zip(beside) {
            *value = f(*value, other);
        }
    });
}
