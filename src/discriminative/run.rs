//! One run of training, with all its options.

use linfa::dataset::AsSingleTargets;
use linfa::{DatasetBase, Label};
use ndarray::{ArrayBase, ArrayView1, ArrayView2, Data, Ix2};
use rand::Rng;

use super::architecture::{Architecture, Setting};
use super::class_rbm::Joint;
use super::params::ClassifierValidParams;
#[cfg(feature = "serde")]
use super::store::Keeper;
use crate::checks::{check_records, sorted_classes};
use crate::checks::{check_target_count, check_unit_query, check_weight_count, check_weights};
use crate::classification::{codes_of, weights_of};
use crate::observer::Observer;
use crate::{Float, Result};

/// A training that is about to start, from [`ClassifierValidParams::run`]; its options can be
/// combined in any way.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::discriminative::ClassRbm;
/// use linfa_fisher::observer::History;
/// use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = ClassRbm::params(20).epochs(3).check()?;
/// let mut history = History::default();
/// let model = params.run(&digits).observer(&mut history).train()?;
/// assert_eq!(history.epochs().len(), 3);
/// assert_eq!(model, params.fit(&digits)?);
/// # Ok(())
/// # }
/// ```
pub struct ClassifierRun<'a, A, F: Float, L, R> {
    params: &'a ClassifierValidParams<A, F, R>,
    records: ArrayView2<'a, F>,
    targets: ArrayView1<'a, L>,
    weights: ArrayView1<'a, f32>,
    unlabelled: Option<ArrayView2<'a, F>>,
    observer: Option<&'a mut dyn Observer>,
    #[cfg(feature = "serde")]
    keeper: Option<&'a dyn Keeper<F, R>>,
}

impl<A: Architecture<F>, F: Float, R: Rng + Clone> ClassifierValidParams<A, F, R> {
    /// A training on a dataset: records (`n x d`), a class for each, and weights, if it has any,
    /// which multiply the gradient of each record's likelihood. What is learnt without classes
    /// (pretraining, up-down) and the share of errors of held-out records do not know them;
    /// pretraining sees the held-out records, too.
    pub fn run<'a, D, T>(
        &'a self,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> ClassifierRun<'a, A, F, T::Elem, R>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets,
    {
        ClassifierRun {
            params: self,
            records: dataset.records.view(),
            targets: dataset.as_single_targets(),
            weights: dataset.weights.view(),
            unlabelled: None,
            observer: None,
            #[cfg(feature = "serde")]
            keeper: None,
        }
    }
}

impl<'a, F: Float, L, R> ClassifierRun<'a, Joint<F>, F, L, R> {
    /// Learns from records without classes (`m x d`), too, by their likelihood, which must have a
    /// [weight](super::ClassRbmParams::unsupervised): a step takes as many of them, drawn at
    /// random, as of the others.
    pub fn unlabelled(mut self, records: ArrayView2<'a, F>) -> Self {
        self.unlabelled = Some(records);
        self
    }
}

impl<'a, A, F, L, R> ClassifierRun<'a, A, F, L, R>
where
    A: Architecture<F>,
    F: Float,
    L: Label,
    R: Rng + Clone,
{
    /// Reports every epoch to the observer, which may end the training.
    pub fn observer(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Resumes from the checkpoint if there is one, and keeps it up to date. A training with other
    /// epochs is another one. Of a deep belief network it has to be
    /// [in a folder](crate::boltzmann::Checkpoint::in_folder): each of its machines has a file of
    /// its own. Its up-down training has none and is repeated.
    ///
    /// # Example
    ///
    #[cfg_attr(feature = "datasets", doc = "```")]
    #[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
    /// use linfa::prelude::*;
    /// use linfa_fisher::boltzmann::Checkpoint;
    /// use linfa_fisher::discriminative::DeepBeliefNetwork;
    /// use linfa_fisher::datasets;
    ///
    /// # fn main() -> linfa_fisher::Result<()> {
    /// let digits = datasets::digits::<f32>()?;
    /// let folder = tempfile::tempdir().expect("a folder for the example");
    /// let checkpoint = Checkpoint::in_folder(folder.path());
    /// let params = DeepBeliefNetwork::params(&[16]).epochs(3).check()?;
    /// // run it again after a kill, and it goes on
    /// let model = params.run(&digits).checkpoint(&checkpoint).train()?;
    /// assert_eq!(model, params.run(&digits).checkpoint(&checkpoint).train()?);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "serde")]
    pub fn checkpoint(mut self, checkpoint: &'a crate::boltzmann::Checkpoint) -> Self
    where
        F: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
        R: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
    {
        self.keeper = Some(checkpoint);
        self
    }

    /// Trains the classifier. If the observer asks to stop, the result is the classifier as trained
    /// so far; if records are held out, that of the best epoch in either case.
    ///
    /// # Errors
    ///
    /// - [`RecordsError`](crate::error::RecordsError) for records, targets or weights that the
    ///   classifier cannot be trained on, such as those of one class;
    /// - [`ValidationRows`](crate::error::TrainingError::ValidationRows) if no record would be left
    ///   to learn from, or none held out;
    /// - [`UnlabelledWithoutWeight`](crate::error::DiscriminativeError::UnlabelledWithoutWeight);
    /// - [`TooLarge`](crate::error::MachineError::TooLarge) if memory has no room for it;
    /// - [`Diverged`](crate::error::TrainingError::Diverged) if a parameter becomes NaN, infinite
    ///   or far too large;
    /// - with a checkpoint, the errors of its file.
    pub fn train(self) -> Result<A::Model<L>> {
        check_records(self.records)?;
        check_target_count(self.records.nrows(), self.targets.len())?;
        check_weight_count(self.records.nrows(), self.weights.len())?;
        check_weights(self.weights)?;
        if let Some(unlabelled) = self.unlabelled {
            check_unit_query(unlabelled, self.records.ncols())?;
        }
        let classes = sorted_classes(self.targets)?;
        let codes = codes_of(self.targets, &classes);
        let weights = weights_of(self.weights, &codes, classes.len(), false);
        let observer: &mut dyn Observer = match self.observer {
            Some(observer) => observer,
            None => &mut (),
        };
        let architecture = self.params.architecture();
        let theta = architecture.learn(Setting {
            records: self.records,
            unlabelled: self.unlabelled,
            codes: &codes,
            weights: &weights,
            classes: classes.len(),
            descent: self.params.descent(),
            rng: self.params.rng().clone(),
            observer,
            #[cfg(feature = "serde")]
            keeper: self.keeper,
        })?;
        Ok(architecture.model(theta, classes))
    }
}
