//! Steps ascend the objective: their directions are its central differences, whatever the options.

use approx::assert_abs_diff_eq;
use ndarray::{Array1, Array2, Axis, array};

use super::*;
use crate::boltzmann::enumeration::{
    all_states, completions, example_machine, log_partition, log_sum_exp, mixture,
    model_expectation, views,
};
use crate::boltzmann::inference::MeanField;
use crate::boltzmann::likelihood::unnormalised_bound;
use crate::boltzmann::machine::{Visible, VisibleUnits};
use crate::boltzmann::sampling::NegativeChains;
use crate::boltzmann::{LearningRate, NegativePhase, Sparsity};

const RATE: f64 = 0.5;

/// Mean field iterated to convergence, where the bound is stationary in it.
const CONVERGED: MeanField<f64> = MeanField {
    iterations: 10_000,
    tolerance: 1e-13,
};

/// Plain steps without options, with few chains.
fn plain() -> Training<f64> {
    Training {
        learning_rate: LearningRate::Constant(RATE),
        weight_decay: 0.0,
        negative_phase: NegativePhase::Persistent {
            chains: 30,
            steps: 2,
        },
        mean_field: CONVERGED,
        ..Training::default()
    }
}

/// Machines of one to three hidden layers; the deep ones also without weights between hidden
/// layers, where mean field is exact.
fn machines() -> Vec<Parameters<f64>> {
    let shallow = example_machine(&[4, 3], 1.0);
    let gaussian = shallow.clone().with_visible_units(VisibleUnits::Gaussian);
    let mut machines = vec![shallow, gaussian];
    for layers in [[4, 3, 2].as_slice(), &[4, 3, 2, 2]] {
        let deep = example_machine(layers, 1.0);
        let mut split = deep.clone();
        split.weights[1..].iter_mut().for_each(|w| w.fill(0.0));
        machines.extend([deep, split]);
    }
    machines
}

/// Binary and grey records, or real numbers for Gaussian units.
fn batches(theta: &Parameters<f64>) -> Vec<Array2<f64>> {
    let binary = array![
        [1.0, 0.0, 0.0, 1.0],
        [0.0, 1.0, 0.0, 1.0],
        [1.0, 1.0, 1.0, 0.0]
    ];
    let grey = array![[0.9, 0.1, 0.3, 0.5], [0.0, 0.7, 1.0, 0.25]];
    match theta.visible {
        VisibleUnits::Binary => vec![binary, grey],
        VisibleUnits::Gaussian => vec![grey * 3.0 - 1.0],
    }
}

/// The first records of every batch.
fn single_records(theta: &Parameters<f64>) -> Vec<Array2<f64>> {
    let first = |batch: Array2<f64>| batch.slice(ndarray::s![..1, ..]).to_owned();
    batches(theta).into_iter().map(first).collect()
}

fn log_z(theta: &Parameters<f64>) -> f64 {
    match theta.visible {
        VisibleUnits::Binary => log_partition(theta),
        VisibleUnits::Gaussian => mixture(theta).log_partition,
    }
}

fn expectation(theta: &Parameters<f64>) -> Parameters<f64> {
    match theta.visible {
        VisibleUnits::Binary => model_expectation(theta),
        VisibleUnits::Gaussian => mixture(theta).expectation(),
    }
}

/// Mean of `-F(v) - log Z`, by enumeration.
fn log_likelihood(theta: &Parameters<f64>, records: &Array2<f64>) -> f64 {
    let of_record = |v: ndarray::ArrayView1<f64>| {
        let states = completions(theta, &v.to_owned());
        log_sum_exp(&theta.negative_energy(&views(&states)))
    };
    let total: f64 = records.rows().into_iter().map(of_record).sum();
    total / records.nrows() as f64 - log_z(theta)
}

/// Mean of the lower bound on the log-likelihood.
fn bound(theta: &Parameters<f64>, records: &Array2<f64>) -> f64 {
    let layers = CONVERGED.infer(Conditionals::of(theta), records.view());
    unnormalised_bound(theta, &views(&layers)).mean().unwrap() - log_z(theta)
}

/// The objective that training from `start` ascends: the log-likelihood where its posterior is
/// exact, else the bound.
fn objective(start: &Parameters<f64>) -> fn(&Parameters<f64>, &Array2<f64>) -> f64 {
    let exact = start.weights[1..].iter().flatten().all(|&w| w == 0.0);
    if exact { log_likelihood } else { bound }
}

