//! The training of a restricted Boltzmann machine: one stage.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::architecture::Architecture;
use super::hyperparams::Training;
use super::options::NegativePhase;
use super::params::{BoltzmannParams, BoltzmannValidParams};
use super::stage::StagePlan;
use crate::boltzmann::machine::{MachineError, Parameters};
use crate::boltzmann::rbm::Rbm;
use crate::observer::Stage;
use crate::{Float, Result};

/// One hidden layer, trained by CD-k, PCD-k or parallel tempering.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::Rbm;
///
/// let params = Rbm::<f32>::params(10);
/// let checked = linfa::ParamGuard::check(params)?;
/// assert_eq!(checked.hidden(), [10]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Restricted {
    hidden: [usize; 1],
}

/// Hyper-parameters of [`Rbm`], from [`Rbm::params`].
pub type RbmParams<F, R> = BoltzmannParams<Restricted, F, R>;

/// Checked hyper-parameters of [`Rbm`], from [`RbmParams`].
pub type RbmValidParams<F, R> = BoltzmannValidParams<Restricted, F, R>;

impl<F: Float> Rbm<F> {
    /// Hyper-parameters of an RBM with `hidden` units, and a random-number generator seeded with
    /// 42.
    ///
    /// By default it is trained by PCD-1 with 100 chains; see [`BoltzmannParams`] for all settings.
    pub fn params(hidden: usize) -> RbmParams<F, Xoshiro256Plus> {
        Self::params_with_rng(hidden, Xoshiro256Plus::seed_from_u64(42))
    }

    /// Hyper-parameters with the given random-number generator.
    pub fn params_with_rng<R: Rng + Clone>(hidden: usize, rng: R) -> RbmParams<F, R> {
        let negative_phase = NegativePhase::Persistent {
            chains: 100,
            steps: 1,
        };
        let hidden = [hidden];
        BoltzmannParams::new(Restricted { hidden }, negative_phase, rng)
    }
}

impl<F: Float> Architecture<F> for Restricted {
    type Machine = Rbm<F>;

    fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    fn check(&self, training: &Training<F>) -> Result<()> {
        if self.hidden == [0] {
            return Err(MachineError::InvalidHiddenUnits { layer: 1, units: 0 }.into());
        }
        match training.early_stopping() {
            Some(early) => early.metric().check(1, training.visible_units()),
            None => Ok(()),
        }
    }

    fn stages(&self, training: &Training<F>) -> Vec<StagePlan<F>> {
        vec![StagePlan::whole(Stage::Rbm, 1, training)]
    }

    fn machine(&self, theta: Parameters<F>, _: &Training<F>) -> Rbm<F> {
        Rbm::of(theta)
    }

    fn theta(machine: Rbm<F>) -> Parameters<F> {
        machine.into_parameters()
    }
}
