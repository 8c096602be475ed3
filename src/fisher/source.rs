//! Where the generative model of the features comes from.

use ndarray::ArrayView2;

use super::model::FisherScore;
use crate::checks::check_width;
use crate::observer::Observer;
use crate::{Float, Result};

/// A trained model, or the hyper-parameters to train one with.
///
/// The hyper-parameters of Boltzmann machines ([`BoltzmannParams`], checked or not, or with a
/// checkpoint) train a machine on the records. A trained [`Rbm`] or [`Dbm`] and, in [`Trained`],
/// any other [`FisherScore`] are used as they are, so that several `FisherFeatures` can share one
/// model. Implement the trait for the hyper-parameters of your own model to have it trained with
/// the features; report its epochs to the observer.
///
/// [`BoltzmannParams`]: crate::boltzmann::BoltzmannParams
/// [`Rbm`]: crate::boltzmann::Rbm
/// [`Dbm`]: crate::boltzmann::Dbm
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::FisherFeatures;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (digits, _) = datasets::digits::<f32>()?.split_with_ratio(0.2);
/// let dbm = Dbm::params(&[8, 4]).pretraining_epochs(1).epochs(1).fit(&digits)?;
/// let dfk = FisherFeatures::dfk(&dbm).fit(&digits)?;
/// let idfk = FisherFeatures::idfk(&dbm).fit(&digits)?;
/// assert_eq!(dfk.model(), idfk.model());
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a trained Boltzmann machine nor the hyper-parameters of one",
    note = "wrap a model of your own, which implements `FisherScore`, in `linfa_fisher::fisher::Trained`"
)]
pub trait ScoreModel<F: Float> {
    /// The trained model.
    type Model: FisherScore<F>;

    /// Checks the hyper-parameters. A trained model always passes.
    ///
    /// # Errors
    ///
    /// Those of the hyper-parameters' own check.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The model for records (`n x d`), which the hyper-parameters are trained on.
    ///
    /// # Errors
    ///
    /// Those of the training, or [`Width`](crate::error::RecordsError::Width) if a trained model
    /// expects records of another width.
    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<Self::Model>;
}

/// A reference serves like what it refers to, so that one machine can be shared without a clone at
/// the caller's.
impl<F: Float, S: ScoreModel<F>> ScoreModel<F> for &S {
    type Model = S::Model;

    fn check(&self) -> Result<()> {
        (**self).check()
    }

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<S::Model> {
        (**self).model(records, observer)
    }
}

/// A trained model of any type as a [`ScoreModel`]. Boltzmann machines need no wrapping.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Trained;
///
/// let source = Trained("any model that implements FisherScore");
/// assert_eq!(source.clone(), source);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Trained<M>(pub M);

impl<F: Float, M: FisherScore<F> + Clone> ScoreModel<F> for Trained<M> {
    type Model = M;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<M> {
        itself(&self.0, records)
    }
}

/// A copy of a trained model, if the records have its width.
pub(super) fn itself<F, M>(model: &M, records: ArrayView2<F>) -> Result<M>
where
    F: Float,
    M: FisherScore<F> + Clone,
{
    check_width(records, model.nvisible())?;
    Ok(model.clone())
}

#[cfg(test)]
mod tests {
    use linfa::traits::Fit;
    use linfa::{DatasetBase, ParamGuard};
    use ndarray::array;

    use crate::Error;
    use crate::boltzmann::{Dbm, Rbm};
    use crate::error::{MachineError, TrainingError};
    use crate::fisher::FisherFeatures;

    #[test]
    fn features_check_the_parameters_of_their_model() {
        let shallow = FisherFeatures::dfk(Dbm::<f32>::params(&[0])).check();
        assert!(matches!(
            shallow,
            Err(Error::Machine(MachineError::InvalidDepth(1)))
        ));
        let idle = FisherFeatures::fk(Rbm::<f32>::params(2).epochs(0));
        assert!(matches!(
            idle.check_ref(),
            Err(Error::Training(TrainingError::InvalidEpochs(0)))
        ));
    }

    #[test]
    fn checked_parameters_train_the_same_model() {
        let records = DatasetBase::from(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]);
        let params = Rbm::<f64>::params(2).epochs(2);
        let checked = FisherFeatures::fk(params.clone().check().unwrap());
        let unchecked = FisherFeatures::fk(params);
        assert_eq!(
            checked.fit(&records).unwrap(),
            unchecked.fit(&records).unwrap()
        );
        let params = Dbm::<f64>::params(&[2, 2]).epochs(1).pretraining_epochs(1);
        let checked = FisherFeatures::dfk(params.clone().check().unwrap());
        let unchecked = FisherFeatures::dfk(params);
        assert_eq!(
            checked.fit(&records).unwrap(),
            unchecked.fit(&records).unwrap()
        );
    }
}
