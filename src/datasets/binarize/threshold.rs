//! Grey levels turned into black and white by a fixed threshold.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Transformer;
use ndarray::{Array2, ArrayBase, Data, Ix2};

use crate::datasets::error::DataError;
use crate::datasets::records::map_records;

/// Turns values above a threshold into 1 and the others into 0, as binary visible units of a
/// Boltzmann machine require.
///
/// A value equal to the threshold becomes 0; NaN stays NaN, which trainings refuse. Transforms
/// arrays (n x d), owned or views, and datasets, whose targets, weights and names are kept.
///
/// # Example
///
/// ```
/// use linfa::traits::Transformer;
/// use linfa_fisher::datasets::Binarize;
/// use ndarray::array;
///
/// let binarize = Binarize::new(0.5)?;
/// assert_eq!(binarize.transform(array![[0.2, 0.5, 0.7]]), array![[0.0, 0.0, 1.0]]);
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binarize<F> {
    threshold: F,
}

impl<F: Float> Binarize<F> {
    /// A transformer with the threshold `threshold`; 0.5 is the usual one for values in [0, 1].
    ///
    /// # Errors
    ///
    /// [`DataError::Threshold`] when the threshold is not finite.
    pub fn new(threshold: F) -> Result<Self, DataError> {
        if threshold.is_finite() {
            return Ok(Self { threshold });
        }
        Err(DataError::Threshold {
            found: threshold.to_f64().unwrap_or(f64::NAN),
        })
    }

    /// The threshold.
    pub fn threshold(&self) -> F {
        self.threshold
    }
}

impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Array2<F>> for Binarize<F> {
    /// 1 where a value is above the threshold, 0 elsewhere, NaN where it is NaN; the shape is kept.
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Array2<F> {
        let mut records = records.into_owned();
        records.mapv_inplace(|value| above(value, self.threshold));
        records
    }
}

impl<F: Float, D: Data<Elem = F>, T: AsTargets>
    Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, DatasetBase<Array2<F>, T>> for Binarize<F>
{
    /// The dataset with binary records.
    fn transform(&self, dataset: DatasetBase<ArrayBase<D, Ix2>, T>) -> DatasetBase<Array2<F>, T> {
        map_records(dataset, |records| self.transform(records))
    }
}

/// 1 if the value is above the threshold, 0 if not; NaN stays NaN, for whatever comes next to
/// refuse it.
pub(super) fn above<F: Float>(value: F, threshold: F) -> F {
    if value > threshold {
        F::one()
    } else if value.is_nan() {
        value
    } else {
        F::zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::Dataset;
    use ndarray::array;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Binarize<f32>>();
    }

    #[test]
    fn equality_falls_to_zero_and_nan_stays() {
        let binarize = Binarize::new(0.5_f32).unwrap();
        let records = array![[0.5, 0.500_001], [0.0, f32::INFINITY]];
        assert_eq!(
            binarize.transform(records.view()),
            array![[0.0, 1.0], [0.0, 1.0]]
        );
        assert!(binarize.transform(array![[f32::NAN]])[[0, 0]].is_nan());
        assert_eq!(
            binarize.transform(records.clone()),
            binarize.transform(records)
        );
    }

    #[test]
    fn the_threshold_must_be_finite() {
        for threshold in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = Binarize::new(threshold).unwrap_err();
            assert!(matches!(error, DataError::Threshold { .. }), "{error}");
        }
        assert_eq!(Binarize::new(-3.0).unwrap().threshold(), -3.0);
    }

    #[test]
    fn a_dataset_keeps_all_but_its_records() {
        let dataset = Dataset::new(array![[0.9, 0.1], [0.4, 0.6]], array![3_usize, 4])
            .with_weights(array![1.0, 2.0])
            .with_feature_names(vec!["pixel_0_0", "pixel_0_1"])
            .with_target_names(vec!["digit"]);
        let binary = Binarize::new(0.5).unwrap().transform(dataset.clone());
        assert_eq!(binary.records, array![[1.0, 0.0], [0.0, 1.0]]);
        assert_eq!(binary.targets, dataset.targets);
        assert_eq!(binary.weights, dataset.weights);
        assert_eq!(binary.feature_names(), dataset.feature_names());
        assert_eq!(binary.target_names(), dataset.target_names());
    }
}
