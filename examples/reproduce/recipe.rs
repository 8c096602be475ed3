//! The settings of Table 2. Where the paper leaves one open, it was chosen on training images (the
//! protocol part measures that choice again), and is the same for all seeds.

use serde_crate::{Deserialize, Serialize};

use super::machines::Training;
use super::sets::Set;
use super::vectors::{Size, Whitening};

/// All that Table 2's figures of a set depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Recipe {
    pub(crate) set: Set,
    /// Grey levels above it are black.
    pub(crate) threshold: f32,
    pub(crate) training: Training,
    pub(crate) size: Size,
    pub(crate) idfk: Whitening,
    /// Folds of a set that is cross-validated.
    pub(crate) folds: usize,
}

impl Recipe {
    pub(crate) fn of(set: Set, quick: bool) -> Self {
        let (epochs, pretraining, rate) = match set {
            Set::Mnist => (40, 10, 0.02),
            Set::Alphanumeric => (100, 30, 0.03),
            Set::Digits => (60, 15, 0.05),
            Set::Usps | Set::UspsPooled | Set::UspsAll => (150, 20, 0.02),
        };
        let (landmarks, rank) = match set {
            Set::Mnist => (6000, 2000),
            _ => (4000, 1500),
        };
        let shorter = if quick { 4 } else { 1 };
        let threshold = match set {
            Set::Usps | Set::UspsPooled | Set::UspsAll => 0.25,
            _ => 0.5,
        };
        Self {
            set,
            threshold,
            training: Training {
                epochs: epochs / shorter,
                pretraining: pretraining / shorter,
                rate,
                decay: 0.0,
            },
            size: Size { landmarks, rank },
            idfk: Whitening::Of {
                rank,
                damping: 1e-2,
            },
            folds: if quick { 2 } else { 40 },
        }
    }
}
