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

/// Images whose vectors of a mixture are computed, at most.
pub(crate) const IMAGES: usize = 10_000;
/// Components of the mixture of Gaussians.
pub(crate) const COMPONENTS: usize = 256;
/// Directions of the improved Fisher vectors of MNIST.
pub(crate) const RANK: usize = 512;
/// Alphanumeric images that features of full rank are fitted on, at most.
pub(crate) const ALPHANUMERIC: usize = 1365;

/// The cost C of linear support vector machines on features of unit variance.
pub(crate) const SVM_COST: f64 = 0.01;
/// Epochs of stochastic gradient descent.
pub(crate) const SGD_EPOCHS: usize = 10;

/// Folds of a cross-validation.
pub(crate) const FOLDS: usize = 40;
/// Epochs of each stage of the machine of a fold.
pub(crate) const FOLD_EPOCHS: usize = 30;
/// The cost C of the linear support vector machines of a fold.
pub(crate) const FOLD_COST: f64 = 0.1;

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
    #[value(name = "exact-20-40")]
    Exact20x40,
    #[value(name = "landmarks-20-40")]
    Landmarks20x40,
    #[value(name = "landmarks-500-1000")]
    Landmarks500x1000,
    FullRank,
    SvmDual,
    SvmPrimal,
    SvmSgd,
    Neighbor,
    KernelNeighbor,
    Folds,
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
    /// Improved Fisher vectors of a machine: fit and transform.
    Features(Route),
    /// A linear support vector machine on improved Fisher vectors.
    Svm(Machines),
    /// The nearest neighbour of every test image.
    Neighbor(Space),
    /// Cross-validation on Alphanumeric.
    Folds,
}

/// Where neighbours are near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// By improved Fisher vectors.
    Vectors,
    /// By the distance of all scores.
    Scores,
}

/// How a linear support vector machine is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machines {
    /// Dual coordinate descent.
    Dual,
    /// The primal problem, of all classes at once.
    Primal,
    /// Stochastic gradient descent.
    Sgd,
}

impl Machines {
    /// Features of the images.
    pub(crate) fn rank(self) -> usize {
        match self {
            Self::Dual | Self::Sgd => RANK,
            Self::Primal => 4096,
        }
    }
}

/// How whitened directions are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The leading ones of all scores.
    Exact,
    /// Those of so many landmarks.
    Landmarks(usize),
    /// All of them, by the Gram matrix.
    FullRank,
}

impl Work {
    pub(crate) const ALL: [Self; 16] = [
        Self::Rbm10,
        Self::Rbm256,
        Self::Dbm20x40,
        Self::Dbm500x1000,
        Self::Ais,
        Self::Mixture,
        Self::Exact20x40,
        Self::Landmarks20x40,
        Self::Landmarks500x1000,
        Self::FullRank,
        Self::SvmDual,
        Self::SvmPrimal,
        Self::SvmSgd,
        Self::Neighbor,
        Self::KernelNeighbor,
        Self::Folds,
    ];

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Rbm10 | Self::Rbm256 => Kind::Rbm,
            Self::Dbm20x40 | Self::Dbm500x1000 => Kind::Dbm,
            Self::Ais => Kind::Ais,
            Self::Mixture => Kind::Mixture,
            Self::Exact20x40 => Kind::Features(Route::Exact),
            Self::Landmarks20x40 => Kind::Features(Route::Landmarks(4096)),
            Self::Landmarks500x1000 => Kind::Features(Route::Landmarks(8192)),
            Self::FullRank => Kind::Features(Route::FullRank),
            Self::SvmDual => Kind::Svm(Machines::Dual),
            Self::SvmPrimal => Kind::Svm(Machines::Primal),
            Self::SvmSgd => Kind::Svm(Machines::Sgd),
            Self::Neighbor => Kind::Neighbor(Space::Vectors),
            Self::KernelNeighbor => Kind::Neighbor(Space::Scores),
            Self::Folds => Kind::Folds,
        }
    }

    /// Units of the hidden layers; none of a mixture.
    pub(crate) fn hidden(self) -> &'static [usize] {
        match self {
            Self::Rbm10 => &[10],
            Self::Rbm256 => &[256],
            Self::Dbm20x40 | Self::Exact20x40 | Self::Landmarks20x40 => &[20, 40],
            Self::SvmDual | Self::SvmPrimal | Self::SvmSgd => &[20, 40],
            Self::Neighbor | Self::KernelNeighbor => &[20, 40],
            Self::Dbm500x1000 | Self::Landmarks500x1000 => &[500, 1000],
            Self::FullRank | Self::Folds => &[40, 80],
            Self::Ais => &[500],
            Self::Mixture => &[],
        }
    }

    /// How often a peer's turn does the work; the last time counts.
    pub(crate) fn repetitions(self) -> usize {
        match self.kind() {
            Kind::Features(_) | Kind::Svm(_) | Kind::Neighbor(_) | Kind::Folds => 1, // takes minutes, next to which a cold start is nothing
            _ => 2,
        }
    }

    /// How many times as fast as the fastest peer this crate is to be.
    pub(crate) fn target(self) -> f64 {
        match self {
            Self::Rbm10 => 7.0,
            Self::Rbm256 => 4.0,
            Self::Dbm20x40 => 5.0,
            Self::Dbm500x1000 => 1.3,
            Self::Ais | Self::Landmarks20x40 | Self::FullRank => 2.0,
            Self::Mixture | Self::Folds => 10.0,
            Self::Exact20x40 => 8.0,
            Self::Landmarks500x1000 => 1.5,
            Self::SvmDual => 5.0,
            Self::SvmPrimal => 20.0,
            Self::SvmSgd => 3.0,
            Self::Neighbor => 1.5,
            Self::KernelNeighbor => 5.0,
        }
    }

    /// The figure that shows that all programs have done the same.
    pub(crate) fn check(self) -> &'static str {
        match self.kind() {
            Kind::Rbm => "pseudo-log-likelihood",
            Kind::Dbm => "reconstruction error",
            Kind::Ais => "log Z",
            Kind::Mixture => "mean magnitude",
            Kind::Features(_) => "sum of eigenvalues",
            Kind::Svm(Machines::Sgd) | Kind::Neighbor(_) | Kind::Folds => "test accuracy",
            Kind::Svm(_) => "objective",
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
            Kind::Features(Route::Exact) => write!(
                f,
                "DBM {layers}, improved Fisher vectors of rank {RANK}, fit and transform"
            ),
            Kind::Features(Route::Landmarks(landmarks)) => {
                write!(f, "DBM {layers}, the same by {landmarks} landmarks")
            }
            Kind::Features(Route::FullRank) => write!(
                f,
                "DBM 320-{}, improved Fisher vectors of full rank, Alphanumeric",
                hidden.join("-")
            ),
            Kind::Svm(solver) => {
                let name = match solver {
                    Machines::Dual => "dual",
                    Machines::Primal => "primal",
                    Machines::Sgd => "SGD, 10 epochs",
                };
                write!(f, "linear SVM, {name}, {} features", solver.rank())
            }
            Kind::Neighbor(Space::Vectors) => {
                write!(f, "nearest neighbours of the test images, {RANK} features")
            }
            Kind::Neighbor(Space::Scores) => {
                write!(
                    f,
                    "DBM {layers}, nearest neighbours of the test images by all scores"
                )
            }
            Kind::Folds => write!(
                f,
                "DBM 320-{}, {FOLDS} folds of Alphanumeric: DFK and IDFK, SVM and 1-NN",
                hidden.join("-")
            ),
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
