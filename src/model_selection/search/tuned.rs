//! A model with hyper-parameters that were chosen on its training rows.

use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

use super::trial::Trial;
use crate::Result;
use crate::classification::DecisionFunction;
#[cfg(feature = "serde")]
use crate::persistence::Loadable;
use crate::traits::{Choice, Evaluation, TryPredict};

/// A model that was fitted with the hyper-parameters that a [`Search`](super::Search) has chosen.
///
/// With the feature `serde` the model and the choices are saved, not the trials.
///
/// # Example
///
/// See [`Search`](super::Search).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Tuned<M> {
    pub(super) model: M,
    pub(super) choices: Vec<Choice>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) trials: Vec<Trial>,
}

impl<M> Tuned<M> {
    /// The model, fitted on all training rows.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The values that were chosen, by the names of the parameters.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// All settings that were tried, round by round; none if the model was loaded from a file.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }
}

impl<F, L, M: TryPredict<F, L>> TryPredict<F, L> for Tuned<M> {
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        self.model.try_predict(records)
    }

    fn evaluate<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Evaluation<L>> {
        let mut evaluation = self.model.evaluate(records)?;
        evaluation.choices.extend(self.choices.iter().cloned());
        Ok(evaluation)
    }
}

impl<F, M: DecisionFunction<F>> DecisionFunction<F> for Tuned<M> {
    type Label = M::Label;

    fn classes(&self) -> &[M::Label] {
        self.model.classes()
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        self.model.decision_function(records)
    }
}

/// Predicts as the model does.
///
/// # Panics
///
/// Where the model's own `predict_inplace` does.
impl<R, T, M> PredictInplace<R, T> for Tuned<M>
where
    R: linfa::dataset::Records,
    M: PredictInplace<R, T>,
{
    fn predict_inplace<'a>(&'a self, x: &'a R, y: &mut T) {
        self.model.predict_inplace(x, y);
    }

    fn default_target(&self, x: &R) -> T {
        self.model.default_target(x)
    }
}

#[cfg(feature = "serde")]
impl<M: Loadable> Loadable for Tuned<M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        self.model.check_loaded(columns)
    }
}
