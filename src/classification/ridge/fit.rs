//! Fits: from datasets, from a source of blocks, from moments.

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::Fit;
use linfa::{DatasetBase, Label};
use ndarray::{ArrayBase, ArrayView1, Data, Ix2, aview1, s};

use super::model::RidgeClassifier;
use super::moments::RidgeMoments;
use super::params::RidgeClassifierValidParams;
use crate::checks::{check_labelled, check_weights, sorted_classes};
use crate::classification::hyperplanes::fitted;
use crate::classification::rows::read_once;
use crate::classification::targets::{codes_of, weights_of};
use crate::record_source::RecordSource;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

impl<F: Float, L: Label> RidgeClassifierValidParams<F, L> {
    /// Fits the classifier to records that come in blocks from a source, in one pass: of the
    /// records, no more than a block is held. `targets` (`n`) has the class of each record.
    ///
    /// # Errors
    ///
    /// [`RowCount`], [`Width`], [`NonFinite`], [`EmptyRecords`]; [`SingleClass`];
    /// [`SecondMoments`], [`SingularMoments`]; [`Source`] for an error of the source.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::ParamGuard;
    /// use linfa_fisher::classification::RidgeClassifier;
    /// use ndarray::{array, Array1, Array2};
    ///
    /// let blocks = |_: usize| (0..10).map(|i| Array2::from_elem((2, 1), f64::from(i) - 4.5));
    /// let targets = Array1::from_shape_fn(20, |row| row >= 10);
    /// let model = RidgeClassifier::params().check()?.fit_source(&blocks, targets.view())?;
    /// assert_eq!(model.try_predict(&array![[-2.0], [3.0]])?, array![false, true]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`RowCount`]: crate::error::RecordsError::RowCount
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`SingleClass`]: crate::error::RecordsError::SingleClass
    /// [`SecondMoments`]: crate::error::ClassificationError::SecondMoments
    /// [`SingularMoments`]: crate::error::ClassificationError::SingularMoments
    /// [`Source`]: crate::error::ClassificationError::Source
    pub fn fit_source<S: RecordSource<F>>(
        &self,
        source: &S,
        targets: ArrayView1<L>,
    ) -> Result<RidgeClassifier<F, L>> {
        let classes = sorted_classes(targets)?;
        let codes = codes_of(targets, &classes);
        let weights = weights_of(aview1(&[]), &codes, classes.len(), self.balanced());
        let mut moments = RidgeMoments::new(classes.clone(), 0)?;
        read_once(source, targets.len(), &mut |first, block| {
            if first == 0 {
                moments = RidgeMoments::new(classes.clone(), block.ncols())?;
            }
            let rows = first..first + block.nrows();
            let weights = weights.slice(s![rows.clone()]);
            moments.add_records(block, &codes[rows], weights);
            Ok(())
        })?;
        self.fit_moments(&moments)
    }

    /// The classifier of records of which the moments are known. Whether classes are balanced does
    /// not matter: the moments have the weights of the records.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`] for moments of no records; [`SecondMoments`] for records too large to
    /// square; [`SingularMoments`] for a penalty that is too small for features that depend on each
    /// other; [`NonFiniteWeights`](crate::error::ClassificationError::NonFiniteWeights) for weights
    /// that numbers of type `F` do not hold.
    ///
    /// # Example
    ///
    /// See [`RidgeMoments`].
    ///
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`SecondMoments`]: crate::error::ClassificationError::SecondMoments
    /// [`SingularMoments`]: crate::error::ClassificationError::SingularMoments
    pub fn fit_moments(&self, moments: &RidgeMoments<L>) -> Result<RidgeClassifier<F, L>> {
        let (weights, intercepts) = moments.solve(self.alpha())?;
        let (weights, intercepts) = fitted(weights.view(), intercepts)?;
        let classes = moments.classes().to_vec();
        Ok(RidgeClassifier::new(weights, intercepts, classes))
    }
}

/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`TargetCount`], [`WeightCount`], [`InvalidWeight`],
/// [`NoWeight`], [`SingleClass`]; those of
/// [`fit_moments`](RidgeClassifierValidParams::fit_moments).
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`InvalidWeight`]: crate::error::RecordsError::InvalidWeight
/// [`NoWeight`]: crate::error::RecordsError::NoWeight
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
impl<F, L, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for RidgeClassifierValidParams<F, L>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
{
    type Object = RidgeClassifier<F, L>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let classes = check_labelled(dataset)?;
        check_weights(dataset.weights.view())?;
        let codes = codes_of(dataset.targets.as_single_targets(), &classes);
        let given = dataset.weights.view();
        let weights = weights_of(given, &codes, classes.len(), self.balanced());
        let mut moments = RidgeMoments::new(classes, dataset.records.ncols())?;
        moments.add_records(dataset.records.view(), &codes, weights.view());
        self.fit_moments(&moments)
    }
}

/// Reports nothing: there is one pass.
impl<F, L, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for RidgeClassifierValidParams<F, L>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    ArrayBase<D, Ix2>: Records,
{
}
