//! The fit of Fisher features: model, expectation, scaling, information.

use std::ops::Range;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayBase, ArrayView2, Data, Ix2};
use rand::Rng;

use super::bounds::FittedBounds;
use super::checks::{check_expectation, check_features, check_length};
use super::factored::Resting;
use super::features::FisherFeatures;
use super::information::{FittedInformation, InformationPlan};
use super::model::FisherScore;
use super::params::FisherFeaturesValidParams;
use super::scaling::FittedScaling;
use super::scores::Scores;
use super::source::ScoreModel;
use super::streaming::Blocks;
use crate::checks::check_shape;
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

impl<F: Float, S: ScoreModel<F>, R: Rng + Clone> FisherFeaturesValidParams<F, S, R> {
    /// The features of the records, each of which counts the same.
    fn fit_records(
        &self,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<FisherFeatures<F, S::Model>> {
        let model = self.fit_model(records, observer)?;
        let expectation = self.fit_expectation(&model)?;
        let scores = Scores {
            model: &model,
            biases: self.biases,
            expectation: &expectation,
            records: records.view(),
        };
        let bounds = self.fit_bounds(&scores)?;
        let scaling = FittedScaling::new(self.scaling, bounds.as_ref());
        let information = self.fit_information(&scores, bounds.as_ref(), &scaling, observer)?;
        Ok(FisherFeatures {
            biases: self.biases,
            information,
            scaling,
            expectation,
            model,
        })
    }

    /// The generative model, which can score the records.
    fn fit_model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<S::Model> {
        check_shape(records.nrows(), records.ncols())?;
        let model = self.source.model(records, observer)?;
        model.check_records(records)?;
        Ok(model)
    }

    /// The model's expectation `E[T]`.
    pub(super) fn fit_expectation(&self, model: &S::Model) -> Result<Array1<F>> {
        let mut rng = self.rng.clone();
        let expectation = model.model_statistics(&self.expectation, self.biases, &mut rng)?;
        check_length(model.layout(self.biases).length(), expectation.len())?;
        check_expectation(expectation.view())?;
        Ok(expectation)
    }

    /// The bounds of the scores, if the scaling or the information asks for them.
    fn fit_bounds(&self, scores: &Scores<F, S::Model>) -> Result<Option<FittedBounds<F>>> {
        if !(self.scaling.has_min_max() || self.information.needs_bounds()) {
            return Ok(None);
        }
        let extremes = scores.extremes()?;
        Ok(Some(FittedBounds::new(extremes, scores.expectation)))
    }

    /// The information matrix of the normalised scores.
    fn fit_information(
        &self,
        scores: &Scores<F, S::Model>,
        bounds: Option<&FittedBounds<F>>,
        scaling: &FittedScaling<F>,
        observer: &mut dyn Observer,
    ) -> Result<FittedInformation<F>> {
        let compute = |range: Range<usize>| {
            let rows = scores.scaled_rows(range.clone(), scaling)?;
            check_features(rows.view(), range.start)?;
            Ok(rows)
        };
        let resting = Resting::new(scores.expectation, scaling);
        let products = |range: Range<usize>| scores.products(range, scaling, &resting);
        let (n, p) = (scores.records.nrows(), scores.expectation.len());
        let blocks = Blocks::new((n, p), &compute, &products, scores.product_ranges());
        let varies = bounds.map(|bounds| &bounds.varies);
        let plan = InformationPlan {
            information: self.information,
            scaling: self.feature_scaling,
            rotated: self.rotated,
            analytical: scores.model.analytical_information(self.biases),
        };
        FittedInformation::fit(plan, &blocks, varies, observer)
    }
}

/// Fits features on the records of the dataset (`n x d`). Its targets and weights are ignored:
/// each record counts the same.
///
/// # Errors
///
/// - [`EmptyRecords`] for a dataset without rows or columns, and the errors of the model's
///   [`check_records`]: [`NonFinite`] or [`OutsideUnitInterval`] for a Boltzmann machine with
///   binary units;
/// - those of the model's training, above all [`Diverged`], or [`Width`] if a trained model expects
///   records of another width;
/// - [`ExpectationLength`] if the model's expectation does not fit its layout;
/// - [`NonFiniteExpectation`] or [`NonFiniteFeature`] if the model's parameters are finite but too
///   large to compute with;
/// - [`NoInformation`] if no score varies, and [`Decomposition`] if the eigenvalue decomposition
///   fails; both only for `LowRank` information and rotated features.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`check_records`]: FisherScore::check_records
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`OutsideUnitInterval`]: crate::error::RecordsError::OutsideUnitInterval
/// [`Diverged`]: crate::error::TrainingError::Diverged
/// [`Width`]: crate::error::RecordsError::Width
/// [`ExpectationLength`]: crate::error::FisherError::ExpectationLength
/// [`NonFiniteExpectation`]: crate::error::FisherError::NonFiniteExpectation
/// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
/// [`NoInformation`]: crate::error::FisherError::NoInformation
/// [`Decomposition`]: crate::error::FisherError::Decomposition
impl<F, S, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for FisherFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    type Object = FisherFeatures<F, S::Model>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.fit_records(dataset.records.view(), &mut ())
    }
}

/// Reports the epochs of the model's training and the passes over the rows.
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
        self.fit_records(dataset.records.view(), observer)
    }
}
