//! The kernels from which the best is chosen, and what is done to images, for each set.

use std::fmt::{self, Display};

use linfa_fisher::datasets::{self, Augment, DataError};
use serde_crate::{Deserialize, Serialize};

use super::machines::Training;
use super::recipe::Recipe;
use super::sets::{Images, Set};
use super::vectors::{Size, Whitening};

/// What is done to images, a kernel, and how its vectors are whitened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Candidate {
    /// Whether images are deskewed.
    pub(crate) upright: bool,
    /// Of the Fisher kernel's cosine.
    pub(crate) power: u32,
    /// Of the pixels' cosine.
    pub(crate) pixels: u32,
    pub(crate) whitening: Whitening,
}

/// Which machines there are to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those of the paper, and no kernel but the Fisher kernel.
    PaperSizes,
    AnySize,
}

impl Scope {
    pub(crate) const ALL: [Self; 2] = [Self::PaperSizes, Self::AnySize];

    /// A name for files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PaperSizes => "paper-sizes",
            Self::AnySize => "any-size",
        }
    }
}

/// All that the best figures of a set depend on, but for the choice itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    pub(crate) hidden: [usize; 2],
    pub(crate) training: Training,
    /// Changes of virtual examples.
    pub(crate) changes: Changes,
    pub(crate) copies: usize,
    /// Of whitened vectors.
    pub(crate) size: Size,
    /// Of vectors that are not whitened.
    pub(crate) landmarks: Counts,
    pub(crate) candidates: Vec<Candidate>,
    /// The costs, if they are not to be chosen.
    pub(crate) costs: Option<[f64; 2]>,
    /// How often a sixth of the training images is held out to choose a candidate.
    pub(crate) choices: u64,
    /// Training images at most that candidates learn from when they are chosen.
    pub(crate) learnt: usize,
    pub(crate) folds: usize,
    /// On two cores, about.
    pub(crate) seconds: f64,
}

/// Numbers of landmarks at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counts {
    /// Of the machine that finds the support vectors, from all images.
    pub(crate) first: usize,
    /// Of the machine that learns their copies, too, from all of these, when candidates are chosen.
    pub(crate) trial: usize,
    /// The same for the test images.
    pub(crate) chosen: usize,
}

/// The greatest changes of a virtual example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Changes {
    shift: usize,
    degrees: f64,
    shear: f64,
    scale: f64,
    /// Alpha and sigma.
    elastic: Option<(f64, f64)>,
}

impl Family {
    pub(crate) fn of(set: Set, scope: Scope, quick: bool) -> Self {
        let family = Self::of_any_size(set);
        let family = match scope {
            Scope::PaperSizes => family.of_paper_sizes(set),
            Scope::AnySize => family,
        };
        if quick { family.quick() } else { family }
    }

    /// The paper's machine, and its kernel, whitened or not.
    fn of_paper_sizes(self, set: Set) -> Self {
        let kernel = |whitening| Candidate {
            upright: set == Set::Mnist,
            power: 1,
            pixels: 0,
            whitening,
        };
        let damped = Whitening::Of {
            rank: usize::MAX,
            damping: 1e-2,
        };
        Self {
            hidden: set.sizes().dbm,
            training: Recipe::of(set, false).training,
            copies: match set {
                Set::Alphanumeric => 9,
                _ => self.copies,
            },
            landmarks: Counts {
                first: 3000,
                trial: 3000,
                chosen: 6000,
            },
            candidates: match set {
                Set::Alphanumeric => vec![kernel(Whitening::None)],
                _ => vec![kernel(damped), kernel(Whitening::None)],
            },
            seconds: match set {
                Set::Alphanumeric => 350.0,
                _ => self.seconds / 3.0,
            },
            ..self
        }
    }

