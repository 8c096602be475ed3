//! Everything that can be saved comes back with the same bits, and a file that does not hold what
//! it should is an error, whatever it holds.

use std::fmt::Debug;

use ciborium::Value;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::Float;
use linfa_fisher::boltzmann::figures::VALIDATION_METRIC;
use linfa_fisher::boltzmann::likelihood::{Ais, LogPartition};
use linfa_fisher::boltzmann::{
    Dbm, DbmParams, DbmValidParams, EarlyStopping, GibbsChains, LearningRate, MeanField, Metric,
    Momentum, NegativePhase, Parameters, Rbm, RbmParams, RbmValidParams, Sparsity, TemperedChains,
    VisibleInput, VisibleUnits,
};
use linfa_fisher::observer::{History, Stage, TerminationReason};
use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;

use crate::allocation::largest;
use crate::cbor::to_cbor;

type Params<F> = RbmParams<F, Xoshiro256Plus>;
type DeepParams<F> = DbmParams<F, Xoshiro256Plus>;

/// What a hostile file of a few kilobytes may make a reader ask for at once: serde reserves up to
/// a mebibyte on the word of a length.
const MODEST: usize = 2 << 20;

fn modestly<T>(read: impl FnOnce() -> T) -> T {
    let (found, largest) = largest(read);
    assert!(
        largest <= MODEST,
        "a piece of {largest} bytes was asked for"
    );
    found
}

/// The value, or what is said to be wrong.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    modestly(|| ciborium::from_reader(bytes).map_err(|fault| fault.to_string()))
}

fn assert_returns<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(&read::<T>(&to_cbor(value)).unwrap(), value);
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
}

fn rng() -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(42)
}

fn records<F: Float>() -> Array2<F> {
    Array2::from_shape_fn((40, 6), |(i, j)| F::cast((i * 7 + j * 3) % 5 / 3))
}

/// Hyper-parameters with something to say of everything.
fn rbm_params<F: Float>() -> Params<F> {
    Rbm::params(4)
        .epochs(3)
        .batch_size(16)
        .learning_rate(LearningRate::Inverse {
            initial: F::cast(0.1),
            decay: F::cast(0.3),
        })
        .momentum(Momentum::Linear {
            initial: F::cast(0.1),
            last: F::cast(0.7),
            epochs: 2,
        })
        .max_norm(Some(F::cast(3.3)))
        .sparsity(Some(Sparsity {
            target: F::cast(0.2),
            cost: F::cast(0.1),
            decay: F::cast(0.9),
        }))
        .centred(true)
        .visible_input(VisibleInput::Resampled)
        .early_stopping(Some(EarlyStopping::new(Metric::PseudoLogLikelihood)))
}

fn dbm_params<F: Float>(hidden: &[usize]) -> DeepParams<F> {
    Dbm::params(hidden)
        .pretraining_epochs(1)
        .pretraining_learning_rate(LearningRate::Constant(F::cast(0.02)))
        .epochs(2)
        .batch_size(16)
        .mean_field(MeanField {
            iterations: 7,
            tolerance: F::cast(0.1),
        })
        .visible_units(VisibleUnits::Gaussian)
        .learning_rate(LearningRate::Geometric {
            initial: F::cast(0.01),
            ratio: F::cast(0.9),
        })
        .momentum(Momentum::Step {
            initial: F::cast(0.5),
            later: F::cast(0.9),
            epoch: 1,
        })
        .negative_phase(NegativePhase::Tempered {
            chains: 5,
            temperatures: 3,
            steps: 1,
        })
}

fn rbm<F: Float>() -> Rbm<F> {
    rbm_params().fit(&DatasetBase::from(records())).unwrap()
}

fn dbm<F: Float>(hidden: &[usize]) -> Dbm<F> {
    let params = dbm_params(hidden);
    params.fit(&DatasetBase::from(records())).unwrap()
}

fn chains<F: Float>() -> GibbsChains<F> {
    let known = array![true, false, true, false, true, true];
    let rows = records();
    let rows = rows.slice(ndarray::s![..5, ..]);
    GibbsChains::clamped(rbm().parameters(), rows, known.view(), &mut rng()).unwrap()
}

