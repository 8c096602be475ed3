//! Training either works or stops with an error that names the epoch and the batch: no NaN, no
//! overflow, whatever the records, the rate and the options.

use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::figures::RECONSTRUCTION_ERROR;
use linfa_fisher::boltzmann::{
    Dbm, DbmParams, EarlyStopping, LearningRate, Metric, Momentum, NegativePhase, Parameters, Rbm,
    RbmParams, Sparsity, VisibleInput, VisibleUnits,
};
use linfa_fisher::error::{RecordsError, TrainingError};
use linfa_fisher::observer::History;
use linfa_fisher::{Error, Result};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use rand_xoshiro::Xoshiro256Plus;

const UNITS: usize = 12;
const EPOCHS: usize = 4;

type Shallow = RbmParams<f32, Xoshiro256Plus>;
type Deep = DbmParams<f32, Xoshiro256Plus>;

/// Records that have gone wrong in many a program.
fn inputs() -> Vec<(&'static str, Array2<f32>)> {
    let noisy = pattern(53);
    let mut constant = noisy.clone();
    for pixel in 0..UNITS / 2 {
        constant.column_mut(pixel).fill((pixel % 2) as f32);
    }
    let zeros = Array2::zeros((20, UNITS));
    let ones = Array2::ones((20, UNITS));
    vec![
        ("grey", noisy.mapv(|x| 0.1 + 0.8 * x)),
        ("constant pixels", constant),
        ("one row", noisy.slice(ndarray::s![..1, ..]).to_owned()),
        ("rows of zeros among others", stack(&noisy, &zeros)),
        ("rows of ones among others", stack(&noisy, &ones)),
        ("zeros only", zeros),
        ("ones only", ones),
        ("a last batch of one row", pattern(41)),
        ("fewer rows than a batch", pattern(7)),
    ]
}

/// Rows of two blocks of pixels, one of which is on.
fn pattern(rows: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, UNITS), |(i, j)| {
        let on = (i % 3 == 0) == (j < UNITS / 2);
        f32::from(on && (i + j) % 4 != 0)
    })
}

fn stack(a: &Array2<f32>, b: &Array2<f32>) -> Array2<f32> {
    concatenate(Axis(0), &[a.view(), b.view()]).unwrap()
}

/// The training options, of restricted and deep machines alike.
macro_rules! options {
    ($params:expr) => {{
        let sparsity = |cost| Sparsity {
            target: 0.1,
            cost,
            decay: 0.9,
        };
        let persistent = |chains, steps| NegativePhase::Persistent { chains, steps };
        let early = EarlyStopping::new(Metric::ReconstructionError).validation_share(0.3);
        let cd = |steps| NegativePhase::ContrastiveDivergence { steps };
        let tempered = NegativePhase::Tempered {
            chains: 10,
            temperatures: 4,
            steps: 2,
        };
        let params = $params.epochs(EPOCHS).batch_size(20);
        vec![
            ("CD-1", params.clone().negative_phase(cd(1))),
            ("CD-5", params.clone().negative_phase(cd(5))),
            ("PCD", params.clone().negative_phase(persistent(20, 1))),
            ("one chain", params.clone().negative_phase(persistent(1, 3))),
            ("tempered", params.clone().negative_phase(tempered)),
            ("centred", params.clone().centred(true)),
            ("sparse", params.clone().sparsity(Some(sparsity(5.0)))),
            (
                "sparse, cost 0",
                params.clone().sparsity(Some(sparsity(0.0))),
            ),
            ("max-norm", params.clone().max_norm(Some(0.5))),
            ("no biases", params.clone().train_biases(false)),
            (
                "momentum in a step",
                params.clone().momentum(Momentum::Step {
                    initial: 0.0,
                    later: 0.95,
                    epoch: 2,
                }),
            ),
            (
                "momentum along a line",
                params.clone().momentum(Momentum::Linear {
                    initial: 0.1,
                    last: 0.99,
                    epochs: 3,
                }),
            ),
            (
                "sampled",
                params.clone().visible_input(VisibleInput::Resampled),
            ),
            ("early stopping", params.clone().early_stopping(Some(early))),
            ("batches of one row", params.clone().batch_size(1)),
            ("one batch", params.clone().batch_size(1000)),
            (
                "everything",
                params
                    .negative_phase(tempered)
                    .centred(true)
                    .sparsity(Some(sparsity(1.0)))
                    .max_norm(Some(2.0))
                    .momentum(0.9)
                    .visible_input(VisibleInput::Resampled)
                    .early_stopping(Some(early)),
            ),
        ]
    }};
}

