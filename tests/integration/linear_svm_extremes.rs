//! Linear support vector machines at the limits of numbers: huge, tiny and constant records, costs
//! and starts.

use approx::assert_abs_diff_eq;
use linfa::prelude::*;
use linfa::traits::FitWith;
use linfa_fisher::Error;
use linfa_fisher::classification::{ClassificationError, LinearSvm, Loss, Sgd, Solver};
use ndarray::{Array2, Axis, array};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::linear_svm::overlapping;

#[test]
fn huge_and_constant_records_do_no_harm() {
    let targets = array![0_usize, 1, 0, 1];
    for solver in [Solver::Dual, Solver::Primal, Solver::Sgd(Sgd::new(5))] {
        let params = LinearSvm::<f32, usize>::params()
            .solver(solver)
            .iterations(20);
        let constant = Dataset::new(Array2::<f32>::zeros((4, 2)), targets.clone());
        let model = params.fit(&constant).unwrap();
        assert!(model.coefficients().iter().all(|&w| w == 0.0));
        let huge = Array2::from_shape_fn((4, 2), |(i, j)| 1e30 * (i + 2 * j) as f32);
        let error = params
            .fit(&Dataset::new(huge, targets.clone()))
            .unwrap_err();
        assert!(matches!(
            error,
            Error::Classification(ClassificationError::SecondMoments)
        ));
    }
}

/// Nothing but the cost bounds the dual variable of a record of zeros without an intercept.
#[test]
fn weights_that_the_numbers_do_not_hold_are_an_error() {
    let records = array![[0.0_f32], [1.0], [-1.0]];
    let dataset = Dataset::new(records, array![0_usize, 1, 0]);
    let params = LinearSvm::params().c(3e38).intercept_scaling(0.0);
    let error = params.fit(&dataset).unwrap_err();
    assert!(matches!(
        error,
        Error::Classification(ClassificationError::NonFiniteWeights)
    ));
}

#[test]
fn costs_that_single_precision_does_not_hold_are_errors() {
    let records = array![[1.0_f32], [-1.0]];
    let dataset = Dataset::new(records, array![0_usize, 1]);
    let weighted = dataset.clone().with_weights(array![1.0, 100.0]);
    for (c, dataset) in [(1e39, &dataset), (1e-39, &dataset), (1e37, &weighted)] {
        let error = LinearSvm::params().c(c).fit(dataset).unwrap_err();
        assert!(matches!(
            error,
            Error::Classification(ClassificationError::InvalidCost(_))
        ));
    }
}

/// Weights of any records are close to zero then; what costs still less counts for nothing.
#[test]
fn the_least_costs_are_solved_in_few_passes() {
    for (loss, solver) in [
        (Loss::Hinge, Solver::Dual),
        (Loss::SquaredHinge, Solver::Dual),
        (Loss::SquaredHinge, Solver::Primal),
    ] {
        let params = LinearSvm::params()
            .loss(loss)
            .solver(solver.clone())
            .c(2e-38);
        let records = array![[1.0_f32, 0.0], [-1.0, 3.0], [0.5, 1.0]];
        let dataset = Dataset::new(records, array![1_usize, 0, 0]);
        let dataset = dataset.with_weights(array![1.0, 1.0, 1e-10]);
        let model = params.fit(&dataset).unwrap();
        assert!(model.passes() <= 5 && model.gap() <= 1e-3);
        let data = overlapping(20, 2);
        let model = LinearSvm::params()
            .loss(loss)
            .solver(solver)
            .c(1e-300)
            .fit(&data);
        let model = model.unwrap();
        assert!(model.passes() <= 5 && model.gap() <= 1e-3);
        assert!(model.coefficients().iter().all(|w| w.abs() < 1e-290));
    }
}

/// The penalty of weights of 1e-18 is far below the rounding of the losses, so that the gap is out
/// of reach, and directions down the penalty alone are below what single precision holds. The
/// decision values must notice all the same where these lead.
#[test]
fn many_iterations_do_no_harm() {
    let rows = overlapping(30, 2).records;
    let targets = rows.map_axis(Axis(1), |row| row[0] > row[1]);
    for scale in [1e6, 1e10, 1e15, 1e18] {
        let records = rows.mapv(|x| (scale * x) as f32);
        let dataset = Dataset::new(records, targets.clone());
        for scaling in [0.0, 1.0] {
            let params = LinearSvm::params().solver(Solver::Primal);
            let model = params.intercept_scaling(scaling).fit(&dataset).unwrap();
            let predicted = model.try_predict(&dataset.records).unwrap();
            assert_eq!(predicted, dataset.targets, "{scale:e}, {scaling}");
        }
    }
}

/// From the first cost to the second, or from records to those 1e100 times as large, dual variables
/// would grow by more than numbers hold.
#[test]
fn a_start_that_the_numbers_do_not_hold_is_none() {
    let data = overlapping(20, 2);
    let params = LinearSvm::params().iterations(20);
    let path = params.check_ref().unwrap();
    let path = path.fit_path(&data, &[1e-200, 1e200]).unwrap();
    assert_eq!(path[1], params.clone().c(1e200).fit(&data).unwrap());
    let large = Dataset::new(&data.records * 1e100, data.targets.clone());
    let warm = params.check_ref().unwrap();
    let warm = warm.fit_with(Some(params.fit(&data).unwrap()), &large);
    assert_eq!(warm.unwrap(), params.fit(&large).unwrap());
}

#[test]
fn records_of_zeros_have_their_part_in_the_gap() {
    let records = array![[0.0], [2.0], [0.0], [-2.0]];
    let dataset = Dataset::new(records, array![true, true, false, false]);
    let params = LinearSvm::params().loss(Loss::Hinge).intercept_scaling(0.0);
    let model = params.fit(&dataset).unwrap();
    assert!(model.gap() <= 1e-3, "{}", model.gap());
    assert_abs_diff_eq!(model.coefficients()[[0, 1]], 0.5, epsilon = 1e-2);
}

#[test]
fn columns_that_depend_on_each_other_are_no_fault() {
    let mut rng = Xoshiro256Plus::seed_from_u64(8);
    let mut records = Array2::from_shape_simple_fn((3000, 3), || rng.gen_range(900.0_f32..1100.0));
    let sum = &records.column(0) + &records.column(1);
    records.column_mut(2).assign(&sum);
    let targets = records.column(0).mapv(|x| x > 1000.0);
    let params = LinearSvm::params().solver(Solver::Primal).iterations(50);
    let model = params.fit(&Dataset::new(records, targets)).unwrap();
    assert!(model.coefficients().iter().all(|w| w.is_finite()));
}