fn everything_returns<F: Float + Serialize + DeserializeOwned>() {
    let deep = dbm::<F>(&[4, 3, 2]);
    assert_returns(&rbm::<F>());
    assert_returns(&dbm::<F>(&[4, 3]));
    assert_returns(&deep);
    assert_returns(deep.parameters());
    assert_returns(&rbm_params::<F>());
    assert_returns(&rbm_params::<F>().check().unwrap());
    assert_returns(&dbm_params::<F>(&[4, 3]));
    assert_returns(&dbm_params::<F>(&[4, 3]).check().unwrap());
    assert_returns(rbm_params::<F>().check().unwrap().training());
    assert_returns(&chains::<F>());
    assert_returns(&GibbsChains::random(deep.parameters(), 3, &mut rng()).unwrap());
    assert_returns(&TemperedChains::random(deep.parameters(), 3, 4, &mut rng()).unwrap());
    let ais = Ais::<F>::new(5, 10).unwrap();
    assert_returns(&ais);
    let ais = ais.base_rates(records().view()).unwrap();
    assert_returns(&ais);
    let rbm = rbm::<F>();
    assert_returns(&ais.log_partition(rbm.parameters(), &mut rng()).unwrap());
}

#[test]
fn everything_returns_in_single_precision() {
    everything_returns::<f32>();
}

#[test]
fn everything_returns_in_double_precision() {
    everything_returns::<f64>();
}

#[test]
fn the_course_of_a_training_returns() {
    let params = rbm_params::<f32>().check().unwrap();
    let mut history = History::default();
    params
        .run(&DatasetBase::from(records().view()))
        .observer(&mut history)
        .train()
        .unwrap();
    assert_eq!(history.epochs().len(), 3);
    let figures = &history.epochs()[0].figures;
    assert!(figures.get(VALIDATION_METRIC).is_some());
    assert_returns(&history);
    assert_returns(&history.epochs()[1]);
    assert_returns(&history.epochs()[1].figures);
    assert_returns(&[Stage::Rbm, Stage::Joint, Stage::Pretraining { layer: 2 }]);
    assert_returns(&Stage::named("EM"));
    assert_returns(&[
        TerminationReason::Epochs,
        TerminationReason::Interrupted,
        TerminationReason::EarlyStopped { best_epoch: 3 },
    ]);
}

/// A machine that has returned does what the other one does, and training goes on alike.
#[test]
fn a_machine_that_has_returned_is_the_machine() {
    let params: Params<f32> = read(&to_cbor(&rbm_params::<f32>())).unwrap();
    let rbm: Rbm<f32> = read(&to_cbor(&rbm::<f32>())).unwrap();
    let data = DatasetBase::from(records());
    assert_eq!(params.fit(&data).unwrap(), rbm);
    let mut chains: [GibbsChains<f32>; 2] =
        [chains(), read(&to_cbor(&self::chains::<f32>())).unwrap()];
    let moved = chains.each_mut().map(|chains| {
        chains.advance(rbm.parameters(), 9, &mut rng());
        chains.clone()
    });
    assert_eq!(moved[0], moved[1]);
}

/// A value of a map, by the names that lead to it; numbers lead into sequences.
fn at<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Value {
    let Some((name, rest)) = path.split_first() else {
        return value;
    };
    let inner = match value {
        Value::Map(entries) => entries
            .iter_mut()
            .find(|(key, _)| key.as_text() == Some(name))
            .map(|(_, value)| value),
        Value::Array(values) => values.get_mut(name.parse::<usize>().unwrap()),
        _ => None,
    };
    at(
        inner.unwrap_or_else(|| panic!("nothing is called {name}")),
        rest,
    )
}

/// What is said of a file in which one value is another.
fn fault<T: Serialize + DeserializeOwned + Debug>(
    value: &T,
    path: &[&str],
    put: impl Into<Value>,
) -> String {
    let mut file = Value::serialized(value).unwrap();
    *at(&mut file, path) = put.into();
    match read::<T>(&to_cbor(&file)) {
        Err(fault) => fault,
        Ok(found) => panic!("{path:?} of {found:?} should have been refused"),
    }
}

fn file<T: Serialize>(value: &T) -> Value {
    Value::serialized(value).unwrap()
}

fn nothing() -> Value {
    Value::Array(Vec::new())
}

const FIRST_WEIGHTS: &[&str] = &["parameters", "weights", "arrays", "0"];

/// JSON and most other formats read any number as an `f32`.
#[test]
fn models_of_another_element_type_are_named() {
    let fault = |json: String| {
        let read = serde_json::from_str::<Rbm<f32>>(&json);
        read.unwrap_err().to_string()
    };
    let found = fault(serde_json::to_string(&rbm::<f64>()).unwrap());
    assert!(found.contains("f64, expected f32"), "{found}");
    let json = serde_json::to_string(&rbm::<f32>()).unwrap();
    assert_eq!(
        serde_json::from_str::<Rbm<f32>>(&json).unwrap(),
        rbm::<f32>()
    );
    assert!(serde_json::from_str::<Rbm<f64>>(&json).is_err());
}

