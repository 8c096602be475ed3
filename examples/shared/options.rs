//! Options of a fit of improved Fisher vectors by landmarks.

use clap::Args;
use linfa_fisher::boltzmann::{Dbm, DbmParams, LearningRate};
use rand_xoshiro::Xoshiro256Plus;

#[derive(Args, Debug, Clone)]
pub(crate) struct FitOptions {
    /// Units of the machine's hidden layers.
    #[arg(long, value_delimiter = ',', default_values_t = [20, 40])]
    pub(crate) hidden: Vec<usize>,
    /// Epochs of the machine's joint training; each layer is pretrained for a quarter of them.
    #[arg(long, default_value_t = 40)]
    pub(crate) epochs: usize,
    /// Training images that stand for all others.
    #[arg(long, default_value_t = 4096)]
    pub(crate) landmarks: usize,
    /// Number of features.
    #[arg(long, default_value_t = 512)]
    pub(crate) rank: usize,
    /// What is added to the variance of every feature, relative to the largest one.
    #[arg(long, default_value_t = 1e-4)]
    pub(crate) damping: f64,
    /// Training images to use; all of them without it.
    #[arg(long)]
    pub(crate) rows: Option<usize>,
}

impl FitOptions {
    /// The machine that these options describe.
    pub(crate) fn machine(&self) -> DbmParams<f32, Xoshiro256Plus> {
        Dbm::params(&self.hidden)
            .epochs(self.epochs)
            .pretraining_epochs(self.epochs.div_ceil(4))
            .learning_rate(LearningRate::LinearToZero { initial: 0.02 })
            .centred(true)
    }
}
