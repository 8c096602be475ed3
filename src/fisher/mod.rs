//! Fisher vectors: from a generative model's scores to features for any classifier.
//!
//! ```text
//! records n x d -- model --> scores phi n x p -- scaling --> -- information F --> features n x r
//! ```
//!
//! The kernel `K(x, y) = phi(x)' F^-1 phi(y)` compares two samples by how they would change the
//! model (Jaakkola & Haussler 1999). [`FisherFeatures`] is fitted on the training records; it then
//! transforms these and new ones with the same model, bounds and information.
//!
//! | preset | model | scaling | information |
//! |---|---|---|---|
//! | [`FisherFeatures::fk`] | [`Rbm`](crate::boltzmann::Rbm) | none | [`Information::Identity`] |
//! | [`FisherFeatures::dfk`] | [`Dbm`](crate::boltzmann::Dbm) | none | [`Information::Identity`] |
//! | [`FisherFeatures::idfk`] | [`Dbm`](crate::boltzmann::Dbm) | min-max, L2 | [`Information::LowRank`] |

mod checks;
mod error;
mod information;
mod layout;
mod model;
mod models;
mod params;
mod scaling;
mod source;
mod streaming;

pub use error::FisherError;
pub use params::{FisherFeaturesParams, FisherFeaturesValidParams};
pub use information::Information;
pub use layout::{ScoreBlock, ScoreLayout};
pub use model::FisherScore;
pub use models::ModelExpectation;
pub use scaling::Scaling;
pub use source::{ScoreModel, Trained};

use std::ops::Range;

use information::FittedInformation;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{s, Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};
use rand::Rng;
use scaling::FittedScaling;

use streaming::{ranges, Blocks, Progress};

use crate::checks::check_shape;
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::{check_shape_of, Featuriser};
use crate::traits::FitObserved;
use crate::{Error, Float, Result};
use checks::{check_expectation, check_features};

/// A fitted map from records to Fisher-vector features.
///
/// Labels and weights of the training samples are ignored: every sample counts the same in the
/// model, the bounds and the information. A transformed dataset keeps them for what comes after.
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
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "Parts<F, M>",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, M: FisherScore<F> + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct FisherFeatures<F, M> {
    model: M,
    biases: bool,
    expectation: Array1<F>,
    scaling: FittedScaling<F>,
    information: FittedInformation<F>,
}

/// What a file says that fitted features are.
#[cfg(feature = "serde")]
#[derive(serde_crate::Deserialize)]
#[serde(crate = "serde_crate", rename = "FisherFeatures")]
struct Parts<F, M> {
    model: M,
    biases: bool,
    expectation: Array1<F>,
    scaling: FittedScaling<F>,
    information: FittedInformation<F>,
}

#[cfg(feature = "serde")]
impl<F: Float, M: FisherScore<F>> TryFrom<Parts<F, M>> for FisherFeatures<F, M> {
    type Error = Error;

    fn try_from(parts: Parts<F, M>) -> Result<Self> {
        let length = parts.model.layout(parts.biases).length();
        let expectation = &parts.expectation;
        check_shape_of("expectation of the model", expectation.shape(), &[length])?;
        check_expectation(expectation.view())?;
        parts.scaling.check_loaded(length)?;
        parts.information.check_loaded(length)?;
        Ok(Self {
            model: parts.model,
            biases: parts.biases,
            expectation: parts.expectation,
            scaling: parts.scaling,
            information: parts.information,
        })
    }
}

#[cfg(feature = "serde")]
impl<F: Float, M: FisherScore<F>> Featuriser for FisherFeatures<F, M> {
    fn nfeatures(&self) -> usize {
        self.nfeatures()
    }
}

