//! Linear support vector machines: optimality, agreement of the solvers, and what bad input gets.

use approx::assert_abs_diff_eq;
use linfa::prelude::*;
use linfa::traits::FitWith;
use linfa_fisher::Error;
use linfa_fisher::classification::{
    ClassificationError, DecisionFunction, LinearSvm, LinearSvmParams, Loss, Schedule, Sgd, Solver,
};
use linfa_fisher::error::RecordsError;
use linfa_fisher::observer::{History, Observer};
use linfa_fisher::record_source::Repeated;
use linfa_fisher::traits::FitObserved;
use ndarray::{Array1, Array2, Axis, Ix1, array, concatenate, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

pub(crate) type Data = Dataset<f64, usize, Ix1>;

/// Records of three classes that overlap, with weights.
pub(crate) fn overlapping(rows: usize, columns: usize) -> Data {
    let mut rng = Xoshiro256Plus::seed_from_u64(3);
    let targets = Array1::from_shape_fn(rows, |_| rng.gen_range(0..3_usize));
    let records = Array2::from_shape_fn((rows, columns), |(row, column)| {
        let centre = if column % 3 == targets[row] { 0.7 } else { 0.0 };
        centre + rng.gen_range(-1.0..1.0)
    });
    let weights = Array1::from_shape_fn(rows, |_| rng.gen_range(0.5..2.0));
    Dataset::new(records, targets).with_weights(weights)
}

pub(crate) fn params() -> LinearSvmParams<f64, usize> {
    LinearSvm::params().c(0.5).gap(1e-8)
}

/// The primal objective of one class, written out.
fn objective(data: &Data, model: &LinearSvm<f64, usize>, class: usize, loss: Loss, c: f64) -> f64 {
    let w = model.coefficients().column(class);
    let b = model.intercepts()[class];
    let losses = (0..data.nsamples()).map(|row| {
        let y = if data.targets[row] == class {
            1.0
        } else {
            -1.0
        };
        f64::from(data.weights[row]) * loss.value(y * (data.records.row(row).dot(&w) + b))
    });
    0.5 * (w.dot(&w) + b * b) + c * losses.sum::<f64>()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<LinearSvm<f32, usize>>();
    has_autotraits::<LinearSvmParams<f32, usize>>();
    has_autotraits::<(Loss, Schedule, Sgd, Solver)>();
}

#[test]
fn no_step_from_the_solution_goes_down() {
    let data = overlapping(150, 4);
    let mut rng = Xoshiro256Plus::seed_from_u64(5);
    for loss in [Loss::Hinge, Loss::SquaredHinge] {
        let model = params().loss(loss).fit(&data).unwrap();
        assert!(model.gap() <= 1e-8);
        for class in 0..3 {
            let least = objective(&data, &model, class, loss, 0.5);
            for _ in 0..50 {
                let mut coefficients = model.coefficients().clone();
                coefficients.mapv_inplace(|w| w + rng.gen_range(-0.01..0.01));
                let w = coefficients.column(class);
                let losses = (0..150).map(|row| {
                    let y = if data.targets[row] == class {
                        1.0
                    } else {
                        -1.0
                    };
                    let value = data.records.row(row).dot(&w) + model.intercepts()[class];
                    f64::from(data.weights[row]) * loss.value(y * value)
                });
                let b = model.intercepts()[class];
                let moved = 0.5 * (w.dot(&w) + b * b) + 0.5 * losses.sum::<f64>();
                assert!(moved > least * (1.0 - 1e-8), "{loss:?} {class}");
            }
        }
    }
}

/// `P` is strongly convex with modulus 1: `|w - w*|^2 / 2 <= P(w) - D`.
fn assert_agree(data: &Data, a: &LinearSvm<f64, usize>, b: &LinearSvm<f64, usize>, loss: Loss) {
    for class in 0..3 {
        let bound = |m: &LinearSvm<f64, usize>| {
            (2.0 * m.gap() * objective(data, m, class, loss, 0.5)).sqrt()
        };
        let difference = &a.coefficients().column(class) - &b.coefficients().column(class);
        assert!(difference.dot(&difference).sqrt() <= bound(a) + bound(b));
        let intercepts = a.intercepts()[class] - b.intercepts()[class];
        assert!(intercepts.abs() <= bound(a) + bound(b));
    }
}

#[test]
fn the_solvers_agree_at_the_optimum() {
    let data = overlapping(300, 7);
    let dual = params().fit(&data).unwrap();
    let primal = params().solver(Solver::Primal).fit(&data).unwrap();
    assert!(dual.gap() <= 1e-8 && primal.gap() <= 1e-8);
    assert_agree(&data, &dual, &primal, Loss::SquaredHinge);
    let sgd = Solver::Sgd(Sgd::new(2000));
    let sgd = params().solver(sgd).fit(&data).unwrap();
    assert!(sgd.gap() < 1e-3, "{}", sgd.gap());
    assert_agree(&data, &dual, &sgd, Loss::SquaredHinge);
    let hinge = params().loss(Loss::Hinge);
    let sgd = Solver::Sgd(Sgd::new(2000));
    let sgd = hinge.clone().solver(sgd).fit(&data).unwrap();
    let dual = hinge.fit(&data).unwrap();
    for class in 0..3 {
        let of = |model| objective(&data, model, class, Loss::Hinge, 0.5);
        let (found, least) = (of(&sgd), of(&dual));
        assert!(found < 1.005 * least, "{class}: {found}, {least}");
    }
}

#[test]
fn two_classes_are_worked_by_hand() {
    // f(x) = w x without intercept; at C = 1 and the squared hinge, P = w^2/2 + 2 (1 - w)^2
    let data = Dataset::new(array![[1.0], [-1.0]], array![true, false]);
    for solver in [Solver::Dual, Solver::Primal] {
        let params = LinearSvm::params()
            .gap(1e-10)
            .intercept_scaling(0.0)
            .solver(solver);
        let model = params.fit(&data).unwrap();
        assert_abs_diff_eq!(*model.coefficients(), array![[-0.8, 0.8]], epsilon = 1e-5);
        assert_eq!(model.intercepts(), array![0.0, 0.0]);
        assert_eq!(model.predict(&array![[0.3], [-0.1]]), array![true, false]);
    }
}

#[test]
fn weight_two_is_a_record_twice() {
    let plain = overlapping(60, 3);
    let doubled = Dataset::new(plain.records.clone(), plain.targets.clone()).with_weights(
        Array1::from_shape_fn(60, |row| if row < 20 { 2.0 } else { 1.0 }),
    );
    let twice = Dataset::new(
        concatenate![Axis(0), plain.records, plain.records.slice(s![..20, ..])],
        concatenate![Axis(0), plain.targets, plain.targets.slice(s![..20])],
    );
    for solver in [Solver::Dual, Solver::Primal] {
        let params = params().gap(1e-12).solver(solver);
        let (a, b) = (params.fit(&doubled).unwrap(), params.fit(&twice).unwrap());
        assert_abs_diff_eq!(a.coefficients(), b.coefficients(), epsilon = 1e-5);
    }
    let none = Array1::from_shape_fn(60, |row| if row < 20 { 0.0 } else { 1.0 });
    let without = Dataset::new(plain.records.clone(), plain.targets.clone()).with_weights(none);
    let rest = plain.records.slice(s![20.., ..]).to_owned();
    let rest = Dataset::new(rest, plain.targets.slice(s![20..]).to_owned());
    let params = params().gap(1e-12);
    let (a, b) = (params.fit(&without).unwrap(), params.fit(&rest).unwrap());
    assert_abs_diff_eq!(a.coefficients(), b.coefficients(), epsilon = 1e-5);
}

#[test]
fn balanced_classes_weigh_the_same() {
    let data = overlapping(90, 3);
    let data = Dataset::new(data.records, data.targets);
    let count = |class| data.targets.iter().filter(|&&t| t == class).count() as f32;
    let weights = data.targets.mapv(|class| 30.0 / count(class));
    let weighted = Dataset::new(data.records.clone(), data.targets.clone()).with_weights(weights);
    let (a, b) = (params().balanced(true).fit(&data), params().fit(&weighted));
    assert_abs_diff_eq!(
        a.unwrap().coefficients(),
        b.unwrap().coefficients(),
        epsilon = 1e-4
    );
}

#[test]
fn starts_and_paths_lead_to_the_same_solution() {
    let data = overlapping(200, 5);
    for solver in [Solver::Dual, Solver::Primal] {
        let params = params().solver(solver).check().unwrap();
        let cold = params.fit(&data).unwrap();
        let warm = params.fit_with(Some(cold.clone()), &data).unwrap();
        assert!(
            warm.passes() < cold.passes(),
            "{} {}",
            warm.passes(),
            cold.passes()
        );
        assert_agree(&data, &cold, &warm, Loss::SquaredHinge);
        let path = params.fit_path(&data, &[0.05, 0.5]).unwrap();
        assert_agree(&data, &cold, &path[1], Loss::SquaredHinge);
    }
}

/// Weights of small records are worse than none for large ones.
#[test]
fn a_start_that_is_worse_than_none_is_none() {
    let data = overlapping(40, 3);
    let large = Dataset::new(&data.records * 1e4, data.targets.clone());
    for solver in [Solver::Dual, Solver::Primal] {
        let params = LinearSvm::params().c(1e-6).solver(solver);
        let start = params.clone().c(100.0).fit(&data).unwrap();
        let cold = params.fit(&large).unwrap();
        let warm = params
            .check_ref()
            .unwrap()
            .fit_with(Some(start), &large)
            .unwrap();
        assert_eq!(warm, cold);
    }
}

#[test]
fn a_source_is_as_good_as_an_array() {
    let mut data = overlapping(500, 6);
    data = Dataset::new(data.records, data.targets);
    let records = data.records.clone();
    let blocks = |_: usize| records.axis_chunks_iter(Axis(0), 70).map(|b| b.to_owned());
    let params = params().solver(Solver::Primal).check().unwrap();
    let targets = data.targets.view();
    let streamed = params.fit_source(&blocks, targets, &mut ()).unwrap();
    let whole = params.fit(&data).unwrap();
    assert_abs_diff_eq!(
        streamed.coefficients(),
        whole.coefficients(),
        epsilon = 1e-9
    );

    let fault = |source: &dyn Fn(usize) -> Vec<Array2<f64>>| {
        let error = params
            .fit_source(&Repeated(source), targets, &mut ())
            .unwrap_err();
        error.to_string()
    };
    assert!(fault(&|_| vec![records.clone(), records.clone()]).contains("1000"));
    assert!(fault(&|_| vec![records.slice(s![..3, ..]).to_owned()]).contains("3 "));
    assert!(
        fault(&|_| vec![records.slice(s![..3, ..]).to_owned(), Array2::zeros((1, 2))])
            .contains('2')
    );
    let mut bad = records.clone();
    bad[[450, 2]] = f64::NAN;
    assert!(fault(&|_| vec![bad.clone()]).contains("[450, 2]"));
    let passes = std::cell::Cell::new(0);
    let other = |_| {
        passes.set(passes.get() + 1);
        vec![&records * f64::from(passes.get())]
    };
    assert!(fault(&other).contains("a later pass"));
    // a row less in every later pass
    let left = std::cell::Cell::new(501);
    let shrinking = |_| {
        left.set(left.get() - 1);
        vec![records.slice(s![..left.get(), ..]).to_owned()]
    };
    assert!(fault(&shrinking).contains("a later pass"));
    // the same records in other blocks, also empty ones, are the same, in another order they are not
    let rows = std::cell::Cell::new(40);
    let blocks_of_any_size = |_: usize| {
        rows.set(rows.get() + 1);
        let blocks = records.axis_chunks_iter(Axis(0), rows.get());
        let nothing = std::iter::once(Array2::zeros((0, 0)));
        nothing
            .chain(blocks.map(|b| b.to_owned()))
            .collect::<Vec<_>>()
    };
    assert!(
        params
            .fit_source(&blocks_of_any_size, targets, &mut ())
            .is_ok()
    );
    let turned = |_| {
        passes.set(passes.get() + 1);
        let turned = records.slice(s![..;-1, ..]).to_owned();
        vec![if passes.get() % 2 == 0 {
            turned
        } else {
            records.clone()
        }]
    };
    assert!(fault(&turned).contains("a later pass"));
    let dual = LinearSvm::params().check().unwrap();
    assert!(dual.fit_source(&blocks, targets, &mut ()).is_err());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (data, wide) = (overlapping(400, 9), overlapping(60, 130));
    let solvers = [Solver::Dual, Solver::Primal, Solver::Sgd(Sgd::new(3))];
    let works = solvers.map(|solver| (&data, solver));
    for (data, solver) in works.into_iter().chain([(&wide, Solver::Dual)]) {
        let params = params().solver(solver);
        let fit = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| params.fit(data).unwrap())
        };
        assert!(fit(1) == fit(2) && fit(1) == fit(5));
    }
}

