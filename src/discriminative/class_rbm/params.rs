//! Hyper-parameters of the machine.

use linfa::Label;
use ndarray::{Array1, Axis, CowArray, concatenate};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::model::ClassRbm;
use super::objective::ClassRbmObjective;
use crate::boltzmann::{Parameters, VisibleUnits, check_room, starting_point};
use crate::checks::check_unit_interval;
use crate::discriminative::architecture::{Architecture, Setting};
use crate::discriminative::error::DiscriminativeError;
use crate::discriminative::params::{ClassifierParams, ClassifierValidParams};
use crate::discriminative::settings::{Descent, Dropout};
use crate::error::MachineError;
use crate::numerics::columns::means_of;
use crate::{Float, Result};

/// What the training of a [`ClassRbm`] makes as great as possible (Larochelle and Bengio 2008).
///
/// # Example
///
/// ```
/// use linfa_fisher::discriminative::{ClassRbm, Likelihood};
///
/// let params = ClassRbm::<f32, _>::params(20).likelihood(Likelihood::Discriminative);
/// assert!(linfa::ParamGuard::check(params).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Likelihood<F> {
    /// `log p(x, y)`, whose gradient is estimated by contrastive divergence.
    Generative,
    /// `log p(y | x)`, whose gradient is exact.
    Discriminative,
    /// `log p(y | x) + generative log p(x, y)`.
    Hybrid {
        /// The weight of the generative part, at least 0; 0.01 is a good first choice.
        generative: F,
    },
}

/// A restricted machine whose visible units are those of a record and one for each class.
///
/// # Example
///
/// ```
/// use linfa_fisher::discriminative::ClassRbm;
///
/// let params = linfa::ParamGuard::check(ClassRbm::<f32, _>::params(20))?;
/// assert_eq!(params.architecture().hidden(), 20);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Joint<F> {
    pub(super) hidden: usize,
    pub(super) likelihood: Likelihood<F>,
    pub(super) unsupervised: F,
    pub(super) steps: usize,
}

/// Hyper-parameters of [`ClassRbm`], from [`ClassRbm::params`].
pub type ClassRbmParams<F, R> = ClassifierParams<Joint<F>, F, R>;

/// Checked hyper-parameters of [`ClassRbm`], from [`ClassRbmParams`].
pub type ClassRbmValidParams<F, R> = ClassifierValidParams<Joint<F>, F, R>;

impl<F: Float> Joint<F> {
    /// Number of hidden units.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// What training makes as great as possible.
    pub fn likelihood(&self) -> Likelihood<F> {
        self.likelihood
    }

    /// The weight of the likelihood of records without classes.
    pub fn unsupervised(&self) -> F {
        self.unsupervised
    }

    /// Gibbs steps of contrastive divergence.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

impl<F: Float> ClassRbm<F, ()> {
    /// Hyper-parameters of a machine with `hidden` units and a random-number generator seeded with
    /// 42: the hybrid likelihood with a weight of 0.01 and one Gibbs step.
    pub fn params(hidden: usize) -> ClassRbmParams<F, Xoshiro256Plus> {
        let joint = Joint {
            hidden,
            likelihood: Likelihood::Hybrid {
                generative: F::cast(0.01),
            },
            unsupervised: F::zero(),
            steps: 1,
        };
        ClassifierParams::new(joint, Descent::default(), Xoshiro256Plus::seed_from_u64(42))
    }
}

impl<F: Float, R> ClassRbmParams<F, R> {
    /// What training makes as great as possible. Defaults to the hybrid with a weight of 0.01.
    pub fn likelihood(self, likelihood: Likelihood<F>) -> Self {
        self.with_architecture(|joint| joint.likelihood = likelihood)
    }

    /// The weight of `log p(x)` of records
    /// [without classes](super::super::ClassifierRun::unlabelled), at least 0. Defaults to 0.
    pub fn unsupervised(self, weight: F) -> Self {
        self.with_architecture(|joint| joint.unsupervised = weight)
    }

    /// Gibbs steps of contrastive divergence, at least 1. Defaults to 1.
    pub fn steps(self, steps: usize) -> Self {
        self.with_architecture(|joint| joint.steps = steps)
    }
}

impl<F: Float> Architecture<F> for Joint<F> {
    type Model<L> = ClassRbm<F, L>;

    fn check(&self, descent: &Descent<F>) -> Result<()> {
        if self.hidden == 0 {
            return Err(MachineError::InvalidHiddenUnits { layer: 1, units: 0 }.into());
        }
        if self.steps == 0 {
            return Err(DiscriminativeError::InvalidSteps(0).into());
        }
        if descent.dropout() != Dropout::default() {
            let machine = "ClassRbm";
            return Err(DiscriminativeError::NoDropout { machine }.into());
        }
        let weights = match self.likelihood {
            Likelihood::Hybrid { generative } => [generative, self.unsupervised],
            _ => [F::zero(), self.unsupervised],
        };
        for (part, weight) in ["generative part", "records without classes"]
            .iter()
            .zip(weights)
        {
            if !(weight >= F::zero() && weight.is_finite()) {
                let value = weight.to_f64().unwrap_or(f64::NAN);
                return Err(DiscriminativeError::InvalidWeight { part, value }.into());
            }
        }
        Ok(())
    }

    fn learn<R: Rng + Clone>(&self, mut setting: Setting<'_, '_, F, R>) -> Result<Parameters<F>> {
        check_unit_interval(setting.records)?;
        if let Some(unlabelled) = &setting.unlabelled
            && self.unsupervised == F::zero()
        {
            let rows = unlabelled.nrows();
            return Err(DiscriminativeError::UnlabelledWithoutWeight { rows }.into());
        }
        let visible = setting.records.ncols() + setting.classes;
        check_room::<F>(
            "weights of the machine in training",
            5,
            [(visible, self.hidden)],
        )?;
        let counts =
            setting
                .codes
                .iter()
                .fold(vec![0_usize; setting.classes], |mut counts, &code| {
                    counts[code as usize] += 1;
                    counts
                });
        let shares: Array1<F> = counts
            .iter()
            .map(|&count| F::cast(count) / F::cast(setting.codes.len()))
            .collect();
        let means = concatenate![Axis(0), means_of(setting.records), shares];
        let layers = [visible, self.hidden];
        let theta = starting_point(&layers, &means, VisibleUnits::Binary, &mut setting.rng);
        let objective = ClassRbmObjective {
            joint: self,
            classes: setting.classes,
            unlabelled: setting.unlabelled.take().filter(|it| it.nrows() > 0),
        };
        let inputs = CowArray::from(setting.records);
        setting.descend(("ClassRBM", &objective), inputs, theta)
    }

    fn model<L: Label>(&self, theta: Parameters<F>, classes: Vec<L>) -> ClassRbm<F, L> {
        ClassRbm::new(theta, classes)
    }
}
