//! Linear support vector machines and their parameters through JSON.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::classification::{
    LinearSvm, LinearSvmParams, LinearSvmValidParams, Loss, Schedule, Sgd, Solver,
};
use ndarray::array;
use serde_json::json;

use crate::json::{fault, through_json};

type Model = LinearSvm<f32, usize>;

#[test]
fn machines_are_read_as_they_were_written() {
    let records = array![
        [0.1_f32, 0.7],
        [0.2, 0.1],
        [1.3, 0.9],
        [1.1, 0.4],
        [0.3, 2.2]
    ];
    let dataset = Dataset::new(records, array![4, 4, 7, 7, 9]);
    let model: Model = LinearSvm::params().fit(&dataset).unwrap();
    assert_eq!(through_json(&model), model);
    assert!(fault::<Model>(&model, "/classes", json!([4, 9, 7])).contains("class"));
    assert!(fault::<Model>(&model, "/intercepts", json!([0.0])).contains("intercepts"));
    assert!(fault::<Model>(&model, "/coefficients/element", json!("f64")).contains("f64"));
}

#[test]
fn parameters_are_checked_when_they_are_read() {
    let sgd = Sgd::new(3).schedule(Schedule::Constant(0.1));
    let params: LinearSvmParams<f32, usize> = LinearSvm::params().loss(Loss::Hinge);
    let params = params.solver(Solver::Sgd(sgd));
    assert_eq!(through_json(&params), params);
    let checked: LinearSvmValidParams<f32, usize> = linfa::ParamGuard::check(params).unwrap();
    assert_eq!(through_json(&checked), checked);
    assert!(fault(&checked, "/c", json!(-1.0)).contains("cost C is -1"));
    assert!(fault(&checked, "/solver", json!("Primal")).contains("hinge"));
}
