//! Fitted improved Fisher vectors by landmarks.

use linfa::ParamGuard;
use ndarray::{Array1, Array2, ArrayView2, s};

use super::params::LandmarkFeaturesParams;
use crate::fisher::checks::check_features;
use crate::fisher::compression::RankCut;
use crate::fisher::kernel::{FisherKernel, LayeredScore, States};
use crate::fisher::layout::eigen_directions;
use crate::fisher::source::ScoreModel;
use crate::fisher::streaming::{KERNEL_ROWS, ranges_of};
use crate::numerics::dense::product;
use crate::numerics::spectrum;
#[cfg(feature = "serde")]
use crate::persistence::{
    Featuriser, Loadable, Typed, check_columns, check_numbers, check_shape_of,
};
use crate::{Float, Result};

/// Improved Fisher vectors of any number of records, from their kernels with `m` landmarks.
///
/// Where [`FisherFeatures`](crate::fisher::FisherFeatures) writes out scores, whose number is that
/// of the couplings, this takes inner products of the units' states: MNIST's 60,000 training images
/// take seconds, and a machine of 500 and 1000 units little more than one of 20 and 40. Scores are
/// scaled to norm 1 ([`FisherKernel::cosine`]); the min-max scaling of each score, which has no
/// closed form, is left out. The fewer landmarks, the less of the kernel they tell:
/// [`explained`](Self::explained) says how much.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::LandmarkFeatures;
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
/// let dbm = Dbm::params(&[20, 40]).epochs(5).fit(&train)?;
/// let features = LandmarkFeatures::idfk(dbm).landmarks(200).rank(100).fit(&train)?;
/// assert!((0.5..1.0).contains(&features.explained()));
/// let test = features.transform(test)?; // a dataset again, for any linfa estimator
/// assert_eq!(test.records.ncols(), features.nfeatures()); // at most 100
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct LandmarkFeatures<F, M> {
    pub(super) kernel: FisherKernel<F, M>,
    /// `m x d`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(super) landmarks: Array2<F>,
    /// Those of the landmarks.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) states: States<F>,
    /// Means of the training records' kernels with the landmarks, `m`.
    pub(super) mean: Array1<F>,
    /// `L^-T U (S + damping s_max)^(-1/2)`, `m x r`.
    pub(super) directions: Array2<F>,
    /// `S`, of the directions that were kept.
    pub(super) spectrum: Array1<f64>,
    pub(super) explained: f64,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LandmarkFeatures<F, M> { kernel, landmarks, mean, directions, spectrum, explained } => {
        let landmarks: Array2<F> = Typed::into_arrays(landmarks)?;
        let states = FisherKernel::states(&kernel, landmarks.view())?;
        let features = Self { kernel, landmarks, states, mean, directions, spectrum, explained };
        features.check_parts().map(|()| features)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        M: LayeredScore<F> + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, M: LayeredScore<F>> LandmarkFeatures<F, M> {
    /// Finite means and directions of as many numbers as there are landmarks, and a variance for
    /// each direction.
    fn check_parts(&self) -> Result<()> {
        let (m, r) = (self.landmarks.nrows(), self.spectrum.len());
        crate::checks::check_shape(m, r)?;
        check_shape_of("mean of the kernels", self.mean.shape(), &[m])?;
        check_shape_of("directions", self.directions.shape(), &[m, r])?;
        check_numbers("the mean of the kernels", &self.mean, F::is_finite)?;
        check_numbers("the directions", &self.directions, F::is_finite)?;
        check_numbers("the spectrum", &self.spectrum, |x: f64| {
            x > 0.0 && x.is_finite()
        })
    }
}

#[cfg(feature = "serde")]
impl<F: Float, M: LayeredScore<F>> Featuriser for LandmarkFeatures<F, M> {
    fn nfeatures(&self) -> usize {
        self.nfeatures()
    }
}

#[cfg(feature = "serde")]
impl<F: Float, M: LayeredScore<F>> Loadable for LandmarkFeatures<F, M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.kernel.model().nvisible(), columns)
    }
}

impl<F: Float, M: LayeredScore<F>> LandmarkFeatures<F, M> {
    /// Features of the kernel of a trained model, or of one that is trained with them.
    pub fn params<S: ScoreModel<F, Model = M>>(
        kernel: FisherKernel<F, S>,
    ) -> LandmarkFeaturesParams<F, S> {
        LandmarkFeaturesParams::new(kernel)
    }

