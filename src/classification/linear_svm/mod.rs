//! Linear support vector machines at any number of records: one class against the rest, by three
//! solvers of one problem.
//!
//! For each class, with `y = 1` for its records and `-1` for all others,
//!
//! ```text
//! P(w, u) = (|w|^2 + u^2) / 2 + C sum_i s_i loss(y_i f(x_i)),    f(x) = w'x + B u
//! loss(m) = max(0, 1 - m)      (hinge)    or    max(0, 1 - m)^2      (squared hinge)
//! ```
//!
//! where `s` are the records' weights and `B` is the [intercept scaling]: the intercept is
//! `b = B u`, where `u` is the weight of one more feature, which is `B` for every record, and is
//! drawn towards zero as the others are. This is LIBLINEAR's problem (Fan et al. 2008) and has one
//! solution. How far a solver is from it at most, it knows by the dual problem, whose value never
//! exceeds `P`:
//!
//! ```text
//! D(a) = sum_i a_i - |sum_i a_i y_i x_i|^2 / 2                  0 <= a_i <= C s_i        (hinge)
//! D(a) = sum_i (a_i - a_i^2 / (4 C s_i)) - |sum_i a_i y_i x_i|^2 / 2      0 <= a_i       (squared)
//! ```
//!
//! The relative duality gap is `(P - D) / P`; the solvers stop once no class has a greater one than
//! was asked for.
//!
//! [intercept scaling]: LinearSvmParams::intercept_scaling

mod dual;
mod fit;
mod line_search;
mod loss;
mod model;
mod objective;
mod params;
mod primal;
mod problem;
mod sgd;
mod solution;
mod solver;
mod support;

pub use loss::Loss;
pub use model::LinearSvm;
pub use params::{LinearSvmParams, LinearSvmValidParams};
pub use sgd::{Schedule, Sgd};
pub use solver::Solver;
