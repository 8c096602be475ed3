//! Which algorithm finds the solution.

use super::sgd::Sgd;

/// The algorithm of a [`LinearSvm`](super::LinearSvm).
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{LinearSvm, Solver};
///
/// let params = LinearSvm::<f32, usize>::params().solver(Solver::Primal);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Solver {
    /// Dual coordinate descent with shrinking (Hsieh et al. 2008), for records in memory and both
    /// losses. It keeps one dual variable for each record and class. Of at least twice as many
    /// features as records, it reads nothing but the inner products of all pairs of records once
    /// they are computed (`n x n` numbers), and problems that take long get projected Newton steps
    /// (Bertsekas 1982) between its passes.
    Dual,
    /// Conjugate gradients of all classes at once for the squared hinge, with exact line searches,
    /// preconditioned by `1 + 2 C X'SX`, which bounds the second derivative from above; the first
    /// step from zero leads to the ridge solution. Of 512 features or more that are hardly
    /// correlated, such as whitened ones, its diagonal does the same at no cost. Every iteration
    /// reads the records twice, one after another, so that they may come from a
    /// [source](super::LinearSvmValidParams::fit_source), such as one in
    /// [half precision](crate::record_source::HalfPrecision). It holds three matrices of `n x c`
    /// numbers and, unless the diagonal will do, two of `(d + 1) x (d + 1)`: a solver for more
    /// records than features.
    Primal,
    /// Stochastic gradient descent (of the squared hinge, with implicit steps). It does not stop by
    /// the duality gap, and its result depends on the order of the records.
    Sgd(Sgd),
}
