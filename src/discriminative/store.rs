//! Where the state of a descent is stored.

use rand::Rng;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::descent::State;
use super::labelled::Labelled;
use super::settings::Descent;
use crate::boltzmann::{Checkpoint, Digests, StoreRef};
use crate::persistence::StateFile;
use crate::{Error, Float, Result};

/// Header of a checkpoint.
const FORMAT: &str = "linfa-fisher classifier, version 1";

/// Stores the states of descents and of the machines before them; how [`Setting`] sees a
/// [`Checkpoint`], without knowing how numbers and generator are serialised.
///
/// [`Setting`]: super::Setting
pub(crate) trait Keeper<F: Float, R> {
    /// How it stores the states of machines.
    fn of_machines(&self) -> StoreRef<'_, F, R>;

    /// Whether it stores the states of several trainings.
    ///
    /// # Errors
    ///
    /// [`PersistenceError::Checkpoint`](crate::error::PersistenceError::Checkpoint) if it is one
    /// file.
    fn check_several(&self) -> Result<()>;

    /// The stored state of the descent that starts at `start`, or `start` if there is none; and the
    /// key to store its states under. `objective` tells what is ascended from others. Unless the
    /// stored state is over, whether states can be stored is tried out.
    fn open_descent(
        &self,
        objective: &str,
        descent: &Descent<F>,
        data: &Labelled<F>,
        start: State<F, R>,
    ) -> Result<(State<F, R>, String)>;

    /// Stores the state, if it is due or the last one of a run.
    fn keep_descent(&self, key: &str, state: &State<F, R>, is_last: bool) -> Result<()>;
}

impl<F, R> Keeper<F, R> for Checkpoint
where
    F: Float + Serialize + DeserializeOwned,
    R: Rng + Serialize + DeserializeOwned,
{
    fn of_machines(&self) -> StoreRef<'_, F, R> {
        self.store()
    }

    fn check_several(&self) -> Result<()> {
        let fault = "it is one file, but each machine of a deep belief network has its own: \
                     name a folder by `Checkpoint::in_folder`";
        match self.is_folder() {
            true => Ok(()),
            false => Err(self.state_file("", FORMAT).fault(fault)),
        }
    }

    fn open_descent(
        &self,
        objective: &str,
        descent: &Descent<F>,
        data: &Labelled<F>,
        start: State<F, R>,
    ) -> Result<(State<F, R>, String)> {
        let key = fingerprint(objective, descent, data, &start)?;
        let file = self.state_file(&key, FORMAT);
        let saved: Option<State<F, R>> = file.load(&key)?;
        let state = match saved {
            Some(saved) => check_fit(&file, saved, &start)?,
            None => start,
        };
        if state.finished(descent).is_none() {
            file.remove_leftovers();
            file.try_out()?;
        }
        Ok((state, key))
    }

    fn keep_descent(&self, key: &str, state: &State<F, R>, is_last: bool) -> Result<()> {
        match is_last || self.is_due(state.epochs.len()) {
            true => self.state_file(key, FORMAT).save(key, state),
            false => Ok(()),
        }
    }
}

/// A hash of all that a descent depends on.
fn fingerprint<F: Float, R: Serialize>(
    objective: &str,
    descent: &Descent<F>,
    data: &Labelled<F>,
    start: &State<F, R>,
) -> Result<String> {
    let mut hash = Sha256::new();
    let (version, float) = (env!("CARGO_PKG_VERSION"), std::any::type_name::<F>());
    let (dim, layers) = (data.inputs.dim(), start.theta.layers());
    hash.update(format!(
        "{version} {float} {objective} {descent:?} {dim:?} {layers:?}"
    ));
    let mut rng = Vec::new();
    ciborium::into_writer(&start.rng, &mut rng).map_err(Error::estimator)?;
    hash.update(rng);
    let mut add = |x: f64| hash.update(x.to_le_bytes());
    let values = start.theta.values();
    values.for_each(|x| add(x.to_f64().unwrap_or(f64::NAN)));
    data.weights.iter().for_each(|&weight| add(weight));
    for code in data.codes {
        hash.update(code.to_le_bytes());
    }
    for digest in Digests::of(data.inputs.view()) {
        hash.update(digest.to_le_bytes());
    }
    let digest = hash.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The saved state if it fits the start: a file may hold anything.
fn check_fit<F: Float, R>(
    file: &StateFile,
    saved: State<F, R>,
    start: &State<F, R>,
) -> Result<State<F, R>> {
    let layers = start.theta.layers();
    let best = saved.best.as_ref();
    let fits = saved.theta.layers() == layers
        && saved.ascent.velocity.layers() == layers
        && best
            .is_none_or(|best| best.theta.layers() == layers && best.epoch <= saved.epochs.len());
    match fits {
        true => Ok(saved),
        false => Err(file.fault("its state does not fit the classifier")),
    }
}