fn squared_norm(theta: &Parameters<f64>) -> f64 {
    theta.weights.iter().flatten().map(|w| w * w).sum()
}

fn coordinates(theta: &mut Parameters<f64>) -> impl Iterator<Item = &mut f64> {
    let weights = theta.weights.iter_mut().flatten();
    weights.chain(theta.biases.iter_mut().flatten())
}

/// The gradient by central differences, whose error is about 1e-10.
fn differences(
    theta: &Parameters<f64>,
    objective: impl Fn(&Parameters<f64>) -> f64,
) -> Parameters<f64> {
    let step = 1e-5;
    let mut gradient = theta.at_origin();
    for (n, slope) in coordinates(&mut gradient).enumerate() {
        let at = |shift: f64| {
            let mut moved = theta.clone();
            coordinates(&mut moved)
                .nth(n)
                .into_iter()
                .for_each(|x| *x += shift);
            objective(&moved)
        };
        *slope = (at(step) - at(-step)) / (2.0 * step);
    }
    gradient
}

fn assert_close(found: &Parameters<f64>, expected: &Parameters<f64>, epsilon: f64) {
    for (found, expected) in found.weights.iter().zip(&expected.weights) {
        assert_abs_diff_eq!(found, expected, epsilon = epsilon);
    }
    for (found, expected) in found.biases.iter().zip(&expected.biases) {
        assert_abs_diff_eq!(found, expected, epsilon = epsilon);
    }
}

fn means(records: &Array2<f64>) -> Array1<f64> {
    records.sum_axis(Axis(0)) / records.nrows() as f64
}

/// Mean statistics of the chains after two steps with seed 7.
fn statistics_after(
    chains: Option<NegativeChains<f64>>,
    machine: Conditionals<f64>,
) -> Parameters<f64> {
    let Some(NegativeChains::Plain(mut chains)) = chains else {
        panic!("plain chains persist");
    };
    chains.advance_by(machine, 2, 7);
    let odd = chains.expected_odd_layers(machine);
    Parameters::mean_statistics(&chains.views(&odd))
}

/// One step of the trainer, on all records at once, with chains of seed 7.
fn one_step(trainer: Trainer<f64>, state: &mut TrainingState<f64>, records: &Records<f64>) {
    let rows: Vec<usize> = (0..records.nrows()).collect();
    let mut workspace = Workspace::take(&mut state.theta);
    let batch = trainer.present(records, &rows, workspace.machine.theta(), 0);
    let standby = StandBy::default();
    rayon::scope(|scope| {
        trainer.step(state, &mut workspace, &batch, 7, standby.of(scope));
    });
    state.theta = workspace.machine.into_theta();
}

/// The state after a step from `theta`, and its chains' statistics minus the exact expectation.
fn step(
    training: &Training<f64>,
    theta: &Parameters<f64>,
    records: &Array2<f64>,
) -> (TrainingState<f64>, Parameters<f64>) {
    let trainer = Trainer {
        training,
        stage: Stage::Joint,
        factors: (1.0, 1.0),
    };
    let mut rng = Xoshiro256Plus::seed_from_u64(1);
    let mut state =
        TrainingState::start(theta.clone(), training, &means(records), &mut rng).unwrap();
    let chains = state.carried.chains.clone();
    one_step(trainer, &mut state, &Records::of(records.view()));
    let mut excess = statistics_after(chains, Conditionals::of(theta));
    excess.add_scaled(-1.0, &expectation(theta));
    (state, excess)
}

/// The direction of a step from `theta`, with the exact expectation in place of the chains'.
fn direction(
    training: &Training<f64>,
    theta: &Parameters<f64>,
    records: &Array2<f64>,
) -> Parameters<f64> {
    let (state, mut excess) = step(training, theta, records);
    if let Some(offsets) = &state.carried.shaping.offsets {
        offsets.centre(&mut excess, (1.0, 1.0));
    }
    let mut direction = state.theta;
    direction.add_scaled(-1.0, theta);
    direction.scale(1.0 / RATE);
    direction.add_scaled(1.0, &excess);
    direction
}

