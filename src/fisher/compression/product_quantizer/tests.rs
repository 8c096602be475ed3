use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, array, concatenate, s};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::lloyd::Assignment;
use super::*;
use crate::error::{ClassificationError, CompressionError, RecordsError};
use crate::fisher::compression::Encoder;
use crate::{Error, Float, Result};

/// Numbers that repeat nowhere near, `n x d`.
fn records<F: Float>(n: usize, d: usize) -> Array2<F> {
    Array2::from_shape_fn((n, d), |(i, j)| {
        F::cast(((i * 7919 + j * 104_729 + i * j * 31) % 1009) as f64 / 100.0)
    })
}

fn fitted<F: Float>(
    params: ProductQuantizerParams,
    records: &Array2<F>,
) -> Result<ProductQuantizer<F>> {
    params.fit(&DatasetBase::from(records.view()))
}

proptest! {
    /// With a centroid for every distinct part of a row, nothing is lost, to the last bit.
    #[test]
    fn enough_centroids_are_exact(
        picks in prop::collection::vec((0_usize..5, 0_usize..5), 30..60),
        seed in any::<u64>(),
    ) {
        let parts = [0.1, -3.7, 1e-3, 55.5, 7.25_f64];
        let row = |(i, j): (usize, usize)| {
            let (left, right) = picks[i];
            let part = if j < 2 { left } else { right };
            parts[part] * (1.0 + j as f64 / 3.0)
        };
        let rows = Array2::from_shape_fn((picks.len(), 5), row);
        let rng = Xoshiro256Plus::seed_from_u64(seed);
        let params = ProductQuantizer::params(2).centroids(5).with_rng(rng);
        let quantizer = params.fit(&DatasetBase::from(rows.view())).unwrap();
        prop_assert_eq!(quantizer.transform(&rows).unwrap(), rows.clone());
        prop_assert_eq!(quantizer.error(rows.view()).unwrap(), 0.0);
    }

    /// Lloyd's iterations never raise the error, up to rounding.
    #[test]
    fn the_error_never_rises(
        values in prop::collection::vec(-1000_i32..1000, 40 * 3),
        k in 1_usize..12,
    ) {
        let rows = Array2::from_shape_vec((40, 3), values).unwrap().mapv(f64::from);
        let mut centroids = rows.slice(s![..k, ..]).reversed_axes().as_standard_layout().into_owned();
        let mut last = f64::INFINITY;
        for _ in 0..20 {
            let assignment = Assignment::of(rows.view(), &centroids);
            prop_assert!(assignment.error <= last * (1.0 + 1e-12));
            last = assignment.error;
            assignment.move_to_means(rows.view(), &mut centroids);
        }
    }
}

/// More iterations are no worse, and one centroid is the mean.
#[test]
fn the_error_of_the_fit_falls() {
    let rows = records::<f64>(200, 6);
    let errors = [1, 2, 5, 25].map(|iterations| {
        let params = ProductQuantizer::params(2).centroids(8);
        let quantizer = fitted(params.iterations(iterations), &rows).unwrap();
        quantizer.error(rows.view()).unwrap()
    });
    assert!(errors.windows(2).all(|pair| pair[1] <= pair[0]));
    assert!(errors[3] < errors[0]);
    let one = fitted(ProductQuantizer::params(3).centroids(1), &rows).unwrap();
    let variance = rows.var_axis(ndarray::Axis(0), 0.0).sum();
    assert!((one.error(rows.view()).unwrap() - variance).abs() < 1e-9 * variance);
}

