//! One bit a feature.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use rayon::prelude::*;

use super::binary_codes::{BinaryCodes, check_code_length};
use super::column_moments::ColumnMoments;
use super::encoder::Encoder;
use super::error::CompressionError;
use super::neighbors::Neighbors;
use crate::checks::{check_query, check_records, check_shape};
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable, Typed, check_columns};
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// What a feature is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
enum Threshold {
    #[default]
    Zero,
    Mean,
    Median,
}

/// Hyper-parameters of [`SignBits`]: the threshold of each column, 0 by default.
///
/// # Example
///
/// ```
/// use linfa::traits::Fit;
/// use linfa::DatasetBase;
/// use linfa_fisher::fisher::compression::SignBits;
/// use ndarray::array;
///
/// let train = DatasetBase::from(array![[1.0], [2.0], [6.0]]);
/// assert_eq!(SignBits::params().fit(&train)?.thresholds(), array![0.0]);
/// assert_eq!(SignBits::params().mean().fit(&train)?.thresholds(), array![3.0]);
/// assert_eq!(SignBits::params().median().fit(&train)?.thresholds(), array![2.0]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct SignBitsParams {
    threshold: Threshold,
}

impl SignBitsParams {
    /// Bits of the values above 0, as Zhang, Wu & Cai (2014) have them: for features that are
    /// centred.
    pub fn zero(self) -> Self {
        let threshold = Threshold::Zero;
        Self { threshold }
    }

    /// Bits of the values above the mean of the training records.
    pub fn mean(self) -> Self {
        let threshold = Threshold::Mean;
        Self { threshold }
    }

    /// Bits of the values above the median of the training records, so that half of them are set:
    /// for features that are not centred, or skewed. The median of an even number of values is the
    /// mean of the middle ones.
    pub fn median(self) -> Self {
        let threshold = Threshold::Median;
        Self { threshold }
    }
}

/// One bit for each of the d columns: whether the value is above a threshold.
///
/// [`encode`](Encoder::encode) packs the bits into words, 64 features in 8 bytes, among which
/// [`BinaryCodes`] finds neighbours by the Hamming distance. As a linfa transformer, and as a stage
/// of a pipeline, it gives 1 and -1, for any classifier of numbers. Random projections
/// before it make it locality-sensitive hashing (Charikar 2002): two rows at the angle a differ in
/// a share a / pi of the bits.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::compression::{Encoder, SignBits};
/// use ndarray::array;
///
/// let train = DatasetBase::from(array![[0.0, 8.0], [1.0, 5.0], [4.0, 5.0]]);
/// let bits = SignBits::params().median().fit(&train)?;
/// let codes = bits.encode(train.records.view())?;
/// assert_eq!(codes.words(), array![[0b10], [0b00], [0b01]]);
/// assert_eq!(bits.transform(&train.records)?.row(0), array![-1.0, 1.0]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate", bound(serialize = "F: serde_crate::Serialize"))
)]
pub struct SignBits<F> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    thresholds: Array1<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    SignBits<F> { thresholds } => Self::at(Typed::into_arrays(thresholds)?);
    where F: Float + serde_crate::Deserialize<'de>
}

impl SignBits<f64> {
    /// Hyper-parameters, for records of any float.
    pub fn params() -> SignBitsParams {
        SignBitsParams::default()
    }
}

impl<F: Float> SignBits<F> {
    /// Bits of the values above given thresholds (`d`), one for each column.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords) for no thresholds,
    /// [`InvalidThreshold`](CompressionError::InvalidThreshold) for NaN and infinities.
    pub fn at(thresholds: Array1<F>) -> Result<Self> {
        check_shape(1, thresholds.len())?;
        match thresholds.iter().position(|x| !x.is_finite()) {
            Some(column) => {
                let value = thresholds[column].to_f64().unwrap_or(f64::NAN);
                Err(CompressionError::InvalidThreshold { column, value }.into())
            }
            None => Ok(Self { thresholds }),
        }
    }

    /// Number of bits d, one for each column of the records.
    pub fn nfeatures(&self) -> usize {
        self.thresholds.len()
    }

    /// The thresholds (`d`).
    pub fn thresholds(&self) -> ArrayView1<'_, F> {
        self.thresholds.view()
    }

    pub(super) fn source(&self, feature: usize) -> usize {
        feature
    }

    pub(super) fn features(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        Ok(self.encode(records)?.signs())
    }
}

impl<F: Float> Encoder for SignBits<F> {
    type Element = F;
    type Codes = BinaryCodes;
    type Distance = u32;

    fn nfeatures(&self) -> usize {
        self.thresholds.len()
    }

    fn encode(&self, records: ArrayView2<F>) -> Result<BinaryCodes> {
        check_query(records, self.thresholds.len())?;
        Ok(BinaryCodes::of(records, |column, x| {
            x > self.thresholds[column]
        }))
    }

    fn check_codes(&self, codes: &BinaryCodes) -> Result<usize> {
        check_code_length(self.thresholds.len(), codes.bits())?;
        Ok(codes.nsamples())
    }

    fn distances(&self, queries: ArrayView2<F>, codes: &BinaryCodes) -> Result<Array2<u32>> {
        self.check_codes(codes)?;
        codes.hamming(&self.encode(queries)?)
    }

    fn nearest(
        &self,
        queries: ArrayView2<F>,
        codes: &BinaryCodes,
        k: usize,
    ) -> Result<Neighbors<u32>> {
        self.check_codes(codes)?;
        codes.nearest(&self.encode(queries)?, k)
    }
}

/// The middle value of a column, or the mean of the two middle ones.
fn median<F: Float>(column: ArrayView1<F>) -> F {
    let mut values = column.to_vec();
    let order = |a: &F, b: &F| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
    let half = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(half, order);
    let lower = below.iter().copied().fold(F::neg_infinity(), F::max);
    match odd {
        true => upper,
        false => between(lower, upper),
    }
}

/// The mean of two values, the first of which is not larger: below the second, if it is less.
fn between<F: Float>(lower: F, upper: F) -> F {
    let half = F::cast(0.5);
    let mean = lower * half + upper * half;
    match mean >= lower && mean < upper {
        true => mean,
        false => lower,
    }
}

/// Finds the thresholds in the columns of the records (`n x d`); targets and weights are ignored.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`]; [`InvalidThreshold`] for values so large that their mean is not
/// finite.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`InvalidThreshold`]: CompressionError::InvalidThreshold
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for SignBitsParams {
    type Object = SignBits<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<SignBits<F>> {
        let records = dataset.records.view();
        check_records(records)?;
        SignBits::at(match self.threshold {
            Threshold::Zero => Array1::zeros(records.ncols()),
            Threshold::Mean => {
                let mut moments = ColumnMoments::new(records.ncols());
                moments.add(records)?;
                moments.mean().mapv(F::cast)
            }
            Threshold::Median => {
                let columns = records.axis_iter(Axis(1)).into_par_iter();
                columns.map(median).collect::<Vec<F>>().into()
            }
        })
    }
}

/// There are no events.
impl<F: Float, D: Data<Elem = F>, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for SignBitsParams {}

#[cfg(feature = "serde")]
impl<F: Float> Featuriser for SignBits<F> {
    fn nfeatures(&self) -> usize {
        self.thresholds.len()
    }
}

#[cfg(feature = "serde")]
impl<F: Float> Loadable for SignBits<F> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.thresholds.len(), columns)
    }
}

#[cfg(test)]
mod tests;
