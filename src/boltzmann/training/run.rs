//! One run of training, with all its options.

use linfa::DatasetBase;
use ndarray::{ArrayBase, Data, Ix2};
use rand::Rng;

use super::architecture::Architecture;
use super::course::train;
use super::input::Input;
use super::ongoing::Ongoing;
use super::params::BoltzmannValidParams;
use super::stage::StagePlan;
use super::start::{check_means, continued, starting_point};
use super::state::Progress;
#[cfg(feature = "serde")]
use super::store::{Store, StoreRef};
use super::windows::TrainingSet;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::machine::check_room;
use crate::observer::{Observer, Stage};
use crate::record_source::RecordSource;
use crate::{Float, Result};

/// A training run that is about to start, from [`BoltzmannValidParams::run`] or
/// [`run_source`](BoltzmannValidParams::run_source); its options can be combined in any way.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::observer::History;
/// use linfa_fisher::{datasets, Rbm};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = Rbm::params(8).epochs(3).check()?;
/// let first = params.run(&digits).train()?; // the same as params.fit(&digits)
///
/// let (mut history, mut norms) = (History::default(), Vec::new());
/// let second = params
///     .run(&digits)
///     .from(first)
///     .observer(&mut history)
///     .inspect(&mut |_, _, theta| norms.push(theta.weights()[0].fold(0.0, |sum, w| sum + w * w)))
///     .train()?;
/// assert_eq!((history.epochs().len(), norms.len()), (3, 3));
/// # Ok(())
/// # }
/// ```
pub struct Run<'a, A: Architecture<F>, F: Float, R> {
    params: &'a BoltzmannValidParams<A, F, R>,
    records: Input<'a, F>,
    start: Option<Ongoing<A::Machine, F, R>>,
    observer: Option<&'a mut dyn Observer>,
    inspect: Option<&'a mut Inspect<'a, F>>,
    #[cfg(feature = "serde")]
    checkpoint: Option<&'a dyn Store<F, R>>,
}

/// The stages to run, and the initial progress.
type Start<F, R> = (Vec<StagePlan<F>>, Progress<F, R>);

/// Called with the current stage, its number of finished epochs, and the parameters.
type Inspect<'a, F> = dyn FnMut(Stage, usize, &Parameters<F>) + 'a;

impl<A: Architecture<F>, F: Float, R: Rng + Clone> BoltzmannValidParams<A, F, R> {
    /// A training run on the records of a dataset (`n x d`, values in `[0, 1]`, or any finite ones
    /// for Gaussian visible units), each of which counts the same, whatever its targets and
    /// weights.
    pub fn run<'a, D: Data<Elem = F>, T>(
        &'a self,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Run<'a, A, F, R> {
        self.run_on(Input::Array(dataset.records.view()))
    }