/// The asymmetric distance is that from the decoded row; the widths of the subspaces differ.
fn distances_are_from_decoded_rows<F: Float>(tolerance: f64) {
    let (rows, queries) = (records::<F>(60, 11), records::<F>(67, 11));
    let quantizer = fitted(ProductQuantizer::params(4).centroids(9), &rows).unwrap();
    let codes = quantizer.encode(rows.view()).unwrap();
    let decoded = quantizer.decode(codes.view()).unwrap();
    let queries = queries.slice(s![60.., ..]);
    let distances = quantizer.distances(queries, &codes).unwrap();
    let nearest = quantizer.nearest(queries, &codes, 10).unwrap();
    for (q, query) in queries.outer_iter().enumerate() {
        for (n, row) in decoded.outer_iter().enumerate() {
            let squares = (&query - &row).mapv(|x| (x * x).to_f64().unwrap());
            let found = distances[[q, n]].to_f64().unwrap();
            assert!((found - squares.sum()).abs() <= tolerance * squares.sum());
        }
        let mut order: Vec<usize> = (0..60).collect();
        order.sort_by(|&a, &b| distances[[q, a]].partial_cmp(&distances[[q, b]]).unwrap());
        assert_eq!(nearest.rows().row(q).to_vec(), order[..10]);
    }
    let columns: Vec<_> = (0..4).map(|s| quantizer.columns(s).unwrap()).collect();
    assert_eq!(columns, [0..2, 2..5, 5..8, 8..11]);
}

#[test]
fn asymmetric_distances_are_from_decoded_rows() {
    distances_are_from_decoded_rows::<f64>(1e-12);
    distances_are_from_decoded_rows::<f32>(1e-5);
}

/// Every code is of the nearest centroid, which a naive search finds too.
#[test]
fn codes_are_of_the_nearest_centroids() {
    let rows = records::<f32>(80, 7);
    let quantizer = fitted(ProductQuantizer::params(3).centroids(17), &rows).unwrap();
    let codes = quantizer.encode(rows.view()).unwrap();
    for ((n, subspace), &code) in codes.indexed_iter() {
        let columns = quantizer.columns(subspace).unwrap();
        let part = rows.slice(s![n, columns.clone()]);
        let distance = |centroid: usize| {
            let centroid = quantizer
                .centroids()
                .slice_move(s![columns.clone(), centroid]);
            (&part - &centroid).mapv(|x| x * x).sum()
        };
        let least = (0..17).map(distance).fold(f32::INFINITY, f32::min);
        assert!(distance(code.into()) <= least * (1.0 + 1e-5));
    }
}

#[test]
fn codes_of_blocks_are_those_of_the_whole() {
    let rows = records::<f32>(50, 9);
    let quantizer = fitted(ProductQuantizer::params(4).centroids(6), &rows).unwrap();
    let whole = quantizer.encode(rows.view()).unwrap();
    let blocks: Vec<_> = [0..0, 0..1, 1..33, 33..50]
        .map(|range| quantizer.encode(rows.slice(s![range, ..])).unwrap())
        .into();
    let views: Vec<_> = blocks.iter().map(Array2::view).collect();
    assert_eq!(concatenate(ndarray::Axis(0), &views).unwrap(), whole);
    let by_columns = rows.t().as_standard_layout().into_owned();
    assert_eq!(quantizer.encode(by_columns.t()).unwrap(), whole);
    let dataset = DatasetBase::from(by_columns.t());
    let params = ProductQuantizer::params(4).centroids(6);
    assert_eq!(params.fit(&dataset).unwrap(), quantizer);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let rows = records::<f32>(300, 10);
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let quantizer = fitted(ProductQuantizer::params(5).centroids(32), &rows).unwrap();
            let codes = quantizer.encode(rows.view()).unwrap();
            let nearest = quantizer.nearest(rows.view(), &codes, 4).unwrap();
            (quantizer, codes, nearest)
        })
    };
    assert_eq!(of(1), of(2));
    assert_eq!(of(1), of(7));
}

