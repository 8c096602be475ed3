//! The leading features, where features are ordered.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

use super::columns::select_columns;
use super::error::CompressionError;
use crate::checks::{check_query, check_records};
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable, check_columns};
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Checked hyper-parameters of a [`RankCut`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::RankCut;
///
/// assert_eq!(RankCut::params(64).check()?.features(), 64);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate", try_from = "RankCutParams")
)]
pub struct RankCutValidParams {
    features: usize,
}

/// Hyper-parameters of a [`RankCut`], checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::RankCut;
///
/// assert!(RankCut::params(0).check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct RankCutParams(RankCutValidParams);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    RankCutParams { features } => Ok(RankCut::params(features));
    where
}

#[cfg(feature = "serde")]
impl TryFrom<RankCutParams> for RankCutValidParams {
    type Error = Error;

    fn try_from(unchecked: RankCutParams) -> Result<Self> {
        unchecked.check()
    }
}

impl ParamGuard for RankCutParams {
    type Checked = RankCutValidParams;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidFeatures`](CompressionError::InvalidFeatures) for none.
    fn check_ref(&self) -> Result<&RankCutValidParams> {
        match self.0.features {
            0 => Err(CompressionError::InvalidFeatures(0).into()),
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<RankCutValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl RankCutValidParams {
    /// Number of features to keep, at least 1.
    pub fn features(&self) -> usize {
        self.features
    }
}

/// The first r columns of records.
///
/// Improved Fisher vectors are ordered by the eigenvalues of the information matrix, so that these
/// are their coordinates along the leading eigenvectors, as principal component analysis has them.
/// As a stage of a pipeline it says what is kept;
/// [`LandmarkFeatures::truncated`](crate::fisher::LandmarkFeatures::truncated) and
/// [`FisherFeatures::with_information`](crate::fisher::FisherFeatures::with_information) do not
/// compute the others to begin with.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Transformer};
/// use linfa::DatasetBase;
/// use linfa_fisher::fisher::compression::RankCut;
/// use ndarray::array;
///
/// let records = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
/// let cut = RankCut::params(2).fit(&DatasetBase::from(records.clone()))?;
/// assert_eq!(cut.transform(records)?, array![[1.0, 2.0], [4.0, 5.0]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct RankCut {
    /// Columns of the records.
    columns: usize,
    features: usize,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    RankCut { columns, features } => RankCut::params(features).check()?.cut(columns);
    where
}

impl RankCut {
    /// Keeps the first `features` columns.
    pub fn params(features: usize) -> RankCutParams {
        RankCutParams(RankCutValidParams { features })
    }

    /// Number of features r.
    pub fn nfeatures(&self) -> usize {
        self.features
    }

    pub(super) fn source(&self, feature: usize) -> usize {
        feature
    }

    pub(super) fn features<F: Float>(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        check_query(records, self.columns)?;
        Ok(select_columns(records, self.features, |feature| {
            self.source(feature)
        }))
    }
}

impl RankCutValidParams {
    /// The cut of records of so many columns.
    pub(in crate::fisher) fn cut(self, columns: usize) -> Result<RankCut> {
        let features = self.features;
        check_feature_count(features, columns)?;
        Ok(RankCut { columns, features })
    }
}

/// At most as many features as there are columns.
pub(super) fn check_feature_count(features: usize, columns: usize) -> Result<()> {
    match features <= columns {
        true => Ok(()),
        false => Err(CompressionError::FeatureCount { features, columns }.into()),
    }
}

/// Learns nothing but the width of the records (`n x d`).
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`]; [`FeatureCount`] for more features than columns.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`FeatureCount`]: CompressionError::FeatureCount
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for RankCutValidParams {
    type Object = RankCut;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<RankCut> {
        check_records(dataset.records.view())?;
        self.cut(dataset.records.ncols())
    }
}

/// There are no events.
impl<F: Float, D: Data<Elem = F>, T> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for RankCutValidParams
{
}

#[cfg(feature = "serde")]
impl Featuriser for RankCut {
    fn nfeatures(&self) -> usize {
        self.features
    }
}

#[cfg(feature = "serde")]
impl Loadable for RankCut {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.columns, columns)
    }
}

#[cfg(test)]
mod tests {
    use linfa::traits::Transformer;
    use ndarray::array;

    use super::*;
    use crate::error::RecordsError;

    #[test]
    fn bad_cuts_are_errors() {
        let dataset = DatasetBase::from(array![[1.0, 2.0]]);
        assert!(matches!(
            RankCut::params(0).fit(&dataset),
            Err(Error::Compression(CompressionError::InvalidFeatures(0)))
        ));
        assert!(matches!(
            RankCut::params(3).fit(&dataset),
            Err(Error::Compression(CompressionError::FeatureCount {
                features: 3,
                columns: 2
            }))
        ));
        let cut = RankCut::params(1).fit(&dataset).unwrap();
        assert!(matches!(
            cut.transform(array![[1.0_f32]]),
            Err(Error::Records(RecordsError::Width {
                expected: 2,
                found: 1
            }))
        ));
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RankCut>();
        has_autotraits::<RankCutParams>();
        has_autotraits::<CompressionError>();
    }
}
