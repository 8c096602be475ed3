//! Fisher features as linfa transformers: of records, borrowed ones and datasets.

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::Transformer;
use ndarray::{Array2, ArrayBase, Data, Ix2};

use super::features::FisherFeatures;
use super::kernel::LayeredScore;
use super::landmarks::LandmarkFeatures;
use super::model::FisherScore;
use crate::checks::with_features;
use crate::{Float, Result};

/// Implements linfa's `Transformer` by the methods `features` and `feature_names`.
macro_rules! transformer {
    ($Features:ident of $Model:ident) => {
        /// The features (`n x r`) of records (`n x d`). No records (`0 x d`) give no features
        /// (`0 x r`).
        ///
        /// # Errors
        ///
        /// - the errors of the model's [`check_records`]: [`Width`], [`NonFinite`] or, for a
        ///   Boltzmann machine with binary units, [`OutsideUnitInterval`];
        /// - [`NonFiniteFeature`] if the model's parameters are too large to compute with.
        ///
        /// [`check_records`]: FisherScore::check_records
        /// [`Width`]: crate::error::RecordsError::Width
        /// [`NonFinite`]: crate::error::RecordsError::NonFinite
        /// [`OutsideUnitInterval`]: crate::error::RecordsError::OutsideUnitInterval
        /// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
        impl<F, M, D> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>> for $Features<F, M>
        where
            F: Float,
            M: $Model<F>,
            D: Data<Elem = F>,
        {
            fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
                self.features(records.view())
            }
        }

        /// Features of borrowed records.
        impl<F, M, D> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>> for $Features<F, M>
        where
            F: Float,
            M: $Model<F>,
            D: Data<Elem = F>,
        {
            fn transform(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
                self.features(records.view())
            }
        }

        /// A dataset of features with the same targets, weights and names of targets; the features
        /// have the names that `feature_names` gives.
        ///
        /// # Errors
        ///
        /// As for records; [`WeightCount`](crate::error::RecordsError::WeightCount) for weights of
        /// another number than records.
        impl<F, M, D, T>
            Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
            for $Features<F, M>
        where
            F: Float,
            M: $Model<F>,
            D: Data<Elem = F>,
            T: AsTargets,
        {
            fn transform(
                &self,
                dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
            ) -> Result<DatasetBase<Array2<F>, T>> {
                let features = self.features(dataset.records.view())?;
                let dataset = with_features(dataset, features)?;
                Ok(dataset.with_feature_names(self.feature_names()))
            }
        }
    };
}

transformer! { FisherFeatures of FisherScore }
transformer! { LandmarkFeatures of LayeredScore }
