//! Table 3: other systems, run on the same splits by the same code, with what they cost.

use std::error::Error;
use std::fmt::{self, Display};
use std::fs;
use std::io::ErrorKind;
use std::time::Instant;

use linfa::prelude::*;
use linfa_fisher::boltzmann::{Dbm, LearningRate};
use linfa_fisher::classification::LinearSvm;
use linfa_fisher::datasets::{Binarize, Split};
use linfa_fisher::discriminative::{ClassRbm, DbmClassifier, DeepBeliefNetwork, Likelihood};
use linfa_fisher::fisher::{FisherKernel, LandmarkFeatures};
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::traits::{FitObserved, TryPredict};
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use crate::Lab;
use crate::charts::{Axes, Lines, Series};
use crate::classifiers::{accuracy, best_cost, validation_split};
use crate::clock::peak_memory;
use crate::intervals::Binomial;
use crate::machines::Training;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::published::table3;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::{Images, Set};
use crate::vectors::Whitening;

/// A system with its settings.
#[derive(Debug, Clone, PartialEq)]
enum System {
    /// The settings of Table 2.
    Idfk(Box<Recipe>),
    BeliefNetwork {
        hidden: Vec<usize>,
        pretraining: usize,
        epochs: usize,
    },
    ClassRbm {
        hidden: usize,
        generative: f32,
        epochs: usize,
        batch: usize,
    },
    FineTunedDbm {
        hidden: [usize; 2],
        training: Training,
        epochs: usize,
        batch: usize,
        rate: f32,
        /// Share of hidden units that are left out.
        dropout: f64,
    },
}

impl Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idfk(recipe) => {
                let (dbm, training) = (recipe.set.sizes().dbm, &recipe.training);
                write!(
                    f,
                    "images binarised at {}; DBM {dbm:?}, {} + {} epochs; {} landmarks at most; {}",
                    recipe.threshold,
                    training.pretraining,
                    training.epochs,
                    recipe.size.landmarks,
                    recipe.idfk,
                )
            }
            Self::BeliefNetwork {
                hidden,
                pretraining,
                epochs,
            } => write!(
                f,
                "{hidden:?} units, {pretraining} epochs of each machine, {epochs} of the network"
            ),
            Self::ClassRbm {
                hidden,
                generative,
                epochs,
                batch,
            } => write!(
                f,
                "{hidden} units, {generative} of the generative objective, {epochs} epochs of batches \
                 of {batch}"
            ),
            Self::FineTunedDbm {
                hidden,
                training,
                epochs,
                batch,
                rate,
                dropout,
            } => write!(
                f,
                "{hidden:?} units, {} + {} epochs of the machine, {epochs} of the network in batches \
                 of {batch} at a rate of {rate}, {dropout} of its hidden units left out",
                training.pretraining, training.epochs
            ),
        }
    }
}

/// The systems of a set, each with the settings that it is chosen from.
fn systems(set: Set, quick: bool) -> Vec<(&'static str, Vec<System>)> {
    let dbn = |hidden: &[usize], pretraining, epochs| System::BeliefNetwork {
        hidden: hidden.to_vec(),
        pretraining,
        epochs,
    };
    let class_rbm = |hidden, generative, epochs, batch| System::ClassRbm {
        hidden,
        generative,
        epochs,
        batch,
    };
    let dbm =
        |hidden, epochs, pretraining, fine_tuning, (batch, rate, dropout)| System::FineTunedDbm {
            hidden,
            training: Training {
                epochs,
                pretraining,
                rate: 0.02,
                decay: 2e-4,
            },
            epochs: fine_tuning,
            batch,
            rate,
            dropout,
        };
    let (large, small) = ((100, 0.1, 0.5), (10, 0.1, 0.5));
    let [dbns, class_rbms, dbms] = match set {
        _ if quick => [
            vec![dbn(&[50, 50], 30, 100)],
            vec![class_rbm(50, 0.1, 100, 100), class_rbm(50, 0.01, 100, 100)],
            vec![dbm([30, 40], 30, 10, 100, small)],
        ],
        Set::Mnist => [
            vec![dbn(&[500, 500, 2000], 10, 60)],
            vec![class_rbm(1000, 0.01, 20, 10)],
            vec![dbm([500, 1000], 60, 5, 60, (20, 0.05, 0.2))],
        ],
        Set::Alphanumeric => [
            vec![dbn(&[500, 500], 50, 100), dbn(&[1000], 50, 100)],
            vec![
                class_rbm(200, 0.1, 100, 100),
                class_rbm(200, 1.0, 100, 100),
                class_rbm(200, 0.1, 40, 10),
            ],
            vec![
                dbm([200, 300], 60, 30, 100, large),
                dbm([200, 300], 60, 30, 100, small),
            ],
        ],
        _ => [
            vec![dbn(&[500, 500], 20, 60), dbn(&[1000, 1000], 20, 60)],
            vec![class_rbm(500, 0.1, 30, 10), class_rbm(500, 0.01, 30, 10)],
            vec![dbm([500, 500], 40, 20, 100, large)],
        ],
    };
    vec![
        (
            "IDFK, linear SVM",
            vec![System::Idfk(Box::new(Recipe::of(set, quick)))],
        ),
        ("Deep Belief Network", dbns),
        ("ClassRBM", class_rbms),
        ("DBM, fine-tuned", dbms),
    ]
}

