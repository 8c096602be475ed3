//! A stream of records trains the machine that the same records in memory do.

use std::cell::RefCell;

use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, ArrayView2, Axis, array};

use super::*;
use crate::Error;
use crate::boltzmann::{
    Dbm, EarlyStopping, LearningRate, Metric, NegativePhase, Rbm, VisibleInput, VisibleUnits,
};
use crate::error::{RecordsError, TrainingError};
use crate::numerics::scalar::select_rows;
use crate::observer::{Event, History, Observer};
use crate::record_source::{Repeated, SourceFault};

type Outcome = std::result::Result<(), SourceFault>;

/// Sparse and dense rows, black, white and grey.
fn records() -> Array2<f64> {
    Array2::from_shape_fn((300, 9), |(i, j)| match (i * 7 + j * 3) % 5 {
        0 => 1.0,
        1 if i > 200 => 0.25,
        _ => 0.0,
    })
}

fn states() -> Array2<f64> {
    records().mapv(f64::ceil)
}

/// The rows in blocks of the given sizes, over and over.
fn in_blocks<'a>(
    records: &'a Array2<f64>,
    sizes: &'a [usize],
) -> impl Fn(usize) -> Vec<Array2<f64>> + 'a {
    |_| {
        let (mut rest, mut blocks) = (records.view(), Vec::new());
        for &size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (block, left) = rest.split_at(Axis(0), size.min(rest.nrows()));
            blocks.push(select_rows(block, &(0..block.nrows()).collect::<Vec<_>>()));
            rest = left;
        }
        blocks
    }
}

fn rbm() -> crate::boltzmann::RbmParams<f64, rand_xoshiro::Xoshiro256Plus> {
    Rbm::params(5).epochs(3).batch_size(16)
}

/// The figures of all epochs but their times.
fn figures(history: &History) -> Vec<String> {
    let of_epoch = |record: &crate::observer::EpochRecord| {
        let figures = record.figures.iter();
        let kept = figures.filter(|(name, _)| *name != crate::observer::SECONDS);
        format!(
            "{} {} {:?}",
            record.stage,
            record.epoch,
            kept.collect::<Vec<_>>()
        )
    };
    history.epochs().iter().map(of_epoch).collect()
}

/// Trains in memory, and from sources that cut the records in other ways: the same machine and the
/// same figures, if the window holds all records.
macro_rules! assert_as_in_memory {
    ($params:expr, $records:expr) => {{
        let (params, records) = ($params.check().unwrap(), $records);
        let mut history = History::default();
        let dataset = DatasetBase::from(records.view());
        let expected = params.run(&dataset).observer(&mut history).train().unwrap();
        for sizes in [&[1000][..], &[1], &[128], &[7, 0, 150, 33]] {
            for window in [records.nrows(), usize::MAX] {
                let source = in_blocks(&records, sizes);
                let mut streamed = History::default();
                let run = params.run_source(&source, window).observer(&mut streamed);
                assert_eq!(run.train().unwrap(), expected, "blocks of {sizes:?}");
                assert_eq!(figures(&streamed), figures(&history));
            }
        }
    }};
}

#[test]
fn a_window_of_all_records_is_training_in_memory() {
    assert_as_in_memory!(rbm(), records());
    assert_as_in_memory!(
        rbm().centred(true).visible_input(VisibleInput::Resampled),
        records()
    );
    let gaussian = rbm().visible_units(VisibleUnits::Gaussian);
    let gaussian = gaussian.learning_rate(LearningRate::Constant(0.01));
    assert_as_in_memory!(gaussian, records() * 4.0 - 1.0);
    let deep = Dbm::params(&[6, 4, 3]).pretraining_epochs(2).epochs(2);
    assert_as_in_memory!(deep.clone().batch_size(32), records());
    let divergence = NegativePhase::ContrastiveDivergence { steps: 1 };
    assert_as_in_memory!(deep.negative_phase(divergence), records());
}

#[test]
fn so_it_is_with_records_held_out() {
    let early = |metric| Some(EarlyStopping::new(metric).validation_share(0.3).patience(2));
    assert_as_in_memory!(
        rbm()
            .epochs(6)
            .early_stopping(early(Metric::PseudoLogLikelihood)),
        states()
    );
    let deep = Dbm::params(&[6, 4]).pretraining_epochs(2).epochs(3);
    let early = early(Metric::ReconstructionError);
    assert_as_in_memory!(deep.early_stopping(early), records());
}