impl<F: Float, M: FisherScore<F>> FisherFeatures<F, M> {
    /// Features of a trained model, or of one to be trained with the given hyper-parameters:
    /// scores as they are, until the builder says otherwise.
    pub fn params<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        FisherFeaturesParams::new(source)
    }

    /// The Fisher kernel of an RBM: scores as they are.
    pub fn fk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
    }

    /// The deep Fisher kernel of a DBM: scores as they are.
    pub fn dfk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
    }

    /// The improved deep Fisher kernel: min-max and L2 scaling, then whitening by the 256 leading
    /// eigenvectors of the empirical information matrix, damped by 0.1.
    ///
    /// The paper does not damp. Cross-validation on the training part of
    /// `datasets::digits` chose among ranks from 64 to full and dampings of 1e-3,
    /// 1e-2 and 0.1: from rank 256 on the rank made no difference, and 0.1 was ahead by 2 to 3
    /// points, with a linear SVM and with nearest neighbours alike.
    pub fn idfk<S: ScoreModel<F, Model = M>>(source: S) -> FisherFeaturesParams<F, S> {
        Self::params(source)
            .scaling(Scaling::min_max_l2())
            .information(Information::LowRank {
                rank: 256,
                damping: F::cast(0.1),
            })
    }

    /// The generative model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Which parameter each number of a score belongs to.
    pub fn layout(&self) -> ScoreLayout {
        self.model.layout(self.biases)
    }

    /// The model's expectation `E[T]` in the scores, `p`.
    pub fn expectation(&self) -> &Array1<F> {
        &self.expectation
    }

    /// Number of features `r`.
    pub fn nfeatures(&self) -> usize {
        self.information.length(self.expectation.len())
    }

    /// Eigenvalues of the second moments of the normalised training scores, largest first: of
    /// their covariance for `LowRank`, about zero for rotated features; empty for others.
    pub fn spectrum(&self) -> &Array1<f64> {
        self.information.spectrum()
    }

    /// Fisher scores `E[T | v] - E[T]` as they are, `n x p`.
    ///
    /// # Errors
    ///
    /// As [`transform`](Transformer::transform).
    pub fn scores(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.model.check_records(records)?;
        let mut out = Array2::zeros((records.nrows(), self.expectation.len()));
        for range in ranges(records.nrows()) {
            let rows = self.block_of_scores(records, range.clone())?;
            out.slice_mut(s![range, ..]).assign(&rows);
        }
        Ok(out)
    }

    fn block_of_scores(&self, records: ArrayView2<F>, range: Range<usize>) -> Result<Array2<F>> {
        scores(&self.model, records, range, self.biases, &self.expectation)
    }

    /// Features of the records, a block of rows at a time.
    fn features(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.model.check_records(records)?;
        let mut out = Array2::zeros((records.nrows(), self.nfeatures()));
        for range in ranges(records.nrows()) {
            let mut rows = self.block_of_scores(records, range.clone())?;
            self.scaling.apply(&mut rows);
            let features = self.information.apply(rows);
            check_features(features.view(), range.start)?;
            out.slice_mut(s![range, ..]).assign(&features);
        }
        Ok(out)
    }
}

/// `E[T | v] - E[T]` of some rows, finite.
fn scores<F: Float, M: FisherScore<F>>(
    model: &M,
    records: ArrayView2<F>,
    range: Range<usize>,
    biases: bool,
    expectation: &Array1<F>,
) -> Result<Array2<F>> {
    let first = range.start;
    let mut scores = Array2::zeros((range.len(), expectation.len()));
    let records = records.slice(s![range, ..]);
    model.write_statistics(records, biases, scores.view_mut());
    scores -= expectation;
    check_features(scores.view(), first)?;
    Ok(scores)
}

impl<F: Float, S: ScoreModel<F>, R: Rng + Clone> FisherFeaturesValidParams<F, S, R> {
    /// Fits features on `records` (`n x d`, values in `[0, 1]`), each of which counts the same,
    /// reporting the model's training epochs and the passes over the rows.
    ///
    /// # Errors
    ///
    /// - [`RecordsError::EmptyRecords`](crate::error::RecordsError::EmptyRecords), [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite) or [`RecordsError::OutsideUnitInterval`](crate::error::RecordsError::OutsideUnitInterval) for the
    ///   records;
    /// - those of the model's training, [`TrainingError::Diverged`](crate::error::TrainingError::Diverged) above all, or [`RecordsError::Width`](crate::error::RecordsError::Width) if a
    ///   trained model expects other records;
    /// - [`FisherError::NonFiniteExpectation`](crate::error::FisherError::NonFiniteExpectation) or [`FisherError::NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature) if the model's parameters
    ///   are finite but so large that what is computed with them is not;
    /// - [`FisherError::NoInformation`](crate::error::FisherError::NoInformation) if the information is `LowRank`, or features are rotated, and no
    ///   score varies; [`FisherError::Decomposition`](crate::error::FisherError::Decomposition) if its eigenvalues cannot be had.
    pub fn fit_observed(
        &self,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<FisherFeatures<F, S::Model>> {
        check_shape(records.nrows(), records.ncols())?;
        let model = self.source.model(records, observer)?;
        model.check_records(records)?;
        let mut rng = self.rng.clone();
        let expectation = model.model_statistics(&self.expectation, self.biases, &mut rng)?;
        check_expectation(expectation.view())?;
        let rows = |range| scores(&model, records, range, self.biases, &expectation);
        let blocks = ranges(records.nrows()).map(rows);
        let scaling = FittedScaling::fit(self.scaling, &expectation, blocks)?;
        let compute = |range: Range<usize>| {
            let mut rows = rows(range.clone())?;
            scaling.apply(&mut rows);
            check_features(rows.view(), range.start)?;
            Ok(rows)
        };
        let information = self.fit_information(
            &Blocks::new(records.nrows(), expectation.len(), &compute),
            observer,
        )?;
        Ok(FisherFeatures {
            biases: self.biases,
            information,
            scaling,
            expectation,
            model,
        })
    }

    fn fit_information(
        &self,
        blocks: &Blocks<F>,
        observer: &mut dyn Observer,
    ) -> Result<FittedInformation<F>> {
        let total = FittedInformation::passes(self.information, self.rotated, blocks);
        let mut progress = Progress {
            observer,
            done: 0,
            total,
        };
        FittedInformation::fit(self.information, self.rotated, blocks, &mut progress)
    }
}

/// Fits features on the records of the dataset, whatever its targets and weights.
///
/// # Errors
///
/// As [`fit_observed`](FisherFeaturesValidParams::fit_observed).
impl<F, S, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for FisherFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    type Object = FisherFeatures<F, S::Model>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.fit_observed(dataset.records.view(), &mut ())
    }
}

