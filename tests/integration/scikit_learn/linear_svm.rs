//! Hyperplanes of linear support vector machines.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::classification::{LinearSvm, Loss, Solver};
use ndarray::{Array1, Axis, concatenate, s};
use serde_json::Value;

use super::{classes, matrix, numbers};

/// The primal objective is strongly convex: `|w - w*|^2 / 2` is at most `P(w)` times the gap, and
/// `P(w)` at most `C n`, its value at zero.
fn bound(gap: f64, cost: f64, weights: &Array1<f64>) -> f64 {
    (2.0 * gap * cost * weights.sum()).sqrt()
}

#[test]
fn hyperplanes_are_those_of_linear_svc() {
    let file: Value = serde_json::from_str(include_str!("linear_svm.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let number = |name: &str| case[name].as_f64().unwrap();
        let (cost, scaling) = (number("cost"), number("scaling"));
        let squared = case["loss"] == "squared_hinge";
        let weights = numbers(&case["weights"]);
        let dataset = Dataset::new(matrix(&case["records"]), classes(&case["targets"]))
            .with_weights(weights.mapv(|x| x as f32));
        let expected = concatenate![
            Axis(0),
            matrix(&case["coefficients"]),
            numbers(&case["intercepts"]).insert_axis(Axis(0))
        ];
        let solvers = [Solver::Dual, Solver::Primal];
        for solver in solvers.into_iter().take(if squared { 2 } else { 1 }) {
            let loss = if squared {
                Loss::SquaredHinge
            } else {
                Loss::Hinge
            };
            let params = LinearSvm::params()
                .c(cost)
                .loss(loss)
                .intercept_scaling(scaling);
            let params = params.gap(1e-12).solver(solver).iterations(100_000);
            let model = params.fit(&dataset).unwrap();
            assert!(model.gap() <= 1e-12, "{}: {}", case["name"], model.gap());
            let first = model.coefficients().ncols() - expected.ncols();
            let found = concatenate![
                Axis(0),
                model.coefficients().slice(s![.., first..]),
                model.intercepts().slice(s![first..]).insert_axis(Axis(0))
            ];
            let gap = (&found - &expected).fold(0.0, |gap: f64, x| gap.max(x.abs()));
            // weights are rounded to f32; LIBLINEAR stops at a gradient of 1e-12
            let most = 2.0 * bound(1e-12, cost, &weights) * scaling + 1e-6;
            assert!(gap < most, "{}: {gap:e}, at most {most:e}", case["name"]);
        }
    }
}
