//! Stratified folds, dealt several times.

use linfa::Label;
use ndarray::ArrayView1;
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::splitter::{Split, Splitter};
use super::stratified_k_fold::StratifiedKFold;
use crate::Result;
use crate::error::SelectionError;

/// k stratified folds, dealt anew in every repetition: every row is validated as often as there are
/// repetitions, and the mean over all folds depends less on how the rows were dealt.
///
/// The rows are shuffled by one generator, repetition after repetition; the first deals as
/// [`StratifiedKFold`] does with the same generator.
///
/// # Example
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::model_selection::{cross_validate, RepeatedStratifiedKFold};
/// use ndarray::{array, Array};
///
/// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
/// let dataset = Dataset::new(records, array![0, 0, 0, 1, 1, 1]);
/// let folds = RepeatedStratifiedKFold::new(3, 10);
/// let report = cross_validate(&dataset, &KNearestNeighbors::params(1), &folds)?;
/// assert_eq!(report.fold_accuracies().len(), 30);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct RepeatedStratifiedKFold<R = Xoshiro256Plus> {
    k: usize,
    repetitions: usize,
    rng: R,
}

impl RepeatedStratifiedKFold {
    /// `k` shuffled folds, `2 <= k <= n`, dealt `repetitions` times, at least once; seeded with 42.
    pub fn new(k: usize, repetitions: usize) -> Self {
        Self {
            k,
            repetitions,
            rng: Xoshiro256Plus::seed_from_u64(42),
        }
    }
}

impl<R: Rng + Clone> RepeatedStratifiedKFold<R> {
    /// Another random number generator to shuffle with.
    pub fn with_rng<S: Rng + Clone>(self, rng: S) -> RepeatedStratifiedKFold<S> {
        RepeatedStratifiedKFold {
            k: self.k,
            repetitions: self.repetitions,
            rng,
        }
    }
}

/// # Errors
///
/// Those of [`StratifiedKFold::folds`]; [`Repetitions`](SelectionError::Repetitions) for none.
impl<L: Label, R: Rng + Clone> Splitter<L> for RepeatedStratifiedKFold<R> {
    fn split(&self, targets: ArrayView1<L>) -> Result<Vec<Split>> {
        if self.repetitions == 0 {
            return Err(SelectionError::Repetitions.into());
        }
        let folds = StratifiedKFold::new(self.k);
        let mut rng = self.rng.clone();
        let mut splits = Vec::new();
        for _ in 0..self.repetitions {
            splits.extend(folds.split_by(targets, &mut rng)?);
        }
        Ok(splits)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RepeatedStratifiedKFold>();
    }

    #[test]
    fn every_repetition_validates_every_row_once() {
        let targets = array![0_usize, 0, 0, 0, 1, 1, 1, 1, 1];
        let splits = RepeatedStratifiedKFold::new(3, 4).split(targets.view());
        let splits = splits.unwrap();
        assert_eq!(splits.len(), 12);
        for repetition in splits.chunks(3) {
            let mut rows: Vec<usize> = repetition
                .iter()
                .flat_map(|(_, rows)| rows.clone())
                .collect();
            rows.sort_unstable();
            assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        }
        assert_ne!(splits[..3], splits[3..6]);
        let first = StratifiedKFold::new(3).split(targets.view()).unwrap();
        assert_eq!(splits[..3], first);
    }

    #[test]
    fn none_is_an_error() {
        let none = RepeatedStratifiedKFold::new(2, 0).split(array![0_usize, 1].view());
        assert!(matches!(
            none,
            Err(Error::Selection(SelectionError::Repetitions))
        ));
    }
}
