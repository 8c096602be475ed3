//! The laws of scaling and information, on real images in double precision.
//!
//! Bounds are of first order in the rounding of `f64`. A symmetric eigensolver gives the exact
//! eigenpairs of a matrix that is `size * EPSILON * s_max` away; forming the matrix from the
//! features, and multiplying by its eigenvectors, costs as much again.

use std::collections::BTreeSet;

use crate::common::{digits, largest_difference, small_dbm, small_rbm};
use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::Error;
use linfa_fisher::boltzmann::Rbm;
use linfa_fisher::classification::RidgeClassifier;
use linfa_fisher::error::FisherError;
use linfa_fisher::fisher::{FisherFeatures, Information, ModelExpectation, Scaling};
use ndarray::{Array1, Array2, ArrayView1, Axis, array, concatenate};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

type Features = FisherFeatures<f64, Rbm<f64>>;

/// 64 x 4 scores: fewer than the rows of some sets here, more than those of others.
fn rbm() -> Rbm<f64> {
    let params = Rbm::params(4).epochs(5);
    params.fit(&digits(0, 500)).unwrap()
}

fn whitened(information: Information, records: &Array2<f64>) -> Features {
    let params = FisherFeatures::fk(rbm())
        .scaling(Scaling::min_max_l2())
        .information(information);
    params.fit(&DatasetBase::from(records.view())).unwrap()
}

/// Rounding of the decomposed matrix, as a share of its largest eigenvalue.
fn rounding(samples: usize, length: usize) -> f64 {
    2.0 * samples.max(length) as f64 * f64::EPSILON
}

/// An eigenvector is exact for a matrix `E` away from the real one, so that its features `z_i`
/// have the products `z_i'z_j / n = delta_ij` up to `E / s_i + E / s_j` in the Gram matrix and up
/// to `E / sqrt(s_i s_j)`, which is no more, in the covariance; the product of both errors is of
/// second order but for the least eigenvalues.
#[test]
fn undamped_full_rank_features_have_identity_covariance() {
    for rows in [150, 600] {
        let records = digits(0, rows).records;
        let features = whitened(Information::full_rank(0.0), &records);
        let z = features.transform(&records).unwrap();
        let spectrum = features.spectrum().unwrap();
        assert_eq!(z.ncols(), spectrum.len());
        let length = features.layout().length();
        assert_eq!(rows > length, rows == 600, "both routes are taken");
        let error = rounding(rows, length) * spectrum[0];
        let covariance = z.t().dot(&z) / rows as f64;
        for ((i, j), found) in covariance.indexed_iter() {
            let (a, b) = (error / spectrum[i], error / spectrum[j]);
            let expected = if i == j { 1.0 } else { 0.0 };
            assert!(
                (found - expected).abs() <= a + b + a * b,
                "{rows} rows, [{i}, {j}]: {found}"
            );
        }
        // the mean of n features of variance 1
        let mean = z.mean_axis(Axis(0)).unwrap();
        for (i, mean) in mean.iter().enumerate() {
            assert!(mean.abs() <= error / spectrum[i], "mean {i}: {mean}");
        }
    }
}

