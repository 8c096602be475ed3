//! The work as this crate does it.

use std::time::Instant;

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::boltzmann::figures::UNCONVERGED_SHARE;
use linfa_fisher::boltzmann::likelihood::Ais;
use linfa_fisher::boltzmann::{Dbm, LearningRate, MeanField, NegativePhase, Rbm};
use linfa_fisher::fisher::{FisherScore, GaussianMixtureScore, Scaling};
use linfa_fisher::observer::Event;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::Fault;
use super::contender::{Check, Contender, Measurement, Turn};
use super::mixture;
use super::work::{BATCH, GIBBS_STEPS, Kind, SWEEPS, TEMPERATURES, Work};

const SEED: u64 = 42;
/// Learning rate of every training.
const RATE: f32 = 0.05;
/// Images of which the check is computed.
const CHECKED: usize = 1000;

/// A machine before the work.
pub(crate) struct Start {
    work: Work,
    /// The couplings of neighbouring layers, or the weights, means and variances of a mixture in
    /// columns, `k x (1 + 2 d)`.
    weights: Vec<Array2<f32>>,
    biases: Vec<Array1<f32>>,
}

impl Start {
    /// Small random weights, visible biases at the images' base rates; or a mixture of patches.
    pub(crate) fn new(work: Work, records: ArrayView2<f32>) -> Result<Self, Fault> {
        if work.kind() == Kind::Mixture {
            return Ok(Self {
                work,
                weights: vec![mixture::parameters(records)?],
                biases: Vec::new(),
            });
        }
        let means = records.mean_axis(Axis(0)).ok_or("no records")?;
        let layers = [&[means.len()], work.hidden()].concat();
        let scale = if work == Work::Ais { 0.05 } else { 0.01 };
        let mut rng = Xoshiro256Plus::seed_from_u64(SEED);
        let mut normal = |shape: (usize, usize)| {
            let values: Array2<f32> = Array2::random_using(shape, StandardNormal, &mut rng);
            values * scale
        };
        let mut biases = vec![means.mapv(|mean| logit(mean.clamp(0.01, 0.99)))];
        biases.extend(work.hidden().iter().map(|&units| Array1::zeros(units)));
        Ok(Self {
            work,
            weights: layers.windows(2).map(|l| normal((l[0], l[1]))).collect(),
            biases,
        })
    }

    /// Couplings of the visible units, or the mixture.
    pub(crate) fn weights(&self) -> ArrayView2<'_, f32> {
        self.weights[0].view()
    }
}

fn logit(p: f32) -> f32 {
    (p / (1.0 - p)).ln()
}

/// This crate as a contender that starts from the given machine.
pub(crate) fn contender(
    start: Start,
    records: ArrayView2<'_, f32>,
) -> Result<Contender<'_>, Fault> {
    let Start {
        work,
        mut weights,
        mut biases,
    } = start;
    Ok(match work.kind() {
        Kind::Rbm => ours(Box::new(move || rbm_epoch(work, records))),
        Kind::Dbm => {
            let machine = Dbm::from_parts(weights, biases)?;
            ours(Box::new(move || dbm_epoch(work, &machine, records)))
        }
        Kind::Ais => {
            let (visible, hidden) = (biases.remove(0), biases.remove(0));
            let machine = Rbm::from_parts(weights.remove(0), visible, hidden)?;
            let ais = Ais::new(BATCH, TEMPERATURES)?.base_rates(records)?;
            ours(Box::new(move || partition(&ais, &machine)))
        }
        Kind::Mixture => {
            let mixture = mixture::of(weights.remove(0).view())?;
            let sets = mixture::descriptors(records)?;
            ours(Box::new(move || vectors(&mixture, sets.view())))
        }
        Kind::Features(_) | Kind::Svm(_) | Kind::Neighbor(_) | Kind::Folds => {
            return Err(format!("{work} starts from a trained machine").into());
        }
    })
}