/// Of windows of fewer rows, the bits depend on the window only, and differ from those of others.
#[test]
fn the_blocks_of_a_source_do_not_matter() {
    let records = records();
    let early = EarlyStopping::new(Metric::ReconstructionError);
    let deep = Dbm::params(&[6, 4]).pretraining_epochs(2).epochs(2);
    let deep = deep.batch_size(20).early_stopping(Some(early));
    let deep = deep.check().unwrap();
    let train = |sizes: &[usize], window| {
        let source = Repeated(in_blocks(&records, sizes));
        deep.run_source(&source, window).train().unwrap()
    };
    let expected = train(&[300], 100);
    for sizes in [&[1][..], &[64], &[128, 3], &[99, 101]] {
        assert_eq!(train(sizes, 100), expected);
        assert_eq!(train(sizes, 81), expected, "whole batches");
    }
    assert_ne!(train(&[300], 80), expected);
    assert_eq!(deep.run_source(&records, 100).train().unwrap(), expected);
}

/// Numbers that tell every row from the others.
fn numbered(rows: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, 2), |(i, j)| (2 * i + j) as f64 / (2 * rows) as f64)
}

/// The windows of a pass, as arrays.
fn windows_of(records: &dyn Windows<f64>) -> Vec<Array2<f64>> {
    let mut windows = Vec::new();
    let visited = records.pass(1, &mut |window| {
        windows.push(window.values().to_owned());
        Ok(())
    });
    visited.unwrap();
    windows
}

#[test]
fn windows_are_the_rows_in_their_order() {
    let (records, training) = (numbered(100), crate::boltzmann::Training::default());
    let training = Training {
        batch_size: 10,
        ..training
    };
    for sizes in [&[100][..], &[1], &[7, 0, 33]] {
        let source = in_blocks(&records, sizes);
        let stream = Stream::open(&source, 30, &training).unwrap();
        let expected: Vec<_> = records.axis_chunks_iter(Axis(0), 30).collect();
        assert_eq!(windows_of(&stream), expected);
        let held_out = [0, 29, 30, 99];
        let (rest, validation) = stream.divided(&held_out).unwrap();
        let kept: Vec<usize> = (1..99).filter(|row| !held_out.contains(row)).collect();
        let kept = records.select(Axis(0), &kept);
        let expected: Vec<_> = kept.axis_chunks_iter(Axis(0), 30).collect();
        assert_eq!(windows_of(&*rest), expected);
        assert_eq!(rest.dim(), (96, 2));
        assert_eq!(validation.held_out, records.select(Axis(0), &held_out));
        assert_eq!(validation.seen, kept.select(Axis(0), &[0, 24, 48, 72]));
        let means = kept.mean_axis(Axis(0)).unwrap();
        approx::assert_abs_diff_eq!(*rest.means(), means, epsilon = 1e-12);
    }
}

/// A source that notes the numbers of its passes.
struct Noted<'a> {
    records: ArrayView2<'a, f64>,
    passes: RefCell<Vec<usize>>,
}

impl RecordSource<f64> for Noted<'_> {
    fn pass(&self, number: usize, take: &mut crate::record_source::TakeBlock<'_, f64>) -> Outcome {
        self.passes.borrow_mut().push(number);
        self.records.pass(number, take)
    }
}

/// The first look is pass 0, for which early stopping and upper layers ask again; then each epoch,
/// of whatever stage, has a pass of its own number.
#[test]
fn passes_are_numbered_by_epochs() {
    let records = records();
    let noted = Noted {
        records: records.view(),
        passes: RefCell::default(),
    };
    let early = EarlyStopping::new(Metric::ReconstructionError);
    let deep = Dbm::params(&[6, 4]).pretraining_epochs(2).epochs(3);
    let deep = deep.early_stopping(Some(early)).check().unwrap();
    deep.run_source(&noted, 100).train().unwrap();
    assert_eq!(noted.passes.take(), [0, 0, 1, 2, 0, 3, 4, 5, 6, 7]);
    rbm()
        .check()
        .unwrap()
        .run_source(&noted, 100)
        .train()
        .unwrap();
    assert_eq!(noted.passes.take(), [0, 1, 2, 3]);
}

#[test]
fn a_source_may_give_other_values_for_every_epoch() {
    let records = states();
    let varied = |pass: usize| [records.mapv(|x| x / (pass + 1) as f64)];
    let params = rbm().check().unwrap();
    let trained = params.run_source(&varied, 300).train().unwrap();
    assert_ne!(trained, params.run_source(&records, 300).train().unwrap());
    assert_eq!(trained, params.run_source(&varied, 300).train().unwrap());
    let error = fault(params.run_source(&Repeated(varied), 300).train());
    assert!(matches!(
        error,
        TrainingError::OtherRows {
            pass: 1,
            first: 0,
            last: 127
        }
    ));
}