#[test]
fn shapes_that_disagree_are_named() {
    let rbm = rbm::<f64>();
    let longer = file(&ndarray::Array1::<f64>::zeros(7));
    let found = fault(&rbm, &["parameters", "biases", "0"], longer);
    assert!(
        found.contains("do not fit biases of lengths [7, 4]"),
        "{found}"
    );
    let found = fault(&rbm, FIRST_WEIGHTS, file(&Array2::<f64>::zeros((4, 6))));
    assert!(found.contains("couplings of shapes [(4, 6)]"), "{found}");
    let found = fault(
        &rbm,
        &["parameters"],
        file(dbm::<f64>(&[4, 3]).parameters()),
    );
    assert!(found.contains("do not fit"), "{found}");
    let found = fault(
        &dbm::<f64>(&[4, 3]),
        &["parameters"],
        file(rbm.parameters()),
    );
    assert!(found.contains("found 1"), "{found}");
    let found = fault(rbm.parameters(), &["weights", "arrays"], nothing());
    assert!(found.contains("couplings of shapes []"), "{found}");
    for empty in [(0, 4), (6, 0), (0, 0)] {
        fault(&rbm, FIRST_WEIGHTS, file(&Array2::<f64>::zeros(empty)));
    }
    let none = Array2::<f64>::zeros((1, 0));
    let empty = Parameters::mean_statistics(&[none.view(), none.view()]);
    let found = fault(&rbm, &["parameters"], file(&empty));
    assert!(found.contains("at least one unit"), "{found}");
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let (rbm, dbm) = (rbm::<f64>(), dbm::<f64>(&[4, 3]));
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let weight = [FIRST_WEIGHTS, &["data", "5"]].concat();
        let found = fault(&rbm, &weight, number);
        assert!(found.contains("NaN or infinite"), "{found}");
        let bias = ["parameters", "biases", "2", "data", "0"];
        let found = fault(&dbm, &bias, number);
        assert!(found.contains("NaN or infinite"), "{found}");
        let found = fault(&dbm, &["mean_field", "tolerance"], number);
        assert!(found.contains("mean-field tolerance"), "{found}");
        let found = fault(&chains::<f64>(), &["states", "1", "data", "0"], number);
        assert!(found.contains("state of a Markov chain"), "{found}");
    }
    let found = fault(&chains::<f64>(), &["states", "1", "data", "0"], 0.5);
    assert!(found.contains("number 0 of hidden states"), "{found}");
    // finite in double precision only
    let weight = [FIRST_WEIGHTS, &["data", "5"]].concat();
    let found = fault(&self::rbm::<f32>(), &weight, 1e300);
    assert!(found.contains("NaN or infinite"), "{found}");
}

#[test]
fn chains_that_do_not_fit_each_other_are_refused() {
    let chains = chains::<f64>();
    let found = fault(&chains, &["states"], nothing());
    assert!(found.contains("shapes []"), "{found}");
    let found = fault(
        &chains,
        &["states", "1"],
        file(&Array2::<f64>::zeros((4, 4))),
    );
    assert!(found.contains("[(5, 6), (4, 4)]"), "{found}");
    let found = fault(
        &chains,
        &["states", "1"],
        file(&Array2::<f64>::zeros((5, 0))),
    );
    assert!(found.contains("at least one unit"), "{found}");
    let found = fault(&chains, &["known"], vec![Value::Bool(true); 5]);
    assert!(found.contains("5 columns"), "{found}");
    let tempered = TemperedChains::random(rbm::<f64>().parameters(), 5, 3, &mut rng()).unwrap();
    let found = fault(&tempered, &["replicas"], nothing());
    assert!(found.contains("0 temperatures"), "{found}");
    let other = GibbsChains::random(rbm::<f64>().parameters(), 6, &mut rng()).unwrap();
    let found = fault(&tempered, &["replicas", "1"], file(&other));
    assert!(found.contains("[(6, 6), (6, 4)]"), "{found}");
}

