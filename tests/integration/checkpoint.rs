//! Trainings whose process is killed, again and again, end with the same bits as one that is left
//! alone.
//!
//! A test runs this very binary as a child that does nothing but one of the trainings, kills it at
//! a random moment, and does so until a child finishes. While a child runs, the checkpoint is read
//! over and over: once there is one, it is whole at every moment.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ciborium::Value;
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::{
    Checkpoint, Dbm, EarlyStopping, Metric, NegativePhase, Parameters, Rbm, Sparsity,
};
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate, cross_validate_observed};
use linfa_fisher::observer::{Event, Observer};
use linfa_fisher::pipeline::PipelineExt;
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

/// Names the checkpoint to a child.
const CHECKPOINT: &str = "LINFA_FISHER_TEST_CHECKPOINT";

/// How Rust's test harness exits after a failure, as opposed to a kill.
const FAILED: i32 = 101;

/// A training with a checkpoint, or without one.
type Training = fn(Option<&Checkpoint>, &mut dyn Observer) -> Parameters<f32>;

fn records() -> Array2<f32> {
    crate::common::digits(0, 1000).records
}

fn train_rbm(checkpoint: Option<&Checkpoint>, observer: &mut dyn Observer) -> Parameters<f32> {
    let early = EarlyStopping::new(Metric::PseudoLogLikelihood).patience(1000);
    let params = Rbm::params(24).epochs(150).early_stopping(Some(early));
    let params = params.check().unwrap();
    let rbm = match checkpoint {
        Some(checkpoint) => params
            .run(&DatasetBase::from(records().view()))
            .checkpoint(checkpoint)
            .observer(observer)
            .train(),
        None => params
            .run(&DatasetBase::from(records().view()))
            .observer(observer)
            .train(),
    };
    rbm.unwrap().parameters().clone()
}

fn train_dbm(checkpoint: Option<&Checkpoint>, observer: &mut dyn Observer) -> Parameters<f32> {
    let params = Dbm::params(&[16, 8])
        .pretraining_epochs(25)
        .epochs(60)
        .centred(true)
        .sparsity(Some(Sparsity {
            target: 0.2,
            cost: 0.1,
            decay: 0.9,
        }))
        .negative_phase(NegativePhase::Tempered {
            chains: 20,
            temperatures: 3,
            steps: 2,
        });
    let params = params.check().unwrap();
    let dbm = match checkpoint {
        Some(checkpoint) => params
            .run(&DatasetBase::from(records().view()))
            .checkpoint(checkpoint)
            .observer(observer)
            .train(),
        None => params
            .run(&DatasetBase::from(records().view()))
            .observer(observer)
            .train(),
    };
    dbm.unwrap().parameters().clone()
}

/// The child that trains a restricted machine; does nothing in an ordinary run of the tests.
#[test]
fn victim_rbm() {
    be_a_victim(train_rbm);
}

/// The child that trains a deep machine; does nothing in an ordinary run of the tests.
#[test]
fn victim_dbm() {
    be_a_victim(train_dbm);
}

fn be_a_victim(train: Training) {
    if let Some(path) = std::env::var_os(CHECKPOINT) {
        train(Some(&Checkpoint::new(path)), &mut ());
    }
}

#[test]
fn a_killed_training_of_a_restricted_machine_ends_with_the_same_bits() {
    assert_survives("victim_rbm", train_rbm);
}

#[test]
fn a_killed_training_of_a_deep_machine_ends_with_the_same_bits() {
    assert_survives("victim_dbm", train_dbm);
}

fn assert_survives(victim: &str, train: Training) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let mut watch = Watch::default();
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let (mut kills, mut leftovers) = (0, 0);
    let mut longest = Duration::from_millis(40);
    loop {
        let child = spawn(victim, &path);
        if watch.until(child, longest.mul_f64(rng.gen_range(0.0..1.0)), &path) {
            break;
        }
        kills += 1;
        // however slow the machine, some child comes as far as an epoch
        longest += longest / 40;
        let temporary = files(folder.path()) - usize::from(watch.seen);
        assert!(temporary <= 1, "{temporary} temporary files");
        leftovers += temporary;
    }
    assert_eq!(files(folder.path()), 1, "no temporary file is left");
    let mut epochs = 0;
    let resumed = train(Some(&Checkpoint::new(path)), &mut |event: &Event| {
        epochs += usize::from(matches!(event, Event::Epoch { .. }));
    });
    assert_eq!(epochs, 0, "the children have done all epochs");
    assert!(resumed == train(None, &mut ()), "other bits");
    println!(
        "{victim}: {kills} kills, {leftovers} with a half-written file left behind; the checkpoint \
         was read {} times and always whole; bits as of a training left alone",
        watch.reads
    );
    assert!(kills >= 5, "{kills} kills prove little");
}

fn spawn(victim: &str, checkpoint: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("checkpoint::{victim}"), "--exact"])
        .env(CHECKPOINT, checkpoint)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// Reads a checkpoint while others write it.
#[derive(Default)]
struct Watch {
    /// Whether there has been a checkpoint.
    seen: bool,
    reads: usize,
}

impl Watch {
    /// Lets a child run for some time and kills it; whether it has finished before.
    fn until(&mut self, mut child: Child, time: Duration, checkpoint: &Path) -> bool {
        let started = Instant::now();
        while started.elapsed() < time {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "the child has failed: {status}");
                break;
            }
            self.read(checkpoint);
            std::thread::sleep(Duration::from_millis(1));
        }
        // an error says that it has gone already
        let _ = child.kill();
        let status: ExitStatus = child.wait().unwrap();
        assert_ne!(status.code(), Some(FAILED), "the child has failed");
        self.read(checkpoint);
        status.success()
    }

    fn read(&mut self, checkpoint: &Path) {
        let bytes = match std::fs::read(checkpoint) {
            Err(fault) if fault.kind() == ErrorKind::NotFound && !self.seen => return,
            bytes => bytes.unwrap(),
        };
        let mut rest = bytes.as_slice();
        let state: Value = ciborium::from_reader(&mut rest).unwrap();
        assert_eq!(
            (state.is_map(), rest.len()),
            (true, 32),
            "state and checksum"
        );
        self.seen = true;
        self.reads += 1;
    }
}

/// Stopped by a fault in the last fold, a cross-validation finds the machines of the others again.
#[test]
fn machines_inside_of_a_cross_validation_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let digits = crate::common::digits::<f32>(0, 150);
    let params = || Rbm::params(6).epochs(3);
    let kept = params().checkpointed(Checkpoint::in_folder(folder.path()));
    let of = |folds: &StratifiedKFold, observer: &mut dyn Observer| {
        let stages = FisherFeatures::fk(kept.clone()).then(KNearestNeighbors::params(1));
        cross_validate_observed(&digits, &stages, folds, observer).unwrap()
    };
    let folds = StratifiedKFold::new(3);
    let mut counts = [0, 0];
    let mut count = |event: &Event| match event {
        Event::Epoch { .. } => counts[0] += 1,
        Event::Resumed { .. } => counts[1] += 1,
        _ => {}
    };
    of(&folds.clone().first(2), &mut count);
    let report = of(&folds, &mut count);
    assert_eq!(counts, [9, 2], "each fold was trained once");
    let plain = FisherFeatures::fk(params()).then(KNearestNeighbors::params(1));
    assert_eq!(report, cross_validate(&digits, &plain, &folds).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}