/// The class of every image.
type Predict = dyn Fn(&Array2<f32>) -> linfa_fisher::Result<Array1<usize>>;

/// A trained system.
struct Trained {
    predict: Box<Predict>,
    numbers: usize,
}

impl System {
    fn train(&self, images: &Images, seed: u64) -> linfa_fisher::Result<Trained> {
        let rng = Xoshiro256Plus::seed_from_u64(seed);
        let rate = |initial| LearningRate::LinearToZero { initial };
        match self {
            Self::Idfk(recipe) => idfk(recipe, images, seed),
            Self::BeliefNetwork {
                hidden,
                pretraining,
                epochs,
            } => {
                let params = DeepBeliefNetwork::params(hidden)
                    .pretraining(|rbm| rbm.epochs(*pretraining).batch_size(100))
                    .epochs(*epochs)
                    .batch_size(100)
                    .learning_rate(rate(0.5))
                    .dropout(0.2, 0.5)
                    .with_rng(rng);
                let model = params.fit_observed(images, &mut ProgressBar::new("DBN"))?;
                let numbers = count(model.parameters());
                Ok(Trained::of(model, numbers))
            }
            Self::ClassRbm {
                hidden,
                generative,
                epochs,
                batch,
            } => {
                let generative = *generative;
                // small batches take the steps, or momentum does
                let (initial, momentum) = if *batch < 50 { (0.3, 0.0) } else { (0.1, 0.9) };
                let params = ClassRbm::params(*hidden)
                    .likelihood(Likelihood::Hybrid { generative })
                    .epochs(*epochs)
                    .batch_size(*batch)
                    .learning_rate(rate(initial))
                    .momentum(momentum)
                    .with_rng(rng);
                let model = params.fit_observed(images, &mut ProgressBar::new("ClassRBM"))?;
                let numbers = count(model.parameters());
                Ok(Trained::of(model, numbers))
            }
            Self::FineTunedDbm {
                hidden,
                training,
                epochs,
                batch,
                rate: initial,
                dropout,
            } => {
                let machine = training.dbm(*hidden, images, seed)?;
                let params = DbmClassifier::params(machine)
                    .epochs(*epochs)
                    .batch_size(*batch)
                    .learning_rate(rate(*initial))
                    .dropout(0.2, *dropout)
                    .with_rng(rng);
                let model = params.fit_observed(images, &mut ProgressBar::new("fine-tuning"))?;
                let numbers = count(model.parameters()) + count(model.machine().parameters());
                Ok(Trained::of(model, numbers))
            }
        }
    }
}

impl Trained {
    fn of(model: impl TryPredict<f32, usize> + 'static, numbers: usize) -> Self {
        let predict = Box::new(move |records: &Array2<f32>| model.try_predict(records));
        Self { predict, numbers }
    }
}

