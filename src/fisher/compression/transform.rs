//! Compression as a linfa transformer: of records, borrowed ones and datasets.

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::Transformer;
use ndarray::{Array2, ArrayBase, Data, Ix2};

use super::product_quantizer::ProductQuantizer;
use super::rank_cut::RankCut;
use super::sign_bits::SignBits;
use super::top_variance::TopVariance;
use crate::checks::with_features;
use crate::{Float, Result};

/// Implements linfa's `Transformer` by the methods `features`, and `source`, the column that a
/// feature is named after.
macro_rules! transformer {
    ($Stage:ty: $features:literal) => {
        #[doc = concat!($features, " of records (`n x d`).")]
        ///
        /// # Errors
        ///
        /// [`Width`] for records of another width than those of the fit, [`NonFinite`];
        /// [`DistanceOverflow`] for records too large to find centroids for.
        ///
        /// [`Width`]: crate::error::RecordsError::Width
        /// [`NonFinite`]: crate::error::RecordsError::NonFinite
        /// [`DistanceOverflow`]: crate::error::ClassificationError::DistanceOverflow
        impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>>
            for $Stage
        {
            fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
                self.features(records.view())
            }
        }

        #[doc = concat!($features, " of borrowed records.")]
        impl<F: Float, D: Data<Elem = F>> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>>
            for $Stage
        {
            fn transform(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
                self.features(records.view())
            }
        }

        #[doc = concat!($features, " of a dataset, with the same targets, weights and names.")]
        ///
        /// # Errors
        ///
        /// As for records; [`WeightCount`](crate::error::RecordsError::WeightCount) for weights of
        /// another number than records.
        impl<F, D, T>
            Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
            for $Stage
        where
            F: Float,
            D: Data<Elem = F>,
            T: AsTargets,
        {
            fn transform(
                &self,
                dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
            ) -> Result<DatasetBase<Array2<F>, T>> {
                let features = self.features(dataset.records.view())?;
                let names = dataset.feature_names().to_vec();
                let known = names.len() == dataset.records.ncols();
                let dataset = with_features(dataset, features)?;
                if !known {
                    return Ok(dataset); // names of other records, which linfa would not take
                }
                let sources = (0..dataset.records.ncols()).map(|feature| self.source(feature));
                let names = sources.map(|column| names[column].clone()).collect();
                Ok(dataset.with_feature_names::<String>(names))
            }
        }
    };
}

transformer! { RankCut: "The leading columns" }
transformer! { TopVariance: "The chosen columns, the one of largest variance first," }
transformer! { SignBits<F>: "1 for a bit that is set and -1 for one that is not" }
transformer! { ProductQuantizer<F>: "The products of centroids nearest to rows" }
