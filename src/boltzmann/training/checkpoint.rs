//! Trainings that survive a kill.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array1, ArrayView2};
use rand::Rng;
use serde_crate::de::DeserializeOwned;
use serde_crate::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::options::{NegativeChains, NegativePhase};
use super::records::Records;
use super::run::{train, Progress, StagePlan};
use super::section::section_sizes;
use crate::boltzmann::{GibbsChains, Parameters, VisibleUnits};
#[cfg(feature = "serde")]
use crate::error::PersistenceError;
use crate::observer::{EpochRecord, Observer};
use crate::{Error, Float, Result};

/// First words of a checkpoint, of which a reader knows what follows.
const FORMAT: &str = "linfa-fisher training, version 2";

/// What the names of temporary files end with.
const SUFFIX: &str = ".part";

/// Random letters and digits in the names of temporary files.
const RANDOM: usize = 6;

/// A file that keeps a training's state, so that it can go on after it was killed.
///
/// The file is written after every epoch (or every few) under a temporary name in the same folder
/// and then renamed, so that at any moment it holds a whole state. A training that goes on from it
/// ends with the same bits as one that was never interrupted. A kill in the middle of writing
/// leaves a file `.<name>.<random>.part` behind, which the next training of this checkpoint
/// removes; one training at a time can have a checkpoint.
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
/// let rbm = params.fit_resumable(digits.records.view(), &checkpoint, &mut ())?;
/// assert_eq!(rbm, params.fit(&digits)?);
/// assert_eq!(rbm, params.fit_resumable(digits.records.view(), &checkpoint, &mut ())?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    path: PathBuf,
    every: usize,
}

#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct Outgoing<'a, P> {
    format: &'a str,
    fingerprint: &'a str,
    progress: &'a P,
}

#[derive(Deserialize)]
#[serde(crate = "serde_crate")]
struct Incoming<P> {
    format: String,
    fingerprint: String,
    progress: P,
}