/// The vectors of Table 2 and a linear machine, its cost chosen on a sixth of the images.
fn idfk(recipe: &Recipe, images: &Images, seed: u64) -> linfa_fisher::Result<Trained> {
    let binarize = Binarize::new(recipe.threshold)?;
    let images = binarize.transform(images.clone());
    let dbm: Dbm<f32> = recipe.training.dbm(recipe.set.sizes().dbm, &images, seed)?;
    let Whitening::Of { rank, damping } = recipe.idfk else {
        unreachable!("IDFK is whitened");
    };
    let features = LandmarkFeatures::params(FisherKernel::new(dbm).cosine())
        .landmarks(recipe.size.landmarks.min(images.nsamples()))
        .rank(rank)
        .damping(damping)
        .fit(&images)?;
    let vectors = features.transform(images)?;
    let squares = vectors.records.fold(0.0, |sum, &x| sum + f64::from(x * x));
    let factor = (vectors.nsamples() as f64 / squares).sqrt() as f32;
    let vectors = Dataset::new(vectors.records * factor, vectors.targets);
    let (cost, _) = best_cost(&LinearSvm::params(), &vectors, seed)?;
    let machine = LinearSvm::params().c(cost).fit(&vectors)?;
    let landmarks = features.landmarks();
    let units: usize = features.kernel().model().nhidden().iter().sum();
    let numbers = landmarks.len()
        + landmarks.nrows() * (units + features.nfeatures())
        + machine.coefficients().len()
        + count(features.kernel().model().parameters());
    let predict = move |records: &Array2<f32>| {
        let binary = binarize.transform(records.clone());
        machine.try_predict(&(features.transform(binary)? * factor))
    };
    Ok(Trained {
        predict: Box::new(predict),
        numbers,
    })
}

/// How many weights and biases there are.
fn count(parameters: &linfa_fisher::boltzmann::Parameters<f32>) -> usize {
    let weights = parameters.weights().iter().map(Array2::len);
    let biases = parameters.biases().iter().map(Array1::len);
    weights.chain(biases).sum()
}

/// Seconds that a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    match set {
        _ if plan.quick => 20.0,
        Set::Mnist => 3600.0,
        Set::Alphanumeric => 2400.0,
        _ => 600.0,
    }
}

/// The best of the settings on a sixth of the training images, trained on all and tested.
fn of_split(settings: &[System], split: &Split<f32>, seed: u64) -> linfa_fisher::Result<Fold> {
    let start = Instant::now();
    let mut chosen = (0, f64::NEG_INFINITY);
    if settings.len() > 1 {
        let (learnt, held_out) = validation_split(&split.train, seed)?;
        for (place, system) in settings.iter().enumerate() {
            let trained = system.train(&learnt, seed)?;
            let share = accuracy(&(trained.predict)(&held_out.records)?, &held_out.targets);
            if share > chosen.1 {
                chosen = (place, share);
            }
        }
    }
    let trained = settings[chosen.0].train(&split.train, seed)?;
    let training_seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let predicted = (trained.predict)(&split.test.records)?;
    Ok(Fold {
        chosen: chosen.0,
        right: accuracy(&predicted, &split.test.targets) / 100.0 * split.test.nsamples() as f64,
        training_seconds,
        prediction_seconds: start.elapsed().as_secs_f64(),
        bytes: 4 * trained.numbers,
    })
}

/// What a system does on one split.
struct Fold {
    /// The place of its settings.
    chosen: usize,
    right: f64,
    training_seconds: f64,
    prediction_seconds: f64,
    bytes: usize,
}

