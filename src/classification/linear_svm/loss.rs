//! The losses and what the dual problem makes of them.

/// What a record costs whose margin `m = y f(x)` is below one.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::Loss;
///
/// assert_eq!(Loss::Hinge.value(0.0), 1.0);
/// assert_eq!(Loss::SquaredHinge.value(-1.0), 4.0);
/// assert_eq!(Loss::SquaredHinge.value(1.5), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Loss {
    /// `max(0, 1 - m)`, which leaves most records without influence (Cortes and Vapnik 1995).
    Hinge,
    /// `max(0, 1 - m)^2`, whose gradient is continuous.
    SquaredHinge,
}

impl Loss {
    /// The loss at the margin `m`.
    pub fn value(self, margin: f64) -> f64 {
        let short = (1.0 - margin).max(0.0);
        match self {
            Self::Hinge => short,
            Self::SquaredHinge => short * short,
        }
    }

    /// The negative derivative at the margin `m`; of the hinge at 1, zero.
    pub(super) fn pull(self, margin: f64) -> f64 {
        match self {
            Self::Hinge => f64::from(u8::from(margin < 1.0)),
            Self::SquaredHinge => 2.0 * (1.0 - margin).max(0.0),
        }
    }

    /// The negative derivative by which a step of the length `step` along it, times the record's
    /// square, leads: of the squared hinge that at the margin *after* the step (implicit steps,
    /// Toulis and Airoldi 2017), which is never beyond 1, as large steps else swing ever wider.
    pub(super) fn stable_pull(self, margin: f64, step: f64) -> f64 {
        match self {
            Self::Hinge => self.pull(margin),
            Self::SquaredHinge => self.pull(margin) / (1.0 + 2.0 * step),
        }
    }

    /// The greatest dual variable of a record of cost `c`.
    pub(super) fn bound(self, c: f64) -> f64 {
        match self {
            Self::Hinge => c,
            Self::SquaredHinge => f64::INFINITY,
        }
    }

    /// What the dual problem adds to `|x|^2` of a record of cost `c`: `1 / (2 c)` for the squared
    /// hinge.
    pub(super) fn diagonal(self, c: f64) -> f64 {
        match self {
            Self::Hinge => 0.0,
            Self::SquaredHinge => 0.5 / c,
        }
    }

    /// A record's part of the dual objective: `a - a^2 diagonal / 2`.
    pub(super) fn dual(self, alpha: f64, c: f64) -> f64 {
        match self {
            Self::Hinge => alpha,
            Self::SquaredHinge if alpha == 0.0 => 0.0, // also where a record costs nothing
            Self::SquaredHinge => alpha * (1.0 - 0.25 * alpha / c),
        }
    }
}
