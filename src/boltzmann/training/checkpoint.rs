//! Training that survives being killed.

mod fingerprint;
mod fit;

use std::path::{Path, PathBuf};

use rand::Rng;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;

use self::fingerprint::fingerprint;
use self::fit::check_fit;
use super::course::is_over;
use super::stage::StagePlan;
use super::state::Progress;
use super::store::{Store, StoreRef};
use super::windows::TrainingSet;
use crate::persistence::StateFile;
use crate::{Float, Result};

/// Header of a checkpoint.
const FORMAT: &str = "linfa-fisher training, version 6";

/// A file that stores the state of training, so that training can resume after it was killed.
///
/// The file is written after every epoch (or every few) under a temporary name in the same folder
/// and then renamed, so that it holds a complete state at any moment. Training that resumes from it
/// ends with the same bits as if it had never been interrupted. A checksum detects damaged files. A
/// process that is killed while writing leaves a file `.<name>.<random>.part` behind, which the
/// next training with this checkpoint removes. Whether the file can be written is checked before
/// training starts or goes on. If it cannot be written later, as on a full disk, no work is lost:
/// training goes on, an observer is told by [`Event::NotSaved`](crate::observer::Event::NotSaved),
/// and the next epoch tries again; only where the observer asks to stop is it an error, because the
/// training could not go on from there. A symbolic link stays one. The
/// file's name may be 242 bytes long.
///
/// It belongs to one training: other hyper-parameters, records or seeds are refused. More
/// [epochs](crate::boltzmann::BoltzmannParams::epochs) are not: a training that is over goes on,
/// and ends with the bits of one that had as many from the start. Only with
/// [`LearningRate::LinearToZero`](crate::boltzmann::LearningRate::LinearToZero), the default, of
/// which every epoch depends on their number, that is another training.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{Checkpoint, Rbm};
/// use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let folder = tempfile::tempdir().expect("a folder for the example");
/// let checkpoint = Checkpoint::new(folder.path().join("rbm.checkpoint"));
/// let params = Rbm::params(8).epochs(3).check()?;
/// // run it again after a kill, and it goes on
/// let rbm = params.run(&digits).checkpoint(&checkpoint).train()?;
/// assert_eq!(rbm, params.fit(&digits)?);
/// assert_eq!(rbm, params.run(&digits).checkpoint(&checkpoint).train()?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    path: PathBuf,
    /// Whether the path is that of a folder with a file for each training.
    is_folder: bool,
    every: usize,
}

impl Checkpoint {
    /// A checkpoint in the file `path`, whose folder exists, written after every epoch.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            is_folder: false,
            every: 1,
        }
    }

    /// Checkpoints of any number of trainings, as those of the folds of a cross-validation, in the
    /// folder `path`, which exists. Each has a file of its own there,
    /// `<fingerprint>.checkpoint`, which it finds again by its hyper-parameters, records and seed.
    /// The same training with other epochs has the same file, which it takes up if they are no
    /// fewer.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self {
            is_folder: true,
            ..Self::new(path)
        }
    }

    /// Writes only after every `epochs` epochs of a stage, when a stage ends and when the observer
    /// asks to stop; 0 counts as 1.
    pub fn every(mut self, epochs: usize) -> Self {
        self.every = epochs.max(1);
        self
    }

    /// The file, or the folder of the files.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether each training has a file of its own.
    pub(crate) fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// Whether the state after so many epochs of a stage is to be written.
    pub(crate) fn is_due(&self, epoch: usize) -> bool {
        epoch.is_multiple_of(self.every)
    }

    /// The checkpoint as the store of machines in training.
    pub(crate) fn store<F, R>(&self) -> StoreRef<'_, F, R>
    where
        F: Float + Serialize + DeserializeOwned,
        R: Rng + Serialize + DeserializeOwned,
    {
        StoreRef(self)
    }

    /// The file of the training with the fingerprint `key`.
    fn file(&self, key: &str) -> StateFile {
        self.state_file(key, FORMAT)
    }

    /// The file of a training with the fingerprint `key`, whose states are of another format.
    pub(crate) fn state_file(&self, key: &str, format: &'static str) -> StateFile {
        let path = match self.is_folder {
            true => self.path.join(format!("{key:.16}.checkpoint")),
            false => self.path.clone(),
        };
        StateFile::new(path, format)
    }
}

impl<F, R> Store<F, R> for Checkpoint
where
    F: Float + Serialize + DeserializeOwned,
    R: Rng + Serialize + DeserializeOwned,
{
    fn open(
        &self,
        stages: &[StagePlan<F>],
        start: Progress<F, R>,
        records: &dyn TrainingSet<F>,
    ) -> Result<(Progress<F, R>, String)> {
        let key = fingerprint(stages, &start, records)?;
        let file = self.file(&key);
        let Some(saved) = file.load(&key)? else {
            // in this order a killed process leaves one temporary file, not two
            file.remove_leftovers();
            file.try_out()?;
            return Ok((start, key));
        };
        let fit = check_fit(&saved, stages, &start, records.dim().0);
        fit.map_err(|fault| file.fault(fault))?;
        file.remove_leftovers();
        if !is_over(stages, &saved) {
            file.try_out()?;
        }
        Ok((saved, key))
    }

    fn keep(&self, key: &str, progress: &Progress<F, R>) -> Result<()> {
        let epoch = progress.state.as_ref().map_or(0, |state| state.epoch);
        match self.is_due(epoch) || progress.ending {
            true => self.file(key).save(key, progress),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
