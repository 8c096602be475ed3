//! The parts of the comparison with peers.

pub(crate) mod contender;
pub(crate) mod data;
pub(crate) mod exchange;
pub(crate) mod features;
pub(crate) mod folds;
pub(crate) mod gemm;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod mixture;
pub(crate) mod neighbors;
pub(crate) mod npy;
pub(crate) mod options;
pub(crate) mod ours;
pub(crate) mod peer;
pub(crate) mod report;
pub(crate) mod sets;
pub(crate) mod spread;
pub(crate) mod svm;
pub(crate) mod work;

/// A fault that the user is told.
pub(crate) type Fault = Box<dyn std::error::Error>;
