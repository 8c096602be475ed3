//! Stratified folds: what they share out, and what they refuse.

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
    let rows =
        |records: ArrayView2<f64>| -> Vec<usize> { records.iter().map(|&x| x as usize).collect() };
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
    assert!(matches!(single, Error::Records(RecordsError::SingleClass { class }) if class == "5"));
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
