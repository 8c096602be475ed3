//! K folds that each hold every class in proportion to its size.
//!
//! The rows are sorted by class, in the order of the classes' first rows, and dealt to the folds in
//! turn, like cards: position p of the sorted rows goes to fold `p mod k`. Each class is a run of
//! consecutive positions, and so is the whole dataset. Therefore both laws of a stratified k-fold
//! hold:
//!
//! - the sizes of two folds differ by at most one;
//! - the counts of any class in two folds differ by at most one, even if k exceeds the size of the
//!   class.

use linfa::dataset::AsSingleTargets;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{ArrayBase, ArrayView1, Data, Ix1, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::splitter::{Split, Splitter, splits_of};
use crate::checks::sorted_classes;
use crate::error::SelectionError;
use crate::model_selection::strata::{check_dataset, rows_by_class, select_rows};
use crate::{Error, Result};

/// Deals the rows of a dataset to `k` folds so that every fold holds each class in proportion to
/// its size.
///
/// Every row is validated exactly once. The sizes of the folds differ by at most one, and so do the
/// counts of any class in them. It is random which rows of a class go to which fold, unless
/// [`shuffle`](Self::shuffle) is `false`. The generator is cloned at every call, so that the same
/// targets always give the same folds.
///
/// # Example
///
/// ```
/// use linfa_fisher::model_selection::StratifiedKFold;
/// use ndarray::array;
///
/// let targets = array!["cat", "cat", "cat", "cat", "dog", "dog"];
/// let folds = StratifiedKFold::new(2).shuffle(false).folds(&targets)?;
/// assert_eq!(folds, [[0, 2, 4], [1, 3, 5]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct StratifiedKFold<R = Xoshiro256Plus> {
    k: usize,
    /// Folds that are validated, the first ones.
    validated: usize,
    shuffle: bool,
    rng: R,
}

impl StratifiedKFold {
    /// `k` shuffled folds, `2 <= k <= n`, seeded with 42.
    pub fn new(k: usize) -> Self {
        Self {
            k,
            validated: k,
            shuffle: true,
            rng: Xoshiro256Plus::seed_from_u64(42),
        }
    }
}