impl Checkpoint {
    /// A state in the file `path`, whose folder exists, written after every epoch.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            every: 1,
        }
    }

    /// Writes after every `epochs` epochs of a stage, when a stage ends and when the observer asks
    /// to stop only; 0 counts as 1.
    pub fn every(mut self, epochs: usize) -> Self {
        self.every = epochs.max(1);
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a training from where the file says it is, or from `start` if there is no file.
    pub(in crate::boltzmann) fn train<F, R>(
        &self,
        stages: &[StagePlan<F>],
        start: Progress<F, R>,
        records: &Records<F>,
        observer: &mut dyn Observer,
    ) -> Result<Parameters<F>>
    where
        F: Float + Serialize + DeserializeOwned,
        R: Rng + Serialize + DeserializeOwned,
    {
        self.remove_leftovers();
        let fingerprint = fingerprint(stages, &start.rng, records.values())?;
        let progress = match self.load::<Progress<F, R>>(&fingerprint)? {
            Some(progress) => {
                progress
                    .check(stages, &start.theta, records.values().nrows())
                    .map_err(|fault| self.unreadable(fault))?;
                progress
            }
            None => start,
        };
        train(stages, progress, records, observer, |progress| {
            let epoch = progress.state.as_ref().map_or(0, |state| state.epoch);
            match epoch % self.every == 0 || progress.ending {
                true => self.save(&fingerprint, progress),
                false => Ok(()),
            }
        })
    }

    /// The state in the file; `None` if there is no file.
    fn load<P: DeserializeOwned>(&self, fingerprint: &str) -> Result<Option<P>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
            Err(fault) => return Err(self.unreadable(fault)),
        };
        let saved: Incoming<P> =
            ciborium::from_reader(BufReader::new(file)).map_err(|fault| self.unreadable(fault))?;
        if saved.format != FORMAT {
            let fault = format!("it begins with {:?}, expected {FORMAT:?}", saved.format);
            return Err(self.unreadable(fault));
        }
        if saved.fingerprint != fingerprint {
            return Err(Error::Persistence(PersistenceError::OtherTraining {
                path: self.path.clone(),
            }));
        }
        Ok(Some(saved.progress))
    }

    fn unreadable(&self, fault: impl std::fmt::Display) -> Error {
        Error::Persistence(PersistenceError::Checkpoint {
            path: self.path.clone(),
            fault: fault.to_string(),
        })
    }

    /// Writes a temporary file and renames it.
    fn save<P: Serialize>(&self, fingerprint: &str, progress: &P) -> Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(&self.prefix())
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .tempfile_in(self.folder())
            .map_err(|e| self.unreadable(e))?;
        let saved = Outgoing {
            format: FORMAT,
            fingerprint,
            progress,
        };
        let mut writer = BufWriter::new(file.as_file_mut());
        ciborium::into_writer(&saved, &mut writer).map_err(|e| self.unreadable(e))?;
        writer.flush().map_err(|e| self.unreadable(e))?;
        drop(writer);
        file.as_file().sync_all().map_err(|e| self.unreadable(e))?;
        file.persist(&self.path).map_err(|e| self.unreadable(e))?;
        Ok(())
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// What the names of temporary files begin with.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(self.path.file_name().unwrap_or_default());
        prefix.push(".");
        prefix
    }

    /// Whether a file is a temporary one of this checkpoint, not of one whose name begins alike.
    fn is_leftover(&self, name: &[u8]) -> bool {
        let rest = name.strip_prefix(self.prefix().as_encoded_bytes());
        let random = rest.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        random.is_some_and(|random| {
            random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
        })
    }

    /// Removes what trainings have left that were killed while they wrote; a file that cannot be
    /// removed does no harm.
    fn remove_leftovers(&self) {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        for entry in entries {
            if self.is_leftover(entry.file_name().as_encoded_bytes()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A hash of this crate's version, the type of numbers, the hyper-parameters, the source of random
/// numbers and the records: a state belongs to one training only.
fn fingerprint<F: Float, R: Serialize>(
    stages: &[StagePlan<F>],
    rng: &R,
    records: ArrayView2<F>,
) -> Result<String> {
    let mut hash = Sha256::new();
    let (version, float) = (env!("CARGO_PKG_VERSION"), std::any::type_name::<F>());
    hash.update(format!("{version} {float} "));
    hash.update(format!("{stages:?} {:?}", records.dim()));
    let mut bytes = Vec::new();
    ciborium::into_writer(rng, &mut bytes).map_err(Error::estimator)?;
    hash.update(bytes);
    for &x in records {
        hash.update(x.to_f64().unwrap_or(f64::NAN).to_le_bytes());
    }
    let digest = hash.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl<F: Float, R: Rng> Progress<F, R> {
    /// What does not fit a training of these stages that starts at `start`, if anything: a file may
    /// hold anything.
    fn check(
        &self,
        stages: &[StagePlan<F>],
        start: &Parameters<F>,
        rows: usize,
    ) -> std::result::Result<(), String> {
        let held = |wrong: bool, what: &str| match wrong {
            true => Err(format!("{what} of the state do not fit the training")),
            false => Ok(()),
        };
        let layers = start.layers();
        held(self.theta.layers() != layers, "layers")?;
        held(self.theta.visible != start.visible, "visible units")?;
        held(self.stage >= stages.len(), "stages")?;
        let plan = &stages[self.stage];
        let layers = &layers[plan.layers.clone()];
        let visible = match plan.layers.start() {
            0 => start.visible,
            _ => VisibleUnits::Binary,
        };
        let fits = |theta: &Parameters<F>| theta.layers() == layers && theta.visible == visible;
        if let Some(state) = &self.state {
            held(state.epoch > plan.training.epochs, "epochs")?;
            let of_stage = |record: &&EpochRecord| record.stage == plan.stage;
            let recorded = self.epochs.iter().filter(of_stage).count();
            held(state.epoch != recorded, "records of epochs")?;
            held(!fits(&state.theta), "parameters")?;
            let velocity = state.optimizer.velocity.layers();
            held(velocity != layers, "velocities")?;
            let phase = plan.training.negative_phase;
            held(!chains_fit(phase, &state.chains, layers), "chains")?;
            let offsets = state.offsets.as_ref().map(|offsets| &offsets.layers[..]);
            let expected = plan.training.centred.then_some(layers);
            held(!means_fit(offsets, expected), "offsets")?;
            let activity = (!state.activity.is_empty()).then_some(&state.activity[..]);
            let expected = plan.training.sparsity.map(|_| &layers[1..]);
            held(!means_fit(activity, expected), "running means")?;
        }
        if let Some(best) = &self.best {
            held(!fits(&best.theta), "parameters of the best epoch")?;
            let reached = self.state.as_ref().map(|state| state.epoch);
            held(Some(best.epoch) > reached, "epochs of the best epoch")?;
        }
        if let Some(held_out) = &self.held_out {
            let ascending = held_out.windows(2).all(|pair| pair[0] < pair[1]);
            let last = held_out.last().copied();
            let fit = ascending && last.is_some_and(|last| last < rows) && held_out.len() < rows;
            held(!fit, "rows held out")?;
        }
        Ok(())
    }
}

/// Whether these are the chains of a negative phase, over layers of the given units.
fn chains_fit<F: Float>(
    phase: NegativePhase,
    chains: &[NegativeChains<F>],
    layers: &[usize],
) -> bool {
    match (phase, chains) {
        (NegativePhase::ContrastiveDivergence { .. }, []) => true,
        (NegativePhase::Persistent { chains: count, .. }, sections) => {
            let sizes = section_sizes(count, layers);
            let fit = |(section, size): (&NegativeChains<F>, usize)| match section {
                NegativeChains::Plain(chains) => chains.fit(size, layers),
                _ => false,
            };
            sizes.len() == sections.len() && sections.iter().zip(sizes).all(fit)
        }
        (
            NegativePhase::Tempered {
                chains: count,
                temperatures,
                ..
            },
            [NegativeChains::Tempered(chains)],
        ) => {
            chains.replicas.len() == temperatures
                && chains.replicas.iter().all(|each| each.fit(count, layers))
        }
        _ => false,
    }
}

/// Whether there are finite means of layers of the expected units, or neither.
fn means_fit<F: Float>(means: Option<&[Array1<F>]>, expected: Option<&[usize]>) -> bool {
    match (means, expected) {
        (None, None) => true,
        (Some(means), Some(layers)) => {
            layers.iter().copied().eq(means.iter().map(Array1::len))
                && means.iter().flatten().all(|x| x.is_finite())
        }
        _ => false,
    }
}

impl<F: Float> GibbsChains<F> {
    /// Whether these are `count` free chains over layers of the given units.
    fn fit(&self, count: usize, layers: &[usize]) -> bool {
        let expected = layers.iter().map(|&units| (count, units));
        !self.is_clamped()
            && self.states.iter().all(|x| x.is_standard_layout())
            && expected.eq(self.states.iter().map(|x| x.dim()))
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    use super::*;
    use crate::boltzmann::{Dbm, DbmParams, EarlyStopping, Metric, Rbm, Sparsity, TemperedChains};
    use crate::observer::{Event, History};

    fn records() -> Array2<f64> {
        Array2::from_shape_fn((60, 6), |(i, j)| ((i * 7 + j * 3) % 5 < 2) as u8 as f64)
    }

    /// Every option that adds to the state.
    fn params() -> DbmParams<f64, Xoshiro256Plus> {
        Dbm::params(&[4, 3])
            .pretraining_epochs(2)
            .epochs(4)
            .batch_size(16)
            .centred(true)
            .sparsity(Some(Sparsity {
                target: 0.2,
                cost: 0.1,
                decay: 0.9,
            }))
            .early_stopping(Some(EarlyStopping::new(Metric::ReconstructionError)))
            .negative_phase(NegativePhase::Tempered {
                chains: 5,
                temperatures: 3,
                steps: 1,
            })
    }

    /// Chains that are kept in two sections of 15.
    const TWO_SECTIONS: NegativePhase = NegativePhase::Persistent {
        chains: 30,
        steps: 1,
    };

    /// An observer that stops after some epochs.
    struct Stop(usize);

    impl Observer for Stop {
        fn observe(&mut self, event: &Event) {
            if let Event::Epoch { .. } = event {
                self.0 -= 1;
            }
        }

        fn should_stop(&self) -> bool {
            self.0 == 0
        }
    }

    #[test]
    fn a_stopped_training_ends_with_the_same_bits() {
        let records = records();
        for params in [params(), params().negative_phase(TWO_SECTIONS)] {
            let params = params.check().unwrap();
            let whole = params.fit_observed(records.view(), &mut ()).unwrap();
            for epochs in 1..=8 {
                let folder = tempfile::tempdir().unwrap();
                let checkpoint = Checkpoint::new(folder.path().join("state"));
                let fit = |observer: &mut dyn Observer| {
                    params
                        .fit_resumable(records.view(), &checkpoint, observer)
                        .unwrap()
                };
                fit(&mut Stop(epochs));
                assert_eq!(fit(&mut ()), whole, "stopped after {epochs} epochs");
                let names = std::fs::read_dir(folder.path()).unwrap();
                assert_eq!(names.count(), 1, "no temporary file is left");
            }
        }
    }

    /// Epochs that a training with checkpoints far apart takes.
    fn epochs_taken(
        early: Option<EarlyStopping>,
        checkpoint: &Checkpoint,
        stop: Option<usize>,
    ) -> usize {
        let params = Rbm::params(3).epochs(40).early_stopping(early);
        let params = params.check().unwrap();
        let mut epochs = 0;
        let count = |event: &Event| epochs += usize::from(matches!(event, Event::Epoch { .. }));
        let mut observer = (count, Stop(stop.unwrap_or(usize::MAX)));
        params
            .fit_resumable(records().view(), checkpoint, &mut observer)
            .unwrap();
        epochs
    }

    #[test]
    fn a_stop_between_two_saves_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state")).every(5);
        assert_eq!(epochs_taken(None, &checkpoint, Some(8)), 8);
        assert_eq!(epochs_taken(None, &checkpoint, None), 32);
        assert_eq!(epochs_taken(None, &checkpoint, None), 0);
    }

    #[test]
    fn an_early_end_between_two_saves_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state")).every(1000);
        let early = Some(EarlyStopping::new(Metric::ReconstructionError).patience(1));
        let epochs = epochs_taken(early, &checkpoint, None);
        assert!((2..40).contains(&epochs), "{epochs}");
        assert_eq!(epochs_taken(early, &checkpoint, None), 0);
    }

    #[test]
    fn a_history_has_the_epochs_of_all_runs() {
        let params = params().check().unwrap();
        let mut whole = History::default();
        params.fit_observed(records().view(), &mut whole).unwrap();
        let timeless = |history: &History| {
            let mut epochs = history.epochs().to_vec();
            epochs.iter_mut().for_each(|x| x.statistics.seconds = 0.0);
            epochs
        };
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        for stop in [1, 2, 4, usize::MAX] {
            let mut observer = (Stop(stop), History::default());
            params
                .fit_resumable(records().view(), &checkpoint, &mut observer)
                .unwrap();
            let found = timeless(&observer.1);
            assert_eq!(found, timeless(&whole)[..found.len()]);
            if stop == usize::MAX {
                assert_eq!(found.len(), whole.epochs().len());
                assert_eq!(observer.1.termination(), whole.termination());
            }
        }
    }

    #[test]
    fn leftovers_of_killed_trainings_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let others = [
            ".other.aB3xY9.part",
            ".state.big.aB3xY9.part",
            ".state.x1.part",
            ".state.aB3xY9",
            "state.part",
        ];
        for name in others.into_iter().chain([".state.aB3xY9.part"]) {
            std::fs::write(file(name), "half").unwrap();
        }
        let params = params().check().unwrap();
        let checkpoint = Checkpoint::new(file("state"));
        params
            .fit_resumable(records().view(), &checkpoint, &mut ())
            .unwrap();
        assert!(!file(".state.aB3xY9.part").exists());
        for name in others.into_iter().chain(["state"]) {
            assert!(file(name).exists(), "{name}");
        }
    }

    #[test]
    fn states_of_other_trainings_are_refused() {
        let records = records();
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        let fit = |params: DbmParams<f64, Xoshiro256Plus>, records: &Array2<f64>| {
            let params = params.check().unwrap();
            params.fit_resumable(records.view(), &checkpoint, &mut ())
        };
        fit(params(), &records).unwrap();
        let other = fit(params().batch_size(17), &records);
        assert!(matches!(
            other,
            Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
        ));
        let mut changed = records.clone();
        changed[[0, 0]] = 1.0 - changed[[0, 0]];
        assert!(matches!(
            fit(params(), &changed),
            Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
        ));
    }

    #[test]
    fn states_of_other_precision_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        let double = Rbm::params(3).epochs(1).check().unwrap();
        double
            .fit_resumable(records().view(), &checkpoint, &mut ())
            .unwrap();
        let single = Rbm::params(3).epochs(1).check().unwrap();
        let records = records().mapv(|x| x as f32);
        let other = single.fit_resumable(records.view(), &checkpoint, &mut ());
        assert!(matches!(
            other,
            Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
        ));
    }

    /// Changes the state that a training has left after some epochs, and goes on from it.
    fn fit_tampered(
        params: DbmParams<f64, Xoshiro256Plus>,
        epochs: usize,
        change: impl FnOnce(&mut Progress<f64, Xoshiro256Plus>),
    ) -> Result<Dbm<f64>> {
        let records = records();
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        let params = params.check().unwrap();
        let fit = |observer: &mut dyn Observer| {
            params.fit_resumable(records.view(), &checkpoint, observer)
        };
        fit(&mut Stop(epochs))?;
        let file = File::open(checkpoint.path()).unwrap();
        let mut saved: Incoming<Progress<f64, Xoshiro256Plus>> =
            ciborium::from_reader(BufReader::new(file)).unwrap();
        change(&mut saved.progress);
        checkpoint.save(&saved.fingerprint, &saved.progress)?;
        fit(&mut ())
    }

    #[test]
    fn a_best_epoch_ahead_of_the_state_is_refused() {
        assert!(fit_tampered(params(), 6, |_| {}).is_ok());
        let ahead = fit_tampered(params(), 6, |progress| {
            progress.best.as_mut().unwrap().epoch = usize::MAX;
        });
        assert!(matches!(
            ahead,
            Err(Error::Persistence(PersistenceError::Checkpoint { .. }))
        ));
    }

    #[test]
    fn sections_that_do_not_fit_the_training_are_refused() {
        type Chains = Vec<NegativeChains<f64>>;
        let theta = Parameters::zeros(&[6, 4, 3]);
        let plain = |chains| {
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            NegativeChains::Plain(GibbsChains::random(&theta, chains, &mut rng))
        };
        let tempered = || {
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let chains = TemperedChains::random(&theta, 15, 2, &mut rng);
            NegativeChains::Tempered(chains.unwrap())
        };
        let clamped = || {
            let (visible, known) = (Array2::zeros((15, 6)), Array1::from_elem(6, true));
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let chains = GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng);
            NegativeChains::Plain(chains.unwrap())
        };
        let cd = NegativePhase::ContrastiveDivergence { steps: 1 };
        let cases: [(NegativePhase, Chains, bool); 9] = [
            (TWO_SECTIONS, vec![plain(15), plain(15)], true),
            (TWO_SECTIONS, vec![], false),
            (TWO_SECTIONS, vec![plain(15)], false),
            (TWO_SECTIONS, vec![plain(30)], false),
            (TWO_SECTIONS, vec![plain(15), plain(15), plain(15)], false),
            (TWO_SECTIONS, vec![plain(14), plain(16)], false),
            (TWO_SECTIONS, vec![plain(15), tempered()], false),
            (TWO_SECTIONS, vec![plain(15), clamped()], false),
            (cd, vec![plain(15)], false),
        ];
        for (number, (phase, chains, fit)) in cases.into_iter().enumerate() {
            let params = params().negative_phase(phase);
            let result = fit_tampered(params, 6, |x| x.state.as_mut().unwrap().chains = chains);
            match result {
                Ok(_) => assert!(fit, "case {number}"),
                Err(Error::Persistence(PersistenceError::Checkpoint { fault, .. })) => {
                    assert!(!fit && fault.starts_with("chains of the state"), "{fault}");
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn states_that_do_not_fit_the_training_are_refused() {
        type Change = fn(&mut Progress<f64, Xoshiro256Plus>);
        fn tempered(chains: usize, temperatures: usize) -> Vec<NegativeChains<f64>> {
            let theta = Parameters::zeros(&[6, 4, 3]);
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let chains = TemperedChains::random(&theta, chains, temperatures, &mut rng);
            vec![NegativeChains::Tempered(chains.unwrap())]
        }
        let changes: [(&str, Change); 11] = [
            ("visible units", |x| {
                x.theta.visible = VisibleUnits::Gaussian
            }),
            ("parameters", |x| {
                x.state.as_mut().unwrap().theta.visible = VisibleUnits::Gaussian
            }),
            ("parameters of the best epoch", |x| {
                x.best.as_mut().unwrap().theta.visible = VisibleUnits::Gaussian
            }),
            ("chains", |x| x.state.as_mut().unwrap().chains.clear()),
            ("chains", |x| {
                x.state.as_mut().unwrap().chains = tempered(4, 3)
            }),
            ("chains", |x| {
                x.state.as_mut().unwrap().chains = tempered(5, 2)
            }),
            ("chains", |x| {
                let chains = &mut x.state.as_mut().unwrap().chains;
                let plain = chains[0].samples().clone();
                *chains = vec![NegativeChains::Plain(plain)];
            }),
            ("chains", |x| {
                let theta = Parameters::zeros(&[6, 4, 3]);
                let (visible, known) = (ndarray::Array2::zeros((5, 6)), Array1::from_elem(6, true));
                let mut rng = Xoshiro256Plus::seed_from_u64(1);
                let clamped =
                    GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng).unwrap();
                match &mut x.state.as_mut().unwrap().chains[..] {
                    [NegativeChains::Tempered(chains)] => chains.replicas[0] = clamped,
                    other => panic!("{other:?}"),
                }
            }),
            ("offsets", |x| {
                let state = x.state.as_mut().unwrap();
                state.offsets.as_mut().unwrap().layers[1][0] = f64::NAN;
            }),
            ("running means", |x| {
                x.state.as_mut().unwrap().activity[0][0] = f64::INFINITY
            }),
            ("records of epochs", |x| {
                x.epochs.pop();
            }),
        ];
        for (expected, change) in changes {
            match fit_tampered(params(), 6, change) {
                Err(Error::Persistence(PersistenceError::Checkpoint { fault, .. })) => {
                    assert!(
                        fault.starts_with(&format!("{expected} of the state")),
                        "{fault}"
                    );
                }
                other => panic!("{expected}: {other:?}"),
            }
        }
    }

    /// Files cut short or with a changed byte bring an error or, where the byte is a number's, a
    /// training that goes on from other numbers; never a panic.
    #[test]
    fn broken_files_are_errors() {
        let records = records();
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        let params = params().check().unwrap();
        let fit = || params.fit_resumable(records.view(), &checkpoint, &mut ());
        params
            .fit_resumable(records.view(), &checkpoint, &mut Stop(5))
            .unwrap();
        let whole = std::fs::read(checkpoint.path()).unwrap();
        for cut in (0..whole.len()).step_by(97) {
            std::fs::write(checkpoint.path(), &whole[..cut]).unwrap();
            assert!(
                matches!(
                    fit(),
                    Err(Error::Persistence(PersistenceError::Checkpoint { .. }))
                ),
                "cut at {cut}"
            );
        }
        for place in (0..whole.len()).step_by(13) {
            let mut broken = whole.clone();
            broken[place] ^= 1 << (place % 8);
            std::fs::write(checkpoint.path(), &broken).unwrap();
            let _ = fit();
        }
        std::fs::remove_file(checkpoint.path()).unwrap();
        std::fs::create_dir(checkpoint.path()).unwrap();
        assert!(matches!(
            fit(),
            Err(Error::Persistence(PersistenceError::Checkpoint { .. }))
        ));
    }
}
