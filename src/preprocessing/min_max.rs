//! Scaling of every column to the unit interval.

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2, Zip};

use crate::checks::{check_query, check_records, with_features};
use crate::numerics::columns::Extremes;
#[cfg(feature = "serde")]
use crate::persistence::{
    Featuriser, Loadable, Typed, check_columns, check_numbers, check_shape_of,
};
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Hyper-parameters of a [`MinMaxScaler`]: there are none.
///
/// # Example
///
/// See [`MinMaxScaler`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct MinMaxScalerParams;

/// Maps every column to `[0, 1]` by its bounds in the training data, as machines with binary units
/// want it.
///
/// Values beyond the bounds are clipped to them, so that records that were not seen in training
/// stay in `[0, 1]` too; linfa-preprocessing's `LinearScaler` leaves them outside, where a machine
/// refuses them. A column that is constant in training becomes 0.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Transformer};
/// use linfa::DatasetBase;
/// use linfa_fisher::preprocessing::MinMaxScaler;
/// use ndarray::array;
///
/// let scaler = MinMaxScaler::params().fit(&DatasetBase::from(array![[0.0, 7.0], [8.0, 7.0]]))?;
/// assert_eq!(scaler.transform(array![[2.0, 7.0], [-1.0, 9.0]])?, array![[0.25, 0.0], [0.0, 0.0]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
///
/// As the first stage of a pipeline:
///
/// ```
/// use linfa::traits::Fit;
/// use linfa::Dataset;
/// use linfa_fisher::preprocessing::MinMaxScaler;
/// use linfa_fisher::prelude::*;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0, 16.0], [4.0, 16.0], [16.0, 0.0]], array![7, 9, 9]);
/// let features = FisherFeatures::fk(Rbm::params(2).epochs(5));
/// let pipeline = MinMaxScaler::params().then(features).then(KNearestNeighbors::params(1));
/// let model = pipeline.fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[0.0, 17.0]])?, array![7]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct MinMaxScaler<F> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    least: Array1<F>,
    most: Array1<F>,
}

impl MinMaxScaler<f64> {
    /// Hyper-parameters, for records of any float.
    pub fn params() -> MinMaxScalerParams {
        MinMaxScalerParams
    }
}

impl<F: Float> MinMaxScaler<F> {
    /// The least value of every column of the training data (`d`).
    pub fn least(&self) -> &Array1<F> {
        &self.least
    }

    /// The largest value of every column of the training data (`d`).
    pub fn most(&self) -> &Array1<F> {
        &self.most
    }
}

/// The place of a value between two bounds, in `[0, 1]`; 0 if these are equal.
fn place<F: Float>(x: F, least: F, most: F) -> F {
    let (x, half) = (x.max(least).min(most), F::cast(0.5));
    match most - least {
        range if range <= F::zero() => F::zero(),
        range if range.is_finite() => (x - least) / range,
        _ => (x * half - least * half) / (most * half - least * half),
    }
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    MinMaxScaler<F> { least, most } => {
        let scaler = Self { least: Typed::into_arrays(least)?, most };
        scaler.check_parts().map(|()| scaler)
    };
    where F: Float + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float> MinMaxScaler<F> {
    /// As many least values as largest ones, none of which is smaller.
    fn check_parts(&self) -> Result<()> {
        check_shape_of("largest values", self.most.shape(), self.least.shape())?;
        check_numbers("the least values", &self.least, F::is_finite)?;
        check_numbers("the largest values", &self.most, F::is_finite)?;
        let half = F::cast(0.5); // so that no range overflows
        let half_ranges = &self.most * half - &self.least * half;
        check_numbers("the ranges", &half_ranges, |x| x >= F::zero())
    }
}

#[cfg(feature = "serde")]
impl<F: Float> Featuriser for MinMaxScaler<F> {
    fn nfeatures(&self) -> usize {
        self.least.len()
    }
}

#[cfg(feature = "serde")]
impl<F: Float> Loadable for MinMaxScaler<F> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.least.len(), columns)
    }
}

/// Finds the bounds of every column of the records (`n x d`); targets and weights are ignored.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for MinMaxScalerParams {
    type Object = MinMaxScaler<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<MinMaxScaler<F>> {
        let records = dataset.records.view();
        check_records(records)?;
        let mut extremes = Extremes::new(records.ncols());
        extremes.extend(records);
        let Extremes { least, most } = extremes;
        Ok(MinMaxScaler { least, most })
    }
}

