//! The fit of improved Fisher vectors by landmarks.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{ArrayBase, ArrayView2, Data, Ix2, s};
use rand::Rng;

use super::basis::Landmarks;
use super::features::LandmarkFeatures;
use super::params::LandmarkFeaturesValidParams;
use crate::checks::check_shape;
use crate::fisher::kernel::LayeredScore;
use crate::fisher::model::FisherScore;
use crate::fisher::source::ScoreModel;
use crate::fisher::streaming::{KERNEL_ROWS, Progress, ranges_of};
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

impl<F, S, R> LandmarkFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    S::Model: LayeredScore<F>,
    R: Rng + Clone,
{
    /// The features of the records, each of which counts the same.
    fn fit_records(
        &self,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<LandmarkFeatures<F, S::Model>> {
        check_shape(records.nrows(), records.ncols())?;
        let model = self.kernel.model().model(records, observer)?;
        model.check_records(records)?;
        let kernel = self.kernel.of_model(model);
        let landmarks = Landmarks::choose(kernel, records, self.landmarks, &mut self.rng.clone())?;
        let mut statistics = landmarks.statistics();
        let ranges = ranges_of(KERNEL_ROWS, records.nrows(), self.landmarks);
        let (done, total) = (0, ranges.len());
        let mut progress = Progress {
            observer,
            done,
            total,
        };
        for range in ranges {
            let added = landmarks.add(&mut statistics, records.slice(s![range.clone(), ..]));
            added.map_err(|fault| fault.of_block(range.start))?;
            progress.advance();
        }
        landmarks.features(&statistics, self.rank, self.damping)
    }
}

/// Fits features on the records of the dataset (`n x d`). Its targets and weights are ignored:
/// each record counts the same.
///
/// # Errors
///
/// - [`EmptyRecords`], and the errors of the model's [`check_records`] and training, as for
///   [`FisherFeatures`](crate::fisher::FisherFeatures);
/// - [`LandmarkCount`] for more landmarks than records;
/// - [`NonFiniteFeature`] if the kernel overflows; [`NoLandmarks`] if it is 0 everywhere;
/// - [`NoInformation`] if all records are alike, [`Decomposition`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`check_records`]: crate::fisher::FisherScore::check_records
/// [`LandmarkCount`]: crate::error::FisherError::LandmarkCount
/// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
/// [`NoLandmarks`]: crate::error::FisherError::NoLandmarks
/// [`NoInformation`]: crate::error::FisherError::NoInformation
/// [`Decomposition`]: crate::error::FisherError::Decomposition
impl<F, S, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for LandmarkFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    S::Model: LayeredScore<F>,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    type Object = LandmarkFeatures<F, S::Model>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.fit_records(dataset.records.view(), &mut ())
    }
}

/// Reports the epochs of the model's training and the pass over the rows.
impl<F, S, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for LandmarkFeaturesValidParams<F, S, R>
where
    F: Float,
    S: ScoreModel<F>,
    S::Model: LayeredScore<F>,
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
