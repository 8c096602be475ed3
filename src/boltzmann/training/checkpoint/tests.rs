//! Training that is interrupted and resumed, and files that are damaged.

use std::fs::File;
use std::io::BufReader;

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::Deserialize;

use super::*;
use crate::Error;
use crate::boltzmann::machine::{Parameters, VisibleUnits};
use crate::boltzmann::sampling::NegativeChains;
use crate::boltzmann::{
    Dbm, DbmParams, EarlyStopping, GibbsChains, LearningRate, Metric, NegativePhase, Rbm, Sparsity,
    TemperedChains,
};
use crate::error::PersistenceError;
use crate::observer::{Event, History, Observer, SECONDS};

fn records() -> Array2<f64> {
    Array2::from_shape_fn((60, 6), |(i, j)| ((i * 7 + j * 3) % 5 < 2) as u8 as f64)
}

/// Hyper-parameters with every option that adds to the state.
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

/// Chains that two threads may work on.
const PLAIN: NegativePhase = NegativePhase::Persistent {
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
    for params in [params(), params().negative_phase(PLAIN)] {
        let params = params.check().unwrap();
        let whole = params.fit(&DatasetBase::from(records.view())).unwrap();
        for epochs in 1..=8 {
            let folder = tempfile::tempdir().unwrap();
            let checkpoint = Checkpoint::new(folder.path().join("state"));
            let fit = |observer: &mut dyn Observer| {
                params
                    .run(&DatasetBase::from(records.view()))
                    .checkpoint(&checkpoint)
                    .observer(observer)
                    .train()
                    .unwrap()
            };
            fit(&mut Stop(epochs));
            assert_eq!(fit(&mut ()), whole, "stopped after {epochs} epochs");
            let names = std::fs::read_dir(folder.path()).unwrap();
            assert_eq!(names.count(), 1, "no temporary file is left");
        }
    }
}

/// Number of epochs that a training with checkpoints far apart takes.
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
        .run(&DatasetBase::from(records().view()))
        .checkpoint(checkpoint)
        .observer(&mut observer)
        .train()
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
    params
        .run(&DatasetBase::from(records().view()))
        .observer(&mut whole)
        .train()
        .unwrap();
    let timeless = |history: &History| {
        let mut epochs = history.epochs().to_vec();
        for record in &mut epochs {
            record.figures = std::mem::take(&mut record.figures).with(SECONDS, 0.0);
        }
        epochs
    };
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    for stop in [1, 2, 4, usize::MAX] {
        let mut observer = (Stop(stop), History::default());
        params
            .run(&DatasetBase::from(records().view()))
            .checkpoint(&checkpoint)
            .observer(&mut observer)
            .train()
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
        .run(&DatasetBase::from(records().view()))
        .checkpoint(&checkpoint)
        .train()
        .unwrap();
    assert!(!file(".state.aB3xY9.part").exists());
    for name in others.into_iter().chain(["state"]) {
        assert!(file(name).exists(), "{name}");
    }
}

/// A file that another training is writing is none of a killed one.
#[test]
fn files_that_are_being_written_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".state.aB3xY9.part");
    let file = File::create(&path).unwrap();
    file.lock().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    epochs_taken(None, &checkpoint, Some(1));
    assert!(path.exists());
    drop(file);
    epochs_taken(None, &checkpoint, Some(1));
    assert!(!path.exists());
}

#[test]
fn a_folder_that_does_not_exist_is_found_before_the_training() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("none").join("state"));
    let mut epochs = 0;
    let error = Rbm::params(3)
        .check()
        .unwrap()
        .run(&DatasetBase::from(records().view()))
        .checkpoint(&checkpoint)
        .observer(&mut |_: &Event| epochs += 1)
        .train();
    assert!(matches!(
        error,
        Err(Error::Persistence(PersistenceError::Checkpoint { .. }))
    ));
    assert_eq!(epochs, 0);
}

#[cfg(unix)]
#[test]
fn symbolic_links_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let [link, file] = ["link", "file"].map(|name| folder.path().join(name));
    let checkpoint = Checkpoint::new(&file);
    epochs_taken(None, &checkpoint, Some(1));
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    let of_new_files = folder.path().join("new");
    std::fs::write(&of_new_files, "").unwrap();
    let expected = std::fs::metadata(of_new_files)
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode(), expected);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let before = std::fs::read(&file).unwrap();
    epochs_taken(None, &Checkpoint::new(&link), Some(1));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let [dangling, missing] = ["dangling", "missing"].map(|name| folder.path().join(name));
    std::os::unix::fs::symlink("missing", &dangling).unwrap();
    epochs_taken(None, &Checkpoint::new(&dangling), Some(1));
    assert!(std::fs::symlink_metadata(&dangling).unwrap().is_symlink());
    assert!(missing.exists());
    assert_ne!(std::fs::read(&file).unwrap(), before);
    assert_eq!(mode(), 0o666);
}

