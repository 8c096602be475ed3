//! Classification by a vote of the nearest training rows.

mod hyperparams;

pub use hyperparams::{KNearestNeighborsParams, KNearestNeighborsValidParams};

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Float, Label};
use linfa_nn::distance::L2Dist;
use linfa_nn::{NearestNeighbour, NnError};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};
use rayon::prelude::*;

use super::{write_predictions, DecisionFunction, NeighborDistance};
use crate::checks::{check_query, check_records, check_target_count, sorted_classes};
use crate::error::ClassificationError;
#[cfg(feature = "serde")]
use crate::persistence::{check_classes, check_columns, check_numbers, Loadable};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Greatest number of records that a tree of linfa-nn keeps in a leaf.
const LEAF_SIZE: usize = 16;

/// A fitted k-nearest-neighbours classifier: the training rows with their classes, of which the
/// `k` nearest to a row decide its class by majority.
///
/// Where several classes get the most votes, the one with the nearest row of them wins. Which
/// of equally distant rows count among the `k` nearest is up to the index of linfa-nn, and may
/// differ between indices; it is the same from run to run and for any number of threads.
///
/// The index borrows the training rows and is built anew at each prediction, once for all rows
/// predicted, which are searched in parallel. Weights are ignored.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_nn::{distance::L1Dist, CommonNearestNeighbour};
/// use ndarray::array;
///
/// let records = array![[0.0, 1.0], [1.0, 0.0], [7.0, 8.0], [8.0, 7.0]];
/// let dataset = Dataset::new(records, array!["low", "low", "high", "high"]);
/// let model = KNearestNeighbors::params(1).fit(&dataset)?;
/// assert_eq!(model.predict(&array![[2.0, 2.0], [6.0, 6.0]]), array!["low", "high"]);
///
/// let params = KNearestNeighbors::params(2)
///     .algorithm(CommonNearestNeighbour::KdTree)
///     .distance(L1Dist);
/// assert_eq!(params.fit(&dataset)?.try_predict(&dataset.records)?, dataset.targets);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct KNearestNeighbors<F, L, D = L2Dist> {
    records: Array2<F>,
    /// Of every record, the position of its class in `classes`.
    codes: Vec<usize>,
    classes: Vec<L>,
    params: KNearestNeighborsValidParams<F, L, D>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    KNearestNeighbors<F, L, D> { records, codes, classes, params }
    where F: Float, L: Label, D: NeighborDistance<F>
}

#[cfg(feature = "serde")]
impl<F: Float, L: Label, D: NeighborDistance<F>> KNearestNeighbors<F, L, D> {
    /// Records that can be fitted, each of one of at least two classes in ascending order.
    fn check_parts(&self) -> Result<()> {
        let (codes, classes) = (ndarray::aview1(&self.codes), self.classes.len());
        check_training(&self.params, self.records.view(), codes.len())?;
        check_classes(&self.classes)?;
        check_numbers("the records' classes", &codes, |code| code < classes)
    }
}

#[cfg(feature = "serde")]
impl<F: Float, L, D> Loadable for KNearestNeighbors<F, L, D> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.records.ncols(), columns)
    }
}

impl<F: Float, L: Label> KNearestNeighbors<F, L> {
    /// A vote of `k` neighbours, `1 <= k <= n`, found by linear search in Euclidean distance.
    pub fn params(k: usize) -> KNearestNeighborsParams<F, L> {
        KNearestNeighborsParams::new(k)
    }
}

