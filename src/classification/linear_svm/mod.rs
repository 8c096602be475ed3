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
//! # Other ways to many classes
//!
//! Crammer and Singer's machine, which tells all classes apart at once, was measured and is not
//! here. On improved Fisher vectors of rank 256 of the embedded digits (the machine of the example
//! `quickstart`; 1438 images to learn from, C by a fifth of them; mean and values of three splits),
//! LIBLINEAR and LIBSVM got these per cent of the other images right:
//!
//! | machine | mean | splits |
//! |---|---|---|
//! | one against the rest, squared hinge (this one) | 95.5 | 95.5, 95.0, 96.1 |
//! | one against the rest, hinge | 94.2 | 93.3, 94.2, 95.0 |
//! | Crammer and Singer | 95.0 | 95.5, 93.6, 95.8 |
//! | one against one, squared hinge | 95.5 | 96.1, 95.3, 95.3 |
//! | one against one, hinge | 95.3 | 96.4, 95.0, 94.4 |
//!
//! Of many classes with few images each it is otherwise: on the 36 classes of Alphanumeric, 39
//! images each, one against one ([`OneVsOne`](crate::classification::OneVsOne), of linfa-svm or of
//! this machine) is several points better than one against the rest, which is why the examples
//! `compare` and `reproduce` take it there.
//!
//! [intercept scaling]: LinearSvmParams::intercept_scaling

mod certificate;
mod dual;
mod fit;
mod line_search;
mod loss;
mod model;
mod objective;
mod params;
mod preconditioner;
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