/// In single precision the features `x`, of norm at most 1 and so at most 2 from their mean, are
/// centred, multiplied by directions of norm `1 / sqrt(s_i)` and summed over `p` entries: by
/// Cauchy and Schwarz each of `p + 4` roundings is of at most `2 EPSILON / sqrt(s_i)`. What the
/// decomposition adds is that of `f64`, as above.
#[test]
fn undamped_features_of_single_precision_have_identity_covariance() {
    for rows in [150, 600] {
        let train = digits::<f32>(0, rows);
        let rbm = Rbm::params(4).epochs(5).fit(&train).unwrap();
        let features = FisherFeatures::fk(rbm)
            .scaling(Scaling::min_max_l2())
            .information(Information::full_rank(0.0))
            .fit(&train)
            .unwrap();
        let z = features.transform(&train.records).unwrap().mapv(f64::from);
        let (spectrum, length) = (features.spectrum().unwrap(), features.layout().length());
        let error = rounding(rows, length) * spectrum[0];
        let roundings = (length + 4) as f64 * f64::from(f32::EPSILON);
        let covariance = z.t().dot(&z) / rows as f64;
        let mut telling = 0;
        for ((i, j), found) in covariance.indexed_iter() {
            let [(a, d), (b, e)] =
                [i, j].map(|i| (error / spectrum[i], 2.0 * roundings / spectrum[i].sqrt()));
            let exact = a + b + a * b;
            let bound = exact + (1.0 + exact) * (d + e) + d * e;
            let expected = if i == j { 1.0 } else { 0.0 };
            assert!(
                (found - expected).abs() <= bound,
                "{rows} rows, [{i}, {j}]: {found}, bound {bound:e}"
            );
            telling += usize::from(i == j && bound < 0.1);
        }
        assert!(telling >= 50, "the bound means something for {telling}");
    }
}

/// What rounding leaves of directions without variance of their own is not inflated.
#[test]
fn undamped_features_are_white_in_practice() {
    fn off_identity<F: linfa_fisher::Float>(hidden: usize) -> f64 {
        let train = digits::<F>(0, 700);
        let features = FisherFeatures::fk(Rbm::params(hidden).epochs(5))
            .information(Information::full_rank(0.0))
            .fit(&train)
            .unwrap();
        let z = features.transform(&train.records).unwrap();
        let z = z.mapv(|x| x.to_f64().unwrap());
        let covariance = z.t().dot(&z) / 700.0 - Array2::<f64>::eye(z.ncols());
        covariance.fold(0.0, |most: f64, x| most.max(x.abs()))
    }
    for hidden in [6, 16] {
        let (single, double) = (off_identity::<f32>(hidden), off_identity::<f64>(hidden));
        assert!(single < 5e-4 && double < 5e-5, "{single:e}, {double:e}");
    }
}

/// Few of many directions come from products alone; there are no others to choose later. Each value
/// is within its residual of an eigenvalue.
#[test]
fn few_of_many_directions_are_those_of_largest_variance() {
    let train = digits::<f32>(0, 1600);
    let rbm = Rbm::params(40).epochs(3).fit(&train).unwrap();
    let of_rank = |rank| {
        let information = Information::LowRank { rank, damping: 0.0 };
        let params = FisherFeatures::fk(rbm.clone()).information(information);
        params.fit(&train).unwrap()
    };
    let (few, more) = (of_rank(64), of_rank(800));
    let (found, expected) = (few.spectrum().unwrap(), more.spectrum().unwrap());
    assert_eq!(found.len(), 64);
    assert!(expected.len() > 64, "all eigenvalues are known");
    // the residual: of the iteration, and of products in single precision
    let rounding = 16.0 * f64::from(f32::EPSILON) * expected[0];
    for (found, expected) in found.iter().zip(expected) {
        let bound = 3e-3 * expected + rounding;
        assert!((found - expected).abs() < bound, "{found}, {expected}");
    }
    let z = few.transform(&train.records).unwrap().mapv(f64::from);
    let covariance = z.t().dot(&z) / 1600.0 - Array2::<f64>::eye(64);
    assert!(covariance.iter().all(|x| x.abs() < 1e-3));
    assert!(few.with_information(65, 0.1).is_err());
    assert_eq!(few.with_information(10, 0.1).unwrap().nfeatures(), 10);
}

/// Distinct images span one dimension less than there are, for they are centred.
#[test]
fn the_rank_is_that_of_centred_images() {
    let records = digits::<f64>(0, 150).records;
    let bits = |row: ArrayView1<f64>| row.mapv(f64::to_bits).to_vec();
    let distinct: BTreeSet<_> = records.outer_iter().map(bits).collect();
    let features = whitened(Information::full_rank(0.0), &records);
    assert_eq!(features.nfeatures(), distinct.len() - 1);
    let two = whitened(
        Information::LowRank {
            rank: 2,
            damping: 0.0,
        },
        &records,
    );
    assert_eq!(two.nfeatures(), 2);
}