/// Hyper-parameters of a file are checked as those of a program are.
#[test]
fn hyper_parameters_out_of_range_are_refused() {
    let valid = rbm_params::<f64>().check().unwrap();
    let deep = dbm_params::<f64>(&[4, 3]).check().unwrap();
    let found = fault(&valid, &["architecture", "hidden", "0"], 0);
    assert!(found.contains("0 units"), "{found}");
    let found = fault(&valid, &["training", "epochs"], 0);
    assert!(found.contains("0 epochs"), "{found}");
    let found = fault(&valid, &["training", "batch_size"], 0);
    assert!(found.contains("batch size 0"), "{found}");
    let found = fault(&valid, &["training", "max_norm"], -1.0);
    assert!(found.contains("weight norms"), "{found}");
    let found = fault(&valid, &["training", "weight_decay"], f64::NAN);
    assert!(found.contains("weight decay NaN"), "{found}");
    let patience = ["training", "early_stopping", "patience"];
    let found = fault(&rbm_params::<f64>(), &patience, 0);
    assert!(found.contains("a patience of 0"), "{found}");
    let found = fault(&deep, &["architecture", "hidden"], nothing());
    assert!(found.contains("hidden layers, found 0"), "{found}");
    let found = fault(
        &dbm_params::<f64>(&[4, 3]),
        &["architecture", "hidden", "1"],
        0,
    );
    assert!(found.contains("hidden layer 2 has 0 units"), "{found}");
    let ais = Ais::<f64>::new(5, 10).unwrap();
    let found = fault(&ais, &["chains"], 1);
    assert!(found.contains("1 Markov chains"), "{found}");
    let found = fault(&ais, &["base"], file(&array![0.5, f64::NAN]));
    assert!(found.contains("finite"), "{found}");
    let estimate = ais.log_partition(rbm::<f64>().parameters(), &mut rng());
    let estimate = estimate.unwrap();
    let found = fault(&estimate, &["log_weights", "2"], f64::INFINITY);
    assert!(found.contains("log-weight is inf"), "{found}");
    let found = fault(&estimate, &["log_weights"], nothing());
    assert!(found.contains("0 Markov chains"), "{found}");
}

