//! Hyper-parameters of the linear support vector machine.

use std::marker::PhantomData;

use linfa::{Float, ParamGuard};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::loss::Loss;
use super::solver::Solver;
use crate::error::ClassificationError;
use crate::{Error, Result};

/// How many times its rounding a type of numbers can reach as a relative duality gap.
const REACHABLE: f64 = 64.0;

/// Checked hyper-parameters of [`LinearSvm`](super::LinearSvm).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::{LinearSvm, Loss, Solver};
///
/// let params = LinearSvm::<f64, usize>::params().check()?;
/// assert_eq!((params.c(), params.loss(), params.gap()), (1.0, Loss::SquaredHinge, 1e-3));
/// assert_eq!(params.solver(), &Solver::Dual);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "LinearSvmParams<F, L, R>",
        bound(
            serialize = "R: serde_crate::Serialize",
            deserialize = "F: Float, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct LinearSvmValidParams<F, L, R = Xoshiro256Plus> {
    c: f64,
    loss: Loss,
    solver: Solver,
    intercept_scaling: f64,
    balanced: bool,
    gap: f64,
    iterations: usize,
    rng: R,
    #[cfg_attr(feature = "serde", serde(skip))]
    phantom: PhantomData<fn() -> (F, L)>,
}

impl<F, L, R> LinearSvmValidParams<F, L, R> {
    /// The cost C of losses beside the norm of the weights.
    pub fn c(&self) -> f64 {
        self.c
    }

    /// The loss.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The algorithm.
    pub fn solver(&self) -> &Solver {
        &self.solver
    }

    /// The value B of the feature whose weight makes the intercept.
    pub fn intercept_scaling(&self) -> f64 {
        self.intercept_scaling
    }

    /// Whether the classes weigh the same, however many records they have.
    pub fn balanced(&self) -> bool {
        self.balanced
    }

    /// The greatest relative duality gap.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// The most passes over the records.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// The random-number generator of the order of records.
    pub fn rng(&self) -> &R {
        &self.rng
    }

    /// The same with another cost, for a path.
    pub(super) fn with_c(&self, c: f64) -> Result<Self>
    where
        F: Float,
        L: Clone,
        R: Clone,
    {
        LinearSvmParams(self.clone()).c(c).check()
    }
}

impl<F, L, R: Clone> LinearSvmValidParams<F, L, R> {
    fn clone_with_rng<R2>(self, rng: R2) -> LinearSvmValidParams<F, L, R2> {
        LinearSvmValidParams {
            c: self.c,
            loss: self.loss,
            solver: self.solver,
            intercept_scaling: self.intercept_scaling,
            balanced: self.balanced,
            gap: self.gap,
            iterations: self.iterations,
            rng,
            phantom: PhantomData,
        }
    }
}

