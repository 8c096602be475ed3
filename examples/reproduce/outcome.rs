//! A row of Table 3, as this example and the program `rivals` write it.

use serde_crate::{Deserialize, Serialize};

/// What a system does on a set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Outcome {
    pub(crate) system: String,
    pub(crate) settings: String,
    /// In per cent of the test images, of all folds together.
    pub(crate) accuracy: f64,
    pub(crate) tested: usize,
    /// Of a fold, with the choice of settings.
    pub(crate) training_seconds: f64,
    /// Of an image.
    pub(crate) prediction_seconds: f64,
    /// The largest resident set meanwhile, in MB, where the system tells.
    pub(crate) peak_memory: String,
    /// Four for each number of the trained model.
    pub(crate) bytes: usize,
    /// Whether it was trained only to see that it works, which measures nothing.
    #[serde(default)]
    pub(crate) quick: bool,
}
