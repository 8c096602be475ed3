//! Scales that are learnt, and what they make of unseen features.

use super::*;
use crate::Error;
use crate::numerics::columns::Extremes;
use approx::assert_abs_diff_eq;
use ndarray::array;
use proptest::collection::vec;
use proptest::prelude::*;

fn bounds_of<F: Float>(expectation: &Array1<F>, train: &Array2<F>) -> FittedBounds<F> {
    let mut extremes = Extremes::new(train.ncols());
    extremes.extend(train.view());
    FittedBounds::new(extremes, expectation)
}

fn fitted<F: Float>(scaling: Scaling<F>, train: Array2<F>) -> FittedScaling<F> {
    let expectation = Array1::zeros(train.ncols());
    let bounds = bounds_of(&expectation, &train);
    FittedScaling::new(scaling, Some(&bounds))
}

fn scaled(scaling: Scaling<f64>, train: Array2<f64>, mut new: Array2<f64>) -> Array2<f64> {
    fitted(scaling, train).apply(&mut new);
    new
}

#[test]
fn by_hand() {
    let train = array![[1.0, 5.0, -2.0], [3.0, 5.0, 2.0]];
    let min_max = Scaling::none().min_max(true);
    let expected = array![[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]];
    let new = array![[2.0, 9.0, 0.0], [5.0, 5.0, -6.0]];
    assert_abs_diff_eq!(scaled(min_max, train.clone(), new.clone()), expected);
    let both = scaled(Scaling::min_max_l2(), train.clone(), new);
    assert_abs_diff_eq!(
        both.row(0),
        array![0.5f64.sqrt(), 0.0, 0.5f64.sqrt()],
        epsilon = 1e-15
    );
    let power = Scaling::none().signed_power(0.5);
    assert_abs_diff_eq!(
        scaled(power, train, array![[4.0, -9.0, 0.0]]),
        array![[2.0, -3.0, 0.0]]
    );
}

#[test]
fn constant_features_and_zero_rows_give_zeros() {
    let constant = array![[0.3, 0.3], [0.3, 0.3]];
    let out = scaled(Scaling::min_max_l2(), constant.clone(), constant);
    assert_eq!(out, Array2::<f64>::zeros((2, 2)));
}

#[test]
fn a_constant_offset_cancels_in_min_max() {
    let train = array![[0.25, 0.5], [0.75, 0.125], [0.5, 0.25]];
    let moved = &train - &array![0.375, 0.75];
    let plain = scaled(Scaling::min_max_l2(), train.clone(), train);
    assert_eq!(plain, scaled(Scaling::min_max_l2(), moved.clone(), moved));
}

/// A range of 1e-9 beside one of 1 is divided by the floor. A power makes it 3e-5.
#[test]
fn small_ranges_are_divided_by_the_floor() {
    let train = array![[0.0, 0.0], [1e-9, 1.0]];
    let min_max = Scaling::none().min_max(true).range_floor(1e-3);
    let seen = scaled(min_max, train.clone(), train.clone());
    assert_abs_diff_eq!(seen, array![[0.0, 0.0], [1e-6, 1.0]], epsilon = 1e-18);
    let unseen = scaled(min_max, train.clone(), array![[0.5, 0.5]]);
    assert_abs_diff_eq!(unseen, array![[1e-6, 0.5]], epsilon = 1e-18);
    let by_ranges = scaled(min_max.range_floor(0.0), train.clone(), array![[0.5, 0.5]]);
    assert_abs_diff_eq!(by_ranges, array![[1.0, 0.5]], epsilon = 1e-15);
    let power = min_max.signed_power(0.5);
    let root = scaled(power, train.clone(), train);
    assert_abs_diff_eq!(root[[1, 0]], 1e-9_f64.sqrt() / 1e-3, epsilon = 1e-12);
}

/// A range that overflows is not the largest one: the others are scaled as without it.
#[test]
fn a_range_beyond_all_bounds_leaves_the_others() {
    let train = array![[-f64::MAX, 0.0], [f64::MAX, 1.0]];
    let min_max = Scaling::none().min_max(true);
    let found = scaled(min_max, train, array![[0.0, 0.5]]);
    assert_eq!(found, array![[0.0, 0.5]]);
}

#[test]
fn rounding_is_not_amplified() {
    let ulp = f32::EPSILON / 2.0;
    let train = array![[0.0, 0.0], [ulp, ulp]];
    for scaling in [
        Scaling::min_max_l2(),
        Scaling::min_max_l2().signed_power(0.5),
    ] {
        let expectation = array![0.7_f32, 0.0];
        let bounds = bounds_of(&expectation, &train);
        let mut rows = train.clone();
        FittedScaling::new(scaling, Some(&bounds)).apply(&mut rows);
        assert_eq!(rows, array![[0.0, 0.0], [0.0, 1.0]]);
    }
}

proptest! {
    /// Min-max and L2 bound the features of any sample, whatever the training data.
    #[test]
    fn features_are_bounded(
        train in vec(score(), 8),
        new in vec(score(), 8),
        floor in 0.0..1.0,
        exponent in proptest::option::of(0.1..1.0),
    ) {
        let matrix = |x: Vec<f64>| Array2::from_shape_vec((2, 4), x).unwrap();
        let (train, new) = (matrix(train), matrix(new));
        let mut min_max = Scaling::none().min_max(true).range_floor(floor);
        if let Some(exponent) = exponent {
            min_max = min_max.signed_power(exponent);
        }
        let bound = 1.0 + 4.0 * f64::EPSILON;
        let features = scaled(min_max, train.clone(), new.clone());
        prop_assert!(features.iter().all(|x| (0.0..=bound).contains(x)), "{features}");
        for row in scaled(min_max.l2(true), train, new).rows() {
            prop_assert!(row.dot(&row) <= bound, "{row}");
        }
    }
}

/// Scores of all magnitudes.
fn score() -> impl Strategy<Value = f64> {
    (-1.0..1.0, -12..4).prop_map(|(x, exponent): (f64, i32)| x * 10f64.powi(exponent))
}

#[test]
fn norms_of_all_magnitudes_are_one() {
    fn check<F: Float>(least: F) {
        for magnitude in [F::one(), F::max_value() / F::cast(8.0), least] {
            let mut rows = array![[4.0, -3.0, 0.0]].mapv(|x| F::cast(x) * magnitude);
            fitted(Scaling::none().l2(true), rows.clone()).apply(&mut rows);
            let expected = array![[0.8, -0.6, 0.0]].mapv(|x: f64| F::cast(x));
            let error = (rows - expected).fold(F::zero(), |a, &b| a.max(b.abs()));
            assert!(error <= F::cast(4.0) * F::epsilon(), "{magnitude}");
        }
    }
    check(f32::MIN_POSITIVE);
    check(f64::MIN_POSITIVE);
}

#[test]
fn bad_exponents_are_errors() {
    for exponent in [0.0, -0.5, 1.5, f64::NAN] {
        let result = Scaling::none().signed_power(exponent).check();
        assert!(
            matches!(result, Err(Error::Fisher(FisherError::InvalidExponent(_)))),
            "{exponent}"
        );
    }
}

#[test]
fn bad_floors_are_errors() {
    for floor in [-0.1, 1.5, f64::NAN] {
        let result = Scaling::none().range_floor(floor).check();
        assert!(
            matches!(
                result,
                Err(Error::Fisher(FisherError::InvalidRangeFloor(_)))
            ),
            "{floor}"
        );
    }
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Scaling<f32>>();
}