fn shallow() -> Vec<(&'static str, Shallow)> {
    options!(Rbm::params(5))
}

fn deep() -> Vec<(&'static str, Deep)> {
    let two = options!(Dbm::params(&[5, 4]).pretraining_epochs(2));
    let three = options!(Dbm::params(&[5, 4, 3]).pretraining_epochs(2));
    let alone = options!(Dbm::params(&[5, 4]).pretraining_epochs(0));
    [two, three, alone].concat()
}

/// What a training gives, with all that a user may ask it for.
struct Trained {
    parameters: Parameters<f32>,
    layers: Vec<Array2<f32>>,
    free_energies: Array1<f32>,
    history: History,
}

fn train_rbm(params: &Shallow, records: ArrayView2<f32>) -> Result<Trained> {
    let mut history = History::default();
    let params = params.clone().check()?;
    let rbm = params
        .run(&DatasetBase::from(records))
        .observer(&mut history)
        .train()?;
    let hidden = rbm.hidden_probabilities(records);
    let visible = rbm.visible_probabilities(hidden.view());
    Ok(Trained {
        parameters: rbm.parameters().clone(),
        layers: vec![visible, hidden],
        free_energies: rbm.free_energy(records),
        history,
    })
}

fn train_dbm(params: &Deep, records: ArrayView2<f32>) -> Result<Trained> {
    let mut history = History::default();
    let params = params.clone().check()?;
    let dbm = params
        .run(&DatasetBase::from(records))
        .observer(&mut history)
        .train()?;
    let mut layers = dbm.mean_field(records);
    let views: Vec<_> = layers.iter().map(Array2::view).collect();
    layers[0] = dbm.layer_probabilities(0, &views);
    Ok(Trained {
        parameters: dbm.parameters().clone(),
        free_energies: dbm.variational_free_energy(records),
        layers,
        history,
    })
}

/// How often trainings have worked and diverged.
#[derive(Debug, Default)]
struct Tally {
    worked: usize,
    diverged: usize,
    /// Validation shares that leave nothing on one side.
    undivided: usize,
}

impl Tally {
    fn add(&mut self, trained: Result<Trained>, rows: usize, what: &str) {
        match trained {
            Ok(trained) => {
                trained.assert_finite(what);
                self.worked += 1;
            }
            Err(Error::Training(TrainingError::Diverged { epoch, batch, .. })) => {
                assert!((1..=EPOCHS).contains(&epoch), "{what}: epoch {epoch}");
                assert!((1..=rows).contains(&batch), "{what}: batch {batch}");
                self.diverged += 1;
            }
            Err(Error::Training(TrainingError::ValidationRows { records: 1, .. })) if rows == 1 => {
                self.undivided += 1
            }
            Err(other) => panic!("{what}: {other}"),
        }
    }
}

impl Trained {
    fn assert_finite(&self, what: &str) {
        let finite = |x: &f32| x.is_finite();
        let parameters = &self.parameters;
        assert!(
            parameters.weights().iter().flatten().all(finite),
            "{what}: weights"
        );
        assert!(
            parameters.biases().iter().flatten().all(finite),
            "{what}: biases"
        );
        assert!(
            self.layers.iter().flatten().all(finite),
            "{what}: activations"
        );
        let inside = |x: &f32| (0.0..=1.0).contains(x);
        assert!(
            self.layers[1..].iter().flatten().all(inside),
            "{what}: probabilities"
        );
        let free = &self.free_energies;
        assert!(free.iter().all(finite), "{what}: free energies {free}");
        for epoch in self.history.epochs() {
            let finite = epoch.figures.iter().all(|(_, value)| value.is_finite());
            let has_error = epoch.figures.get(RECONSTRUCTION_ERROR).is_some();
            assert!(finite && has_error, "{what}: {epoch:?}");
        }
    }
}

/// Trains every machine by every option on all records. `to_records` and `to_params` change both.
fn try_everything(
    to_records: impl Fn(Array2<f32>) -> Array2<f32>,
    to_shallow: impl Fn(Shallow) -> Shallow,
    to_deep: impl Fn(Deep) -> Deep,
) -> Tally {
    let mut tally = Tally::default();
    for (input, records) in inputs() {
        let records = to_records(records);
        let rows = records.nrows();
        for (option, params) in shallow() {
            let trained = train_rbm(&to_shallow(params), records.view());
            tally.add(trained, rows, &format!("RBM, {option}, {input}"));
        }
        for (option, params) in deep() {
            let what = format!(
                "DBM {:?}, {option}, {input}",
                params.check_ref().unwrap().hidden()
            );
            let trained = train_dbm(&to_deep(params), records.view());
            tally.add(trained, rows, &what);
        }
    }
    println!("{tally:?}");
    tally
}

