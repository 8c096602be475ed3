//! Linear support vector machines on few records of many features.

use approx::assert_abs_diff_eq;
use linfa::prelude::*;
use linfa::traits::FitWith;
use linfa_fisher::classification::{LinearSvm, Loss};
use ndarray::{Array1, Array2, Axis, array, concatenate, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::linear_svm::{overlapping, params};

/// Features that are 0 everywhere change nothing but that inner products are taken.
#[test]
fn few_records_of_many_features_have_the_same_solution() {
    let data = overlapping(90, 6);
    let padded = concatenate![Axis(1), data.records, Array2::zeros((90, 200))];
    let wide = Dataset::new(padded, data.targets.clone()).with_weights(data.weights.clone());
    for loss in [Loss::Hinge, Loss::SquaredHinge] {
        let params = params().loss(loss).check().unwrap();
        let narrow = params.fit(&data).unwrap();
        let model = params.fit(&wide).unwrap();
        assert!(model.gap() <= 1e-8);
        let coefficients = model.coefficients();
        let (of_data, of_zeros) = coefficients.view().split_at(Axis(0), 6);
        assert_abs_diff_eq!(of_data, narrow.coefficients(), epsilon = 1e-3);
        assert!(of_zeros.iter().all(|&w| w == 0.0));
        for (intercept, expected) in model.intercepts().iter().zip(narrow.intercepts()) {
            assert_abs_diff_eq!(intercept, expected, epsilon = 1e-3);
        }
        let again = params.fit_with(Some(model.clone()), &wide).unwrap();
        assert!(again.passes() < model.passes() || loss == Loss::Hinge);
        let path = params.fit_path(&wide, &[0.1, 0.5]).unwrap();
        assert_abs_diff_eq!(path[1].coefficients(), coefficients, epsilon = 1e-3);
    }
}

/// What records have in common is a hundred times what tells them apart, so that two dual variables
/// that grow together hardly grow in steps of one: without Newton steps, 1000 passes do not suffice.
#[test]
fn records_with_much_in_common_take_few_passes() {
    let mut rng = Xoshiro256Plus::seed_from_u64(8);
    let records = Array2::from_shape_fn((100, 300), |_| 100.0 + rng.gen_range(-1.0..1.0));
    let data = Dataset::new(records, Array1::from_shape_fn(100, |row| row % 2));
    for (loss, c) in [
        (Loss::Hinge, 1.0),
        (Loss::SquaredHinge, 1.0),
        (Loss::SquaredHinge, 1e-3),
    ] {
        let model = LinearSvm::params().loss(loss).c(c).fit(&data).unwrap();
        let (gap, passes) = (model.gap(), model.passes());
        assert!(
            gap <= 1e-3 && passes < 300,
            "{loss:?}, {c}: {gap} after {passes}"
        );
    }
}

/// Inner products of `f32` lose what tells records apart that have much in common, so that the
/// descent by them ends far from the optimum. The gap is that of the weights all the same.
#[test]
fn the_gap_is_that_of_the_weights_that_are_given() {
    for (common, scaling, c) in [
        (0.0_f64, 1e4_f64, 1.0_f64),
        (1000.0, 1.0, 1.0),
        (30.0, 1.0, 1e3),
    ] {
        for loss in [Loss::Hinge, Loss::SquaredHinge] {
            let records = Array2::<f64>::eye(12).slice_move(s![..4, ..]) + common;
            let targets = array![0_usize, 1, 2, 1];
            let narrow = Dataset::new(records.mapv(|x| x as f32), targets.clone());
            let data = Dataset::new(records, targets);
            let model = LinearSvm::params()
                .loss(loss)
                .c(c)
                .intercept_scaling(scaling);
            let model: LinearSvm<f32, usize> = model.fit(&narrow).unwrap();
            let best = LinearSvm::params()
                .loss(loss)
                .c(c)
                .intercept_scaling(scaling);
            let best = best.gap(1e-9).iterations(100_000).fit(&data).unwrap();
            for class in 0..3 {
                let w = model.coefficients().column(class).mapv(f64::from);
                let of = |w: &Array1<f64>, b: f64| {
                    let values = data.records.dot(w) + b;
                    let cost = |(value, &target): (&f64, &usize)| {
                        loss.value(if target == class { *value } else { -value })
                    };
                    let losses: f64 = values.iter().zip(&data.targets).map(cost).sum();
                    0.5 * (w.dot(w) + (b / scaling).powi(2)) + c * losses
                };
                let found = of(&w, model.intercepts()[class]);
                let least = of(
                    &best.coefficients().column(class).to_owned(),
                    best.intercepts()[class],
                );
                // decision values of `f32` are sums of twelve numbers of this size
                let size =
                    w.mapv(f64::abs).sum() * (common + 1.0) + model.intercepts()[class].abs();
                let rounding = 12.0 * f64::from(f32::EPSILON) * size * 4.0 * c;
                assert!(
                    found - least <= model.gap() * found + rounding,
                    "{common}, {scaling}, {loss:?}: {found}, {least}, gap {}, {rounding}",
                    model.gap()
                );
            }
        }
    }
}