/// Repeating every sample changes neither the covariance nor the bounds, but makes n exceed p, so
/// that the covariance is decomposed in place of the Gram matrix. By Davis and Kahan an eigenvector
/// moves by at most `2 E / gap`; a centred sample of norm at most 2 is multiplied by it.
#[test]
fn gram_and_covariance_routes_agree_up_to_sign() {
    let once = digits(0, 100).records;
    let thrice = concatenate(Axis(0), &[once.view(), once.view(), once.view()]).unwrap();
    let (rank, damping) = (12, 1e-3);
    let information = Information::LowRank { rank, damping };
    let (gram, covariance) = (whitened(information, &once), whitened(information, &thrice));
    let length = gram.layout().length();
    assert!(once.nrows() <= length && length < thrice.nrows());
    let s = gram.spectrum().unwrap();
    let error = rounding(thrice.nrows(), length) * s[0];
    for (a, b) in s.iter().zip(covariance.spectrum().unwrap()) {
        assert!((a - b).abs() <= 2.0 * error, "eigenvalues {a} and {b}");
    }
    let z = gram.transform(&once).unwrap();
    let other = covariance.transform(&once).unwrap();
    for i in 0..rank {
        let above = if i > 0 {
            s[i - 1] - s[i]
        } else {
            f64::INFINITY
        };
        let gap = above.min(s[i] - s[i + 1]);
        let bound = 2.0 * 2.0 * (2.0 * error / gap) / (s[i] + damping * s[0]).sqrt();
        let (a, b) = (z.column(i), other.column(i));
        let sign = a.dot(&b).signum();
        for (a, b) in a.iter().zip(b) {
            assert!(
                (a - sign * b).abs() <= bound,
                "feature {i}: {a} and {b}, bound {bound:e}"
            );
        }
    }
}

/// `K(x, y) = (x - m)' (F + d s_max)^-1 (y - m)` does not depend on eigenvectors, and moves by at
/// most `4 E / (d s_max)^2` when `F` moves by `E`. A direction that one route drops as rounding
/// adds no more than `n * floor / (d s_max)`.
#[test]
fn gram_and_covariance_routes_give_one_kernel() {
    let once = digits(0, 100).records;
    let thrice = concatenate(Axis(0), &[once.view(), once.view(), once.view()]).unwrap();
    let damping = 1e-2;
    let kernel = |records: &Array2<f64>| {
        let features = whitened(Information::full_rank(damping), records);
        let z = features.transform(&once).unwrap();
        (
            z.dot(&z.t()),
            features.spectrum().unwrap()[0],
            features.layout().length(),
        )
    };
    let ((gram, s_max, length), (covariance, ..)) = (kernel(&once), kernel(&thrice));
    let rounding = rounding(thrice.nrows(), length);
    let bound = 4.0 * 2.0 * rounding / (damping * damping * s_max)
        + thrice.nrows() as f64 * rounding / damping;
    let found = largest_difference(&gram, &covariance);
    assert!(found <= bound, "{found:e} exceeds {bound:e}");
    assert!(bound < 1e-6, "the bound means something");
}

/// Features of one machine whose expectation is estimated twice.
fn with_expectation(samples: usize, scaling: Scaling<f64>) -> Features {
    let expectation = ModelExpectation {
        chains: 10 * samples,
        burn_in: samples,
        samples,
    };
    let params = FisherFeatures::fk(rbm()).scaling(scaling);
    let rng = Xoshiro256Plus::seed_from_u64(samples as u64);
    let params = params.expectation(expectation).with_rng(rng);
    params.fit(&digits(0, 200)).unwrap()
}