impl<F, S, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for FisherFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        Self::fit_observed(self, dataset.records.view(), observer)
    }
}

impl<F, S, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for FisherFeaturesParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        let params = self.check_ref()?;
        params.fit_observed(dataset.records.view(), observer)
    }
}

/// Features of records (`n x d`, in `[0, 1]`), `n x r`.
///
/// # Errors
///
/// [`RecordsError::Width`](crate::error::RecordsError::Width) if the records are not as wide as those of the training,
/// [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite), [`RecordsError::OutsideUnitInterval`](crate::error::RecordsError::OutsideUnitInterval); [`FisherError::NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature) if the model's
/// parameters are too large to compute with. No records (`0 x d`) give no features (`0 x r`).
impl<F, M, D> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>> for FisherFeatures<F, M>
where
    F: Float,
    M: FisherScore<F>,
    D: Data<Elem = F>,
{
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        self.features(records.view())
    }
}

/// Features of borrowed records.
impl<F, M, D> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>> for FisherFeatures<F, M>
where
    F: Float,
    M: FisherScore<F>,
    D: Data<Elem = F>,
{
    fn transform(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        self.features(records.view())
    }
}

/// A dataset of features with the same targets and weights.
impl<F, M, D, T> Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for FisherFeatures<F, M>
where
    F: Float,
    M: FisherScore<F>,
    D: Data<Elem = F>,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        let features = self.features(dataset.records.view())?;
        let weights = dataset.weights.clone();
        Ok(DatasetBase::new(features, dataset.targets).with_weights(weights))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{array, ArrayViewMut2};
    use rand::RngCore;

    use super::*;
    use crate::error::FisherError;

    /// Statistics of `factor` times the sample, finite or not.
    #[derive(Debug, Clone)]
    struct Magnified {
        factor: f32,
        expectation: f32,
    }

    impl FisherScore<f32> for Magnified {
        type Expectation = ();

        fn nvisible(&self) -> usize {
            2
        }

        fn layout(&self, _: bool) -> ScoreLayout {
            ScoreLayout::new(vec![ScoreBlock::new("v", 2, 1)])
        }

        fn write_statistics(&self, v: ArrayView2<f32>, _: bool, mut out: ArrayViewMut2<f32>) {
            out.assign(&(&v * self.factor * self.factor));
        }

        fn model_statistics(
            &self,
            _: &(),
            _: bool,
            _: &mut dyn RngCore,
        ) -> Result<Array1<f32>> {
            Ok(array![0.0, self.expectation])
        }
    }

    fn params(factor: f32, expectation: f32) -> FisherFeaturesParams<f32, Trained<Magnified>> {
        FisherFeatures::params(Trained(Magnified {
            factor,
            expectation,
        }))
    }

    #[test]
    fn an_expectation_that_is_not_finite_is_an_error() {
        let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 0.0]]);
        let error = params(1.0, f32::NAN).fit(&train).unwrap_err();
        assert!(matches!(
            error,
            Error::Fisher(FisherError::NonFiniteExpectation { index: 1, value }) if value.is_nan()
        ));
    }

    #[test]
    fn scores_that_are_not_finite_are_errors_of_fit_and_transform() {
        let train = DatasetBase::from(array![[0.0, 0.0], [0.0, 1.0]]);
        let is_fault = |error: Error| {
            matches!(
                error,
                Error::Fisher(FisherError::NonFiniteFeature {
                    row: 1,
                    feature: 1,
                    value: f64::INFINITY
                })
            )
        };
        let params = params(1e30, 0.0);
        for scaled in [
            params.clone().scaling(Scaling::min_max_l2()),
            params.clone().information(Information::full_rank(0.1)),
            params.clone().information(Information::Diagonal),
            params.clone().rotated(true),
        ] {
            assert!(is_fault(scaled.fit(&train).unwrap_err()));
        }
        let features = params.fit(&train).unwrap();
        assert!(is_fault(features.transform(&train.records).unwrap_err()));
        assert!(is_fault(features.scores(train.records.view()).unwrap_err()));
    }

    /// Finite scores whose features are not: 1e37 in units of a standard deviation of 5e-6.
    #[test]
    fn features_that_are_not_finite_are_errors() {
        let train = DatasetBase::from(array![[0.0, 0.0], [0.0, 1e-5]]);
        let params = params(1.0, 0.0).information(Information::Diagonal);
        let mut features = params.fit(&train).unwrap();
        features.model.factor = 3e18;
        let error = features.transform(array![[0.0, 1.0]]).unwrap_err();
        assert!(matches!(
            error,
            Error::Fisher(FisherError::NonFiniteFeature {
                row: 0,
                feature: 1,
                ..
            })
        ));
    }
}