/// Whatever byte is changed.
#[test]
fn damaged_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    epochs_taken(None, &checkpoint, Some(1));
    let whole = std::fs::read(checkpoint.path()).unwrap();
    for place in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << (place % 8);
        std::fs::write(checkpoint.path(), damaged).unwrap();
        let result = Rbm::params(3)
            .epochs(40)
            .check()
            .unwrap()
            .run(&DatasetBase::from(records().view()))
            .checkpoint(&checkpoint)
            .train();
        let fault = result.unwrap_err().to_string();
        assert!(fault.contains("checksum"), "byte {place}: {fault}");
    }
}

#[test]
fn states_of_other_trainings_are_refused() {
    let records = records();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    let fit = |params: DbmParams<f64, Xoshiro256Plus>, records: &Array2<f64>| {
        let params = params.check().unwrap();
        params
            .run(&DatasetBase::from(records.view()))
            .checkpoint(&checkpoint)
            .train()
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
        .run(&DatasetBase::from(records().view()))
        .checkpoint(&checkpoint)
        .train()
        .unwrap();
    let single = Rbm::params(3).epochs(1).check().unwrap();
    let records = records().mapv(|x| x as f32);
    let other = single
        .run(&DatasetBase::from(records.view()))
        .checkpoint(&checkpoint)
        .train();
    let fault = other.unwrap_err().to_string();
    assert!(
        fault.contains("numbers of type f64, expected f32"),
        "{fault}"
    );
}

/// The contents of a checkpoint.
#[derive(Deserialize)]
#[serde(crate = "serde_crate")]
struct Saved {
    fingerprint: String,
    progress: Progress<f64, Xoshiro256Plus>,
}

/// Changes the state that a training has saved after some epochs, and resumes from it.
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
        params
            .run(&DatasetBase::from(records.view()))
            .checkpoint(&checkpoint)
            .observer(observer)
            .train()
    };
    fit(&mut Stop(epochs))?;
    let file = File::open(checkpoint.path()).unwrap();
    let mut saved: Saved = ciborium::from_reader(BufReader::new(file)).unwrap();
    change(&mut saved.progress);
    let file = checkpoint.file(&saved.fingerprint);
    file.save(&saved.fingerprint, &saved.progress)?;
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
fn chains_that_do_not_fit_the_training_are_refused() {
    type Chains = Option<NegativeChains<f64>>;
    let theta = Parameters::of_zeros(&[6, 4, 3]);
    let plain = |chains| {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        Some(NegativeChains::Plain(GibbsChains::at_random(
            &theta, chains, &mut rng,
        )))
    };
    let tempered = || {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let chains = TemperedChains::random(&theta, 30, 2, &mut rng);
        Some(NegativeChains::Tempered(chains.unwrap()))
    };
    let clamped = || {
        let (visible, known) = (Array2::zeros((30, 6)), Array1::from_elem(6, true));
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let chains = GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng);
        Some(NegativeChains::Plain(chains.unwrap()))
    };
    let cd = NegativePhase::ContrastiveDivergence { steps: 1 };
    let cases: [(NegativePhase, Chains, bool); 6] = [
        (PLAIN, plain(30), true),
        (PLAIN, None, false),
        (PLAIN, plain(29), false),
        (PLAIN, tempered(), false),
        (PLAIN, clamped(), false),
        (cd, plain(30), false),
    ];
    for (number, (phase, chains, fit)) in cases.into_iter().enumerate() {
        let params = params().negative_phase(phase);
        let result = fit_tampered(params, 6, |x| {
            x.state.as_mut().unwrap().carried.chains = chains
        });
        match result {
            Ok(_) => assert!(fit, "case {number}"),
            Err(Error::Persistence(PersistenceError::Checkpoint { fault, .. })) => {
                assert!(!fit && fault.starts_with("chains of the state"), "{fault}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Training that continues from a model saves checkpoints, too, each valid for that model only; and
/// it may be inspected at the same time.
#[test]
fn a_stopped_training_from_a_model_ends_with_the_same_bits() {
    let records = DatasetBase::from(records());
    let params = params().early_stopping(None).check().unwrap();
    let model = params.fit(&records).unwrap();
    let whole = params.run(&records).from(model.clone()).train().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    let mut shown = 0;
    let mut fit = |observer: &mut dyn Observer| {
        params
            .run(&records)
            .from(model.clone())
            .observer(observer)
            .inspect(&mut |_, _, _| shown += 1)
            .checkpoint(&checkpoint)
            .train()
    };
    assert_ne!(fit(&mut Stop(2)).unwrap(), whole);
    assert_eq!(fit(&mut ()).unwrap(), whole);
    assert_eq!(shown, 4);
    let other = params
        .run(&records)
        .from(whole)
        .checkpoint(&checkpoint)
        .train();
    assert!(matches!(
        other,
        Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
    ));
    let anew = params.run(&records).checkpoint(&checkpoint).train();
    assert!(anew.is_err());
}

#[test]
fn states_that_do_not_fit_the_training_are_refused() {
    type Change = fn(&mut Progress<f64, Xoshiro256Plus>);
    fn tempered(chains: usize, temperatures: usize) -> Option<NegativeChains<f64>> {
        let theta = Parameters::of_zeros(&[6, 4, 3]);
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let chains = TemperedChains::random(&theta, chains, temperatures, &mut rng);
        Some(NegativeChains::Tempered(chains.unwrap()))
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
        ("chains", |x| {
            x.state.as_mut().unwrap().carried.chains = None
        }),
        ("chains", |x| {
            x.state.as_mut().unwrap().carried.chains = tempered(4, 3)
        }),
        ("chains", |x| {
            x.state.as_mut().unwrap().carried.chains = tempered(5, 2)
        }),
        ("chains", |x| {
            let chains = &mut x.state.as_mut().unwrap().carried.chains;
            let plain = chains.as_ref().unwrap().samples().clone();
            *chains = Some(NegativeChains::Plain(plain));
        }),
        ("chains", |x| {
            let theta = Parameters::of_zeros(&[6, 4, 3]);
            let (visible, known) = (ndarray::Array2::zeros((5, 6)), Array1::from_elem(6, true));
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let clamped =
                GibbsChains::clamped(&theta, visible.view(), known.view(), &mut rng).unwrap();
            match &mut x.state.as_mut().unwrap().carried.chains {
                Some(NegativeChains::Tempered(chains)) => chains.replicas[0] = clamped,
                other => panic!("{other:?}"),
            }
        }),
        ("offsets", |x| {
            let state = x.state.as_mut().unwrap();
            state.carried.shaping.offsets.as_mut().unwrap().layers[1][0] = f64::NAN;
        }),
        ("running means", |x| {
            x.state
                .as_mut()
                .unwrap()
                .carried
                .shaping
                .activity
                .as_mut()
                .unwrap()[0][0] = f64::INFINITY
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

/// Truncated files, or files with a changed byte, give an error or, where the byte belongs to a
/// number, a training that resumes from other numbers; never a panic.
#[test]
fn broken_files_are_errors() {
    let records = records();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    let params = params().check().unwrap();
    let fit = || {
        params
            .run(&DatasetBase::from(records.view()))
            .checkpoint(&checkpoint)
            .train()
    };
    params
        .run(&DatasetBase::from(records.view()))
        .checkpoint(&checkpoint)
        .observer(&mut Stop(5))
        .train()
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

/// Faults that a training would only meet when it saves its first epoch.
#[test]
fn what_cannot_be_written_is_found_before_an_epoch_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    let dataset = DatasetBase::from(records.view());
    let params = params().check().unwrap();
    let train = |path: &Path| {
        let mut inspect = |_, _, _: &Parameters<f64>| panic!("an epoch was run");
        let checkpoint = Checkpoint::new(path);
        let run = params.run(&dataset).checkpoint(&checkpoint);
        run.inspect(&mut inspect).train().unwrap_err().to_string()
    };
    assert!(train(Path::new("")).contains("the path names no file"));
    let slash = format!("{}/", folder.path().join("new").display());
    assert!(train(Path::new(&slash)).contains("the path names no file"));
    assert!(train(folder.path()).contains("it is no regular file"));
}

#[test]
fn another_number_of_hidden_units_is_another_training() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    let records = records();
    let dataset = DatasetBase::from(records.view());
    let train = |hidden| {
        let params = Rbm::params(hidden).epochs(1).check()?;
        params.run(&dataset).checkpoint(&checkpoint).train()
    };
    train(3).unwrap();
    let found = train(4).unwrap_err();
    assert!(matches!(
        found,
        Error::Persistence(PersistenceError::OtherTraining { .. })
    ));
}

/// A folder that is gone, as a full disk, costs no finished work.
#[test]
fn a_state_that_cannot_be_written_is_no_end_of_training() {
    let records = records();
    let dataset = DatasetBase::from(records.view());
    let params = Rbm::params(3).epochs(3).check().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone");
    std::fs::create_dir(&path).unwrap();
    let checkpoint = Checkpoint::new(path.join("state"));
    let mut missed = Vec::new();
    let mut observer = |event: &Event| match event {
        Event::Epoch { epoch: 2, .. } => std::fs::remove_dir_all(&path).unwrap(),
        Event::NotSaved { epoch, fault, .. } => missed.push((*epoch, fault.clone())),
        _ => {}
    };
    let run = params.run(&dataset).checkpoint(&checkpoint);
    let rbm = run.observer(&mut observer).train().unwrap();
    assert_eq!(rbm, params.fit(&dataset).unwrap());
    let epochs: Vec<_> = missed.iter().map(|(epoch, _)| *epoch).collect();
    assert_eq!(epochs, [2, 3]);
    assert!(missed[0].1.contains("create it first"), "{}", missed[0].1);
    let run = params.run(&dataset).checkpoint(&checkpoint);
    assert!(run.train().is_err(), "found at the start");
}

#[test]
fn a_training_that_is_over_may_get_more_epochs() {
    let records = records();
    let dataset = DatasetBase::from(records.view());
    let rate = LearningRate::Constant(0.01);
    let deep = || params().early_stopping(None).learning_rate(rate);
    let folder = tempfile::tempdir().unwrap();
    let train = |params: DbmParams<f64, Xoshiro256Plus>, name: &str| {
        let checkpoint = Checkpoint::new(folder.path().join(name));
        let params = params.check().unwrap();
        params.run(&dataset).checkpoint(&checkpoint).train()
    };
    let short = train(deep().epochs(2), "more").unwrap();
    let long = train(deep().epochs(5), "more").unwrap();
    assert_eq!(long, deep().epochs(5).fit(&dataset).unwrap());
    assert_ne!(long, short);
    let fewer = train(deep().epochs(3), "more").unwrap_err().to_string();
    assert!(
        fewer.contains("epochs of a training that is to take"),
        "{fewer}"
    );
    let falling = || deep().learning_rate(LearningRate::LinearToZero { initial: 0.01 });
    train(falling().epochs(2), "falling").unwrap();
    assert!(matches!(
        train(falling().epochs(5), "falling"),
        Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
    ));
    let layers = train(deep().pretraining_epochs(3).epochs(5), "more");
    assert!(matches!(
        layers,
        Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
    ));
}

/// Any epoch of any stage may be the last before the stop; a stream and an array of the same rows
/// are one training if the window holds all of them.
#[test]
fn a_training_on_a_stream_is_resumed() {
    let records = records();
    let params = params().check().unwrap();
    for (window, in_memory) in [(60, true), (16, false)] {
        let whole = params.run_source(&records, window).train().unwrap();
        let dataset = DatasetBase::from(records.view());
        assert_eq!(whole == params.fit(&dataset).unwrap(), in_memory);
        for epochs in 1..=8 {
            let folder = tempfile::tempdir().unwrap();
            let checkpoint = Checkpoint::new(folder.path().join("state"));
            let mut stop = Stop(epochs);
            let run = params.run_source(&records, window).checkpoint(&checkpoint);
            run.observer(&mut stop).train().unwrap();
            let blocks = |_: usize| {
                [
                    records.slice(ndarray::s![..25, ..]),
                    records.slice(ndarray::s![25.., ..]),
                ]
                .map(|block| block.to_owned())
            };
            let resumed = match in_memory && epochs % 2 == 0 {
                true => params.run(&dataset).checkpoint(&checkpoint).train(),
                false => {
                    let run = params.run_source(&blocks, window);
                    run.checkpoint(&checkpoint).train()
                }
            };
            assert_eq!(resumed.unwrap(), whole, "stopped after {epochs} epochs");
        }
    }
}

/// Passes go on with the number of the epoch, so that a source that varies gives what it would have
/// given.
#[test]
fn a_source_that_varies_is_resumed_where_it_was() {
    let records = records();
    let varied = |pass: usize| [records.mapv(|x| x / (pass + 1) as f64)];
    let params = params().check().unwrap();
    let whole = params.run_source(&varied, 16).train().unwrap();
    for epochs in 1..8 {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state"));
        let mut stop = Stop(epochs);
        let run = params.run_source(&varied, 16).checkpoint(&checkpoint);
        run.observer(&mut stop).train().unwrap();
        let run = params.run_source(&varied, 16).checkpoint(&checkpoint);
        assert_eq!(run.train().unwrap(), whole, "stopped after {epochs} epochs");
    }
}

#[test]
fn a_checkpoint_belongs_to_the_records_and_the_window_of_a_stream() {
    let records = records();
    let mut other = records.clone();
    other[[59, 5]] = 1.0 - other[[59, 5]];
    let params = params().check().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    let train = |records: &Array2<f64>, window| {
        let run = params.run_source(records, window);
        run.checkpoint(&checkpoint).train().map(drop)
    };
    train(&records, 32).unwrap();
    train(&records, 20).unwrap();
    for (records, window) in [(&records, 16), (&records, 60), (&other, 32)] {
        let refused = train(records, window);
        assert!(matches!(
            refused,
            Err(Error::Persistence(PersistenceError::OtherTraining { .. }))
        ));
    }
}
