//! Trainings on records that come in blocks, from files, images that are changed at random, and
//! closures.

use std::fmt::Debug;
use std::fs;

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::{Dbm, EarlyStopping, Metric, Rbm};
use linfa_fisher::datasets::{self, Augment, DataError, IdxImages};
use linfa_fisher::error::TrainingError;
use linfa_fisher::record_source::{RecordSource, Repeated};
use linfa_fisher::{Error, Result};
use ndarray::{Array2, Axis};

use crate::common::{digits, small_dbm, small_rbm};

fn on_threads<T: Send>(threads: usize, compute: impl Fn() -> T + Send + Sync) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(compute)
}

/// `train` gives one machine on 1, 2 and 5 threads.
fn assert_deterministic<T: Send + PartialEq + Debug>(train: impl Fn() -> T + Send + Sync) -> T {
    let alone = on_threads(1, &train);
    for threads in [2, 5] {
        assert!(alone == on_threads(threads, &train), "{threads} threads");
    }
    alone
}

#[test]
fn numbers_of_threads_do_not_matter() {
    let (digits, images) = (digits::<f32>(0, 700), datasets::digits::<f32>().unwrap());
    let augmented = Augment::new().shift(1).rotation(10.0);
    let augmented = augmented.source(&images, 2, 7).unwrap();
    let wide = Rbm::params(192).epochs(2).batch_size(350).check().unwrap();
    let early = EarlyStopping::new(Metric::ReconstructionError);
    let deep = small_dbm().early_stopping(Some(early)).check().unwrap();
    assert_deterministic(|| wide.run_source(&augmented, 700).train().unwrap());
    assert_deterministic(|| deep.run_source(&augmented, 500).train().unwrap());
    let streamed = assert_deterministic(|| deep.run_source(&digits.records, 800).train().unwrap());
    assert_eq!(streamed, deep.fit(&digits).unwrap());
}

#[test]
fn copies_without_changes_are_the_images() {
    let digits = datasets::digits::<f64>().unwrap();
    let copies = Augment::new().source(&digits, 1, 7).unwrap();
    let params = small_rbm().check().unwrap();
    let streamed = params.run_source(&copies, 1797).train().unwrap();
    assert_eq!(streamed, params.fit(&digits).unwrap());
}

#[test]
fn blocks_of_datasets_and_of_results_train() {
    let digits = digits::<f64>(0, 300);
    let params = small_rbm().check().unwrap();
    let expected = params.run_source(&digits.records, 100).train().unwrap();
    let datasets = |_: usize| {
        let blocks = digits.records.axis_chunks_iter(Axis(0), 70);
        blocks.map(|block| DatasetBase::from(block.to_owned()))
    };
    assert_eq!(params.run_source(&datasets, 100).train().unwrap(), expected);
    let results = |_: usize| {
        let blocks = digits.records.axis_chunks_iter(Axis(0), 33);
        blocks.map(|block| std::io::Result::Ok(block.to_owned()))
    };
    let results = Repeated(results);
    assert_eq!(params.run_source(&results, 100).train().unwrap(), expected);
}

/// An IDX file of `count` images of 4 x 4 pixels.
fn images(count: usize, first: usize) -> Vec<u8> {
    let header = [
        0,
        0,
        8,
        3,
        0,
        0,
        (count >> 8) as u8,
        count as u8,
        0,
        0,
        0,
        4,
        0,
        0,
        0,
        4,
    ];
    let pixels = (first..first + count * 16).map(|i| if i * i % 7 < 2 { 255 } else { 0 });
    header.into_iter().chain(pixels).collect()
}

fn training_fault<T>(outcome: Result<T>) -> TrainingError {
    match outcome.map(drop) {
        Err(Error::Training(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_of_images_trains_and_may_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("images");
    fs::write(&path, images(3000, 0)).unwrap();
    let source = IdxImages::new(10).source(&path);
    let mut records = Array2::<f32>::zeros((0, 16));
    let read = source.pass(0, &mut |block| Ok(records.append(Axis(0), block.view())?));
    read.unwrap();
    let params = Rbm::<f32>::params(4).epochs(3).check().unwrap();
    let trained = params.run_source(&source, 500).train().unwrap();
    assert_eq!(trained, params.run_source(&records, 500).train().unwrap());

    let change = |bytes: &'static str, content: Vec<u8>| {
        fs::write(&path, images(3000, 0)).unwrap();
        let mut epochs = 0;
        let outcome = params
            .run_source(&source, 500)
            .inspect(&mut |_, _, _| {
                epochs += 1;
                if epochs == 2 {
                    fs::write(&path, &content).unwrap();
                }
            })
            .train();
        println!("{bytes}: {outcome:?}");
        training_fault(outcome)
    };
    assert!(matches!(
        change("other images", images(3000, 5)),
        TrainingError::OtherRows {
            pass: 3,
            first: 0,
            last: 127
        }
    ));
    assert!(matches!(
        change("fewer images", images(2999, 0)),
        TrainingError::OtherRowCount {
            pass: 3,
            expected: 3000,
            found: 2999
        }
    ));
    let cut = images(3000, 0)[..20_000].to_vec();
    let TrainingError::Source {
        pass: 3,
        block: 1,
        source,
    } = change("a cut file", cut)
    else {
        panic!("another error");
    };
    assert!(matches!(source.downcast_ref(), Some(DataError::Idx { .. })));
}

#[test]
fn deep_machines_of_both_precisions_train_on_streams() {
    fn train<F: linfa_fisher::Float>() -> f64 {
        let digits = datasets::digits::<F>().unwrap();
        let augmented = Augment::new().shift(1).source(&digits, 2, 1).unwrap();
        let params = Dbm::<F>::params(&[8, 4]).pretraining_epochs(2).epochs(3);
        let dbm = params
            .check()
            .unwrap()
            .run_source(&augmented, 900)
            .train()
            .unwrap();
        let norm = dbm.parameters().weights()[1].fold(F::zero(), |sum, &w| sum + w * w);
        norm.to_f64().unwrap()
    }
    let (single, double) = (train::<f32>(), train::<f64>());
    assert!(single > 0.0 && double > 0.0, "{single} {double}");
}
