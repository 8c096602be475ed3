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
mod tests {
    use linfa::dataset::{DatasetView, Records};
    use linfa::traits::{Fit, PredictInplace};
    use ndarray::{Array, Array1, Array2, ArrayView1, ArrayView2, Axis, array};
    use proptest::prelude::*;

    use super::*;
    use crate::error::RecordsError;

    fn targets_of(counts: &[usize]) -> Array1<usize> {
        let class = |(class, &count)| std::iter::repeat_n(class, count);
        counts.iter().enumerate().flat_map(class).collect()
    }

    /// A dataset whose only feature is the number of the row.
    fn numbered(targets: Array1<usize>) -> Dataset<f64, usize, Ix1> {
        let records = Array::range(0.0, targets.len() as f64, 1.0).insert_axis(Axis(1));
        Dataset::new(records, targets)
    }

    fn spread(counts: impl Iterator<Item = usize> + Clone) -> usize {
        counts.clone().max().unwrap() - counts.min().unwrap()
    }

    fn assert_stratified(folds: &[Vec<usize>], targets: &Array1<usize>) {
        assert!(spread(folds.iter().map(Vec::len)) <= 1);
        for class in sorted_classes(targets.view()).unwrap() {
            let count = |fold: &Vec<usize>| fold.iter().filter(|&&r| targets[r] == class).count();
            assert!(spread(folds.iter().map(count)) <= 1, "class {class}");
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<StratifiedKFold>();
    }

    #[test]
    fn hand_worked_folds() {
        // Order by class: 0 2 4 5 | 1 3 6, dealt to three folds in turn.
        let targets = array!["b", "a", "b", "a", "b", "b", "a"];
        let folds = StratifiedKFold::new(3).shuffle(false).folds(&targets);
        assert_eq!(folds.unwrap(), [vec![0, 5, 6], vec![1, 2], vec![3, 4]]);
    }

    #[test]
    fn folds_do_not_depend_on_what_classes_are_called() {
        let folds = StratifiedKFold::new(2).shuffle(false);
        let words = array!["H", "H", "H", "S", "S", "S", "H"];
        let expected = folds.folds(&words).unwrap();
        for names in [["Happy", "Sad"], ["10", "2"], ["2", "10"]] {
            let renamed = words.mapv(|word| names[usize::from(word == "S")]);
            assert_eq!(folds.folds(&renamed).unwrap(), expected, "{names:?}");
        }
        for one in [0_usize, 1] {
            let numbers = words.mapv(|word| if word == "H" { one } else { 1 - one });
            assert_eq!(folds.folds(&numbers).unwrap(), expected);
        }
    }

    #[test]
    fn hand_worked_arrangement() {
        // As above; row 6 is the one dealt last and ends the dataset.
        let dataset = numbered(array![1, 0, 1, 0, 1, 1, 0])
            .with_weights(Array::range(0.0, 7.0, 1.0))
            .with_feature_names(vec!["row"])
            .with_target_names(vec!["class"]);
        let arranged = StratifiedKFold::new(3).shuffle(false).arrange(dataset);
        let arranged = arranged.unwrap();
        assert_eq!(
            arranged.records.column(0),
            array![0.0, 5.0, 1.0, 2.0, 3.0, 4.0, 6.0]
        );
        assert_eq!(arranged.targets, array![1, 1, 0, 1, 0, 1, 0]);
        assert_eq!(arranged.weights, array![0.0, 5.0, 1.0, 2.0, 3.0, 4.0, 6.0]);
        assert_eq!(arranged.feature_names(), ["row"]);
        assert_eq!(arranged.target_names(), ["class"]);
    }

    #[test]
    fn thirty_nine_images_of_thirty_six_classes_over_forty_folds() {
        let targets = targets_of(&[39; 36]);
        let folds = StratifiedKFold::new(40).folds(&targets).unwrap();
        assert_stratified(&folds, &targets);
        assert!(folds.iter().all(|fold| matches!(fold.len(), 35 | 36)));
    }

    #[test]
    fn shuffled_folds_are_pinned() {
        let targets = targets_of(&[4, 4]);
        let folds = StratifiedKFold::new(2).folds(&targets).unwrap();
        assert_eq!(folds, [[0, 3, 5, 7], [1, 2, 4, 6]]);
        let seeded = StratifiedKFold::new(2).with_rng(Xoshiro256Plus::seed_from_u64(42));
        assert_eq!(seeded.folds(&targets).unwrap(), folds);
        let other = StratifiedKFold::new(2).with_rng(Xoshiro256Plus::seed_from_u64(1));
        assert_ne!(other.folds(&targets).unwrap(), folds);
    }

    #[test]
    fn labels_may_be_booleans_and_views_of_strings() {
        let booleans = array![true, false, true, false];
        assert!(StratifiedKFold::new(2).folds(&booleans.view()).is_ok());
        let strings = array!["a".to_string(), "b".to_string()];
        let dataset = DatasetBase::new(array![[1.0_f32], [2.0]], strings);
        assert!(StratifiedKFold::new(2).arrange(dataset.view()).is_ok());
    }

    #[test]
    fn linfas_folds_are_the_blocks() {
        let targets = targets_of(&[7, 5, 11]);
        let k = 4;
        let stratified = StratifiedKFold::new(k);
        let folds = stratified.folds(&targets).unwrap();
        let mut arranged = stratified.arrange(numbered(targets.clone())).unwrap();
        let surplus: Vec<usize> = arranged
            .records
            .iter()
            .skip(20)
            .map(|&x| x as usize)
            .collect();
        let expected: Vec<Vec<usize>> = folds
            .iter()
            .map(|fold| {
                fold.iter()
                    .copied()
                    .filter(|r| !surplus.contains(r))
                    .collect()
            })
            .collect();
        assert_stratified(&expected, &targets);
        let rows = |records: ArrayView2<f64>| -> Vec<usize> {
            records.iter().map(|&x| x as usize).collect()
        };
        for (fold, (training, validation)) in expected.iter().zip(arranged.fold(k)) {
            assert_eq!(&rows(validation.records.view()), fold);
            assert_eq!(training.nsamples(), 18);
        }
        let visited: Vec<Vec<usize>> = arranged
            .iter_fold(k, |training| assert_eq!(training.nsamples(), 18))
            .map(|(_, validation)| rows(validation.records))
            .collect();
        assert_eq!(visited, expected);
    }

    /// Predicts the number of training rows of class 1.
    struct CountOnes;

    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    struct Never(#[from] linfa::Error);

    struct Ones(usize);

    impl<'a> Fit<ArrayView2<'a, f64>, ArrayView1<'a, usize>, Never> for CountOnes {
        type Object = Ones;

        fn fit(&self, training: &DatasetView<f64, usize, Ix1>) -> std::result::Result<Ones, Never> {
            Ok(Ones(training.targets.iter().filter(|&&t| t == 1).count()))
        }
    }

    impl PredictInplace<ArrayView2<'_, f64>, Array1<usize>> for Ones {
        fn predict_inplace(&self, _: &ArrayView2<f64>, predictions: &mut Array1<usize>) {
            predictions.fill(self.0);
        }

        fn default_target(&self, records: &ArrayView2<f64>) -> Array1<usize> {
            Array1::zeros(records.nrows())
        }
    }