fn fault<T>(outcome: crate::Result<T>) -> TrainingError {
    match outcome.map(drop) {
        Err(Error::Training(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn fault_of(source: &dyn RecordSource<f64>) -> TrainingError {
    fault(rbm().check().unwrap().run_source(source, 64).train())
}

#[test]
fn blocks_of_another_width_are_named() {
    let (wide, narrow) = (Array2::zeros((4, 3)), Array2::<f64>::zeros((4, 2)));
    let always = |_: usize| [wide.clone(), wide.clone(), narrow.clone()];
    assert!(matches!(
        fault_of(&always),
        TrainingError::BlockWidth {
            pass: 0,
            block: 2,
            expected: 3,
            found: 2
        }
    ));
    let later = |pass: usize| {
        [if pass < 2 {
            wide.clone()
        } else {
            narrow.clone()
        }]
    };
    let error = fault_of(&later);
    assert!(matches!(
        error,
        TrainingError::BlockWidth {
            pass: 2,
            block: 0,
            expected: 3,
            found: 2
        }
    ));
    let expected = "block 0 of pass 2 has 2 columns, expected 3, as the first block has";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn sources_without_records_are_refused() {
    let none = |_: usize| Vec::<Array2<f64>>::new();
    assert!(matches!(fault_of(&none), TrainingError::EmptySource));
    let rows = |_: usize| [Array2::<f64>::zeros((0, 3))];
    assert!(matches!(fault_of(&rows), TrainingError::EmptySource));
    let columns = |_: usize| [Array2::<f64>::zeros((3, 0))];
    assert!(matches!(
        fault_of(&columns),
        TrainingError::BlockRecords {
            fault: RecordsError::EmptyRecords {
                rows: 3,
                columns: 0
            },
            ..
        }
    ));
    let once = |pass: usize| (pass == 0).then(|| array![[0.0, 1.0]]);
    assert!(matches!(
        fault_of(&once),
        TrainingError::OtherRowCount {
            pass: 1,
            expected: 1,
            found: 0
        }
    ));
}

#[test]
fn other_numbers_of_rows_are_detected() {
    let rows = |count: usize| vec![Array2::<f64>::zeros((40, 3)); count];
    let fewer = |pass: usize| rows(if pass < 3 { 3 } else { 2 });
    assert!(matches!(
        fault_of(&fewer),
        TrainingError::OtherRowCount {
            pass: 3,
            expected: 120,
            found: 80
        }
    ));
    let endless = |pass: usize| {
        let blocks = std::iter::repeat_with(|| Array2::<f64>::zeros((40, 3)));
        blocks.take(if pass == 0 { 3 } else { usize::MAX })
    };
    let error = fault_of(&endless);
    assert!(matches!(
        error,
        TrainingError::OtherRowCount {
            pass: 1,
            expected: 120,
            found: 160
        }
    ));
    let message = "pass 1 over the source of records gave 160 rows or more, expected 120, as in the first pass";
    assert_eq!(error.to_string(), message);
}

#[test]
fn other_rows_are_detected_where_they_are() {
    let records = states();
    for row in [0, 127, 128, 299] {
        let changed = |pass: usize| {
            let mut records = records.clone();
            if pass == 2 {
                records[[row, 8]] = 1.0 - records[[row, 8]];
            }
            [records]
        };
        assert!(
            rbm()
                .check()
                .unwrap()
                .run_source(&changed, 64)
                .train()
                .is_ok()
        );
        let error = fault_of(&Repeated(changed));
        let TrainingError::OtherRows {
            pass: 2,
            first,
            last,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(
            (first, last),
            (row / 128 * 128, (row / 128 * 128 + 127).min(299))
        );
    }
    let mut order: Vec<Array2<f64>> = vec![Array2::zeros((1, 3)), Array2::ones((1, 3))];
    let swapped = |pass: usize| {
        if pass == 1 {
            return vec![order[1].clone(), order[0].clone()];
        }
        order.clone()
    };
    assert!(matches!(
        fault_of(&Repeated(&swapped)),
        TrainingError::OtherRows {
            pass: 1,
            first: 0,
            last: 1
        }
    ));
    order.clear();
}

/// A pass of the same number has to be the same, also of a source that varies.
#[test]
fn a_second_look_that_differs_is_detected() {
    let looks = std::cell::Cell::new(0);
    let records = states();
    let unsteady = |_: usize| {
        looks.set(looks.get() + 1);
        [if looks.get() == 1 {
            records.clone()
        } else {
            1.0 - &records
        }]
    };
    let early = EarlyStopping::new(Metric::ReconstructionError);
    let params = rbm().early_stopping(Some(early)).check().unwrap();
    assert!(matches!(
        fault(params.run_source(&unsteady, 64).train()),
        TrainingError::OtherRows {
            pass: 0,
            first: 0,
            ..
        }
    ));
}

#[test]
fn values_that_cannot_be_trained_on_are_named_by_their_block() {
    let source = |value: f64, bad: usize| {
        move |pass: usize| {
            let mut blocks = vec![Array2::zeros((5, 3)); 3];
            if pass == bad {
                blocks[2][[4, 1]] = value;
            }
            blocks
        }
    };
    let error = fault_of(&source(f64::NAN, 0));
    let message = "in block 2 of pass 0, record [4, 1] is NaN, expected a finite number: leave such values out or replace them";
    assert_eq!(error.to_string(), message);
    for pass in [0, 2] {
        let TrainingError::BlockRecords {
            pass: found,
            block: 2,
            fault,
        } = fault_of(&source(1.5, pass))
        else {
            panic!("pass {pass}");
        };
        assert_eq!(found, pass);
        assert!(matches!(
            fault,
            RecordsError::OutsideUnitInterval {
                row: 4,
                column: 1,
                value: 1.5
            }
        ));
    }
    let early = EarlyStopping::new(Metric::PseudoLogLikelihood);
    let params = rbm().early_stopping(Some(early)).check().unwrap();
    let grey = source(0.5, 0);
    assert!(matches!(
        fault(params.run_source(&grey, 64).train()),
        TrainingError::BlockRecords {
            fault: RecordsError::NotBinary {
                row: 4,
                column: 1,
                ..
            },
            ..
        }
    ));
}

#[test]
fn what_fails_in_a_source_is_passed_on() {
    let source = |pass: usize| {
        let last = match pass {
            2 => Err(std::io::Error::other("the disk is gone")),
            _ => Ok(Array2::<f64>::zeros((5, 3))),
        };
        [Ok(Array2::zeros((5, 3))), last]
    };
    let error = fault_of(&source);
    assert!(matches!(
        error,
        TrainingError::Source {
            pass: 2,
            block: 1,
            ..
        }
    ));
    let message = "the source of records failed at block 1 of pass 2: the disk is gone";
    assert_eq!(error.to_string(), message);
    assert!(std::error::Error::source(&error).is_some_and(|cause| cause.is::<std::io::Error>()));
}

/// A source that goes on after `take` has failed does not hide the fault.
#[test]
fn a_source_cannot_ignore_a_fault() {
    struct Deaf;
    impl RecordSource<f64> for Deaf {
        fn pass(&self, _: usize, take: &mut crate::record_source::TakeBlock<'_, f64>) -> Outcome {
            for width in [2, 3, 2] {
                let _ = take(Array2::zeros((1, width)));
            }
            Ok(())
        }
    }
    assert!(matches!(
        fault_of(&Deaf),
        TrainingError::BlockWidth {
            block: 1,
            found: 3,
            ..
        }
    ));
}

#[test]
fn a_window_beyond_memory_is_an_error() {
    let mut window = Gathered::<f64>::new((usize::MAX, 2));
    assert!(matches!(
        window.push(array![0.0, 1.0].view()),
        Err(Error::Training(TrainingError::WindowTooLarge {
            columns: 2,
            ..
        }))
    ));
}

#[test]
fn windows_are_whole_batches() {
    let rows = [
        (0, 16),
        (1, 16),
        (16, 16),
        (17, 32),
        (usize::MAX, usize::MAX),
    ];
    for (window, expected) in rows {
        assert_eq!(whole_batches(window, 16), expected);
    }
}

/// The observer may stop a training on a stream, and it goes on from the machine.
#[test]
fn a_stream_can_be_stopped_and_continued() {
    struct Stop(usize);
    impl Observer for Stop {
        fn observe(&mut self, event: &Event) {
            self.0 += usize::from(matches!(event, Event::Epoch { .. }));
        }
        fn should_stop(&self) -> bool {
            self.0 == 1
        }
    }
    let records = records();
    let params = rbm().check().unwrap();
    let dataset = DatasetBase::from(records.view());
    let first = params
        .run(&dataset)
        .observer(&mut Stop(0))
        .train_on()
        .unwrap();
    let mut stop = Stop(0);
    let stopped = params.run_source(&records, 300).observer(&mut stop);
    assert_eq!(stopped.train_on().unwrap(), first);
    let expected = params.run(&dataset).from(first.clone()).train().unwrap();
    let streamed = params
        .run_source(&records, 300)
        .from(first)
        .train()
        .unwrap();
    assert_eq!(streamed, expected);
}
