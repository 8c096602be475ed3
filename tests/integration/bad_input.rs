//! Bad data and bad hyper-parameters: a typed error that names the value and what was expected,
//! and never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{digits, small_dbm, small_rbm};
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::likelihood::Ais;
use linfa_fisher::boltzmann::{
    Dbm, GibbsChains, LearningRate, NegativePhase, Parameters, Rbm, TemperedChains,
};
use linfa_fisher::classification::{DecisionFunction, KNearestNeighbors, OneVsRest};
use linfa_fisher::datasets::{self, DataError, mat5::MatError};
use linfa_fisher::error::{
    ClassificationError, FisherError, MachineError, RecordsError, SelectionError, TrainingError,
};
use linfa_fisher::fisher::{FisherFeatures, Information, ModelExpectation, Scaling};
use linfa_fisher::model_selection::{StratifiedKFold, stratified_split};
use linfa_fisher::observer::Stage;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::{Error, Result};
use linfa_svm::{Svm, SvmError, SvmParams};
use ndarray::{Array1, Array2, Ix1, array};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

/// Asserts the variant of a failure and that its message holds the named values.
macro_rules! assert_fault {
    ($result:expr, $variant:pat, $($named:expr),+) => {
        let error = $result.map(drop).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, $variant), "{error:?}");
        $(assert!(message.contains($named), "`{message}` does not name {}", $named);)+
    };
}

type OneVsRestSvm = OneVsRest<SvmParams<f64, bool>, SvmError>;

fn svm() -> OneVsRestSvm {
    OneVsRest::new(Svm::params().eps(1e-3))
}

/// Whatever trains on records alone.
fn trained(records: &Array2<f64>) -> Vec<(&'static str, Result<()>)> {
    let dataset = DatasetBase::from(records.view());
    let rbm = small_rbm::<f64>().fit(&digits(0, 50)).unwrap();
    vec![
        ("Rbm", small_rbm().fit(&dataset).map(drop)),
        ("Dbm", small_dbm().fit(&dataset).map(drop)),
        (
            "FK",
            FisherFeatures::fk(small_rbm()).fit(&dataset).map(drop),
        ),
        (
            "IDFK",
            FisherFeatures::idfk(small_dbm()).fit(&dataset).map(drop),
        ),
        ("shared", FisherFeatures::fk(rbm).fit(&dataset).map(drop)),
    ]
}

/// Whatever is fitted on labelled records.
const NEIGHBORS: &str = "k-NN";

fn classified(dataset: &Dataset<f64, usize, Ix1>) -> Vec<(&'static str, Result<()>)> {
    let neighbors = || KNearestNeighbors::params(1);
    let pipeline = FisherFeatures::fk(small_rbm());
    vec![
        (NEIGHBORS, neighbors().fit(dataset).map(drop)),
        ("OneVsRest", svm().fit(dataset).map(drop)),
        (
            NEIGHBORS,
            pipeline.clone().then(neighbors()).fit(dataset).map(drop),
        ),
        ("pipeline", pipeline.then(svm()).fit(dataset).map(drop)),
    ]
}

/// Whatever deals rows.
fn dealt(dataset: Dataset<f64, usize, Ix1>) -> Vec<(&'static str, Result<()>)> {
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let arranged = StratifiedKFold::new(2).arrange(dataset.clone());
    let split = stratified_split(dataset, 0.5, &mut rng);
    vec![("arrange", arranged.map(drop)), ("split", split.map(drop))]
}

#[test]
fn empty_records() {
    for (rows, columns) in [(0, 64), (4, 0), (0, 0)] {
        let records = Array2::zeros((rows, columns));
        let named = format!("({rows} x {columns})");
        let dataset = Dataset::new(records.clone(), Array1::from_iter(0..rows));
        let results = [
            trained(&records),
            classified(&dataset),
            dealt(dataset.clone()),
        ];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::EmptyRecords { .. }),
                &named,
                "at least one"
            );
        }
    }
    let none = StratifiedKFold::new(2).folds(&Array1::<usize>::zeros(0));
    assert_fault!(
        none,
        Error::Selection(SelectionError::Folds { k: 2, samples: 0 }),
        "2 folds of 0"
    );
}