/// This crate with a way to do the work.
pub(crate) fn ours(turn: Turn<'_>) -> Contender<'_> {
    let threads = rayon::current_num_threads().to_string();
    Contender {
        is_ours: true,
        ..Contender::new("linfa-fisher", threads, turn)
    }
}

/// `BernoulliRBM` has neither momentum nor weight decay. The time of the whole `fit` counts, as it
/// does for the peer.
fn rbm_epoch(work: Work, records: ArrayView2<f32>) -> Result<Measurement, Fault> {
    let params = Rbm::params(work.hidden()[0])
        .epochs(1)
        .batch_size(BATCH)
        .learning_rate(LearningRate::Constant(RATE))
        .momentum(0.0)
        .weight_decay(0.0)
        .negative_phase(NegativePhase::Persistent {
            chains: BATCH,
            steps: 1,
        })
        .check()?;
    let (seconds, rbm) = warm(|| (), |()| Ok(params.fit(&DatasetBase::from(records))?))?;
    let likelihoods = rbm.pseudo_log_likelihood(first(records))?;
    Ok(Measurement::ours(
        seconds,
        Check::mean(likelihoods.mean()),
        None,
    ))
}

/// Training starts from a given machine, as the peers' does. The time of all of `fit_with` counts.
fn dbm_epoch(work: Work, start: &Dbm<f32>, records: ArrayView2<f32>) -> Result<Measurement, Fault> {
    let params = Dbm::params(work.hidden())
        .pretraining_epochs(0)
        .epochs(1)
        .batch_size(BATCH)
        .learning_rate(LearningRate::Constant(RATE))
        .momentum(0.5)
        .weight_decay(2e-4)
        .mean_field(MeanField {
            iterations: SWEEPS,
            tolerance: 0.0,
        })
        .negative_phase(NegativePhase::Persistent {
            chains: BATCH,
            steps: GIBBS_STEPS,
        })
        .check()?;
    let mut unfinished = 0.0;
    let mut observer = |event: &Event| {
        if let Event::Epoch { figures, .. } = event {
            unfinished = figures.get(UNCONVERGED_SHARE).unwrap_or(f64::NAN);
        }
    };
    let (seconds, dbm) = warm(
        || start.clone(),
        |start| {
            Ok(params
                .run(&DatasetBase::from(records))
                .from(start)
                .observer(&mut observer)
                .train()?)
        },
    )?;
    let note = format!(
        "{:.1} % of the images still moved in the last of {SWEEPS} mean-field sweeps; the others \
         had reached a fixed point, to the last bit",
        100.0 * unfinished
    );
    let error = reconstruction_error(&dbm, first(records));
    Ok(Measurement::ours(seconds, Check::mean(error), Some(note)))
}

/// `log Z`; the base rates are computed before the clock starts, as they are for the peer.
fn partition(ais: &Ais<f32>, machine: &Rbm<f32>) -> Result<Measurement, Fault> {
    let rng = || Xoshiro256Plus::seed_from_u64(SEED);
    let (seconds, estimate) = warm(rng, |mut rng| {
        Ok(ais.log_partition(machine.parameters(), &mut rng)?)
    })?;
    let check = Check {
        value: estimate.value(),
        standard_error: Some(estimate.standard_error()),
    };
    Ok(Measurement::ours(seconds, check, None))
}

/// Descriptors are cut, and memory for the vectors is taken, before the clock starts, as they are
/// for the peer.
fn vectors(
    mixture: &GaussianMixtureScore<f32>,
    sets: ArrayView2<f32>,
) -> Result<Measurement, Fault> {
    let layout = mixture.layout(false);
    let mut vectors = Array2::zeros((sets.nrows(), layout.length()));
    let scaling = Scaling::power_l2();
    let work = |()| Ok(mixture.write_fisher_vectors(sets, scaling, vectors.view_mut())?);
    let (seconds, ()) = warm(|| (), work)?;
    let sum: f64 = vectors.iter().map(|&x| f64::from(x.abs())).sum();
    let check = Check {
        value: sum / vectors.len() as f64,
        standard_error: None,
    };
    Ok(Measurement::ours(seconds, check, None))
}

/// Prepares and works twice; the second time counts. Returns the seconds and the result.
fn warm<S, T>(
    mut prepare: impl FnMut() -> S,
    mut work: impl FnMut(S) -> Result<T, Fault>,
) -> Result<(f64, T), Fault> {
    work(prepare())?;
    let prepared = prepare();
    let start = Instant::now();
    let done = work(prepared)?;
    Ok((start.elapsed().as_secs_f64(), done))
}

fn first(records: ArrayView2<f32>) -> ArrayView2<f32> {
    records.slice_move(s![..CHECKED.min(records.nrows()), ..])
}

/// The mean squared difference between images and `p(v | h1)` after a bottom-up pass.
fn reconstruction_error(dbm: &Dbm<f32>, visible: ArrayView2<f32>) -> Option<f32> {
    let theta = dbm.parameters();
    let (weights, biases) = (&theta.weights()[0], theta.biases());
    let hidden = (visible.dot(weights) * 2.0 + &biases[1]).mapv(sigmoid);
    let means = (hidden.dot(&weights.t()) + &biases[0]).mapv(sigmoid);
    (means - visible).mapv(|x| x * x).mean()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