#[test]
fn epochs_of_sgd_are_reported() {
    let data = overlapping(200, 5);
    let sgd = Sgd::new(4).held_out(0.25).averaged(false);
    let mut history = History::default();
    let params = params().solver(Solver::Sgd(sgd)).check().unwrap();
    params.fit_observed(&data, &mut history).unwrap();
    for name in ["accuracy", "validation accuracy", "objective"] {
        assert_eq!(history.values(name).count(), 4, "{name}");
    }
    assert!(
        history
            .values("accuracy")
            .all(|share| share > 0.5 && share <= 1.0)
    );
}

/// Asks to stop at once.
struct Stop;

impl Observer for Stop {
    fn should_stop(&self) -> bool {
        true
    }
}

#[test]
fn a_fit_that_ends_early_says_how_far_it_is() {
    let data = overlapping(300, 7);
    for solver in [Solver::Dual, Solver::Primal] {
        let params = params().solver(solver);
        let stopped = params
            .clone()
            .check()
            .unwrap()
            .fit_observed(&data, &mut Stop)
            .unwrap();
        assert!(stopped.gap() > 1e-8);
        let few = params.iterations(1).fit(&data).unwrap();
        assert_eq!(few.passes(), 1);
        assert!(few.gap() > 1e-8);
    }
}

