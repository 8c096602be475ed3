//! Fitted features: the map from records to Fisher vectors.

use ndarray::{Array1, Array2, ArrayView2, s};

#[cfg(feature = "serde")]
use super::checks::check_expectation;
use super::checks::check_features;
use super::factored::Resting;
use super::information::{FittedInformation, Information};
use super::layout::{ScoreLayout, eigen_directions};
use super::model::FisherScore;
use super::params::FisherFeaturesParams;
use super::scaling::{FittedScaling, Scaling};
use super::scores::Scores;
use super::source::ScoreModel;
use super::streaming::ranges;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable, Typed, check_columns, check_shape_of};
use crate::{Float, Result};

/// A fitted map from records to Fisher vectors.
///
/// The fit ignores the labels and weights of the training records: each record counts the same in
/// the model, the bounds and the information matrix. A transformed dataset keeps its labels and
/// weights for the next estimator.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::FisherFeatures;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
/// let dbm = Dbm::params(&[12, 6]).pretraining_epochs(2).epochs(2);
/// let features = FisherFeatures::idfk(dbm).fit(&train)?;
/// let train = features.transform(train)?; // a dataset again, for any linfa estimator
/// let test = features.transform(test)?; // with the bounds and information of the training set
/// assert_eq!(train.records.ncols(), features.nfeatures());
/// assert_eq!(test.records.ncols(), features.nfeatures());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct FisherFeatures<F, M> {
    pub(super) model: M,
    pub(super) biases: bool,
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(super) expectation: Array1<F>,
    pub(super) scaling: FittedScaling<F>,
    pub(super) information: FittedInformation<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    FisherFeatures<F, M> { model, biases, expectation, scaling, information } => {
        let expectation = Typed::into_arrays(expectation)?;
        let features = Self { model, biases, expectation, scaling, information };
        features.check_parts().map(|()| features)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        M: FisherScore<F> + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, M: FisherScore<F>> FisherFeatures<F, M> {
    /// Checks the expectation, the scaling and the information, which must fit the length of the
    /// scores.
    fn check_parts(&self) -> Result<()> {
        let length = self.layout().length();
        let expectation = &self.expectation;
        check_shape_of("expectation of the model", expectation.shape(), &[length])?;
        check_expectation(expectation.view())?;
        self.scaling.check_loaded(length)?;
        self.information.check_loaded(length)
    }
}

#[cfg(feature = "serde")]
impl<F: Float, M: FisherScore<F>> Featuriser for FisherFeatures<F, M> {
    fn nfeatures(&self) -> usize {
        self.nfeatures()
    }
}

#[cfg(feature = "serde")]
impl<F: Float, M: FisherScore<F>> Loadable for FisherFeatures<F, M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.model.nvisible(), columns)
    }
}