#[test]
fn the_random_source_decides() {
    let rows = records::<f64>(100, 4);
    let of = |seed| {
        let rng = Xoshiro256Plus::seed_from_u64(seed);
        let params = ProductQuantizer::params(2).centroids(5).iterations(1);
        params
            .with_rng(rng)
            .fit(&DatasetBase::from(rows.view()))
            .unwrap()
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

/// Fewer distinct rows than centroids, and a random source that is stuck.
#[test]
fn rows_may_repeat() {
    let rows = array![[1.0, 2.0], [1.0, 2.0], [3.0, 2.0]];
    for bits in [0, u64::MAX] {
        let stuck = rand::rngs::mock::StepRng::new(bits, 0);
        let params = ProductQuantizer::params(2).centroids(3).with_rng(stuck);
        let quantizer = params.fit(&DatasetBase::from(rows.view())).unwrap();
        assert_eq!(quantizer.transform(&rows).unwrap(), rows);
    }
}

#[test]
fn bad_hyper_parameters_are_errors() {
    let fault = |params: ProductQuantizerParams| match params.check() {
        Err(Error::Compression(fault)) => fault,
        other => panic!("expected a fault, found {other:?}"),
    };
    let params = ProductQuantizer::params;
    assert!(matches!(
        fault(params(0)),
        CompressionError::InvalidSubspaces(0)
    ));
    for k in [0, 257] {
        let found = fault(params(1).centroids(k));
        assert!(matches!(found, CompressionError::InvalidCentroids(found) if found == k));
    }
    assert!(matches!(
        fault(params(1).iterations(0)),
        CompressionError::InvalidIterations(0)
    ));
    assert!(params(1).centroids(256).check().is_ok());
}

#[test]
fn bad_records_are_errors() {
    let rows = records::<f64>(10, 4);
    let params = |m, k| ProductQuantizer::params(m).centroids(k);
    assert!(matches!(
        fitted(params(5, 2), &rows),
        Err(Error::Compression(CompressionError::SubspaceCount {
            subspaces: 5,
            columns: 4
        }))
    ));
    assert!(matches!(
        fitted(params(2, 11), &rows),
        Err(Error::Compression(CompressionError::CentroidCount {
            centroids: 11,
            rows: 10
        }))
    ));
    assert!(matches!(
        fitted(params(1, 1), &array![[0.0], [f64::NAN]]),
        Err(Error::Records(RecordsError::NonFinite { row: 1, .. }))
    ));
    assert!(matches!(
        fitted(params(1, 1), &array![[1e30_f32], [0.0]]),
        Err(Error::Classification(ClassificationError::DistanceOverflow { magnitude })) if magnitude > 9e29
    ));
    let quantizer = fitted(params(2, 3), &rows).unwrap();
    assert!(matches!(
        quantizer.encode(array![[0.0]].view()),
        Err(Error::Records(RecordsError::Width {
            expected: 4,
            found: 1
        }))
    ));
    assert!(matches!(
        quantizer.encode(array![[0.0, 1e200, 0.0, 0.0]].view()),
        Err(Error::Classification(
            ClassificationError::DistanceOverflow { .. }
        ))
    ));
    assert!(matches!(
        quantizer.columns(2),
        Err(Error::Compression(CompressionError::SubspaceCount {
            subspaces: 3,
            columns: 2
        }))
    ));
}

#[test]
fn bad_codes_are_errors() {
    let rows = records::<f64>(10, 4);
    let quantizer = fitted(ProductQuantizer::params(2).centroids(3), &rows).unwrap();
    assert!(matches!(
        quantizer.decode(array![[0, 2], [1, 3]].view()),
        Err(Error::Compression(CompressionError::UnknownCode {
            row: 1,
            subspace: 1,
            code: 3,
            centroids: 3
        }))
    ));
    for codes in [array![[0]], array![[0, 0, 0]]] {
        let found = codes.ncols();
        let fault = quantizer.nearest(rows.view(), &codes, 1).unwrap_err();
        assert!(matches!(
            fault,
            Error::Compression(CompressionError::CodeLength { expected: 2, found: f }) if f == found
        ));
    }
    let codes = quantizer.encode(rows.view()).unwrap();
    assert!(matches!(
        quantizer.nearest(rows.view(), &codes, 11),
        Err(Error::Classification(ClassificationError::Neighbors {
            k: 11,
            samples: 10
        }))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<ProductQuantizer<f32>>();
    has_autotraits::<ProductQuantizerParams>();
    has_autotraits::<ProductQuantizerValidParams>();
}