#[test]
fn decision_values_are_those_of_the_hyperplanes() {
    let data = overlapping(50, 4);
    let model = params().fit(&data).unwrap();
    let values = model.decision_function(&data.records).unwrap();
    let expected = data.records.dot(model.coefficients()) + model.intercepts();
    assert_abs_diff_eq!(values, expected, epsilon = 1e-12);
    let wide = model.decision_function(&Array2::zeros((1, 5)));
    assert!(matches!(
        wide,
        Err(Error::Records(RecordsError::Width {
            expected: 4,
            found: 5
        }))
    ));
}

#[test]
fn bad_settings_and_records_are_errors() {
    let data = overlapping(20, 3);
    let fault = |params: LinearSvmParams<f64, usize>| match params.fit(&data) {
        Err(Error::Classification(fault)) => fault,
        other => panic!("{other:?}"),
    };
    use ClassificationError as Fault;
    for c in [0.0, 1e-308, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(fault(params().c(c)), Fault::InvalidCost(_)));
    }
    assert!(matches!(
        fault(params().gap(1e-15)),
        Fault::InvalidGap { .. }
    ));
    assert!(matches!(
        fault(params().iterations(0)),
        Fault::InvalidPasses(0)
    ));
    let scaling = params().intercept_scaling(-1.0);
    assert!(matches!(fault(scaling), Fault::InvalidInterceptScaling(_)));
    let primal = params().loss(Loss::Hinge).solver(Solver::Primal);
    assert!(matches!(fault(primal), Fault::PrimalLoss));
    let sgd = |sgd| fault(params().solver(Solver::Sgd(sgd)));
    assert!(matches!(sgd(Sgd::new(0)), Fault::InvalidPasses(0)));
    assert!(matches!(
        sgd(Sgd::new(1).held_out(1.0)),
        Fault::InvalidShare(_)
    ));
    let schedule = Schedule::InverseScaling {
        initial: 0.1,
        power: -1.0,
    };
    assert!(matches!(
        sgd(Sgd::new(1).schedule(schedule)),
        Fault::InvalidSchedule(_)
    ));
    let fast = Solver::Sgd(Sgd::new(30).schedule(Schedule::Constant(1e307)));
    let fast = params().c(1e9).loss(Loss::Hinge).solver(fast);
    assert!(matches!(fault(fast), Fault::SgdDiverged { .. }));

    let with = |records: Array2<f64>, targets: Array1<usize>, weights: Array1<f32>| {
        params()
            .fit(&Dataset::new(records, targets).with_weights(weights))
            .unwrap_err()
            .to_string()
    };
    let weights = with(array![[0.0], [1.0]], array![1, 2], array![1.0, -2.0]);
    assert!(weights.contains("record 1 has the weight -2"), "{weights}");
    let none = with(array![[0.0], [1.0]], array![1, 2], array![0.0, 0.0]);
    assert!(none.contains("all weights are 0"), "{none}");
    assert!(with(array![[0.0], [1.0]], array![1, 1], array![]).contains("class 1"));
    assert!(with(array![[0.0], [f64::NAN]], array![1, 2], array![]).contains("[1, 0]"));
    let other = params().fit(&data).unwrap();
    let two = data.targets.mapv(|class| class.min(1));
    let two = Dataset::new(data.records.clone(), two);
    let error = params()
        .check()
        .unwrap()
        .fit_with(Some(other), &two)
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Classification(Fault::OtherClasses { .. })
    ));
}