/// Keeps a copy of the n x d records.
///
/// # Errors
///
/// [`RecordsError::EmptyRecords`](crate::error::RecordsError::EmptyRecords), [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite), [`RecordsError::TargetCount`](crate::error::RecordsError::TargetCount), [`RecordsError::SingleClass`](crate::error::RecordsError::SingleClass);
/// [`ClassificationError::Neighbors`](crate::error::ClassificationError::Neighbors) for more neighbours than records; [`ClassificationError::DistanceOverflow`](crate::error::ClassificationError::DistanceOverflow) for records
/// so large that distances between them may be infinite.
impl<F, L, D, T, M> Fit<ArrayBase<D, Ix2>, T, Error> for KNearestNeighborsValidParams<F, L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    M: NeighborDistance<F>,
{
    type Object = KNearestNeighbors<F, L, M>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let (records, targets) = (dataset.records.view(), dataset.targets.as_single_targets());
        check_training(self, records, targets.len())?;
        let classes = sorted_classes(targets)?;
        let code = |target| classes.partition_point(|class| class < target);
        Ok(KNearestNeighbors {
            records: records.as_standard_layout().into_owned(),
            codes: targets.iter().map(code).collect(),
            classes,
            params: self.clone(),
        })
    }
}

impl<F, L, D, T, M> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for KNearestNeighborsValidParams<F, L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    M: NeighborDistance<F>,
{
}

impl<F, L, D, T, M> FitObserved<ArrayBase<D, Ix2>, T, Error> for KNearestNeighborsParams<F, L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    M: NeighborDistance<F>,
{
}

impl<F: Float, L: Label, M: NeighborDistance<F>> KNearestNeighbors<F, L, M> {
    /// Number of features d that the model was trained on.
    pub fn nfeatures(&self) -> usize {
        self.records.ncols()
    }

    /// The class of every row of `records` (n x d).
    ///
    /// # Errors
    ///
    /// [`RecordsError::Width`](crate::error::RecordsError::Width) for records of another width than the model was trained on,
    /// [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite) for NaN and infinities, [`ClassificationError::DistanceOverflow`](crate::error::ClassificationError::DistanceOverflow) for records so
    /// large that distances from the training rows may be infinite.
    pub fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        let neighbors = self.neighbors(records.view())?;
        let class_of = |neighbors: Vec<usize>| self.classes[self.majority(&neighbors)].clone();
        Ok(neighbors.into_iter().map(class_of).collect())
    }

    /// The classes of the k training rows nearest to every row, the nearest first.
    fn neighbors(&self, records: ArrayView2<F>) -> Result<Vec<Vec<usize>>> {
        check_query(records, self.nfeatures())?;
        check_distances(
            self.params.distance(),
            &[self.records.view(), records.view()],
        )?;
        let queries = records.as_standard_layout();
        let (codes, params) = (&self.codes, &self.params);
        let index = params
            .algorithm()
            .from_batch_with_leaf_size(&self.records, LEAF_SIZE, params.distance().clone())
            .map_err(Error::estimator)?;
        let nearest = |row| {
            let nearest = index.k_nearest(queries.row(row), params.k())?;
            Ok(nearest.iter().map(|&(_, row)| codes[row]).collect())
        };
        let rows = (0..queries.nrows()).into_par_iter();
        let found: Vec<std::result::Result<_, NnError>> = rows.map(nearest).collect();
        found
            .into_iter()
            .map(|row| row.map_err(Error::estimator))
            .collect()
    }

    /// The class of most neighbours, of several the one met first.
    fn majority(&self, neighbors: &[usize]) -> usize {
        let votes = self.count_votes(neighbors);
        // `max_by_key` keeps the last of equals.
        let winner = neighbors.iter().rev().max_by_key(|&&class| votes[class]);
        winner.copied().unwrap_or_default()
    }

    fn count_votes(&self, neighbors: &[usize]) -> Vec<usize> {
        let mut votes = vec![0; self.classes.len()];
        neighbors.iter().for_each(|&class| votes[class] += 1);
        votes
    }
}

/// The share of the neighbours that each class has, in `[0, 1]` with the sum 1.
impl<F: Float, L: Label, M: NeighborDistance<F>> DecisionFunction<F>
    for KNearestNeighbors<F, L, M>
{
    type Label = L;

    fn classes(&self) -> &[L] {
        &self.classes
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        let neighbors = self.neighbors(records.view())?;
        let mut shares = Array2::zeros((neighbors.len(), self.classes.len()));
        for (neighbors, mut row) in neighbors.iter().zip(shares.outer_iter_mut()) {
            for (share, votes) in row.iter_mut().zip(self.count_votes(neighbors)) {
                *share = F::cast(votes) / F::cast(self.params.k());
            }
        }
        Ok(shares)
    }
}

