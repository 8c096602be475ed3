//! Classification by a vote of the nearest codes.

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Label, ParamGuard};
use ndarray::{Array1, ArrayBase, Data, Ix2};

use super::encoder::Encoder;
use super::neighbors::check_neighbors;
use crate::checks::{check_target_count, classes_of};
use crate::classification::{majority, write_predictions};
#[cfg(feature = "serde")]
use crate::persistence::{Loadable, check_ascending, check_columns, check_numbers};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Float, Result};

/// Checked hyper-parameters of [`KNearestCodes`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::{KNearestCodesParams, SignBits};
///
/// let params = KNearestCodesParams::new(3, SignBits::params()).check()?;
/// assert_eq!(params.k(), 3);
/// assert_eq!(params.encoder(), &SignBits::params());
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "KNearestCodesParams<P>",
        bound(deserialize = "P: serde_crate::Deserialize<'de>")
    )
)]
pub struct KNearestCodesValidParams<P> {
    k: usize,
    encoder: P,
}

/// Hyper-parameters of [`KNearestCodes`], checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::{KNearestCodesParams, SignBits};
///
/// assert!(KNearestCodesParams::new(0, SignBits::params()).check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct KNearestCodesParams<P>(KNearestCodesValidParams<P>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    KNearestCodesParams<P> { k, encoder } => Ok(Self::new(k, encoder));
    where P: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<P> TryFrom<KNearestCodesParams<P>> for KNearestCodesValidParams<P> {
    type Error = Error;

    fn try_from(unchecked: KNearestCodesParams<P>) -> Result<Self> {
        unchecked.check()
    }
}

impl<P> KNearestCodesParams<P> {
    /// A vote of `k` neighbours, `1 <= k <= n`, among the codes of an encoder that is fitted with
    /// the hyper-parameters `encoder`.
    pub fn new(k: usize, encoder: P) -> Self {
        Self(KNearestCodesValidParams { k, encoder })
    }
}

impl<P> ParamGuard for KNearestCodesParams<P> {
    type Checked = KNearestCodesValidParams<P>;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidNeighbors`](crate::error::ClassificationError::InvalidNeighbors) for `k = 0`. The
    /// encoder's hyper-parameters are checked when it is fitted.
    fn check_ref(&self) -> Result<&Self::Checked> {
        check_neighbors(self.0.k, usize::MAX)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<P> KNearestCodesValidParams<P> {
    /// Number of neighbours that vote, at least 1.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The hyper-parameters of the encoder.
    pub fn encoder(&self) -> &P {
        &self.encoder
    }
}

/// A fitted k-nearest-neighbours classifier that keeps the training records' codes alone: the `k`
/// codes nearest to a row decide its class by majority.
///
/// If several classes get the most votes, the class of the nearest of their rows wins; of equally
/// distant rows the first ones vote. The same data give the same classes for any number of threads.
/// Weights are ignored.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::compression::{KNearestCodesParams, ProductQuantizer};
/// use ndarray::array;
///
/// let records = array![[0.0, 0.1], [0.1, 0.0], [5.0, 5.1], [5.2, 5.0]];
/// let train = Dataset::new(records, array!["low", "low", "high", "high"]);
/// let encoder = ProductQuantizer::params(1).centroids(2);
/// let model = KNearestCodesParams::new(1, encoder).fit(&train)?;
/// assert_eq!(model.codes().dim(), (4, 1)); // one byte a row
/// assert_eq!(model.predict(&array![[4.0, 4.0], [1.0, 0.0]]), array!["high", "low"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "E: serde_crate::Serialize, E::Codes: serde_crate::Serialize, L: serde_crate::Serialize"
        )
    )
)]
pub struct KNearestCodes<E: Encoder, L> {
    k: usize,
    encoder: E,
    codes: E::Codes,
    /// Of every record, the position of its class in `classes`.
    labels: Vec<usize>,
    classes: Vec<L>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    KNearestCodes<E, L> { k, encoder, codes, labels, classes } => {
        let model = Self { k, encoder, codes, labels, classes };
        model.check_parts().map(|()| model)
    };
    where
        E: Encoder + serde_crate::Deserialize<'de>,
        E::Codes: serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<E: Encoder, L: Label> KNearestCodes<E, L> {
    /// Codes of the encoder, each of one of the classes, which are in ascending order.
    fn check_parts(&self) -> Result<()> {
        let (labels, classes) = (ndarray::aview1(&self.labels), self.classes.len());
        let samples = self.encoder.check_codes(&self.codes)?;
        check_neighbors(self.k, samples)?;
        check_target_count(samples, labels.len())?;
        check_ascending(&self.classes)?;
        check_numbers("the records' classes", &labels, |label| label < classes)
    }
}

#[cfg(feature = "serde")]
impl<E: Encoder, L> Loadable for KNearestCodes<E, L> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.encoder.nfeatures(), columns)
    }
}

impl<E: Encoder, L: Label> KNearestCodes<E, L> {
    /// The encoder.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// The codes of the training records.
    pub fn codes(&self) -> &E::Codes {
        &self.codes
    }

    /// The classes in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// The class of every row of `records` (`n x d`).
    ///
    /// # Errors
    ///
    /// Those of [`Encoder::nearest`].
    pub fn try_predict<D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>
    where
        D: Data<Elem = E::Element>,
    {
        let nearest = self.encoder.nearest(records.view(), &self.codes, self.k)?;
        let class_of = |rows: ndarray::ArrayView1<usize>| {
            let labels: Vec<usize> = rows.iter().map(|&row| self.labels[row]).collect();
            self.classes[majority(&labels, self.classes.len())].clone()
        };
        Ok(nearest.rows().outer_iter().map(class_of).collect())
    }
}

impl<F: Float, E: Encoder<Element = F>, L: Label> TryPredict<F, L> for KNearestCodes<E, L> {
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }
}

/// Predicts the class of every row of n x d records.
///
/// # Panics
///
/// `predict` and `predict_inplace` panic with the message of the error that
/// [`try_predict`](KNearestCodes::try_predict) returns, and where the number of targets is not that
/// of the records.
impl<L, D, E> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for KNearestCodes<E, L>
where
    L: Label + Default,
    E: Encoder,
    D: Data<Elem = E::Element>,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}

/// Fits the encoder, and keeps the codes and classes of the n x d records.
///
/// # Errors
///
/// Those of the encoder's fit; [`TargetCount`](crate::error::RecordsError::TargetCount),
/// [`Neighbors`](crate::error::ClassificationError::Neighbors) for more neighbours than records.
impl<F, L, D, T, P> Fit<ArrayBase<D, Ix2>, T, Error> for KNearestCodesValidParams<P>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<ArrayBase<D, Ix2>, T, Error>,
    P::Object: Encoder<Element = F>,
{
    type Object = KNearestCodes<P::Object, L>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let (records, targets) = (dataset.records.view(), dataset.targets.as_single_targets());
        let encoder = self.encoder.fit(dataset)?;
        check_target_count(records.nrows(), targets.len())?;
        check_neighbors(self.k, records.nrows())?;
        let classes = classes_of(targets);
        let label = |target| classes.partition_point(|class| class < target);
        Ok(KNearestCodes {
            k: self.k,
            codes: encoder.encode(records)?,
            encoder,
            labels: targets.iter().map(label).collect(),
            classes,
        })
    }
}

/// There are no events.
impl<R, T, P> FitObserved<R, T, Error> for KNearestCodesValidParams<P>
where
    R: Records,
    Self: Fit<R, T, Error>,
{
}

#[cfg(test)]
mod tests;