/// What a system does on all splits of a set.
fn outcome(
    (name, settings): (&str, &[System]),
    splits: &[Split<f32>],
    quick: bool,
) -> Result<Outcome, Box<dyn Error>> {
    let folds: Vec<Fold> = splits
        .iter()
        .map(|split| of_split(settings, split, 1))
        .collect::<Result<_, _>>()?;
    let tested: usize = splits.iter().map(|split| split.test.nsamples()).sum();
    let sum = |of: fn(&Fold) -> f64| folds.iter().map(of).sum::<f64>();
    let times = |place| folds.iter().filter(|fold| fold.chosen == place).count();
    let settings = settings
        .iter()
        .enumerate()
        .filter(|(place, _)| times(*place) > 0);
    let settings: Vec<String> = settings
        .map(|(place, system)| match splits.len() {
            1 => system.to_string(),
            _ => format!("{system} in {} folds", times(place)),
        })
        .collect();
    Ok(Outcome {
        system: name.to_owned(),
        settings: settings.join("; "),
        accuracy: 100.0 * sum(|fold| fold.right) / tested as f64,
        tested,
        training_seconds: sum(|fold| fold.training_seconds) / folds.len() as f64,
        prediction_seconds: sum(|fold| fold.prediction_seconds) / tested as f64,
        peak_memory: peak_memory(),
        bytes: folds.iter().map(|fold| fold.bytes).max().unwrap_or(0),
        quick,
    })
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("rivals", "Table 3: other systems, run");
    section.text(
        "Systems that the paper compares with by figures from elsewhere, trained and tested on the same \
         splits. Where several settings are given, the one that is best on a stratified sixth of the \
         training images is trained again on all of them; a single one is usual, or was found beforehand on \
         held-out training images (of MNIST's fine-tuned DBM, among twelve). IDFK is that of Table 2 and sees \
         binarised images, the others see grey levels. Networks are \
         trained with dropout (0.2 of the inputs, 0.5 of hidden units unless the settings say another share) \
         at a rate that falls to zero. Systems of a deep-learning framework are run by the program \
         `rivals`, beside the crate, whose results in the folder `rivals` of this report are shown, too.",
    );
    let (sets, quick) = (lab.plan.primary(), lab.plan.quick);
    // before the hours of the others: a file may be broken
    let of_program: Vec<_> = sets
        .iter()
        .map(|&set| of_program(lab, set))
        .collect::<Result<_, _>>()?;
    for (set, of_program) in sets.into_iter().zip(of_program) {
        let folder = lab.folder.clone();
        let folds = if quick { 2 } else { 40 };
        let splits = set.splits(&folder, folds, 1)?;
        let systems = systems(set, quick);
        let expected = expected(set, &lab.plan) / systems.len() as f64;
        let mut outcomes = Vec::new();
        for (place, (name, settings)) in systems.iter().enumerate() {
            let item = format!("rivals-{}-{place}", set.name());
            let work = || outcome((name, settings), &splits, quick);
            outcomes.push(lab.ledger.item(&item, expected, settings, work)?);
        }
        outcomes.extend(of_program);
        section.table(table(set, &outcomes));
        for (name, x, of) in [
            (
                "time",
                "seconds of training",
                (|it| it.training_seconds) as fn(&Outcome) -> f64,
            ),
            ("size", "size of the model, MB", |it| it.bytes as f64 / 1e6),
        ] {
            let series = outcomes.iter().map(|it| Series {
                name: it.system.clone(),
                points: vec![(of(it), it.accuracy)],
            });
            let lines = Lines {
                axes: Axes {
                    title: &format!("{}: accuracy against {x}", set.title()),
                    x,
                    y: "accuracy, %",
                    log_x: true,
                    log_y: false,
                },
                series: series.collect(),
            };
            let caption = format!("{}: accuracy against {x}", set.title());
            section.figure(
                format!("rivals-{}-{name}", set.name()),
                caption,
                lines.picture()?,
            );
        }
        section.number(set.name(), &outcomes)?;
    }
    Ok(section)
}

/// What the program `rivals` has left for a set, but for what it only tried.
fn of_program(lab: &Lab, set: Set) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let path = lab.out.join("rivals").join(format!("{}.json", set.name()));
    let bytes = match fs::read(&path) {
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|fault| format!("{}: {fault}", path.display()))?,
    };
    let mut outcomes: Vec<Outcome> = serde_json::from_slice(&bytes)
        .map_err(|fault| format!("{}: {fault}; mend or remove it", path.display()))?;
    outcomes.retain(|it| lab.plan.quick || !it.quick);
    // in whatever order they were run, a system has the same colour on all sets
    outcomes.sort_by(|a, b| a.system.cmp(&b.system));
    Ok(outcomes)
}

fn table(set: Set, outcomes: &[Outcome]) -> Table {
    let header = [
        "system",
        "accuracy",
        "95 % interval",
        "paper",
        "training, s",
        "prediction, ms an image",
        "peak, MB",
        "model, MB",
        "settings",
    ];
    let mut table = Table::new(set.title(), header);
    for it in outcomes {
        let interval = Binomial {
            share: it.accuracy / 100.0,
            trials: it.tested,
        };
        let [low, high] = interval.interval().map(|share| 100.0 * share);
        let mark = if it.quick { ", quick" } else { "" };
        table.row([
            format!("{}{mark}", it.system),
            format!("{:.2}", it.accuracy),
            format!("{low:.2} to {high:.2}"),
            table3(&it.system, set).map_or(String::new(), |value| format!("{value:.2}")),
            format!("{:.1}", it.training_seconds),
            format!("{:.3}", 1000.0 * it.prediction_seconds),
            it.peak_memory.clone(),
            format!("{:.1}", it.bytes as f64 / 1e6),
            it.settings.clone(),
        ]);
    }
    table
}
