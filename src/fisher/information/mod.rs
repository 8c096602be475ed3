//! The Fisher information matrix and the whitening of scores by it.
//!
//! Each kind of information is a file of its own with what it learns from the training scores
//! (`fit`), what it does to a block of scores (`apply`) and the checks after it is loaded from a
//! file (`check_loaded`). A new kind is one more such file, which implements `Whitening`, and a
//! variant in [`Information`] and in the enum of fitted kinds.

mod analytical;
mod basis;
mod diagonal;
mod eigenbasis;
mod fitted;
mod identity;
mod kind;
mod low_rank;
mod projection;
mod route;
mod whitening;

pub(super) use basis::Basis;
pub(super) use eigenbasis::scale;
pub(super) use fitted::{FittedInformation, InformationPlan};
pub use kind::Information;
pub(super) use low_rank::whitening_factors;
pub(super) use route::{TOLERANCE, worth_iterating};