/// `T - E` of magnitude at most 1 is rounded by `EPSILON / 2`; so are its bounds, of which there
/// are two, and the differences from them. Over the range of a feature that makes at most
/// `4 EPSILON / range` for either estimate.
#[test]
fn the_model_expectation_cancels_in_min_max() {
    let min_max = Scaling::none().min_max(true);
    let (few, many) = (with_expectation(1, min_max), with_expectation(20, min_max));
    let apart = (few.expectation() - many.expectation())
        .mapv(f64::abs)
        .sum();
    assert!(apart > 1.0, "the estimates differ");
    let new = digits(200, 300).records;
    let scores = few.scores(digits(0, 200).records.view()).unwrap();
    let least = scores.fold_axis(Axis(0), f64::INFINITY, |a, &b| a.min(b));
    let most = scores.fold_axis(Axis(0), f64::NEG_INFINITY, |a, &b| a.max(b));
    let range = most - least;
    assert!(range.iter().any(|&r| r == 0.0), "some pixels never vary");
    let (a, b) = (few.transform(&new).unwrap(), many.transform(&new).unwrap());
    for ((row, j), a) in a.indexed_iter() {
        let b = b[[row, j]];
        // new samples may lie outside the bounds, where errors grow with the distance
        let bound = match range[j] {
            0.0 => 0.0,
            range => 8.0 * f64::EPSILON / range * a.abs().max(1.0),
        };
        assert!((a - b).abs() <= bound, "[{row}, {j}]: {a} and {b}");
    }
}

#[test]
fn without_min_max_scores_differ_by_the_expectations() {
    let (few, many) = (
        with_expectation(1, Scaling::none()),
        with_expectation(20, Scaling::none()),
    );
    let new = digits(200, 210).records;
    let (a, b) = (few.transform(&new).unwrap(), many.transform(&new).unwrap());
    let moved = b + many.expectation() - few.expectation();
    assert!(largest_difference(&a, &moved) <= 4.0 * f64::EPSILON);
}

/// A mean of n scores of magnitude at most 1 is known to `n EPSILON`, which is divided by the
/// standard deviation. Scores of pixels that are white in all training images are constant: their
/// features are zero, for training images and for others.
#[test]
fn diagonal_information_standardises() {
    let n = 300;
    let train = digits(0, n);
    let params = FisherFeatures::fk(rbm()).information(Information::Diagonal { damping: 0.0 });
    let features = params.fit(&train).unwrap();
    let z = features.transform(&train.records).unwrap();
    let scores = features.scores(train.records.view()).unwrap();
    let deviation = scores.std_axis(Axis(0), 0.0);
    let never = train.records.sum_axis(Axis(0)).mapv(|ink| ink == 0.0);
    assert!(never[0], "the corner is white");
    let black = features.transform(Array2::<f64>::ones((1, 64))).unwrap();
    for j in 0..z.ncols() {
        let (pixel, _) = (j / 4, j % 4);
        let column = z.column(j);
        if never[pixel] {
            assert!(column.iter().all(|&x| x == 0.0), "feature {j} is constant");
            assert_eq!(black[[0, j]], 0.0, "feature {j} has no information");
        } else {
            let bound = 2.0 * n as f64 * f64::EPSILON / deviation[j];
            assert!(column.mean().unwrap().abs() <= bound, "mean of {j}");
            assert!((column.std(0.0) - 1.0).abs() <= bound, "deviation of {j}");
        }
    }
}

/// The same in single precision, whose scores are rounded on the way.
#[test]
fn diagonal_information_drops_constant_scores_in_single_precision() {
    let train = digits::<f32>(0, 300);
    let params =
        FisherFeatures::fk(small_rbm()).information(Information::Diagonal { damping: 0.0 });
    let features = params.fit(&train).unwrap();
    let black = features.transform(Array2::<f32>::ones((1, 64))).unwrap();
    assert!(black.iter().take(6).all(|&x| x == 0.0), "{black}");
}