/// There are no events.
impl<F: Float, D: Data<Elem = F>, T> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for MinMaxScalerParams
{
}

/// The scaled records (`n x d`).
///
/// # Errors
///
/// [`Width`] for records of another width than those of the training, [`NonFinite`].
///
/// [`Width`]: crate::error::RecordsError::Width
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>>
    for MinMaxScaler<F>
{
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        check_query(records.view(), self.least.len())?;
        let mut scaled = records.as_standard_layout().into_owned();
        for mut row in scaled.rows_mut() {
            Zip::from(&mut row)
                .and(&self.least)
                .and(&self.most)
                .for_each(|x, &least, &most| *x = place(*x, least, most));
        }
        Ok(scaled)
    }
}

/// Borrowed records, scaled.
impl<F: Float, D: Data<Elem = F>> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>>
    for MinMaxScaler<F>
{
    fn transform(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        self.transform(records.view())
    }
}

/// A dataset of scaled records with the same targets, weights and names.
///
/// # Errors
///
/// As for records; [`WeightCount`](crate::error::RecordsError::WeightCount) for weights of another
/// number than records.
impl<F, D, T> Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for MinMaxScaler<F>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        let scaled = self.transform(dataset.records.view())?;
        let names = dataset.feature_names().to_vec();
        let scaled = with_features(dataset, scaled)?;
        // linfa panics at another number of names, which a user may have left from other records
        match scaled.records.ncols() == names.len() {
            true => Ok(scaled.with_feature_names(names)),
            false => Ok(scaled),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::error::RecordsError;

    fn fitted<F: Float>(records: Array2<F>) -> MinMaxScaler<F> {
        MinMaxScalerParams.fit(&DatasetBase::from(records)).unwrap()
    }

    /// linfa panics at another number of names than columns.
    #[test]
    fn names_of_other_records_are_dropped() {
        let names = vec!["a", "b", "c"];
        let mut dataset = DatasetBase::from(array![[0.0, 1.0, 2.0]]).with_feature_names(names);
        dataset.records = array![[0.0, 1.0], [1.0, 0.0]];
        let scaled = fitted(dataset.records.clone()).transform(dataset).unwrap();
        assert_eq!(scaled.records, array![[0.0, 1.0], [1.0, 0.0]]);
    }

    #[test]
    fn unseen_values_are_clipped() {
        let scaler = fitted(array![[0.0, 3.0, -2.0], [10.0, 3.0, 2.0]]);
        let scaled = scaler.transform(array![[-1.0, 4.0, 1.0], [11.0, 3.0, -2.0]]);
        assert_eq!(scaled.unwrap(), array![[0.0, 0.0, 0.75], [1.0, 0.0, 0.0]]);
    }

    proptest! {
        /// Whatever the magnitudes, ranges that overflow included.
        #[test]
        fn every_value_is_in_the_unit_interval(
            train in prop::array::uniform3(prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL),
            unseen in prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL,
        ) {
            let column = |values: &[f32]| Array2::from_shape_fn((values.len(), 1), |(i, _)| values[i]);
            let scaler = fitted(column(&train));
            let of_train = scaler.transform(column(&train)).unwrap();
            let range = |scaled: &Array2<f32>| scaled.iter().all(|x| (0.0..=1.0).contains(x));
            prop_assert!(range(&of_train) && range(&scaler.transform(column(&[unseen])).unwrap()));
            let varies = train.iter().any(|&x| x != train[0]);
            prop_assert_eq!(of_train.iter().any(|&x| x == 1.0), varies);
        }
    }

    #[test]
    fn bad_records_are_errors() {
        let empty = MinMaxScalerParams.fit(&DatasetBase::from(Array2::<f64>::zeros((0, 2))));
        assert!(matches!(
            empty,
            Err(Error::Records(RecordsError::EmptyRecords { .. }))
        ));
        let nan = MinMaxScalerParams.fit(&DatasetBase::from(array![[0.0], [f64::NAN]]));
        assert!(matches!(
            nan,
            Err(Error::Records(RecordsError::NonFinite { row: 1, .. }))
        ));
        let wide = fitted(array![[0.0], [1.0]]).transform(array![[0.0, 1.0]]);
        assert!(matches!(
            wide,
            Err(Error::Records(RecordsError::Width {
                expected: 1,
                found: 2
            }))
        ));
    }
}