    #[test]
    fn linfas_cross_validation_sees_even_classes() {
        let sorted = numbered(targets_of(&[10, 20]));
        let mut arranged = StratifiedKFold::new(5).arrange(sorted).unwrap();
        let ones = arranged
            .cross_validate_single(5, &[CountOnes], |predictions, truth| {
                assert_eq!(truth.iter().filter(|&&t| t == 1).count(), 4);
                Ok(predictions[0] as f64)
            })
            .unwrap();
        assert_eq!(ones, array![16.0]);
    }

    #[test]
    fn faults_are_named() {
        let folds = |k, targets: Array1<usize>| StratifiedKFold::new(k).folds(&targets);
        for k in [0, 1, 4] {
            let found = folds(k, array![0, 1, 1]).unwrap_err();
            assert!(
                matches!(found, Error::Selection(SelectionError::Folds { k: l, samples: 3 }) if l == k)
            );
        }
        let empty = folds(2, Array1::zeros(0)).unwrap_err();
        assert!(matches!(
            empty,
            Error::Selection(SelectionError::Folds { k: 2, samples: 0 })
        ));
        let single = folds(2, array![5, 5]).unwrap_err();
        assert!(
            matches!(single, Error::Records(RecordsError::SingleClass { class }) if class == "5")
        );
        let arrange = |dataset| StratifiedKFold::new(2).arrange(dataset).unwrap_err();
        let records = Array2::<f64>::zeros((3, 1));
        assert!(matches!(
            arrange(Dataset::new(records, array![0_usize, 1])),
            Error::Records(RecordsError::TargetCount {
                records: 3,
                targets: 2
            })
        ));
        assert!(matches!(
            arrange(Dataset::new(Array2::zeros((0, 3)), Array1::zeros(0))),
            Error::Records(RecordsError::EmptyRecords {
                rows: 0,
                columns: 3
            })
        ));
    }

    proptest! {
        #[test]
        fn every_row_is_validated_once_and_every_class_is_spread(
            counts in prop::collection::vec(1_usize..30, 2..12),
            k in 2_usize..40,
            shuffle: bool,
            seed: u64,
        ) {
            let targets = targets_of(&counts);
            let k = k.min(targets.len());
            let rng = Xoshiro256Plus::seed_from_u64(seed);
            let stratified = StratifiedKFold::new(k).shuffle(shuffle).with_rng(rng);
            let folds = stratified.folds(&targets).unwrap();
            prop_assert_eq!(folds.len(), k);
            assert_stratified(&folds, &targets);
            let mut validated = folds.concat();
            validated.sort_unstable();
            prop_assert!(validated.into_iter().eq(0..targets.len()));
            for (training, validation) in stratified.splits(&targets).unwrap() {
                let mut all = [training, validation].concat();
                all.sort_unstable();
                prop_assert!(all.into_iter().eq(0..targets.len()));
            }
        }

        #[test]
        fn arranged_blocks_are_stratified(
            counts in prop::collection::vec(1_usize..30, 2..12),
            k in 2_usize..40,
            seed: u64,
        ) {
            let targets = targets_of(&counts);
            let k = k.min(targets.len());
            let rng = Xoshiro256Plus::seed_from_u64(seed);
            let stratified = StratifiedKFold::new(k).with_rng(rng);
            let arranged = stratified.arrange(numbered(targets.clone())).unwrap();
            let rows: Vec<usize> = arranged.records.iter().map(|&x| x as usize).collect();
            let blocks: Vec<_> = rows
                .chunks_exact(targets.len() / k)
                .take(k)
                .map(<[usize]>::to_vec)
                .collect();
            assert_stratified(&blocks, &targets);
            for (block, fold) in blocks.iter().zip(stratified.folds(&targets).unwrap()) {
                prop_assert!(block.iter().all(|row| fold.contains(row)));
            }
            let mut all = rows;
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(0..targets.len()));
        }
    }
}