/// Files that claim more than they hold.
#[test]
fn lengths_beyond_the_file_cost_nothing() {
    let rbm = rbm::<f32>();
    let shape = [FIRST_WEIGHTS, &["dim"]].concat();
    let big = [1_u64 << 20, 1 << 32, 1 << 62, u64::MAX];
    for (rows, columns) in big
        .into_iter()
        .flat_map(|n| [(n, n), (n, 1), (0, n), (n, 0)])
    {
        let claim = vec![Value::from(rows), Value::from(columns)];
        let mut machine = file(&rbm);
        *at(&mut machine, &shape) = claim.clone().into();
        assert!(read::<Rbm<f32>>(&to_cbor(&machine)).is_err());
        // with no data the shape is wrong by its emptiness only
        *at(&mut machine, &[FIRST_WEIGHTS, &["data"]].concat()) = nothing();
        assert!(read::<Rbm<f32>>(&to_cbor(&machine)).is_err());
        let mut states = file(&chains::<f32>());
        *at(&mut states, &["states", "1", "dim"]) = claim.into();
        *at(&mut states, &["states", "1", "data"]) = nothing();
        assert!(read::<GibbsChains<f32>>(&to_cbor(&states)).is_err());
    }
    let header = |major: u8, length: u64| [&[major << 5 | 27], &length.to_be_bytes()[..]].concat();
    for (major, length) in (2..6).flat_map(|major| big.map(|length| (major, length))) {
        let claim = header(major, length);
        assert_refused(&claim);
        // in place of the couplings, of their data, and of a name
        for name in [&b"weights"[..], b"data", b"parameters"] {
            let whole = to_cbor(&rbm);
            let place = whole.windows(name.len()).position(|part| part == name);
            let place = place.unwrap();
            assert_refused(&[&whole[..place + name.len()], &claim].concat());
            assert_refused(&[&whole[..place - 1], &claim, &whole[place..]].concat());
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for opening in [0x81, 0x9f, 0xa1, 0xbf, 0xc1, 0xd8] {
        assert_refused(&vec![opening; 100_000]);
    }
    let whole = to_cbor(&rbm::<f32>());
    let place = whole.windows(4).position(|part| part == b"data").unwrap();
    let nested = [&whole[..place + 4], &[0x81; 100_000]].concat();
    assert_refused(&nested);
    for text in ["[".repeat(100_000), "{\"parameters\":".repeat(100_000)] {
        assert!(serde_json::from_str::<Rbm<f32>>(&text).is_err());
        assert!(serde_json::from_str::<Params<f32>>(&text).is_err());
        assert!(serde_json::from_str::<GibbsChains<f32>>(&text).is_err());
    }
}

/// These bytes are nothing that can be loaded.
fn assert_refused(bytes: &[u8]) {
    assert!(read::<Rbm<f32>>(bytes).is_err());
    assert!(read::<Dbm<f32>>(bytes).is_err());
    assert!(read::<Parameters<f32>>(bytes).is_err());
    assert!(read::<Params<f32>>(bytes).is_err());
    assert!(read::<DeepParams<f32>>(bytes).is_err());
    assert!(read::<GibbsChains<f32>>(bytes).is_err());
    assert!(read::<TemperedChains<f32>>(bytes).is_err());
    assert!(read::<History>(bytes).is_err());
    assert!(read::<Ais<f32>>(bytes).is_err());
    assert!(read::<LogPartition>(bytes).is_err());
}

#[test]
fn truncated_files_are_refused() {
    let files = [
        to_cbor(&rbm::<f32>()),
        to_cbor(&dbm::<f32>(&[4, 3])),
        to_cbor(&rbm_params::<f32>()),
        to_cbor(&dbm_params::<f32>(&[4, 3])),
        to_cbor(&chains::<f32>()),
    ];
    for whole in &files {
        (0..whole.len()).for_each(|cut| assert_refused(&whole[..cut]));
    }
    let json = serde_json::to_string(&rbm::<f32>()).unwrap();
    for cut in 0..json.len() {
        assert!(serde_json::from_str::<Rbm<f32>>(&json[..cut]).is_err());
    }
}

/// What is left of a file after some of its bytes were changed, left out, doubled or put in.
fn mutated(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    prop::collection::vec(change, 1..8).prop_map(move |changes| {
        let mut bytes = whole.clone();
        for (place, byte, kind) in changes {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes[place] ^= 1 << (byte % 8),
                2 => bytes.insert(place, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(place)),
                _ => {}
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever loads is a machine: finite, and of layers that fit.
    #[test]
    fn mutated_machines_are_machines_or_errors(bytes in mutated(to_cbor(&rbm::<f32>()))) {
        if let Ok(rbm) = read::<Rbm<f32>>(&bytes) {
            let parts = rbm.parameters();
            let again = Rbm::from_parts(
                parts.weights()[0].clone(),
                parts.biases()[0].clone(),
                parts.biases()[1].clone(),
            );
            prop_assert!(again.is_ok());
            rbm.free_energy(Array2::ones((2, rbm.nvisible())).view());
        }
    }

    #[test]
    fn mutated_deep_machines_are_machines_or_errors(bytes in mutated(to_cbor(&dbm::<f32>(&[4, 3])))) {
        if let Ok(dbm) = read::<Dbm<f32>>(&bytes) {
            let parts = dbm.parameters();
            let again = Dbm::from_parts(parts.weights().to_vec(), parts.biases().to_vec());
            prop_assert!(again.is_ok());
        }
    }

    #[test]
    fn mutated_hyper_parameters_are_valid_or_errors(bytes in mutated(to_cbor(&rbm_params::<f32>()))) {
        if let Ok(params) = read::<RbmValidParams<f32, Xoshiro256Plus>>(&bytes) {
            prop_assert!(params.hidden()[0] > 0 && params.training().batch_size() > 0);
        }
        if let Ok(params) = read::<Params<f32>>(&bytes) {
            prop_assert!(params.check().is_ok());
        }
    }

    #[test]
    fn mutated_deep_hyper_parameters_are_valid_or_errors(
        bytes in mutated(to_cbor(&dbm_params::<f32>(&[4, 3])))
    ) {
        if let Ok(params) = read::<DbmValidParams<f32, Xoshiro256Plus>>(&bytes) {
            prop_assert!(params.hidden().len() >= 2);
        }
        if let Ok(params) = read::<DeepParams<f32>>(&bytes) {
            prop_assert!(params.check().is_ok());
        }
    }

    /// Chains that load can go on with a machine of their layers.
    #[test]
    fn mutated_chains_go_on_or_are_errors(bytes in mutated(to_cbor(&chains::<f32>()))) {
        if let Ok(mut chains) = read::<GibbsChains<f32>>(&bytes) {
            let layers: Vec<usize> = chains.states().iter().map(Array2::ncols).collect();
            let total: usize = layers.iter().sum();
            prop_assume!(total < 1000);
            chains.advance(&Parameters::zeros(&layers).unwrap(), 2, &mut rng());
        }
    }
}
