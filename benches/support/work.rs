//! What is measured.

use std::fmt;

use clap::ValueEnum;

/// Images in a batch, and Markov chains.
pub(crate) const BATCH: usize = 100;
/// Mean-field sweeps over the hidden layers of a deep machine.
pub(crate) const SWEEPS: usize = 10;
/// Gibbs steps of a deep machine's chains in each batch.
pub(crate) const GIBBS_STEPS: usize = 5;
/// Steps of annealed importance sampling.
pub(crate) const TEMPERATURES: usize = 1000;

/// Images whose Fisher vectors are computed, at most.
pub(crate) const IMAGES: usize = 10_000;
/// Components of the mixture of Gaussians.
pub(crate) const COMPONENTS: usize = 256;

/// A piece of work that every program does in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    #[value(name = "rbm-10")]
    Rbm10,
    #[value(name = "rbm-256")]
    Rbm256,
    #[value(name = "dbm-20-40")]
    Dbm20x40,
    #[value(name = "dbm-500-1000")]
    Dbm500x1000,
    Ais,
    Mixture,
}

/// The kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An epoch of PCD-1.
    Rbm,
    /// A joint epoch from small random weights.
    Dbm,
    /// Annealed importance sampling of an RBM's partition function.
    Ais,
    /// Improved Fisher vectors of a mixture of Gaussians.
    Mixture,
}

impl Work {
    pub(crate) const ALL: [Self; 6] = [
        Self::Rbm10,
        Self::Rbm256,
        Self::Dbm20x40,
        Self::Dbm500x1000,
        Self::Ais,
        Self::Mixture,
    ];

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Rbm10 | Self::Rbm256 => Kind::Rbm,
            Self::Dbm20x40 | Self::Dbm500x1000 => Kind::Dbm,
            Self::Ais => Kind::Ais,
            Self::Mixture => Kind::Mixture,
        }
    }

    /// Units of the hidden layers; none of a mixture.
    pub(crate) fn hidden(self) -> &'static [usize] {
        match self {
            Self::Rbm10 => &[10],
            Self::Rbm256 => &[256],
            Self::Dbm20x40 => &[20, 40],
            Self::Dbm500x1000 => &[500, 1000],
            Self::Ais => &[500],
            Self::Mixture => &[],
        }
    }

    /// How many times as fast as the fastest peer this crate is to be.
    pub(crate) fn target(self) -> f64 {
        match self {
            Self::Rbm10 => 7.0,
            Self::Rbm256 => 4.0,
            Self::Dbm20x40 => 5.0,
            Self::Dbm500x1000 => 1.3,
            Self::Ais => 2.0,
            Self::Mixture => 10.0,
        }
    }

    /// The figure that shows that all programs have done the same.
    pub(crate) fn check(self) -> &'static str {
        match self.kind() {
            Kind::Rbm => "pseudo-log-likelihood",
            Kind::Dbm => "reconstruction error",
            Kind::Ais => "log Z",
            Kind::Mixture => "mean magnitude",
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden: Vec<String> = self.hidden().iter().map(usize::to_string).collect();
        let layers = format!("784-{}", hidden.join("-"));
        match self.kind() {
            Kind::Rbm => write!(f, "RBM {layers}, one epoch of PCD-1"),
            Kind::Dbm => write!(f, "DBM {layers}, one joint epoch"),
            Kind::Mixture => write!(
                f,
                "Fisher vectors of a Gaussian mixture, {COMPONENTS} components, images x 100 patches x 64 pixels"
            ),
            Kind::Ais => write!(
                f,
                "AIS of an RBM {layers}, {BATCH} chains x {TEMPERATURES} temperatures"
            ),
        }
    }
}
