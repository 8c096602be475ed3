//! A cross-validation that goes on after it was killed.

use std::path::PathBuf;

use linfa::Label;
use ndarray::ArrayView1;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::folds::Split;
use super::memory::{Kept, Memory};
use crate::error::PersistenceError;
use crate::persistence::StateFile;
use crate::{Error, Result};

/// Header of the file.
const FORMAT: &str = "linfa-fisher cross-validation, version 1";

/// The file that keeps the folds.
pub(super) struct Checkpoint<L> {
    file: StateFile,
    /// Of the crate's version and what is validated, and then of the dataset and the folds too.
    hash: Sha256,
    kept: Vec<Kept<L>>,
}

impl<L> Checkpoint<L> {
    pub(super) fn new<P: Serialize>(path: PathBuf, params: &P) -> Result<Self> {
        let mut hash = Sha256::new();
        // strategies and distances are known by their types alone
        hash.update(format!(
            "{} {}",
            env!("CARGO_PKG_VERSION"),
            std::any::type_name::<P>()
        ));
        add(&mut hash, params)?;
        Ok(Self {
            file: StateFile::new(path, FORMAT),
            hash,
            kept: Vec::new(),
        })
    }

    fn fingerprint(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<L: Label + Serialize + DeserializeOwned> Memory<L> for Checkpoint<L> {
    fn recall(
        &mut self,
        float: &'static str,
        numbers: &mut dyn Iterator<Item = f64>,
        targets: ArrayView1<L>,
        splits: &[Split],
    ) -> Result<Vec<Kept<L>>> {
        self.hash.update(float);
        numbers.for_each(|x| self.hash.update(x.to_le_bytes()));
        add(&mut self.hash, &targets.to_vec())?;
        add(&mut self.hash, &splits)?;
        if let Some(kept) = self.file.load::<Vec<Kept<L>>>(&self.fingerprint())? {
            check_kept(&kept, splits)?;
            self.kept = kept;
        }
        self.file.remove_leftovers();
        if self.kept.len() < splits.len() {
            self.file.try_out()?;
        }
        Ok(self.kept.clone())
    }

    fn keep(&mut self, fold: &Kept<L>) -> Result<()> {
        self.kept.push(fold.clone());
        self.file.save(&self.fingerprint(), &self.kept)
    }
}

/// Adds a value, as CBOR, to a hash.
fn add(hash: &mut Sha256, value: &impl Serialize) -> Result<()> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(Error::estimator)?;
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
    Ok(())
}

/// Folds that these splits have, each once.
fn check_kept<L>(kept: &[Kept<L>], splits: &[Split]) -> Result<()> {
    let mut seen = vec![false; splits.len()];
    for (validated, _) in kept {
        let place = validated.fold.wrapping_sub(1);
        match (splits.get(place), seen.get_mut(place)) {
            (Some((training, rows)), Some(seen))
                if !*seen && validated.rows == *rows && validated.trained == training.len() =>
            {
                *seen = true;
            }
            _ => return Err(PersistenceError::Folds.into()),
        }
    }
    Ok(())
}