    /// A training run on the records of a source (`n x d`, of values as for [`run`](Self::run)),
    /// which holds `window` of them in memory at a time.
    ///
    /// Pass 0 over the source finds the number of records and their means, from which the biases
    /// start, and checks all values. Epoch `k` of the run, counted from 1 over all stages, is pass
    /// `k`. In each, the rows are gathered from the blocks, whatever their sizes, in windows of
    /// `window` rows (rounded up to whole batches, one at least), and every window is shuffled and
    /// trained on before the next one is read. So a batch has records of one window only: records
    /// that are sorted by class want a window that holds many classes, or a source that mixes
    /// them. A window of all records makes the training that of [`run`](Self::run), bit for bit.
    ///
    /// Memory is that of a window, whose non-zeros are kept beside it if they are few, of a block
    /// of the source, and of the records that early stopping holds out, with as many others to
    /// compare with. These are chosen by their rows in pass 0: images that a source repeats with
    /// changes may be on both sides. Pretraining of upper layers computes the activations of the
    /// layers below anew for each window, in one pass more for their means.
    ///
    /// All options of a [`Run`] work. A checkpoint belongs to the records of pass 0 and to the
    /// size of the window. A fault of the source ends the training with an error, in whichever
    /// epoch; with a checkpoint, the epochs before are kept.
    ///
    /// # Example
    ///
    #[cfg_attr(feature = "datasets", doc = "```")]
    #[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
    /// use linfa::prelude::*;
    /// use linfa_fisher::{datasets, Rbm};
    /// use ndarray::Axis;
    ///
    /// # fn main() -> linfa_fisher::Result<()> {
    /// let digits = datasets::digits::<f32>()?;
    /// let images = digits.records.view();
    /// let blocks = |_pass: usize| images.axis_chunks_iter(Axis(0), 64).map(|b| b.to_owned());
    /// let params = Rbm::params(8).epochs(2).check()?;
    /// let rbm = params.run_source(&blocks, 500).train()?;
    /// assert_eq!(params.run_source(&blocks, 2000).train()?, params.fit(&digits)?);
    /// # assert_ne!(rbm, params.fit(&digits)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run_source<'a>(
        &'a self,
        source: &'a dyn RecordSource<F>,
        window: usize,
    ) -> Run<'a, A, F, R> {
        self.run_on(Input::Source { source, window })
    }

    fn run_on<'a>(&'a self, records: Input<'a, F>) -> Run<'a, A, F, R> {
        Run {
            params: self,
            records,
            start: None,
            observer: None,
            inspect: None,
            #[cfg(feature = "serde")]
            checkpoint: None,
        }
    }
}

impl<'a, A: Architecture<F>, F: Float, R: Rng + Clone> Run<'a, A, F, R> {
    /// Continues from a model instead of small random weights, for all epochs of the
    /// hyper-parameters; a deep machine is not pretrained again. An [`Ongoing`] training continues
    /// with its random numbers and, if all of them fit the hyper-parameters, its chains, velocity
    /// and offsets; with a machine alone these start anew.
    pub fn from(mut self, model: impl Into<Ongoing<A::Machine, F, R>>) -> Self {
        self.start = Some(model.into());
        self
    }