#[test]
fn records_that_are_not_finite() {
    for (value, named) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        let mut dataset = digits::<f64>(0, 50);
        dataset.records[[3, 7]] = value;
        let results = [trained(&dataset.records), classified(&dataset)];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::NonFinite {
                    row: 3,
                    column: 7,
                    ..
                }),
                "[3, 7]",
                named,
                "finite"
            );
        }
    }
}

#[test]
fn records_outside_the_unit_interval() {
    for (value, named) in [(-0.25, "-0.25"), (1.5, "1.5"), (1e30, "1e30")] {
        let mut records = digits::<f64>(0, 50).records;
        records[[49, 63]] = value;
        for (what, result) in trained(&records) {
            println!("{what}, {named}");
            assert_fault!(
                result,
                Error::Records(RecordsError::OutsideUnitInterval {
                    row: 49,
                    column: 63,
                    ..
                }),
                "[49, 63]",
                named,
                "[0, 1]"
            );
        }
    }
}

#[test]
fn more_or_fewer_labels_than_records() {
    let records = digits::<f64>(0, 50).records;
    for labels in [0, 49, 51] {
        let targets = Array1::from_shape_fn(labels, |row| row % 2);
        let dataset = Dataset::new(records.clone(), targets);
        let results = [classified(&dataset), dealt(dataset.clone())];
        for (what, result) in results.into_iter().flatten() {
            println!("{what}, {labels} labels");
            let named = format!("{labels} targets for 50 records");
            assert_fault!(
                result,
                Error::Records(RecordsError::TargetCount { records: 50, .. }),
                &named
            );
        }
    }
}

#[test]
fn more_or_fewer_weights_than_records() {
    let dataset = digits::<f64>(0, 50).with_weights(Array1::ones(49));
    assert_fault!(
        svm().fit(&dataset),
        Error::Records(RecordsError::WeightCount {
            records: 50,
            weights: 49
        }),
        "49 weights for 50"
    );
    let pipeline = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    assert_fault!(
        pipeline.fit(&dataset),
        Error::Records(RecordsError::WeightCount { .. }),
        "49 weights for 50"
    );
    for (_, result) in dealt(dataset) {
        assert_fault!(
            result,
            Error::Records(RecordsError::WeightCount { .. }),
            "49 weights for 50"
        );
    }
}

#[test]
fn one_class_only() {
    let dataset = Dataset::new(digits::<f64>(0, 50).records, Array1::from_elem(50, 7_usize));
    let mut classified = classified(&dataset);
    classified.retain(|&(what, _)| what != NEIGHBORS); // one class is predicted
    let results = [classified, dealt(dataset.clone())];
    for (what, result) in results.into_iter().flatten() {
        println!("{what}");
        assert_fault!(
            result,
            Error::Records(RecordsError::SingleClass { .. }),
            "class 7",
            "at least two"
        );
    }
    let folds = StratifiedKFold::new(2).folds(&dataset.targets);
    assert_fault!(
        folds,
        Error::Records(RecordsError::SingleClass { .. }),
        "class 7"
    );
}

/// The same fault from either machine, and from features of it.
macro_rules! assert_training_fault {
    (|$params:ident| $changed:expr, $variant:pat, $named:expr) => {
        let train = digits::<f64>(0, 20);
        let $params = small_rbm::<f64>();
        assert_fault!($changed.check_ref(), $variant, $named);
        assert_fault!($changed.fit(&train), $variant, $named);
        assert_fault!(FisherFeatures::fk($changed).fit(&train), $variant, $named);
        let $params = small_dbm::<f64>();
        assert_fault!($changed.check_ref(), $variant, $named);
        assert_fault!($changed.fit(&train), $variant, $named);
        let pipeline = FisherFeatures::idfk($changed).then(KNearestNeighbors::params(1));
        assert_fault!(pipeline.fit(&train), $variant, $named);
    };
}