impl<F: Float, M: FisherScore<F>> FisherFeatures<F, M> {
    /// Hyper-parameters for the features of a trained model, or of a model that is trained with
    /// the given hyper-parameters. By default the features are the scores without scaling or
    /// information.
    pub fn params<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        FisherFeaturesParams::new(source)
    }

    /// The Fisher kernel of an RBM: scores without scaling or information.
    pub fn fk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
    }

    /// The deep Fisher kernel of a DBM: scores without scaling or information.
    pub fn dfk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
    }

    /// The improved deep Fisher kernel: min-max and L2 scaling, then whitening by the 256 leading
    /// eigenvectors of the empirical information matrix, damped by 0.1.
    ///
    /// Ahmed et al. use no damping. Rank and damping were chosen by cross-validation on the
    /// training part of `datasets::digits`, among ranks from 64 to full and dampings of 1e-3, 1e-2
    /// and 0.1. Ranks of 256 and more gave the same accuracy; a damping of 0.1 was better by 2 to 3
    /// points, both with a linear SVM and with nearest neighbours.
    pub fn idfk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
            .scaling(Scaling::min_max_l2())
            .information(Information::LowRank {
                rank: 256,
                damping: 0.1,
            })
    }

    /// Improved Fisher vectors (Perronnin, Sanchez & Mensink 2010): scores over the square roots of
    /// their [analytical](Information::Analytical) information, then signed square roots, then L2,
    /// in this order. Nothing but the model is learnt from the records.
    ///
    /// The model is a [`GaussianMixtureScore`](super::GaussianMixtureScore), or another one whose
    /// information has a closed form; others, as Boltzmann machines, are refused
    /// ([`NoAnalyticalInformation`](crate::error::FisherError::NoAnalyticalInformation)).
    pub fn improved_fisher_vector<S: ScoreModel<F, Model = M>>(
        source: S,
    ) -> FisherFeaturesParams<F, S> {
        Self::params(source)
            .information(Information::Analytical)
            .feature_scaling(Scaling::power_l2())
    }

    /// The same features with information of another rank and damping, from one fit of
    /// [`LowRank`](Information::LowRank) information: the eigenvectors are the same, and only their
    /// factors change. Fit with [`Information::full_rank`] to have every rank.
    ///
    /// # Errors
    ///
    /// [`InvalidRank`], [`InvalidDamping`]; [`NotLowRank`] for features of other information,
    /// [`RankNotFitted`] for more directions than were fitted.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::prelude::*;
    /// use linfa_fisher::fisher::{FisherFeatures, Information};
    /// use linfa_fisher::Rbm;
    /// use ndarray::array;
    ///
    /// let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
    /// let rbm = Rbm::params(2).epochs(5).fit(&train)?;
    /// let params = FisherFeatures::fk(rbm).information(Information::full_rank(0.0));
    /// let full = params.fit(&train)?;
    /// let damped = full.with_information(1, 0.1)?; // no second decomposition
    /// assert_eq!(damped.nfeatures(), 1);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`InvalidRank`]: crate::error::FisherError::InvalidRank
    /// [`InvalidDamping`]: crate::error::FisherError::InvalidDamping
    /// [`NotLowRank`]: crate::error::FisherError::NotLowRank
    /// [`RankNotFitted`]: crate::error::FisherError::RankNotFitted
    pub fn with_information(&self, rank: usize, damping: impl Into<f64>) -> Result<Self>
    where
        M: Clone,
    {
        let damping = damping.into();
        Information::LowRank { rank, damping }.check()?;
        Ok(Self {
            model: self.model.clone(),
            biases: self.biases,
            expectation: self.expectation.clone(),
            scaling: self.scaling.clone(),
            information: self.information.with(rank, damping)?,
        })
    }

    /// The generative model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Which parameter each number of a score belongs to; of a feature, if features are scores and
    /// not coordinates along [`components`](Self::components).
    pub fn layout(&self) -> ScoreLayout {
        self.model.layout(self.biases)
    }

    /// The model's expectation `E[T]`, which the scores subtract, of length `p`.
    pub fn expectation(&self) -> &Array1<F> {
        &self.expectation
    }

    /// Number of features `r`.
    pub fn nfeatures(&self) -> usize {
        self.information.length(self.expectation.len())
    }

    /// The directions in the space of normalised scores that features are coordinates along, in the
    /// columns, `p x r`, for `LowRank` information each divided by the square root of its damped
    /// eigenvalue; `None` if there is one feature a score.
    pub fn components(&self) -> Option<ArrayView2<'_, F>> {
        self.information.components()
    }

    /// The direction in the space of normalised scores that a feature, counted from 0, is the
    /// coordinate along: the feature of a record is the product of the direction with the record's
    /// normalised scores, less a constant. Its `p` numbers belong to the parameters that the
    /// [`layout`](Self::layout) names, and [`split`](ScoreLayout::split) makes matrices of them,
    /// which can be drawn as images.
    ///
    /// Of [`LowRank`](Information::LowRank) information it is a column of the
    /// [`components`](Self::components). Of the other kinds it has the factors by which they
    /// multiply scores, and the [rotation](FisherFeaturesParams::rotated) if there is one;
    /// [`Diagonal`](Information::Diagonal) clips scores to their bounds in the training data
    /// before. `None` past the last feature, and for features with a [scaling of their
    /// own](FisherFeaturesParams::feature_scaling), which is not linear.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::prelude::*;
    /// use linfa_fisher::fisher::{FisherFeatures, Information};
    /// use linfa_fisher::Rbm;
    /// use ndarray::array;
    ///
    /// let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
    /// let rbm = Rbm::params(2).epochs(5).fit(&train)?;
    /// let params = FisherFeatures::fk(rbm).information(Information::full_rank(0.1));
    /// let features = params.fit(&train)?;
    /// let direction = features.direction(0).unwrap();
    /// let matrices = features.layout().split(direction.view())?;
    /// assert_eq!(matrices[0].dim(), (2, 2)); // W1: pixels x hidden units
    ///
    /// let scores = features.scores(train.records.view())?;
    /// let vectors = features.transform(&train.records)?;
    /// let along = scores.dot(&direction) - vectors.column(0);
    /// assert!((&along - along[0]).iter().all(|x: &f64| x.abs() < 1e-9));
    /// assert_eq!(features.direction(features.nfeatures()), None);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn direction(&self, feature: usize) -> Option<Array1<F>> {
        self.information.direction(feature, self.expectation.len())
    }

    /// A name for each of the r features: `W1[12, 3]`, which is the score of a parameter, or
    /// `eigen-direction 3`, counted from 1.
    pub fn feature_names(&self) -> Vec<String> {
        match self.components() {
            Some(components) => eigen_directions(components.ncols()),
            None => self.layout().names(),
        }
    }

    /// Fisher scores `E[T | v] - E[T]` without scaling or information, `n x p`.
    ///
    /// # Errors
    ///
    /// As [`transform`](linfa::traits::Transformer::transform).
    pub fn scores(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.model.check_records(records)?;
        let scores = self.scores_of(records.view());
        let mut out = Array2::zeros((records.nrows(), self.expectation.len()));
        for range in ranges(records.nrows(), self.expectation.len()) {
            let rows = scores.rows(range.clone())?;
            out.slice_mut(s![range, ..]).assign(&rows);
        }
        Ok(out)
    }

    fn scores_of<'a>(&'a self, records: ArrayView2<'a, F>) -> Scores<'a, F, M> {
        Scores {
            model: &self.model,
            biases: self.biases,
            expectation: &self.expectation,
            records,
        }
    }

    /// Features of the records, a block of rows at a time.
    pub(super) fn features(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.model.check_records(records)?;
        let scores = self.scores_of(records.view());
        let resting = Resting::new(&self.expectation, &self.scaling);
        let (n, p) = (records.nrows(), self.expectation.len());
        let projection = self.information.projection();
        let ranges = match projection {
            Some(_) => scores.product_ranges(),
            None => ranges(n, p).collect(),
        };
        let mut out = Array2::zeros((n, self.nfeatures()));
        for range in ranges {
            let features = match &projection {
                Some(projection) => {
                    let scores = scores.products(range.clone(), &self.scaling, &resting)?;
                    self.information.normalise(projection.apply(&scores))
                }
                None => {
                    let scores = scores.scaled_rows(range.clone(), &self.scaling)?;
                    self.information.apply(scores)
                }
            };
            check_features(features.view(), range.start)?;
            out.slice_mut(s![range, ..]).assign(&features);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