impl<F, L, M> TryPredict<F, L> for KNearestNeighbors<F, L, M>
where
    F: Float,
    L: Label,
    M: NeighborDistance<F>,
{
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }
}

/// Predicts the class of every row of n x d records.
///
/// # Panics
///
/// `predict` and `predict_inplace` panic with the message of the error that
/// [`try_predict`](KNearestNeighbors::try_predict) returns, and where the number of targets is
/// not that of the records.
impl<F, L, D, M> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for KNearestNeighbors<F, L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    M: NeighborDistance<F>,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}

/// Training rows and as many targets, enough of them, and with finite distances.
fn check_training<F, L, M>(
    params: &KNearestNeighborsValidParams<F, L, M>,
    records: ArrayView2<F>,
    targets: usize,
) -> Result<()>
where
    F: Float,
    M: NeighborDistance<F>,
{
    let (k, samples) = (params.k(), records.nrows());
    check_records(records)?;
    check_target_count(samples, targets)?;
    check_distances(params.distance(), &[records])?;
    match k > samples {
        true => Err(Error::Classification(ClassificationError::Neighbors {
            k,
            samples,
        })),
        false => Ok(()),
    }
}

/// linfa-nn panics at a distance that is infinite or NaN. None is, if that between the corners of
/// a cube around all records is finite: the cube is as wide as the sum of the rows of a leaf can
/// be, from which a ball tree takes their centre.
fn check_distances<F, M>(distance: &M, records: &[ArrayView2<F>]) -> Result<()>
where
    F: Float,
    M: NeighborDistance<F>,
{
    let values = records.iter().flat_map(|records| records.iter());
    let magnitude = values.fold(F::zero(), |greatest, x| greatest.max(x.abs()));
    let columns = records.first().map_or(0, |records| records.ncols());
    let corner = magnitude * F::cast(LEAF_SIZE);
    let corners = [corner, -corner].map(|x| Array1::from_elem(columns, x));
    match distance.rdistance(corners[0].view(), corners[1].view()) {
        width if width.is_finite() => Ok(()),
        _ => Err(Error::Classification(
            ClassificationError::DistanceOverflow {
                magnitude: magnitude.to_f64().unwrap_or(f64::NAN),
            },
        )),
    }
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use linfa::Dataset;
    use linfa_nn::distance::{Distance, L1Dist, LInfDist};
    use linfa_nn::CommonNearestNeighbour;
    use ndarray::{array, ArrayView1, Ix1};
    use proptest::prelude::*;
    use rand::Rng;
    use rand_xoshiro::rand_core::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    use super::super::CosineDist;
    use super::*;
    use crate::error::RecordsError;

    const INDICES: [CommonNearestNeighbour; 3] = [
        CommonNearestNeighbour::LinearSearch,
        CommonNearestNeighbour::KdTree,
        CommonNearestNeighbour::BallTree,
    ];

    /// Records at 0, 1, 3, 6, 10 on a line.
    fn line<F: Float>() -> Dataset<F, &'static str, Ix1> {
        let records = array![[0.0], [1.0], [3.0], [6.0], [10.0]];
        Dataset::new(records.mapv(F::cast), array!["a", "b", "b", "a", "a"])
    }

    fn random(rows: usize, columns: usize, rng: &mut Xoshiro256Plus) -> Array2<f64> {
        Array2::from_shape_simple_fn((rows, columns), || rng.gen_range(-1.0..1.0))
    }

    fn brute_force<M: Distance<f64>>(
        dataset: &Dataset<f64, usize, Ix1>,
        query: ArrayView1<f64>,
        distance: &M,
        k: usize,
    ) -> usize {
        let records = dataset.records.outer_iter().zip(&dataset.targets);
        let mut sorted: Vec<(f64, usize)> = records
            .map(|(record, &target)| (distance.distance(record, query), target))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest: Vec<usize> = sorted.iter().take(k).map(|&(_, target)| target).collect();
        let votes = |class| nearest.iter().filter(|&&other| other == class).count();
        let most = nearest.iter().map(|&class| votes(class)).max().unwrap();
        nearest
            .iter()
            .copied()
            .find(|&class| votes(class) == most)
            .unwrap()
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<KNearestNeighbors<f64, String, CosineDist>>();
        has_autotraits::<KNearestNeighborsParams<f64, String, CosineDist>>();
        has_autotraits::<KNearestNeighborsValidParams<f64, String, CosineDist>>();
    }

    #[test]
    fn votes_are_worked_by_hand() {
        fn check<F: Float>() {
            let queries = array![[0.2], [4.0], [7.0]].mapv(F::cast);
            for (k, expected) in [
                (1, array!["a", "b", "a"]),
                (3, array!["b", "b", "a"]),
                (5, array!["a", "a", "a"]),
            ] {
                for index in INDICES {
                    let params = KNearestNeighbors::params(k).algorithm(index);
                    let model = params.fit(&line::<F>()).unwrap();
                    assert_eq!(model.predict(&queries), expected, "k = {k}");
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn the_nearest_of_tied_classes_wins() {
        let model = KNearestNeighbors::params(2).fit(&line::<f64>()).unwrap();
        let predictions = model.try_predict(&array![[0.4], [0.6], [4.4], [4.6]]);
        assert_eq!(predictions.unwrap(), array!["a", "b", "b", "a"]);
    }

    #[test]
    fn decision_values_are_shares_of_the_vote() {
        let model = KNearestNeighbors::params(4).fit(&line::<f64>()).unwrap();
        assert_eq!(model.classes(), ["a", "b"]);
        assert_eq!(model.nfeatures(), 1);
        let shares = model.decision_function(&array![[0.0], [10.0]]).unwrap();
        assert_eq!(shares, array![[0.5, 0.5], [0.5, 0.5]]);
        let model = KNearestNeighbors::params(2).fit(&line::<f64>()).unwrap();
        let shares = model.decision_function(&array![[2.0], [9.0]]).unwrap();
        assert_eq!(shares, array![[0.0, 1.0], [1.0, 0.0]]);
    }

    #[test]
    fn cosine_distance_ignores_lengths() {
        let dataset = Dataset::new(array![[1.0, 0.0], [0.0, 100.0]], array![true, false]);
        let queries = array![[100.0, 90.0], [0.09, 0.1]];
        let euclidean = KNearestNeighbors::params(1).fit(&dataset).unwrap();
        assert_eq!(euclidean.predict(&queries), array![false, true]);
        let cosine = KNearestNeighbors::params(1).distance(CosineDist);
        let cosine = cosine.fit(&dataset).unwrap();
        assert_eq!(cosine.predict(&queries), array![true, false]);
    }

    #[test]
    fn memory_order_does_not_matter() {
        let records = array![[0.0, 0.1, 5.0], [9.0, 8.0, 7.0]];
        let dataset = DatasetBase::new(records.t(), array![0_usize, 0, 1]);
        let queries = array![[4.0, 0.0], [6.0, 9.0]];
        for index in INDICES {
            let params = KNearestNeighbors::params(1).algorithm(index);
            let model = params.fit(&dataset).unwrap();
            assert_eq!(model, params.fit(&dataset.to_owned()).unwrap());
            assert_eq!(model.predict(&queries.t()), array![1, 0]);
        }
    }

    #[test]
    fn faulty_parameters_are_named() {
        let fit = |k| {
            KNearestNeighbors::params(k)
                .fit(&line::<f64>())
                .unwrap_err()
        };
        assert!(matches!(
            fit(0),
            Error::Classification(ClassificationError::InvalidNeighbors(0))
        ));
        assert!(matches!(
            fit(6),
            Error::Classification(ClassificationError::Neighbors { k: 6, samples: 5 })
        ));
        for index in INDICES[1..].iter().cloned() {
            let params = KNearestNeighbors::params(1).distance(CosineDist);
            let error = params.algorithm(index.clone()).fit(&line::<f64>());
            assert!(
                matches!(error, Err(Error::Classification(ClassificationError::InvalidIndex { index: i })) if i == index)
            );
        }
    }

    #[test]
    fn faulty_data_are_named() {
        let fit = |records: Array2<f64>, targets: Array1<usize>| {
            let dataset = Dataset::new(records, targets);
            KNearestNeighbors::params(1).fit(&dataset).unwrap_err()
        };
        assert!(matches!(
            fit(Array2::zeros((2, 0)), array![0, 1]),
            Error::Records(RecordsError::EmptyRecords { columns: 0, .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [f64::NAN]], array![0, 1]),
            Error::Records(RecordsError::NonFinite { row: 1, .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![0]),
            Error::Records(RecordsError::TargetCount { .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![4, 4]),
            Error::Records(RecordsError::SingleClass { .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [-1e160]], array![0, 1]),
            Error::Classification(ClassificationError::DistanceOverflow { magnitude }) if magnitude == 1e160
        ));
    }

    #[test]
    fn queries_are_checked_and_may_be_empty() {
        let model = KNearestNeighbors::params(1).fit(&line::<f32>()).unwrap();
        let error = |queries| model.try_predict(&queries).unwrap_err();
        assert!(matches!(
            error(array![[1.0, 2.0]]),
            Error::Records(RecordsError::Width {
                expected: 1,
                found: 2
            })
        ));
        assert!(matches!(
            error(array![[0.0], [f32::INFINITY]]),
            Error::Records(RecordsError::NonFinite { row: 1, .. })
        ));
        assert!(matches!(
            error(array![[1e30]]),
            Error::Classification(ClassificationError::DistanceOverflow { .. })
        ));
        let nothing = model.try_predict(&Array2::zeros((0, 1))).unwrap();
        assert!(nothing.is_empty());
    }

    #[test]
    #[should_panic(expected = "record [0, 0] is NaN, expected a finite number")]
    fn predict_panics_with_the_message() {
        let model = KNearestNeighbors::params(1).fit(&line::<f64>()).unwrap();
        model.predict(&array![[f64::NAN]]);
    }

    #[test]
    fn records_at_the_limit_do_not_panic() {
        let greatest = f64::MAX / (2.0 * LEAF_SIZE as f64);
        let rows = Array2::from_shape_fn((40, 2), |(row, _)| match row % 2 {
            0 => greatest,
            _ => -greatest,
        });
        let targets = Array1::from_shape_fn(40, |row| row % 2);
        for index in INDICES {
            let params = KNearestNeighbors::params(3)
                .algorithm(index)
                .distance(LInfDist);
            let model = params
                .fit(&Dataset::new(rows.clone(), targets.clone()))
                .unwrap();
            assert_eq!(model.predict(&rows), targets);
        }
    }

    fn assert_agreement<M: NeighborDistance<f64>>(
        distance: M,
        index: CommonNearestNeighbour,
        k: usize,
        seed: u64,
    ) {
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        let targets = Array1::from_shape_fn(50, |row| row % 4);
        let dataset = Dataset::new(random(50, 3, &mut rng), targets);
        let queries = random(10, 3, &mut rng);
        let params = KNearestNeighbors::params(k).algorithm(index);
        let model = params.distance(distance.clone()).fit(&dataset).unwrap();
        let expected: Array1<usize> = queries
            .outer_iter()
            .map(|query| brute_force(&dataset, query, &distance, k))
            .collect();
        for threads in [1, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let predictions = pool.unwrap().install(|| model.try_predict(&queries));
            assert_eq!(predictions.unwrap(), expected);
        }
    }

    proptest! {
        #[test]
        fn every_index_agrees_with_brute_force(seed: u64, k in 1_usize..=50, index in 0_usize..3) {
            assert_agreement(L2Dist, INDICES[index].clone(), k, seed);
            assert_agreement(L1Dist, INDICES[index].clone(), k, seed);
            assert_agreement(LInfDist, INDICES[index].clone(), k, seed);
            assert_agreement(CosineDist, INDICES[0].clone(), k, seed);
        }
    }
}