    fn of_any_size(set: Set) -> Self {
        let kernel = |power, pixels, whitening| Candidate {
            upright: set == Set::Mnist,
            power,
            pixels,
            whitening,
        };
        let whitened = |damping| Whitening::Of {
            rank: usize::MAX,
            damping,
        };
        let training = |epochs, pretraining| Training {
            epochs,
            pretraining,
            rate: 0.02,
            decay: 2e-4,
        };
        let handwriting = Changes {
            shift: 1,
            degrees: 8.0,
            shear: 0.15,
            scale: 0.1,
            elastic: None,
        };
        match set {
            Set::Mnist => Self {
                hidden: [500, 1000],
                training: training(15, 5),
                changes: Changes {
                    shift: 1,
                    degrees: 10.0,
                    shear: 0.0,
                    scale: 0.1,
                    elastic: Some((34.0, 5.0)),
                },
                copies: 12,
                size: Size {
                    landmarks: 4000,
                    rank: 1500,
                },
                landmarks: Counts {
                    first: 8000,
                    trial: 6000,
                    chosen: 16_000,
                },
                costs: None,
                choices: 1,
                candidates: vec![
                    kernel(1, 2, whitened(1e-6)),
                    kernel(1, 4, Whitening::None),
                    kernel(2, 4, Whitening::None),
                ],
                learnt: 10_000,
                folds: 1,
                seconds: 1800.0,
            },
            Set::Alphanumeric => Self {
                hidden: [200, 300],
                training: training(100, 30),
                changes: handwriting,
                copies: 25,
                size: Size {
                    landmarks: 1400,
                    rank: 1400,
                },
                landmarks: Counts {
                    first: 1400,
                    trial: 3000,
                    chosen: 3000,
                },
                // the kernel and the costs are those of MNIST and USPS: hours would pass to choose
                // them in each of 40 folds
                costs: Some([3.0, 3.0]),
                choices: 2,
                candidates: [false, true]
                    .map(|upright| Candidate {
                        upright,
                        ..kernel(2, 4, Whitening::None)
                    })
                    .to_vec(),
                learnt: 1400,
                folds: 40,
                seconds: 1800.0,
            },
            _ => Self {
                hidden: [500, 500],
                training: training(60, 20),
                changes: handwriting,
                copies: 20,
                size: Size {
                    landmarks: 5000,
                    rank: 2500,
                },
                landmarks: Counts {
                    first: 8000,
                    trial: 8000,
                    chosen: 16_000,
                },
                costs: None,
                choices: 1,
                candidates: vec![
                    kernel(1, 4, whitened(1e-4)),
                    kernel(1, 4, Whitening::None),
                    kernel(2, 4, Whitening::None),
                ],
                learnt: 7300,
                folds: 1,
                seconds: 900.0,
            },
        }
    }

    /// A small machine and few copies: what works.
    fn quick(self) -> Self {
        Self {
            hidden: self.hidden.map(|units| units.min(40)),
            training: Training {
                epochs: 5,
                pretraining: 3,
                ..self.training
            },
            copies: 2,
            size: Size {
                landmarks: 400,
                rank: 200,
            },
            landmarks: Counts {
                first: 400,
                trial: 400,
                chosen: 400,
            },
            folds: 2,
            seconds: 20.0,
            ..self
        }
    }

    pub(crate) fn augment(&self) -> Augment {
        let Changes {
            shift,
            degrees,
            shear,
            scale,
            elastic,
        } = self.changes;
        let augment = Augment::new()
            .shift(shift)
            .rotation(degrees)
            .shear(shear)
            .scale(scale);
        match elastic {
            Some((alpha, sigma)) => augment.elastic(alpha, sigma),
            None => augment,
        }
    }
}

impl Candidate {
    /// What the machine and the kernel see of images.
    pub(crate) fn prepared(&self, images: Images) -> Result<Images, DataError> {
        match self.upright {
            true => datasets::deskew(images),
            false => Ok(images),
        }
    }
}

impl Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [h1, h2] = self.hidden;
        let Size { landmarks, rank } = self.size;
        let Counts {
            first,
            trial,
            chosen,
        } = self.landmarks;
        write!(f, "DBM ({h1}, {h2}), grey images, {} copies; ", self.copies)?;
        write!(
            f,
            "whitened: {landmarks} landmarks, rank {rank}; else {first} landmarks for the support \
             vectors, {trial} with their copies, {chosen} for the test images"
        )
    }
}

impl Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fisher kernel")?;
        if self.power > 1 {
            write!(f, "^{}", self.power)?;
        }
        if self.pixels > 0 {
            write!(f, " x pixel cosine^{}", self.pixels)?;
        }
        if let Whitening::Of { damping, .. } = self.whitening {
            write!(f, ", whitened, damping {damping:e}")?;
        }
        if self.upright {
            f.write_str(", deskewed")?;
        }
        Ok(())
    }
}