/// One step from a known machine is the rate times the mean statistics of the data minus those of
/// the chains, whatever the depth, the width, the form of the records and the factors.
#[test]
fn a_step_follows_data_less_model() {
    let narrow: [&[usize]; 7] = [
        &[4, 1],
        &[4, 3],
        &[4, 3, 2],
        &[4, 3, 2, 2],
        &[4, 14],
        &[4, 15],
        &[4, 30],
    ];
    let wide: [&[usize]; 3] = [&[4, 31], &[4, 31, 3], &[4, 3, 40]];
    let training = Training {
        learning_rate: LearningRate::Constant(0.5),
        weight_decay: 0.0,
        negative_phase: NegativePhase::Persistent {
            chains: 80,
            steps: 2,
        },
        ..Training::default()
    };
    let sparse = all_states(4) * array![0.0, 1.0, 0.0, 1.0];
    let dense = sparse.mapv(|x| 0.25 + 0.5 * x);
    let is_sparse = |records: &Array2<f64>| {
        matches!(Records::of(records.view()).select(&[0]), Visible::Sparse(_))
    };
    assert_eq!([&sparse, &dense].map(is_sparse), [true, false]);
    for layers in narrow.into_iter().chain(wide) {
        let theta = example_machine(layers, 1.0);
        let factors = [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0)];
        for (records, factors) in [&sparse, &dense]
            .iter()
            .flat_map(|r| factors.map(|f| (*r, f)))
        {
            let trainer = Trainer {
                training: &training,
                stage: Stage::Joint,
                factors,
            };
            let machine = trainer.scaled(Conditionals::of(&theta));
            let data = training.mean_field.infer(machine, records.view());
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let start = theta.clone();
            let mut state =
                TrainingState::start(start, &training, &means(records), &mut rng).unwrap();
            let chains = state.carried.chains.clone();
            one_step(trainer, &mut state, &Records::of(records.view()));
            let mut expected = theta.clone();
            expected.add_scaled(0.5, &Parameters::mean_statistics(&views(&data)));
            expected.add_scaled(-0.5, &statistics_after(chains, machine));
            assert_close(&state.theta, &expected, 1e-12);
        }
    }
}

/// The fast path of narrow machines takes the same samples as the general one, bit for bit in the
/// chains' states, and gives the same gradient up to the order of additions, whatever the numbers
/// of records and chains.
#[test]
fn the_narrow_path_is_the_plain_one() {
    let phases = [1, 24, 30, 80].map(|chains| NegativePhase::Persistent { chains, steps: 2 });
    let tempered = NegativePhase::Tempered {
        chains: 30,
        temperatures: 3,
        steps: 1,
    };
    let contrastive = NegativePhase::ContrastiveDivergence { steps: 2 };
    let records = Array2::from_shape_fn((60, 4), |(i, j)| ((i * 7 + j * 3) % 5 < 2) as u8 as f64);
    for negative_phase in phases.into_iter().chain([tempered, contrastive]) {
        let training = Training {
            negative_phase,
            ..plain()
        };
        for (theta, rows) in machines()
            .iter()
            .flat_map(|m| [7, 25, 60].map(|n| (m.clone(), n)))
        {
            let shown = Records::of(records.view());
            let rows: Vec<usize> = (0..rows).collect();
            let trainer = Trainer {
                training: &training,
                stage: Stage::Joint,
                factors: (1.0, 1.0),
            };
            let machine = PackedMachine::of(&theta);
            let step = Step {
                machine: machine.conditionals(),
                training: &training,
                batch: &trainer.present(&shown, &rows, &theta, 3),
                seed: 7,
            };
            let rng = Xoshiro256Plus::seed_from_u64(1);
            let mut chains =
                [0, 1].map(|_| negative_phase.start(&theta, &mut rng.clone()).unwrap());
            let [of_narrow, of_whole] = &mut chains;
            let mut gradients = [theta.at_origin(), theta.at_origin()];
            let (narrow, _) = Expectations::of(&step, of_narrow.as_mut());
            let (whole, _) = Expectations::of_whole_samples(&step, of_whole.as_mut());
            assert!(matches!(narrow, Expectations::Sums(_)));
            let narrow = narrow.write_difference(&mut gradients[0]);
            let whole = whole.write_difference(&mut gradients[1]);
            assert_eq!(chains[0], chains[1]);
            assert_close(&gradients[0], &gradients[1], 1e-13);
            for (narrow, whole) in narrow.iter().zip(&whole) {
                assert_abs_diff_eq!(narrow, whole, epsilon = 1e-13);
            }
        }
    }
}