    /// The improved deep Fisher kernel of scores of norm 1. The scores are not centred at the
    /// model's expectation, which takes a trained machine: [`FisherKernel::centred`].
    ///
    /// The [`power`](LandmarkFeaturesParams::power) of the parameters raises the cosine
    /// `k_F(x, y)` of the scores to a power `p`, and their
    /// [`pixel_power`](LandmarkFeaturesParams::pixel_power) multiplies it with the cosine
    /// `k_P(x, y)` of the records to a power `q`. The product `k_F^p k_P^q` is a kernel again
    /// (Schur 1911), whose features are all products of `p` scores and `q` pixels. Of these the
    /// same landmarks tell less: look at [`explained`](Self::explained).
    ///
    /// # Example
    ///
    #[cfg_attr(feature = "datasets", doc = "```")]
    #[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
    /// use linfa::prelude::*;
    /// use linfa_fisher::{datasets, prelude::*};
    ///
    /// # fn main() -> linfa_fisher::Result<()> {
    /// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
    /// let dbm = Dbm::params(&[20, 40]).epochs(5).fit(&train)?;
    /// let right = |p, q| -> linfa_fisher::Result<usize> {
    ///     let features = LandmarkFeatures::idfk(&dbm).power(p).pixel_power(q);
    ///     let params = features.landmarks(400).then(LinearSvm::params());
    ///     let predicted = params.fit(&train)?.predict(&test);
    ///     Ok(predicted.iter().zip(&test.targets).filter(|(a, b)| a == b).count())
    /// };
    /// assert!(right(2, 4)? > right(1, 0)?); // of 359 images
    /// # Ok(())
    /// # }
    /// ```
    pub fn idfk<S: ScoreModel<F, Model = M>>(source: S) -> LandmarkFeaturesParams<F, S> {
        Self::params(FisherKernel::new(source).cosine())
    }

    /// The landmarks (`m x d`).
    pub fn landmarks(&self) -> &Array2<F> {
        &self.landmarks
    }

    /// The kernel.
    pub fn kernel(&self) -> &FisherKernel<F, M> {
        &self.kernel
    }

    /// Number of features `r`.
    pub fn nfeatures(&self) -> usize {
        self.directions.ncols()
    }

    /// The first `rank` features, those of the largest eigenvalues, from the same fit.
    ///
    /// # Errors
    ///
    /// [`InvalidFeatures`](crate::error::CompressionError::InvalidFeatures) for none,
    /// [`FeatureCount`](crate::error::CompressionError::FeatureCount) for more than there are.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::prelude::*;
    /// use linfa_fisher::fisher::LandmarkFeatures;
    /// use linfa_fisher::Rbm;
    /// use ndarray::{array, s};
    ///
    /// let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
    /// let rbm = Rbm::params(2).epochs(5).fit(&train)?;
    /// let features = LandmarkFeatures::idfk(rbm).landmarks(4).fit(&train)?;
    /// let first = features.truncated(1)?.transform(&train.records)?;
    /// let all = features.transform(&train.records)?;
    /// assert!((&first - &all.slice(s![.., ..1])).iter().all(|x: &f64| x.abs() < 1e-9));
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn truncated(&self, rank: usize) -> Result<Self>
    where
        Self: Clone,
    {
        RankCut::params(rank).check()?.cut(self.nfeatures())?;
        Ok(Self {
            directions: self.directions.slice(s![.., ..rank]).to_owned(),
            spectrum: self.spectrum.slice(s![..rank]).to_owned(),
            ..self.clone()
        })
    }

    /// Names of the features: `"eigen-direction 1"`, ...
    pub fn feature_names(&self) -> Vec<String> {
        eigen_directions(self.nfeatures())
    }

    /// The variances of the landmarks' features along the directions that were kept, largest first:
    /// the leading eigenvalues of the information matrix (`r`).
    pub fn spectrum(&self) -> &Array1<f64> {
        &self.spectrum
    }

    /// The share of the trace of the training records' kernel that the landmarks tell, in `[0, 1]`
    /// but for rounding.
    pub fn explained(&self) -> f64 {
        self.explained
    }

    /// The effective rank of the information along the directions that were kept: the exponential
    /// of the entropy of its eigenvalues' shares in their sum, from 1 to `r` (Roy & Vetterli 2007).
    pub fn effective_rank(&self) -> f64 {
        spectrum::effective_rank(self.spectrum.view())
    }

    /// The condition number of the information along the directions that were kept: its largest
    /// eigenvalue over the least, before damping.
    pub fn condition_number(&self) -> f64 {
        spectrum::condition_number(self.spectrum.view())
    }

    /// The features (`n x r`) of records (`n x d`), block by block.
    pub(in crate::fisher) fn features(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        let mut features = Array2::zeros((records.nrows(), self.nfeatures()));
        self.kernel.model().check_records(records)?;
        for range in ranges_of(KERNEL_ROWS, records.nrows(), self.mean.len()) {
            let states = self.kernel.states(records.slice(s![range.clone(), ..]));
            let kernels = states.and_then(|states| self.kernel.gram_of(&states, &self.states));
            let kernels = kernels.map_err(|fault| fault.of_block(range.start))?;
            let block = product((kernels - &self.mean).view(), self.directions.view());
            check_features(block.view(), range.start)?;
            features.slice_mut(s![range, ..]).assign(&block);
        }
        Ok(features)
    }
}
