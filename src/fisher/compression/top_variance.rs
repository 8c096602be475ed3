//! The columns of largest variance.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2, s};

use super::column_moments::ColumnMoments;
use super::columns::select_columns;
use super::error::CompressionError;
use super::rank_cut::check_feature_count;
use crate::checks::{check_query, check_shape};
#[cfg(feature = "serde")]
use crate::persistence::{
    Featuriser, Loadable, PersistenceError, check_columns, check_numbers, check_shape_of,
};
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Checked hyper-parameters of [`TopVariance`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::TopVariance;
///
/// assert_eq!(TopVariance::params(512).check()?.features(), 512);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate", try_from = "TopVarianceParams")
)]
pub struct TopVarianceValidParams {
    features: usize,
}

/// Hyper-parameters of [`TopVariance`], checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::TopVariance;
///
/// assert!(TopVariance::params(0).check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct TopVarianceParams(TopVarianceValidParams);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    TopVarianceParams { features } => Ok(TopVariance::params(features));
    where
}

#[cfg(feature = "serde")]
impl TryFrom<TopVarianceParams> for TopVarianceValidParams {
    type Error = Error;

    fn try_from(unchecked: TopVarianceParams) -> Result<Self> {
        unchecked.check()
    }
}

impl ParamGuard for TopVarianceParams {
    type Checked = TopVarianceValidParams;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidFeatures`](CompressionError::InvalidFeatures) for none.
    fn check_ref(&self) -> Result<&TopVarianceValidParams> {
        match self.0.features {
            0 => Err(CompressionError::InvalidFeatures(0).into()),
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<TopVarianceValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl TopVarianceValidParams {
    /// Number of columns to keep, at least 1.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The columns of largest variance of records that were seen block by block.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords) without records,
    /// [`FeatureCount`](CompressionError::FeatureCount) for more features than columns,
    /// [`VarianceOverflow`](CompressionError::VarianceOverflow).
    pub fn choose(&self, moments: &ColumnMoments) -> Result<TopVariance> {
        let variance = moments.variance()?;
        check_feature_count(self.features, variance.len())?;
        if let Some(column) = variance.iter().position(|x| !x.is_finite()) {
            return Err(CompressionError::VarianceOverflow { column }.into());
        }
        let mut chosen: Vec<usize> = (0..variance.len()).collect();
        // a stable sort: of equal variances, the first column comes first
        chosen.sort_by(|&a, &b| variance[b].total_cmp(&variance[a]));
        chosen.truncate(self.features);
        Ok(TopVariance {
            columns: variance.len(),
            variances: chosen.iter().map(|&column| variance[column]).collect(),
            chosen,
        })
    }
}

/// The k columns whose variance over the training records is largest.
///
/// Zhang, Wu & Cai (2014, "Compact representation for image classification: to choose or to
/// compress?") choose dimensions of Fisher vectors in this way where there are no labels, and keep
/// one [bit](super::SignBits) of each. They are to be scores, scaled but not whitened: whitened
/// features have equal variances up to damping. Columns are kept in the order of their variance,
/// the largest first and of equal ones the first column, so that the choice of fewer is the
/// [beginning](Self::truncated) of that of more.
///
/// Fisher vectors that do not fit into memory are looked through block by block:
/// [`ColumnMoments`], [`choose`](TopVarianceValidParams::choose).
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::compression::{SignBits, TopVariance};
/// use linfa_fisher::prelude::*;
/// use ndarray::array;
///
/// let records = array![[0.0, 1.0, 5.0], [0.1, 1.0, 1.0], [3.0, 1.0, 2.0], [3.1, 1.0, 8.0]];
/// let dataset = Dataset::new(records, array![7, 7, 9, 9]);
/// let choice = TopVariance::params(2).fit(&dataset)?;
/// assert_eq!(choice.chosen(), [2, 0]);
/// assert_eq!(choice.transform(array![[4.0, 5.0, 6.0]])?, array![[6.0, 4.0]]);
///
/// let bits = TopVariance::params(2).then(SignBits::params().median());
/// let model = bits.then(KNearestNeighbors::params(1)).fit(&dataset)?;
/// assert_eq!(model.try_predict(&dataset.records)?, dataset.targets);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct TopVariance {
    /// Columns of the records.
    columns: usize,
    chosen: Vec<usize>,
    /// Of the chosen columns.
    variances: Array1<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    TopVariance { columns, chosen, variances } where
}

#[cfg(feature = "serde")]
impl TopVariance {
    /// Distinct columns of the records, and a finite variance for each.
    fn check_parts(&self) -> Result<()> {
        let features = self.chosen.len();
        check_shape(1, features)?;
        check_shape_of("variances", self.variances.shape(), &[features])?;
        check_numbers("the variances", &self.variances, |x: f64| {
            x >= 0.0 && x.is_finite()
        })?;
        if let Some(before) = self
            .variances
            .iter()
            .zip(self.variances.iter().skip(1))
            .position(|(a, b)| a < b)
        {
            let (part, index) = ("the variances, which descend", before + 1);
            return Err(PersistenceError::Number { part, index }.into());
        }
        let mut columns: Vec<(usize, usize)> = self.chosen.iter().copied().zip(0..).collect();
        columns.sort_unstable();
        let repeated = columns.windows(2).find(|pair| pair[0].0 == pair[1].0);
        let beyond = columns.last().filter(|last| last.0 >= self.columns);
        match repeated.map(|pair| pair[1]).or(beyond.copied()) {
            Some((_, index)) => {
                let part = "the chosen columns";
                Err(PersistenceError::Number { part, index }.into())
            }
            None => Ok(()),
        }
    }
}

impl TopVariance {
    /// Keeps the `features` columns of largest variance.
    pub fn params(features: usize) -> TopVarianceParams {
        TopVarianceParams(TopVarianceValidParams { features })
    }

    /// Number of features k.
    pub fn nfeatures(&self) -> usize {
        self.chosen.len()
    }

    /// The columns that are kept, the one of largest variance first (`k`).
    pub fn chosen(&self) -> &[usize] {
        &self.chosen
    }

    /// Their variances over the training records, in the same order (`k`).
    pub fn variances(&self) -> &Array1<f64> {
        &self.variances
    }

    /// The choice of fewer columns from the same fit.
    ///
    /// # Errors
    ///
    /// [`InvalidFeatures`](CompressionError::InvalidFeatures) for none,
    /// [`FeatureCount`](CompressionError::FeatureCount) for more than were chosen.
    pub fn truncated(&self, features: usize) -> Result<Self> {
        Self::params(features).check()?;
        check_feature_count(features, self.nfeatures())?;
        Ok(Self {
            columns: self.columns,
            chosen: self.chosen[..features].to_vec(),
            variances: self.variances.slice(s![..features]).to_owned(),
        })
    }

    pub(super) fn source(&self, feature: usize) -> usize {
        self.chosen[feature]
    }

    pub(super) fn features<F: Float>(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        check_query(records, self.columns)?;
        Ok(select_columns(records, self.nfeatures(), |feature| {
            self.source(feature)
        }))
    }
}

/// Finds the variance of every column of the records (`n x d`); targets and weights are ignored.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`]; those of [`choose`](TopVarianceValidParams::choose).
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for TopVarianceValidParams {
    type Object = TopVariance;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<TopVariance> {
        let records = dataset.records.view();
        check_shape(records.nrows(), records.ncols())?;
        let mut moments = ColumnMoments::new(records.ncols());
        moments.add(records)?;
        self.choose(&moments)
    }
}

/// There are no events.
impl<F: Float, D: Data<Elem = F>, T> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for TopVarianceValidParams
{
}

#[cfg(feature = "serde")]
impl Featuriser for TopVariance {
    fn nfeatures(&self) -> usize {
        self.chosen.len()
    }
}

#[cfg(feature = "serde")]
impl Loadable for TopVariance {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.columns, columns)
    }
}

#[cfg(test)]
mod tests;