const FAST: LearningRate<f32> = LearningRate::Constant(10.0);
const GENTLE: LearningRate<f32> = LearningRate::Constant(0.001);
const GAUSSIAN: VisibleUnits = VisibleUnits::Gaussian;

#[test]
fn binary_units_work() {
    let tally = try_everything(|x| x, |p| p, |p| p);
    assert_eq!(tally.diverged, 0);
}

/// Bounded units bound the gradient: however fast, a training works.
#[test]
fn binary_units_at_a_learning_rate_of_ten_work() {
    let tally = try_everything(|x| x, |p| p.learning_rate(FAST), |p| p.learning_rate(FAST));
    assert_eq!(tally.diverged, 0);
    assert!(tally.worked > 0);
}

#[test]
fn gaussian_units_at_a_small_rate_work() {
    let tally = try_everything(
        standardised,
        |p| p.visible_units(GAUSSIAN).learning_rate(GENTLE),
        |p| p.visible_units(GAUSSIAN).learning_rate(GENTLE),
    );
    assert_eq!(tally.diverged, 0);
}

#[test]
fn gaussian_units_at_a_learning_rate_of_ten_work_or_diverge() {
    let tally = try_everything(
        standardised,
        |p| p.visible_units(GAUSSIAN).learning_rate(FAST),
        |p| p.visible_units(GAUSSIAN).learning_rate(FAST),
    );
    assert!(tally.diverged > 0);
}

#[test]
fn gaussian_units_of_records_a_thousand_times_too_large_work_or_diverge() {
    for rate in [GENTLE, LearningRate::Constant(0.05), FAST] {
        let tally = try_everything(
            |x| standardised(x) * 1000.0,
            |p| p.visible_units(GAUSSIAN).learning_rate(rate),
            |p| p.visible_units(GAUSSIAN).learning_rate(rate),
        );
        assert!(tally.worked > 0);
        assert!(rate != FAST || tally.diverged > 0);
    }
}

/// Some diverge only later: with few steps, parameters are large, but finite.
#[test]
fn few_steps_far_too_fast_give_finite_energies_or_diverge() {
    let mut tally = Tally::default();
    let records = standardised(pattern(41)) * 1000.0;
    for exponent in 0..38 {
        let rate = LearningRate::Constant(10_f32.powi(exponent));
        for epochs in 1..=EPOCHS {
            for visible in [VisibleUnits::Binary, GAUSSIAN] {
                let binary = pattern(41);
                let records = if visible == GAUSSIAN {
                    &records
                } else {
                    &binary
                };
                let what = format!("rate 1e{exponent}, {epochs} epochs, {visible:?}");
                let params = Rbm::params(5).epochs(epochs).batch_size(20);
                let params = params.learning_rate(rate).visible_units(visible);
                tally.add(train_rbm(&params, records.view()), 41, &what);
                let params = Dbm::params(&[5, 4]).epochs(epochs).batch_size(20);
                let params = params.pretraining_epochs(1).learning_rate(rate);
                let params = params.visible_units(visible);
                tally.add(train_dbm(&params, records.view()), 41, &what);
            }
        }
    }
    println!("{tally:?}");
    assert!(tally.diverged > 0 && tally.worked > 0);
}

fn standardised(records: Array2<f32>) -> Array2<f32> {
    records.mapv(|x| 2.0 * x - 1.0)
}

#[test]
fn binary_units_refuse_records_a_thousand_times_too_large() {
    let records = pattern(41) * 1000.0;
    for (option, params) in shallow() {
        let fault = train_rbm(&params, records.view()).err();
        assert_outside(fault, option);
    }
    for (option, params) in deep() {
        let fault = train_dbm(&params, records.view()).err();
        assert_outside(fault, option);
    }
}

fn assert_outside(fault: Option<Error>, option: &str) {
    let first = pattern(41)
        .indexed_iter()
        .find(|&(_, &x)| x > 0.0)
        .unwrap()
        .0;
    match fault {
        Some(Error::Records(RecordsError::OutsideUnitInterval { row, column, value })) => {
            assert_eq!(((row, column), value), (first, 1000.0));
        }
        other => panic!("{option}: {other:?}"),
    }
}