    /// Reports every epoch to the observer, which may end the training.
    pub fn observer(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Calls `inspect` with the stage, its number of finished epochs and the parameters after every
    /// epoch, for what the reported figures do not tell: likelihoods, pictures of filters.
    pub fn inspect(mut self, inspect: &'a mut Inspect<'a, F>) -> Self {
        self.inspect = Some(inspect);
        self
    }

    /// Resumes from the checkpoint if there is one, and keeps it up to date.
    #[cfg(feature = "serde")]
    pub fn checkpoint(mut self, checkpoint: &'a super::Checkpoint) -> Self
    where
        F: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
        R: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
    {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Resumes from what is stored, if there is a store, and keeps it up to date.
    #[cfg(feature = "serde")]
    pub(crate) fn store(mut self, store: Option<StoreRef<'a, F, R>>) -> Self {
        self.checkpoint = store.map(|store| store.0);
        self
    }

    /// Trains the machine. If the observer asks to stop, the result is the machine as trained so
    /// far. With early stopping, it is that of the best epoch in either case.
    ///
    /// # Errors
    ///
    /// - [`RecordsError`] for records that the machine cannot be trained on;
    /// - of a source: [`EmptySource`]; [`Source`] if it fails; [`BlockWidth`] and [`BlockRecords`]
    ///   for a block of another width or of such records; [`OtherRowCount`] and [`OtherRows`] if a
    ///   pass is not like the first; [`WindowTooLarge`];
    /// - [`ValidationRows`] if early stopping would leave no records to train on or none to hold
    ///   out;
    /// - [`OtherLayers`] or [`OtherVisibleUnits`] if the model to continue from does not match the
    ///   hyper-parameters and the records;
    /// - [`TooLarge`] if the machine or its chains take more than memory holds;
    /// - [`Diverged`] if a parameter becomes NaN, infinite or far too large;
    /// - with a checkpoint, the errors of its file.
    ///
    /// [`RecordsError`]: crate::error::RecordsError
    /// [`ValidationRows`]: crate::error::TrainingError::ValidationRows
    /// [`OtherLayers`]: crate::error::TrainingError::OtherLayers
    /// [`OtherVisibleUnits`]: crate::error::TrainingError::OtherVisibleUnits
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    /// [`Diverged`]: crate::error::TrainingError::Diverged
    /// [`EmptySource`]: crate::error::TrainingError::EmptySource
    /// [`Source`]: crate::error::TrainingError::Source
    /// [`BlockWidth`]: crate::error::TrainingError::BlockWidth
    /// [`BlockRecords`]: crate::error::TrainingError::BlockRecords
    /// [`OtherRowCount`]: crate::error::TrainingError::OtherRowCount
    /// [`OtherRows`]: crate::error::TrainingError::OtherRows
    /// [`WindowTooLarge`]: crate::error::TrainingError::WindowTooLarge
    pub fn train(self) -> Result<A::Machine> {
        self.train_on().map(Ongoing::into_machine)
    }

    /// As [`train`](Self::train), and keeps the state with which the training can go on.
    ///
    /// # Errors
    ///
    /// As for [`train`](Self::train).
    pub fn train_on(mut self) -> Result<Ongoing<A::Machine, F, R>> {
        let (architecture, training) = (self.params.architecture(), self.params.training());
        let records = self.records.open(training)?;
        let records = &*records;
        let (stages, progress) = self.start(records)?;
        #[cfg(feature = "serde")]
        let (progress, kept) = match self.checkpoint {
            Some(store) => {
                let (progress, key) = store.open(&stages, progress, records)?;
                (progress, Some((store, key)))
            }
            None => (progress, None),
        };
        let observer: &mut dyn Observer = match self.observer {
            Some(observer) => observer,
            None => &mut (),
        };
        let inspect = &mut self.inspect;
        let progress = train(&stages, progress, records, observer, |progress| {
            if let Some(inspect) = inspect {
                show(&stages, progress, inspect);
            }
            #[cfg(feature = "serde")]
            if let Some((store, key)) = &kept {
                return store.keep(key, progress);
            }
            Ok(())
        })?;
        Ok(Ongoing {
            machine: architecture.machine(progress.theta, training),
            carried: progress.carried,
            rng: Some(progress.rng),
        })
    }

    /// The stages to run, and the initial progress.
    fn start(&mut self, records: &dyn TrainingSet<F>) -> Result<Start<F, R>> {
        let (architecture, training) = (self.params.architecture(), self.params.training());
        let layers = architecture.layers(records.dim().1);
        let mut stages = architecture.stages(training);
        let mut rng = self.params.rng().clone();
        Ok(match self.start.take() {
            Some(Ongoing {
                machine,
                carried,
                rng: reached,
            }) => {
                let theta = continued(A::theta(machine), &layers, training.visible_units())?;
                stages.drain(..stages.len() - 1);
                let start = Progress::start(theta, true, reached.unwrap_or(rng));
                (stages, Progress { carried, ..start })
            }
            None => {
                // theta, its gradient, the velocity, and the copies that products read
                let weights = layers.windows(2).map(|pair| (pair[0], pair[1]));
                check_room::<F>("weights of the machine in training", 5, weights)?;
                let units = training.visible_units();
                let theta = starting_point(&layers, records.means(), units, &mut rng);
                check_means(&theta, records.means())?;
                (stages, Progress::start(theta, false, rng))
            }
        })
    }
}

/// Calls `inspect` with the current stage.
fn show<F: Float, R>(stages: &[StagePlan<F>], progress: &Progress<F, R>, inspect: &mut Inspect<F>) {
    if let (Some(plan), Some(state)) = (stages.get(progress.stage), &progress.state) {
        inspect(plan.stage.clone(), state.epoch, &state.theta);
    }
}
