//! Where the featuriser's generative model comes from.

use ndarray::ArrayView2;
use rand::Rng;

use super::FisherScore;
use crate::boltzmann::{Dbm, DbmParams, Rbm, RbmParams};
use crate::observer::Observer;
use crate::validation::check_width;
use crate::{Float, Result};
use linfa::ParamGuard;

/// A trained model, or the hyper-parameters to train one with.
///
/// [`RbmParams`] and [`DbmParams`] train on the records; [`Rbm`], [`Dbm`] and, in [`Trained`], any
/// other [`FisherScore`] stand for themselves, so that several featurisers can share one model.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::FisherFeatures;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (digits, _) = datasets::digits::<f32>()?.split_with_ratio(0.2);
/// let dbm = Dbm::params(&[8, 4]).pretraining_epochs(1).epochs(1).fit(&digits)?;
/// let dfk = FisherFeatures::dfk(dbm.clone()).fit(&digits)?;
/// let idfk = FisherFeatures::idfk(dbm).fit(&digits)?;
/// assert_eq!(dfk.model(), idfk.model());
/// # Ok(())
/// # }
/// ```
pub trait ScoreModel<F: Float> {
    /// The model.
    type Model: FisherScore<F>;

    /// The model for records of `n x d` in `[0, 1]`.
    ///
    /// # Errors
    ///
    /// Those of training, or [`Error::Width`](crate::Error::Width) if a trained model expects
    /// records of another width.
    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<Self::Model>;
}

/// A trained model of any type as a [`ScoreModel`]; [`Rbm`] and [`Dbm`] need no wrapping.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Trained;
///
/// let source = Trained("any model of the exponential family");
/// assert_eq!(source.clone(), source);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trained<M>(pub M);

impl<F: Float, M: FisherScore<F> + Clone> ScoreModel<F> for Trained<M> {
    type Model = M;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<M> {
        itself(&self.0, records)
    }
}

impl<F: Float> ScoreModel<F> for Rbm<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

impl<F: Float> ScoreModel<F> for Dbm<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

fn itself<F: Float, M: FisherScore<F> + Clone>(model: &M, records: ArrayView2<F>) -> Result<M> {
    check_width(records, model.nvisible())?;
    Ok(model.clone())
}

impl<F: Float, R: Rng + Clone> ScoreModel<F> for RbmParams<F, R> {
    type Model = Rbm<F>;

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<Rbm<F>> {
        self.check_ref()?.fit_observed(records, observer)
    }
}

impl<F: Float, R: Rng + Clone> ScoreModel<F> for DbmParams<F, R> {
    type Model = Dbm<F>;

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<Dbm<F>> {
        self.check_ref()?.fit_observed(records, observer)
    }
}
