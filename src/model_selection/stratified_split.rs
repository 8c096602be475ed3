//! One stratified part held out of a dataset.

use linfa::dataset::AsSingleTargets;
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{ArrayBase, Data, Ix1, Ix2};
use rand::Rng;

use super::strata::{check_dataset, rows_by_class, select_rows};
use crate::checks::sorted_classes;
use crate::error::SelectionError;
use crate::{Error, Result};

/// The first and the second part of a split.
type Parts<F, L> = (Dataset<F, L, Ix1>, Dataset<F, L, Ix1>);

/// Splits a dataset so that both parts hold every class in proportion to its size: the stratified
/// counterpart of linfa's `split_with_ratio`.
///
/// The first part holds `t = ceil(n * ratio)` of the n rows, and of a class of m rows either
/// `floor(m * t / n)` or one more; the second part holds the rest. It is random which rows of a
/// class go to which part, and generators in the same state give the same parts. Within either
/// part the rows keep their order. Weights and names move along with their rows and columns.
///
/// # Errors
///
/// [`EmptyRecords`], [`TargetCount`], [`WeightCount`], [`SingleClass`]; [`InvalidRatio`] unless
/// `0 < ratio < 1` leaves at least one row on either side.
///
/// # Example
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::model_selection::stratified_split;
/// use ndarray::{array, Array2};
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let targets = array!["a", "a", "a", "a", "a", "b", "b", "b", "b", "b"];
/// let dataset = Dataset::new(Array2::<f32>::zeros((10, 2)), targets);
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let (train, test) = stratified_split(dataset, 0.8, &mut rng)?;
/// assert_eq!(train.targets.len(), 8);
/// assert_eq!(test.targets, array!["a", "b"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`SingleClass`]: crate::error::RecordsError::SingleClass
/// [`InvalidRatio`]: crate::error::SelectionError::InvalidRatio
pub fn stratified_split<F, L, D, T, R>(
    dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ratio: f32,
    rng: &mut R,
) -> Result<Parts<F, L>>
where
    F: Clone,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    R: Rng,
{
    check_dataset(&dataset)?;
    let targets = dataset.targets.as_single_targets();
    sorted_classes(targets)?;
    let first = first_part(targets.len(), ratio)?;
    let (first, second) = deal(&rows_by_class(targets, Some(rng)), first);
    Ok((
        select_rows(&dataset, targets, &first),
        select_rows(&dataset, targets, &second),
    ))
}

/// Rows of the first part, as many as linfa's `split_with_ratio` takes.
fn first_part(samples: usize, ratio: f32) -> Result<usize> {
    let first = (samples as f32 * ratio).ceil() as usize;
    match 0.0 < ratio && 0 < first && first < samples {
        true => Ok(first),
        false => Err(Error::Selection(SelectionError::InvalidRatio {
            ratio,
            samples,
        })),
    }
}

/// Picks `first` of the n rows at even distances: position p is picked if a multiple of
/// `n / first` lies in `(p, p + 1]`. Any m consecutive positions then hold `m * first / n` picks
/// rounded down or up.
pub(super) fn deal(rows: &[usize], first: usize) -> (Vec<usize>, Vec<usize>) {
    let picks = |positions: usize| positions as u128 * first as u128 / rows.len() as u128;
    let mut picked = vec![false; rows.len()];
    for (position, &row) in rows.iter().enumerate() {
        picked[row] = picks(position + 1) > picks(position);
    }
    (0..rows.len()).partition(|&row| picked[row])
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array1, Array2, Axis, array};
    use proptest::prelude::*;
    use rand_xoshiro::Xoshiro256Plus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;
    use crate::error::RecordsError;

    fn rng(seed: u64) -> Xoshiro256Plus {
        Xoshiro256Plus::seed_from_u64(seed)
    }

    /// A dataset whose only feature is the number of the row.
    fn numbered(targets: Array1<usize>) -> Dataset<f64, usize, Ix1> {
        let records = Array::range(0.0, targets.len() as f64, 1.0).insert_axis(Axis(1));
        Dataset::new(records, targets)
    }

    #[test]
    fn picks_are_even() {
        let rows: Vec<usize> = (0..10).collect();
        assert_eq!(deal(&rows, 4), (vec![2, 4, 7, 9], vec![0, 1, 3, 5, 6, 8]));
    }

    #[test]
    fn sizes_are_linfas() {
        for (samples, ratio) in [(10, 0.8), (1797, 0.8), (7, 0.5), (3, 0.1), (1000, 0.9)] {
            let targets = Array1::from_shape_fn(samples, |row| row % 2);
            let (linfas, _) = numbered(targets.clone()).split_with_ratio(ratio);
            let (first, _) = stratified_split(numbered(targets), ratio, &mut rng(0)).unwrap();
            assert_eq!(first.targets.len(), linfas.targets.len());
        }
    }

    #[test]
    fn faults_are_named() {
        for ratio in [0.0, 1.0, -0.5, 2.0, 0.99, f32::NAN, f32::INFINITY] {
            let split = stratified_split(numbered(array![0, 1, 1]), ratio, &mut rng(0));
            let error = split.unwrap_err();
            assert!(matches!(
                error,
                Error::Selection(SelectionError::InvalidRatio { samples: 3, .. })
            ));
        }
        let split = |dataset| stratified_split(dataset, 0.5, &mut rng(0)).unwrap_err();
        assert!(matches!(
            split(numbered(array![1, 1])),
            Error::Records(RecordsError::SingleClass { .. })
        ));
        assert!(matches!(
            split(numbered(array![])),
            Error::Records(RecordsError::EmptyRecords { rows: 0, .. })
        ));
        let short = Dataset::new(Array2::zeros((3, 1)), array![0, 1]);
        assert!(matches!(
            split(short),
            Error::Records(RecordsError::TargetCount { .. })
        ));
    }

    proptest! {
        #[test]
        fn parts_are_disjoint_complete_and_stratified(
            counts in prop::collection::vec(1_usize..30, 2..12),
            ratio in 0.05_f32..0.95,
            seed: u64,
        ) {
            let class = |(class, &count)| std::iter::repeat_n(class, count);
            let targets: Array1<usize> = counts.iter().enumerate().flat_map(class).collect();
            let n = targets.len();
            prop_assume!(first_part(n, ratio).is_ok());
            let (first, second) =
                stratified_split(numbered(targets), ratio, &mut rng(seed)).unwrap();
            let t = first.targets.len();
            for (class, m) in counts.into_iter().enumerate() {
                let found = first.targets.iter().filter(|&&target| target == class).count();
                prop_assert!(found == m * t / n || found == (m * t).div_ceil(n));
            }
            let mut rows: Vec<usize> = first.records.iter().chain(&second.records)
                .map(|&x| x as usize).collect();
            rows.sort_unstable();
            prop_assert!(rows.into_iter().eq(0..n));
        }
    }
}