impl<R: Rng + Clone> StratifiedKFold<R> {
    /// Whether the rows of a class are shuffled before they are dealt (default `true`); otherwise
    /// they are dealt as they come.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// Validates only the first `folds` of the k folds, `1 <= folds <= k` (default: all). These
    /// folds have the same validation rows and training rows as in a whole cross-validation, at a
    /// part of its cost. This option applies to [`splits`](Self::splits) and
    /// [`cross_validate`](crate::model_selection::cross_validate); [`folds`](Self::folds) and
    /// [`arrange`](Self::arrange) always deal to all k folds.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::model_selection::StratifiedKFold;
    /// use ndarray::array;
    ///
    /// let targets = array![0, 0, 0, 1, 1, 1];
    /// let all: Vec<_> = StratifiedKFold::new(3).splits(&targets)?.collect();
    /// let first: Vec<_> = StratifiedKFold::new(3).first(1).splits(&targets)?.collect();
    /// assert_eq!(first, all[..1]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn first(mut self, folds: usize) -> Self {
        self.validated = folds;
        self
    }

    /// Another random number generator to shuffle with.
    pub fn with_rng<S: Rng + Clone>(self, rng: S) -> StratifiedKFold<S> {
        StratifiedKFold {
            k: self.k,
            validated: self.validated,
            shuffle: self.shuffle,
            rng,
        }
    }

    /// Number of folds.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Number of folds that are validated.
    pub fn validated(&self) -> usize {
        self.validated
    }

    /// The validation rows of each fold, in ascending order.
    ///
    /// The first `n mod k` folds hold `floor(n / k) + 1` of the n rows, the others
    /// `floor(n / k)`.
    ///
    /// # Errors
    ///
    /// [`Folds`] unless `2 <= k <= n`, [`SingleClass`].
    ///
    /// [`Folds`]: crate::error::SelectionError::Folds
    /// [`SingleClass`]: crate::error::RecordsError::SingleClass
    pub fn folds<L, T>(&self, targets: &T) -> Result<Vec<Vec<usize>>>
    where
        L: Label,
        T: AsSingleTargets<Elem = L>,
    {
        let rows = self.dealing_order(targets.as_single_targets(), &mut self.rng.clone())?;
        Ok(self.deal(&rows).collect())
    }

    /// The pairs (training rows, validation rows) of each fold to be validated, both in ascending
    /// order.
    ///
    /// # Errors
    ///
    /// As for [`folds`](Self::folds); [`ValidatedFolds`] unless the folds to be validated are at
    /// least 1 and at most k.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::model_selection::StratifiedKFold;
    /// use ndarray::array;
    ///
    /// for (training, validation) in StratifiedKFold::new(2).splits(&array![0, 0, 1, 1])? {
    ///     assert_eq!((training.len(), validation.len()), (2, 2));
    /// }
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`ValidatedFolds`]: crate::error::SelectionError::ValidatedFolds
    pub fn splits<L, T>(
        &self,
        targets: &T,
    ) -> Result<impl ExactSizeIterator<Item = Split> + use<L, T, R>>
    where
        L: Label,
        T: AsSingleTargets<Elem = L>,
    {
        let splits = self.split(targets.as_single_targets())?;
        Ok(splits.into_iter())
    }

    /// Reorders a dataset so that linfa's own `iter_fold`, `fold`, `cross_validate` and
    /// `cross_validate_single`, called with this `k`, visit stratified folds.
    ///
    /// linfa takes contiguous blocks of `floor(n / k)` rows as validation rows, one after the
    /// other. It **never validates the last `n mod k` rows**, which only serve to train. Block i
    /// of the returned dataset is fold i of [`folds`](Self::folds). The first `n mod k` folds have
    /// one row too many for their block: these surplus rows, which were dealt last and so are of
    /// the greatest classes, stand at the end. The blocks obey both laws of a stratified k-fold.
    /// [`splits`](Self::splits) validates all rows.
    ///
    /// Weights and names move along with their rows and columns; the result is owned and in
    /// row-major order, as linfa's `iter_fold` demands.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`], [`TargetCount`], [`WeightCount`], and as for [`folds`](Self::folds).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::Dataset;
    /// use linfa_fisher::model_selection::StratifiedKFold;
    /// use ndarray::{array, Array2};
    ///
    /// let sorted = Dataset::new(Array2::<f32>::zeros((6, 1)), array![0, 0, 0, 1, 1, 1]);
    /// let arranged = StratifiedKFold::new(3).arrange(sorted)?;
    /// for (_, validation) in arranged.fold(3) {
    ///     assert_eq!(validation.targets, array![0, 1]);
    /// }
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
    /// [`TargetCount`]: crate::error::RecordsError::TargetCount
    /// [`WeightCount`]: crate::error::RecordsError::WeightCount
    pub fn arrange<F, L, D, T>(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Dataset<F, L, Ix1>>
    where
        F: Clone,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        check_dataset(&dataset)?;
        let rows =
            self.dealing_order(dataset.targets.as_single_targets(), &mut self.rng.clone())?;
        let (blocks, surplus) = rows.split_at(rows.len() - rows.len() % self.k);
        let arranged: Vec<usize> = self
            .deal(blocks)
            .flatten()
            .chain(surplus.iter().copied())
            .collect();
        Ok(select_rows(
            &dataset,
            dataset.targets.as_single_targets(),
            &arranged,
        ))
    }

    /// The folds to be validated, dealt by another generator.
    pub(super) fn split_by<L: Label, S: Rng>(
        &self,
        targets: ArrayView1<L>,
        rng: &mut S,
    ) -> Result<Vec<Split>> {
        let (k, folds) = (self.k, self.validated);
        if folds == 0 || folds > k {
            return Err(SelectionError::ValidatedFolds { folds, k }.into());
        }
        let rows = self.dealing_order(targets, rng)?;
        Ok(splits_of(targets.len(), self.deal(&rows).take(folds)))
    }

    fn dealing_order<L: Label, S: Rng>(
        &self,
        targets: ArrayView1<L>,
        rng: &mut S,
    ) -> Result<Vec<usize>> {
        let (k, samples) = (self.k, targets.len());
        if k < 2 || k > samples {
            return Err(Error::Selection(SelectionError::Folds { k, samples }));
        }
        sorted_classes(targets)?;
        Ok(rows_by_class(targets, self.shuffle.then_some(rng)))
    }

    fn deal<'a>(&self, rows: &'a [usize]) -> impl Iterator<Item = Vec<usize>> + 'a {
        let k = self.k;
        (0..k).map(move |fold| {
            let mut dealt: Vec<usize> = rows.iter().skip(fold).step_by(k).copied().collect();
            dealt.sort_unstable();
            dealt
        })
    }
}

/// # Errors
///
/// As for [`StratifiedKFold::splits`].
impl<L: Label, R: Rng + Clone> Splitter<L> for StratifiedKFold<R> {
    fn split(&self, targets: ArrayView1<L>) -> Result<Vec<Split>> {
        self.split_by(targets, &mut self.rng.clone())
    }
}

#[cfg(test)]
mod tests;