#[test]
fn training_that_cannot_be() {
    assert_training_fault!(
        |params| params.clone().epochs(0),
        Error::Training(TrainingError::InvalidEpochs(0)),
        "0 epochs"
    );
    assert_training_fault!(
        |params| params.clone().batch_size(0),
        Error::Training(TrainingError::InvalidBatchSize(0)),
        "batch size 0"
    );
    for (rate, named) in [(0.0, "0 in"), (-0.5, "-0.5"), (f64::NAN, "NaN")] {
        assert_training_fault!(
            |params| params.clone().learning_rate(LearningRate::Constant(rate)),
            Error::Training(TrainingError::InvalidLearningRate(_)),
            named
        );
    }
    for (momentum, named) in [(1.0, "1, expected"), (-0.5, "-0.5"), (f64::NAN, "NaN")] {
        assert_training_fault!(
            |params| params.clone().momentum(momentum),
            Error::Training(TrainingError::InvalidMomentum(_)),
            named
        );
    }
    for (decay, named) in [(-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_training_fault!(
            |params| params.clone().weight_decay(decay),
            Error::Training(TrainingError::InvalidWeightDecay(_)),
            named
        );
    }
    let no_chains = NegativePhase::Persistent {
        chains: 0,
        steps: 1,
    };
    assert_training_fault!(
        |params| params.clone().negative_phase(no_chains),
        Error::Machine(MachineError::InvalidChains(0)),
        "0 Markov chains"
    );
    let no_steps = NegativePhase::ContrastiveDivergence { steps: 0 };
    assert_training_fault!(
        |params| params.clone().negative_phase(no_steps),
        Error::Machine(MachineError::InvalidGibbsSteps(0)),
        "0 Gibbs steps"
    );
}

#[test]
fn layers_without_units_and_shallow_machines() {
    let train = digits::<f64>(0, 20);
    assert_fault!(
        Rbm::params(0).fit(&train),
        Error::Machine(MachineError::InvalidHiddenUnits { layer: 1, units: 0 }),
        "layer 1 has 0 units"
    );
    assert_fault!(
        Dbm::params(&[4, 0]).fit(&train),
        Error::Machine(MachineError::InvalidHiddenUnits { layer: 2, units: 0 }),
        "layer 2 has 0 units"
    );
    for depth in [0, 1] {
        assert_fault!(
            Dbm::params(&vec![4; depth]).fit(&train),
            Error::Machine(MachineError::InvalidDepth(_)),
            &format!("hidden layers, found {depth}"),
            "at least 2"
        );
    }
}

/// A rate that no machine survives ends the training with the place where it did.
#[test]
fn training_that_diverges() {
    let train = digits::<f32>(0, 50);
    let rate = LearningRate::Constant(f32::MAX);
    assert_fault!(
        small_rbm().learning_rate(rate).fit(&train),
        Error::Training(TrainingError::Diverged {
            stage: Stage::Rbm,
            epoch: 1..=3,
            batch: 1
        }),
        "RBM diverged",
        "batch 1 of epoch",
        "smaller learning rate"
    );
    assert_fault!(
        FisherFeatures::idfk(small_dbm().learning_rate(rate)).fit(&train),
        Error::Training(TrainingError::Diverged {
            stage: Stage::Pretraining { layer: 1 },
            ..
        }),
        "pretraining of layer 1 diverged"
    );
}

/// Parameters of which a sum might overflow are refused; the greatest ones allowed saturate units.
#[test]
fn machines_of_enormous_weights() {
    let parts = |weights: Array2<f32>, hidden| {
        let (visible, units) = weights.dim();
        let hidden = Array1::from_elem(units, hidden);
        Rbm::from_parts(weights, Array1::zeros(visible), hidden)
    };
    assert_fault!(
        parts(Array2::from_elem((64, 2), 3e38), 0.0),
        Error::Machine(MachineError::HugeParameters { .. }),
        "energies may overflow"
    );
    let machine = |weights, hidden| parts(weights, hidden).unwrap();
    let saturated = machine(Array2::from_elem((64, 2), 1e13), 0.0);
    let train = digits::<f32>(0, 50);
    let scores = FisherFeatures::fk(saturated).fit(&train).unwrap();
    let scores = scores.transform(&train.records).unwrap();
    assert!(scores.iter().all(|x| x.is_finite()), "{scores}");

    let opposed = Array2::from_shape_fn((64, 1), |(i, _)| [1e13, -1e13][usize::from(i >= 32)]);
    let expectation = ModelExpectation {
        burn_in: 20,
        ..Default::default()
    };
    let ones = DatasetBase::from(Array2::<f32>::ones((3, 64)));
    for information in [Information::Identity, Information::full_rank(0.1)] {
        let params = FisherFeatures::idfk(machine(opposed.clone(), -1e13))
            .information(information)
            .expectation(expectation);
        let found = params.fit(&ones).and_then(|f| f.transform(&ones.records));
        match found {
            Ok(features) => assert!(features.iter().all(|x| x.is_finite())),
            Err(
                Error::Fisher(FisherError::NonFiniteExpectation { .. })
                | Error::Fisher(FisherError::NonFiniteFeature { .. }),
            ) => {}
            Err(Error::Fisher(FisherError::NoInformation { .. })) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn information_and_scaling_that_cannot_be() {
    let train = digits::<f64>(0, 20);
    let params = || FisherFeatures::fk(small_rbm::<f64>());
    let rank_0 = Information::LowRank {
        rank: 0,
        damping: 0.0,
    };
    assert_fault!(
        params().information(rank_0).fit(&train),
        Error::Fisher(FisherError::InvalidRank(0)),
        "rank 0",
        "at least 1"
    );
    for (damping, named) in [(-0.5, "-0.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_fault!(
            params()
                .information(Information::full_rank(damping))
                .fit(&train),
            Error::Fisher(FisherError::InvalidDamping(_)),
            named,
            "at least 0"
        );
    }
    for (exponent, named) in [(0.0, "0 of"), (1.5, "1.5"), (f64::NAN, "NaN")] {
        let scaling = Scaling::none().signed_power(exponent);
        assert_fault!(
            params().scaling(scaling).fit(&train),
            Error::Fisher(FisherError::InvalidExponent(_)),
            named,
            "(0, 1]"
        );
    }
    let expectation = |chains, samples| ModelExpectation {
        chains,
        samples,
        burn_in: 0,
    };
    assert_fault!(
        params().expectation(expectation(0, 1)).fit(&train),
        Error::Machine(MachineError::InvalidChains(0)),
        "0 Markov chains"
    );
    assert_fault!(
        params().expectation(expectation(1, 0)).fit(&train),
        Error::Fisher(FisherError::InvalidExpectationSamples(0)),
        "0 samples"
    );
}

#[test]
fn numbers_of_folds_and_neighbors() {
    let dataset = digits::<f64>(0, 20);
    for k in [0, 1, 21] {
        let named = format!("{k} folds of 20 samples");
        let folds = StratifiedKFold::new(k);
        assert_fault!(
            folds.folds(&dataset.targets),
            Error::Selection(SelectionError::Folds { samples: 20, .. }),
            &named
        );
        assert_fault!(
            folds.arrange(dataset.clone()),
            Error::Selection(SelectionError::Folds { samples: 20, .. }),
            &named
        );
    }
    let neighbors = KNearestNeighbors::<f64, usize>::params;
    assert_fault!(
        neighbors(0).fit(&dataset),
        Error::Classification(ClassificationError::InvalidNeighbors(0)),
        "0 neighbours",
        "at least 1"
    );
    assert_fault!(
        neighbors(21).fit(&dataset),
        Error::Classification(ClassificationError::Neighbors { k: 21, samples: 20 }),
        "21 neighbours of 20 samples"
    );
}

#[test]
fn samples_that_a_fitted_model_cannot_take() {
    let train = digits::<f64>(0, 40);
    let features = FisherFeatures::idfk(small_dbm()).fit(&train).unwrap();
    let pipeline = FisherFeatures::fk(small_rbm()).then(KNearestNeighbors::params(1));
    let pipeline = pipeline.fit(&train).unwrap();
    let fails = |records: Array2<f64>| {
        vec![
            features.transform(&records).map(drop),
            features.transform(records.clone()).map(drop),
            features.scores(records.view()).map(drop),
            features
                .transform(DatasetBase::from(records.clone()))
                .map(drop),
            pipeline.try_predict(&records).map(drop),
            pipeline.decision_function(&records).map(drop),
        ]
    };
    for width in [0, 63, 65] {
        for result in fails(Array2::zeros((2, width))) {
            let found = format!("{width} columns");
            assert_fault!(
                result,
                Error::Records(RecordsError::Width { expected: 64, .. }),
                &found,
                "expects 64"
            );
        }
    }
    let with = |value| {
        let mut records = Array2::<f64>::zeros((2, 64));
        records[[1, 5]] = value;
        records
    };
    for result in fails(with(f64::NAN)) {
        assert_fault!(
            result,
            Error::Records(RecordsError::NonFinite {
                row: 1,
                column: 5,
                ..
            }),
            "[1, 5]",
            "NaN"
        );
    }
    for result in fails(with(2.0)) {
        assert_fault!(
            result,
            Error::Records(RecordsError::OutsideUnitInterval { row: 1, .. }),
            "[1, 5]",
            "2"
        );
    }
    let shared = small_rbm::<f64>().fit(&train).unwrap();
    assert_fault!(
        FisherFeatures::fk(shared).fit(&DatasetBase::from(Array2::zeros((3, 9)))),
        Error::Records(RecordsError::Width {
            expected: 64,
            found: 9
        }),
        "9 columns"
    );
}

#[test]
fn samples_that_a_fitted_classifier_cannot_take() {
    let train = digits::<f64>(0, 40);
    let neighbors = KNearestNeighbors::params(1).fit(&train).unwrap();
    let svm = svm().fit(&train).unwrap();
    for (records, variant) in [
        (Array2::zeros((1, 63)), "63 columns"),
        (Array2::from_elem((1, 64), f64::NAN), "NaN"),
    ] {
        for result in [
            neighbors.try_predict(&records).map(drop),
            neighbors.decision_function(&records).map(drop),
            svm.try_predict(&records).map(drop),
            svm.decision_function(&records).map(drop),
        ] {
            assert_fault!(
                result,
                Error::Records(RecordsError::Width {
                    expected: 64,
                    found: 63
                }) | Error::Records(RecordsError::NonFinite {
                    row: 0,
                    column: 0,
                    ..
                }),
                variant
            );
        }
    }
}

#[test]
fn parts_that_do_not_make_a_machine() {
    let parts = Rbm::<f64>::from_parts(Array2::zeros((3, 2)), Array1::zeros(3), Array1::zeros(4));
    assert_fault!(
        parts,
        Error::Machine(MachineError::ParameterShapes { .. }),
        "(3, 2)",
        "[3, 4]"
    );
    let parts = Rbm::from_parts(array![[f64::NAN]], array![0.0], array![0.0]);
    assert_fault!(
        parts,
        Error::Machine(MachineError::NonFiniteParameters),
        "NaN"
    );
    let parts = Rbm::from_parts(array![[1e20_f32]], array![0.0], array![0.0]);
    assert_fault!(
        parts,
        Error::Machine(MachineError::HugeParameters { .. }),
        "energies may overflow"
    );
    let shallow = Dbm::from_parts(vec![array![[0.0]]], vec![array![0.0], array![0.0]]);
    assert_fault!(
        shallow,
        Error::Machine(MachineError::InvalidDepth(1)),
        "a deep Boltzmann machine has at least 2 hidden layers, found 1"
    );
}

/// Numbers that no memory holds, which would abort the process.
#[test]
fn absurd_sizes_are_refused() {
    let absurd = usize::MAX / 8;
    assert_fault!(
        Parameters::<f32>::zeros(&[absurd, absurd]),
        Error::Machine(MachineError::TooLarge { numbers: None, .. }),
        "more numbers than can be addressed"
    );
    for layers in [
        &[3][..],
        &[3, 0, 2],
        &[usize::MAX],
        &[0, usize::MAX],
        &[absurd],
    ] {
        assert_fault!(
            Parameters::<f32>::zeros(layers),
            Error::Machine(MachineError::ParameterShapes { .. }),
            "at least one unit"
        );
    }
    let theta = Parameters::<f64>::zeros(&[4, 3]).unwrap();
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let too_large = |outcome: linfa_fisher::Result<()>| {
        assert_fault!(
            outcome,
            Error::Machine(MachineError::TooLarge { .. }),
            "more than memory holds"
        );
    };
    too_large(GibbsChains::random(&theta, absurd, &mut rng).map(drop));
    too_large(TemperedChains::random(&theta, 100, absurd, &mut rng).map(drop));
    too_large(TemperedChains::random(&theta, 0, absurd, &mut rng).map(drop));
    too_large(Ais::<f64>::new(absurd, 10).map(drop));
    let digits = digits::<f32>(0, 20);
    too_large(Rbm::params(absurd).fit(&digits).map(drop));
    let chains = NegativePhase::Persistent {
        chains: absurd,
        steps: 1,
    };
    too_large(Rbm::params(4).negative_phase(chains).fit(&digits).map(drop));
}

#[test]
fn shares_that_split_nothing() {
    for (ratio, named) in [(0.0, "ratio 0"), (1.0, "ratio 1"), (f32::NAN, "NaN")] {
        let mut rng = Xoshiro256Plus::seed_from_u64(42);
        let split = stratified_split(digits::<f64>(0, 20), ratio, &mut rng);
        assert_fault!(
            split,
            Error::Selection(SelectionError::InvalidRatio { samples: 20, .. }),
            named,
            "20"
        );
    }
}

/// A folder of its own in the system's place for such, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("linfa-fisher-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn alphanumeric(&self, bytes: &[u8]) -> Result<()> {
        fs::write(self.0.join("binaryalphadigs.mat"), bytes).unwrap();
        load(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // nothing depends on the removal
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load(folder: &Path) -> Result<()> {
    Ok(datasets::alphanumeric::<f32>(folder).map(drop)?)
}

#[test]
fn a_missing_file_of_images() {
    let folder = Folder::new("missing");
    let name = folder.0.to_str().unwrap();
    assert_fault!(
        load(&folder.0),
        Error::Data(DataError::Missing { .. }),
        "binaryalphadigs.mat",
        name,
        "LINFA_FISHER_DATA"
    );
    fs::create_dir(folder.0.join("binaryalphadigs.mat")).unwrap();
    assert_fault!(
        load(&folder.0),
        Error::Data(DataError::NotAFile { .. }),
        "regular file"
    );
}

#[test]
fn a_foreign_file_of_images() {
    let folder = Folder::new("foreign");
    assert_fault!(
        folder.alphanumeric(b""),
        Error::Data(DataError::Empty { .. }),
        "binaryalphadigs.mat is empty"
    );
    assert_fault!(
        folder.alphanumeric(b"<html>"),
        Error::Data(DataError::Foreign { .. }),
        "a web page",
        "get it again"
    );
    assert_fault!(
        folder.alphanumeric(b"MATLAB"),
        Error::Data(DataError::Mat {
            fault: MatError::Header { found: 6 },
            ..
        }),
        "6 bytes",
        "128 bytes"
    );
    assert_fault!(
        folder.alphanumeric(&[b' '; 200]),
        Error::Data(DataError::Mat {
            fault: MatError::Endianness { .. },
            ..
        }),
        "[32, 32]",
        "MI"
    );
    let mut empty = [0; 128];
    empty[124..].copy_from_slice(b"\0\x01IM");
    assert_fault!(
        folder.alphanumeric(&empty),
        Error::Data(DataError::MatSet { .. }),
        "classlabels"
    );
}

/// Wherever the real file is cut, it is not taken for whole.
#[test]
fn a_truncated_file_of_images() {
    let Some(data) = datasets::data_dir() else {
        eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
        return;
    };
    let files = ["binaryalphadigs.mat", "alphanumeric/binaryalphadigs.mat"];
    let file = files
        .map(|file| data.join(file))
        .into_iter()
        .find(|f| f.exists());
    let bytes = fs::read(file.unwrap()).unwrap();
    let folder = Folder::new("truncated");
    assert!(folder.alphanumeric(&bytes).is_ok());
    for length in [1, 127, 128, 135, bytes.len() / 2, bytes.len() - 1] {
        assert_fault!(
            folder.alphanumeric(&bytes[..length]),
            Error::Data(DataError::Mat { .. } | DataError::MatSet { .. }),
            "binaryalphadigs.mat"
        );
    }
}