/// Hyper-parameters of [`LinearSvm`](super::LinearSvm), checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::{LinearSvm, Loss, Solver};
///
/// let params = LinearSvm::<f32, usize>::params().c(0.1).loss(Loss::Hinge);
/// assert!(params.check_ref().is_ok());
/// assert!(params.clone().solver(Solver::Primal).check().is_err()); // wants the squared hinge
/// assert!(params.c(0.0).check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate", bound(serialize = "R: serde_crate::Serialize"))
)]
pub struct LinearSvmParams<F, L, R = Xoshiro256Plus>(LinearSvmValidParams<F, L, R>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LinearSvmParams<F, L, R> {
        c, loss, solver, intercept_scaling, balanced, gap, iterations, rng
    } => Ok(Self(LinearSvmValidParams {
        c,
        loss,
        solver,
        intercept_scaling,
        balanced,
        gap,
        iterations,
        rng,
        phantom: PhantomData,
    }));
    where R: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, L, R> TryFrom<LinearSvmParams<F, L, R>> for LinearSvmValidParams<F, L, R> {
    type Error = Error;

    fn try_from(unchecked: LinearSvmParams<F, L, R>) -> Result<Self> {
        unchecked.check()
    }
}

impl<F, L> LinearSvmParams<F, L> {
    /// C = 1, the squared hinge, by dual coordinate descent.
    pub fn new() -> Self {
        Self(LinearSvmValidParams {
            c: 1.0,
            loss: Loss::SquaredHinge,
            solver: Solver::Dual,
            intercept_scaling: 1.0,
            balanced: false,
            gap: 1e-3,
            iterations: 1000,
            rng: Xoshiro256Plus::seed_from_u64(42),
            phantom: PhantomData,
        })
    }
}

impl<F, L> Default for LinearSvmParams<F, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F, L, R> LinearSvmParams<F, L, R> {
    /// The cost C > 0 of losses beside the norm of the weights, a number that the records' type
    /// holds with all digits: for `f32`, from 1.2e-38. Defaults to 1.
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// The loss. Defaults to the squared hinge.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.loss = loss;
        self
    }

    /// The algorithm. Defaults to dual coordinate descent.
    pub fn solver(mut self, solver: Solver) -> Self {
        self.0.solver = solver;
        self
    }

    /// The value `B >= 0` of the feature whose weight makes the intercept: the greater it is, the
    /// less the penalty draws the intercept towards zero; 0 for no intercept. Defaults to 1.
    pub fn intercept_scaling(mut self, scaling: f64) -> Self {
        self.0.intercept_scaling = scaling;
        self
    }

    /// Whether records weigh `n / (c n_k)` times as much, by the number `n_k` of records of their
    /// class, so that all c classes weigh the same. Defaults to false. For other weights of
    /// classes, give the dataset weights.
    pub fn balanced(mut self, balanced: bool) -> Self {
        self.0.balanced = balanced;
        self
    }

    /// The greatest relative duality gap of the solution, in `(0, 1)`. Defaults to 1e-3. `f32`
    /// reaches 1e-5 or so.
    pub fn gap(mut self, gap: f64) -> Self {
        self.0.gap = gap;
        self
    }

    /// The most passes over the records, at least 1, of the solvers that stop by the duality gap.
    /// If they do not suffice, the model's [gap](super::LinearSvm::gap) is above the one that was
    /// asked for. Defaults to 1000.
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.0.iterations = iterations;
        self
    }
}

impl<F, L, R: Clone> LinearSvmParams<F, L, R> {
    /// The random-number generator of the order of records. Defaults to one that is seeded with 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> LinearSvmParams<F, L, R2> {
        LinearSvmParams(self.0.clone_with_rng(rng))
    }
}

impl<F: Float, L, R> ParamGuard for LinearSvmParams<F, L, R> {
    type Checked = LinearSvmValidParams<F, L, R>;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidCost`], [`InvalidInterceptScaling`], [`InvalidGap`], [`InvalidPasses`];
    /// [`PrimalLoss`] for the hinge with [`Solver::Primal`]; those of
    /// [`Sgd`](super::Sgd)'s own settings.
    ///
    /// [`InvalidCost`]: ClassificationError::InvalidCost
    /// [`InvalidInterceptScaling`]: ClassificationError::InvalidInterceptScaling
    /// [`InvalidGap`]: ClassificationError::InvalidGap
    /// [`InvalidPasses`]: ClassificationError::InvalidPasses
    /// [`PrimalLoss`]: ClassificationError::PrimalLoss
    fn check_ref(&self) -> Result<&Self::Checked> {
        let params = &self.0;
        let least = REACHABLE * F::epsilon().to_f64().unwrap_or(f64::EPSILON);
        // as the solvers hold it
        let positive = |x: f64| F::cast(x) > F::zero() && F::cast(x).is_finite();
        let small = F::cast(params.c) < F::min_positive_value();
        let fault = if !positive(params.c) || small {
            ClassificationError::InvalidCost(params.c)
        } else if !(positive(params.intercept_scaling) || params.intercept_scaling == 0.0) {
            ClassificationError::InvalidInterceptScaling(params.intercept_scaling)
        } else if !(least..1.0).contains(&params.gap) {
            let gap = params.gap;
            ClassificationError::InvalidGap { gap, least }
        } else if params.iterations == 0 {
            ClassificationError::InvalidPasses(0)
        } else if matches!(params.solver, Solver::Primal) && params.loss == Loss::Hinge {
            ClassificationError::PrimalLoss
        } else if let Solver::Sgd(sgd) = &params.solver {
            return sgd.check().map(|()| params);
        } else {
            return Ok(params);
        };
        Err(fault.into())
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