/// From one fit of full rank: the same features as from a fit of that rank and damping.
#[test]
fn rank_and_damping_can_be_changed_after_the_fit() {
    let (train, test) = (
        digits::<f64>(0, 150).records,
        digits::<f64>(150, 200).records,
    );
    let full = whitened(Information::full_rank(1e-3), &train);
    for (rank, damping) in [(20, 0.1), (usize::MAX, 1e-2), (1, 1e-3)] {
        let fitted = whitened(Information::LowRank { rank, damping }, &train);
        let changed = full.with_information(rank, damping).unwrap();
        let (a, b) = (
            fitted.transform(&test).unwrap(),
            changed.transform(&test).unwrap(),
        );
        assert_eq!(a.dim(), b.dim());
        assert!(largest_difference(&a, &b) <= 1e-12 * a.fold(0.0, |m: f64, x| m.max(x.abs())));
    }
    let few = full.with_information(20, 0.1).unwrap();
    assert!(matches!(
        few.with_information(21, 0.1),
        Err(Error::Fisher(FisherError::RankNotFitted {
            rank: 21,
            fitted: 20
        }))
    ));
    let plain = whitened(Information::Identity, &train);
    assert!(matches!(
        plain.with_information(1, 0.1),
        Err(Error::Fisher(FisherError::NotLowRank))
    ));
}

#[test]
fn one_trained_model_serves_dfk_and_idfk() {
    let train = digits::<f64>(0, 200);
    let dbm = small_dbm().fit(&train).unwrap();
    let dfk = FisherFeatures::dfk(dbm.clone()).fit(&train).unwrap();
    let idfk = FisherFeatures::idfk(dbm.clone()).fit(&train).unwrap();
    assert_eq!(dfk.model(), &dbm);
    assert_eq!(idfk.model(), &dbm);
    let scores = idfk.scores(train.records.view()).unwrap();
    assert_eq!(dfk.transform(&train.records).unwrap(), scores);
}

#[test]
fn a_trained_model_and_its_parameters_give_the_same_features() {
    let train = digits::<f64>(0, 200);
    let shared = small_dbm().fit(&train).unwrap();
    let from_model = FisherFeatures::idfk(shared).fit(&train).unwrap();
    let from_parameters = FisherFeatures::idfk(small_dbm()).fit(&train).unwrap();
    assert_eq!(from_model, from_parameters);
}

/// Rotation is into an orthonormal basis of the training features, so that it keeps products with
/// them.
#[test]
fn rotated_features_keep_inner_products() {
    let (train, test) = (digits::<f64>(0, 150), digits::<f64>(150, 200));
    let products = |rotated| {
        let params = FisherFeatures::fk(rbm()).rotated(rotated);
        let features = params.fit(&train).unwrap();
        let rows = features.transform(&test.records).unwrap();
        let columns = features.transform(&train.records).unwrap();
        (rows.dot(&columns.t()), features)
    };
    let ((plain, scores), (turned, rotated)) = (products(false), products(true));
    assert!(rotated.nfeatures() <= 150 && scores.nfeatures() == 256);
    // directions of eigenvalues below the floor are lost: |x| <= 16 times their length
    let lost = (rotated.spectrum().unwrap()[0] * 150.0 * rounding(150, 256)).sqrt();
    let found = largest_difference(&plain, &turned);
    assert!(found <= 16.0 * lost, "{found:e} exceeds {:e}", 16.0 * lost);
}

#[test]
fn samples_that_never_vary_have_no_information() {
    let same = Array2::<f64>::from_elem((5, 64), 1.0);
    let params = FisherFeatures::idfk(rbm());
    let error = params.fit(&DatasetBase::from(same)).unwrap_err();
    assert!(matches!(
        error,
        linfa_fisher::Error::Fisher(linfa_fisher::error::FisherError::NoInformation { samples: 5 })
    ));
    let zeros = FisherFeatures::fk(rbm())
        .scaling(Scaling::min_max_l2())
        .fit(&DatasetBase::from(array![[1.0; 64], [1.0; 64]]))
        .unwrap();
    let found = zeros.transform(array![[1.0; 64]]).unwrap();
    assert_eq!(found.row(0), Array1::<f64>::zeros(256));
}