/// The objective is the log-likelihood, or its bound, minus `decay / 2 |W|^2`.
#[test]
fn steps_climb_the_penalised_likelihood() {
    for theta in machines() {
        for records in batches(&theta) {
            for decay in [0.0, 0.3] {
                let training = Training {
                    weight_decay: decay,
                    ..plain()
                };
                let likelihood = objective(&theta);
                let expected = differences(&theta, |theta| {
                    likelihood(theta, &records) - decay / 2.0 * squared_norm(theta)
                });
                let found = direction(&training, &theta, &records);
                assert_close(&found, &expected, 1e-8);
            }
        }
    }
}

/// The penalty's gradient is that of the cross-entropy `C_l` between the target and a layer's
/// activations for one record, with respect to the layer's biases and its weights from below, with
/// its neighbours' means held fixed. (For several records it is the usual approximation.)
#[test]
fn sparse_steps_climb_the_likelihood_less_the_cross_entropy() {
    let sparsity = Sparsity {
        target: 0.2,
        cost: 1.5,
        decay: 0.0,
    };
    let training = Training {
        sparsity: Some(sparsity),
        ..plain()
    };
    for start in machines() {
        for record in single_records(&start) {
            let means = CONVERGED.infer(Conditionals::of(&start), record.view());
            let cross_entropy = |theta: &Parameters<f64>| -> f64 {
                let of_layer = |l: usize| {
                    let mut input = means[l - 1].dot(&theta.weights[l - 1]) + &theta.biases[l];
                    if let Some(above) = means.get(l + 1) {
                        input += &above.dot(&start.weights[l].t());
                    }
                    let entropy = |input: f64| {
                        let (p, q) = (sparsity.target, 1.0 / (1.0 + (-input).exp()));
                        -p * q.ln() - (1.0 - p) * (1.0 - q).ln()
                    };
                    input.mapv(entropy).sum()
                };
                (1..means.len()).map(of_layer).sum()
            };
            let likelihood = objective(&start);
            let expected = differences(&start, |theta| {
                likelihood(theta, &record) - sparsity.cost * cross_entropy(theta)
            });
            let found = direction(&training, &start, &record);
            assert_close(&found, &expected, 1e-8);
        }
    }
}

/// Centred steps ascend the likelihood as a function of the weights and biases of the machine whose
/// units have the offsets subtracted; these biases are `b_l + W_l o_{l+1} + W_{l-1}' o_{l-1}`.
#[test]
fn centred_steps_climb_the_likelihood_of_the_centred_machine() {
    let training = Training {
        centred: true,
        ..plain()
    };
    for theta in machines() {
        for records in batches(&theta) {
            let (state, _) = step(&training, &theta, &records);
            let offsets = state.carried.shaping.offsets.unwrap().layers;
            let shifted = |theta: &Parameters<f64>, sign: f64| {
                let mut other = theta.clone();
                for (l, weights) in theta.weights.iter().enumerate() {
                    other.biases[l].scaled_add(sign, &weights.dot(&offsets[l + 1]));
                    other.biases[l + 1].scaled_add(sign, &weights.t().dot(&offsets[l]));
                }
                other
            };
            let likelihood = objective(&theta);
            let gradient = differences(&shifted(&theta, 1.0), |centred| {
                likelihood(&shifted(centred, -1.0), &records)
            });
            let found = direction(&training, &theta, &records);
            assert_close(&found, &shifted(&gradient, -1.0), 1e-8);
        }
    }
}

/// A step with a maximum norm is the step without, after which every column of the weights is
/// projected onto the ball.
#[test]
fn bounded_steps_are_projected() {
    let most = 0.5;
    let bounded = Training {
        max_norm: Some(most),
        ..plain()
    };
    for theta in machines() {
        for records in batches(&theta) {
            let mut expected = step(&plain(), &theta, &records).0.theta;
            let mut outside = 0;
            for mut column in expected.weights.iter_mut().flat_map(|w| w.columns_mut()) {
                let norm = column.dot(&column).sqrt();
                if norm > most {
                    column *= most / norm;
                    outside += 1;
                }
            }
            assert!(outside > 0);
            let found = step(&bounded, &theta, &records).0.theta;
            assert_close(&found, &expected, 1e-12);
        }
    }
}

/// Biases that are not learnt stay; the weights change as if the biases did.
#[test]
fn biases_that_are_not_learnt_stay() {
    let training = Training {
        train_biases: false,
        ..plain()
    };
    for theta in machines() {
        for records in batches(&theta) {
            let learnt = step(&plain(), &theta, &records).0.theta;
            let found = step(&training, &theta, &records).0.theta;
            assert_eq!(found.biases, theta.biases);
            assert_eq!(found.weights, learnt.weights);
        }
    }
}
