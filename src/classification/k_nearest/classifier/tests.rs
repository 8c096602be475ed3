use linfa::Dataset;
use linfa::traits::Predict;
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::{Distance, L1Dist, LInfDist};
use ndarray::{ArrayView1, Ix1, array};
use proptest::prelude::*;
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::*;
use crate::classification::{CosineDist, VoteWeights};
use crate::error::RecordsError;

const INDICES: [CommonNearestNeighbour; 2] = [
    CommonNearestNeighbour::LinearSearch,
    CommonNearestNeighbour::KdTree,
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
        fit(array![[1.0], [-1e160]], array![0, 1]),
        Error::Classification(ClassificationError::DistanceOverflow { magnitude }) if magnitude == 1e160
    ));
    assert!(matches!(
        fit(array![[1e-160], [-2e-160]], array![0, 1]),
        Error::Classification(ClassificationError::DistanceUnderflow { magnitude }) if magnitude == 2e-160
    ));
}

/// Not a number whose square is too small, nor a square of one, is lost by these distances.
#[test]
fn small_records_are_told_apart_where_numbers_can() {
    let dataset = Dataset::new(array![[0.0_f32], [1e-30]], array![4, 7]);
    let nearest = KNearestNeighbors::params(1).distance(L1Dist);
    let model = nearest.fit(&dataset).unwrap();
    assert_eq!(model.try_predict(&array![[2e-30]]).unwrap(), array![7]);
    let zeros = Dataset::new(Array2::<f32>::zeros((2, 1)), array![4, 7]);
    let model = KNearestNeighbors::params(1).fit(&zeros).unwrap();
    assert_eq!(model.try_predict(&array![[1.0]]).unwrap(), array![4]);
}

#[test]
fn a_single_class_is_predicted() {
    let dataset = Dataset::new(array![[1.0], [2.0]], array![4, 4]);
    let model = KNearestNeighbors::params(1).fit(&dataset).unwrap();
    assert_eq!(model.try_predict(&array![[9.0]]).unwrap(), array![4]);
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
    fn every_index_agrees_with_brute_force(seed: u64, k in 1_usize..=50, index in 0..INDICES.len()) {
        assert_agreement(L2Dist, INDICES[index].clone(), k, seed);
        assert_agreement(L1Dist, INDICES[index].clone(), k, seed);
        assert_agreement(LInfDist, INDICES[index].clone(), k, seed);
        assert_agreement(CosineDist, INDICES[0].clone(), k, seed);
    }
}

/// The k nearest rows by all distances, equal ones in the order of the rows.
fn all_distances<F: Float, M: Distance<F>>(
    distance: &M,
    records: &Array2<F>,
    query: ArrayView1<F>,
    k: usize,
) -> Vec<usize> {
    let rows = records.outer_iter().enumerate();
    let mut sorted: Vec<(F, usize)> = rows
        .map(|(row, record)| (distance.rdistance(query, record), row))
        .collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    sorted.into_iter().take(k).map(|(_, row)| row).collect()
}

#[test]
fn matrix_products_find_what_all_distances_find() {
    fn check<M: NeighborDistance<f32>>(distance: M, shift: f32) {
        let mut rng = Xoshiro256Plus::seed_from_u64(11);
        let numbers = |rows, rng: &mut Xoshiro256Plus| {
            random(rows, 9, rng).mapv(|x| (8.0 * x).round() as f32 / 8.0 + shift)
        };
        let mut records = numbers(2500, &mut rng);
        for row in 0..400 {
            let copy = records.row(row % 7).to_owned(); // many that are equally near
            records.row_mut(1000 + row).assign(&copy);
        }
        records.row_mut(17).fill(0.0);
        let mut queries = numbers(200, &mut rng);
        queries.row_mut(3).fill(0.0);
        for row in 0..7 {
            let copy = records.row(row).to_owned();
            queries.row_mut(20 + row).assign(&copy);
        }
        let dataset = Dataset::new(records, Array1::from_shape_fn(2500, |row| row % 5));
        for k in [1, 6, 300, 2500] {
            let params = KNearestNeighbors::params(k).distance(distance.clone());
            let model = params.fit(&dataset).unwrap();
            let found = model.neighbors(&queries).unwrap();
            for (row, query) in queries
                .outer_iter()
                .enumerate()
                .take(if k > 6 { 30 } else { 200 })
            {
                let expected = all_distances(&distance, &dataset.records, query, k);
                assert_eq!(
                    found.rows().row(row).to_vec(),
                    expected,
                    "{k} of query {row}"
                );
                let first = distance.distance(query, dataset.records.row(expected[0]));
                assert_eq!(found.distances()[[row, 0]], first);
            }
        }
    }
    check(linfa_nn::distance::L2Dist, 0.0);
    check(linfa_nn::distance::L2Dist, 100.0); // products lose most of their digits
    check(CosineDist, 0.0);
}

#[test]
fn votes_by_distance_are_worked_by_hand() {
    let model = KNearestNeighbors::params(3).weights(VoteWeights::Distance);
    let model = model.fit(&line::<f64>()).unwrap();
    // of 2: b at 1 and 1, a at 2; of 6: a at 0
    let shares = model.decision_function(&array![[2.0], [6.0]]).unwrap();
    assert_eq!(shares, array![[0.2, 0.8], [1.0, 0.0]]);
}