/// The share of few directions in the variance of all scores, whether the other eigenvalues are
/// known or not: so many records of 64 x 24 scores have few directions found by iteration.
#[test]
fn the_explained_share_is_that_of_all_variance() {
    let records = digits::<f64>(0, 1600).records;
    let rbm = Rbm::params(24)
        .epochs(2)
        .fit(&DatasetBase::from(records.view()));
    let params = FisherFeatures::fk(rbm.unwrap());
    let fit = |rank| {
        let damping = 0.1;
        let params = params.clone();
        let params = params.information(Information::LowRank { rank, damping });
        params.fit(&DatasetBase::from(records.view())).unwrap()
    };
    let (few, all) = (fit(4), fit(usize::MAX));
    let scores = params.fit(&DatasetBase::from(records.view())).unwrap();
    let variance = scores
        .transform(&records)
        .unwrap()
        .var_axis(Axis(0), 0.0)
        .sum();
    assert!(few.spectrum().unwrap().len() < all.spectrum().unwrap().len());
    let share = few.spectrum().unwrap().iter().take(4).sum::<f64>() / variance;
    assert!((few.explained().unwrap() - share).abs() < 1e-9);
    assert!((all.explained().unwrap() - 1.0).abs() < 1e-9);
    let cut = all.with_information(4, 0.1).unwrap();
    assert!((cut.explained().unwrap() - share).abs() < 1e-3);
    let condition = few.spectrum().unwrap()[0] / few.spectrum().unwrap()[3];
    assert_eq!(few.condition_number(), Some(condition));
    assert!((1.0..4.0).contains(&few.effective_rank().unwrap()));
    assert_eq!(scores.explained(), None);
    assert_eq!(scores.condition_number(), None);
}

/// With damping `d` and penalty `l` on the mean squared error, the weight of a feature along a
/// direction of variance `s` is `c / ((s + d)^(1/2) (s / (s + d) + l))` for the covariance `c` of the
/// score with the target; it acts on the score as `c / (s + l (s + d))`, which is what plain scores
/// have with the penalty `l d / (1 + l)`, but for the factor `1 + l`. The direction of the least
/// variance is known to `E / s_r` of its length, as above.
#[test]
fn ridge_classifiers_of_whitened_and_of_plain_scores_are_one_model() {
    let dataset = digits(0, 400);
    let unseen = digits(400, 500).records;
    let damping = 0.01;
    let plain = FisherFeatures::fk(rbm())
        .scaling(Scaling::min_max_l2())
        .rotated(true)
        .fit(&dataset)
        .unwrap();
    let improved = whitened(Information::full_rank(damping), &dataset.records);
    let spectrum = improved.spectrum().unwrap();
    let floor = damping * spectrum[0];
    let error = rounding(400, 256) * spectrum[0] / spectrum[spectrum.len() - 1];
    let values = |features: &Features, penalty: f64| {
        let vectors = features.transform(dataset.clone()).unwrap();
        let alpha = penalty * vectors.records.nrows() as f64;
        let ridge = RidgeClassifier::params()
            .alpha(alpha)
            .fit(&vectors)
            .unwrap();
        let centre = vectors.records.mean_axis(Axis(0)).unwrap();
        (features.transform(&unseen).unwrap() - centre).dot(ridge.coefficients())
    };
    for penalty in [1e-3, 0.1, 10.0] {
        let improved = values(&improved, penalty) * (1.0 + penalty);
        let plain = values(&plain, penalty * floor / (1.0 + penalty));
        let largest = plain.fold(0.0, |most: f64, x| x.abs().max(most));
        let difference = largest_difference(&improved, &plain);
        assert!(
            difference < error * largest,
            "{penalty}: {difference} of {largest}, up to {error}"
        );
    }
}
