//! Improved Fisher vectors of all of MNIST, by landmarks, and what two classifiers make of them.
//!
//!     cargo run --release --example mnist_idfk -- --data-dir data

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use linfa::prelude::*;
use linfa_fisher::boltzmann::{Dbm, LearningRate};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::LandmarkFeatures;
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::traits::FitObserved;
use linfa_linalg::cholesky::SolveC;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Ix1, Zip, s};
use rayon::prelude::*;

/// Improved Fisher vectors of all of MNIST, by landmarks, and what two classifiers make of them.
#[derive(Parser)]
struct Args {
    /// Folder that holds MNIST.
    #[arg(long, env = "LINFA_FISHER_DATA", default_value = "data")]
    data_dir: PathBuf,
    /// Units of the machine's hidden layers.
    #[arg(long, value_delimiter = ',', default_values_t = [20, 40])]
    hidden: Vec<usize>,
    /// Epochs of the machine's joint training; each layer is pretrained for a quarter of them.
    #[arg(long, default_value_t = 40)]
    epochs: usize,
    /// Training images that stand for all others.
    #[arg(long, default_value_t = 4096)]
    landmarks: usize,
    /// Number of features.
    #[arg(long, default_value_t = 512)]
    rank: usize,
    /// What is added to the variance of every feature, relative to the largest one.
    #[arg(long, default_value_t = 1e-4)]
    damping: f64,
    /// Training images to use; all of them without it.
    #[arg(long)]
    rows: Option<usize>,
}

type Images = Dataset<f32, usize, Ix1>;

fn main() {
    if let Err(error) = run(&Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut steps = Steps::default();
    let (train, test) = images(args)?;
    steps.finish(&format!(
        "{} + {} images",
        train.nsamples(),
        test.nsamples()
    ));

    let machine = Dbm::params(&args.hidden)
        .epochs(args.epochs)
        .pretraining_epochs(args.epochs.div_ceil(4))
        .learning_rate(LearningRate::LinearToZero { initial: 0.02 })
        .centred(true)
        .fit_observed(&train, &mut ProgressBar::new("machine"))?;
    steps.finish(&format!("machine of {:?} hidden units", args.hidden));

    let features = LandmarkFeatures::idfk(machine)
        .landmarks(args.landmarks.min(train.nsamples()))
        .rank(args.rank)
        .damping(args.damping)
        .fit_observed(&train, &mut ProgressBar::new("landmarks"))?;
    let explained = 100.0 * features.explained();
    steps.finish(&format!("features, {explained:.1} % of the kernel told"));

    let (train, test) = (features.transform(train)?, features.transform(test)?);
    steps.finish(&format!("{} features of all images", train.records.ncols()));

    let ridge = Ridge::validated(&train)?;
    let linear = accuracy(&ridge.predict(test.records.view()), &test.targets);
    steps.finish(&format!("ridge classifier, penalty {:e}", ridge.penalty));

    let nearest = nearest(&train, test.records.view());
    let nearest = accuracy(&nearest, &test.targets);
    steps.finish("nearest neighbour by the cosine");

    println!("{}", steps.table);
    println!("ridge classifier: {linear:.2} % of the test images, 1-NN: {nearest:.2} %");
    Ok(())
}

/// The training and the test images, binarised.
fn images(args: &Args) -> Result<(Images, Images), Box<dyn Error>> {
    let mnist = datasets::mnist::<f32>(&args.data_dir)?;
    let binarize = Binarize::new(0.5)?;
    let rows = args.rows.unwrap_or(usize::MAX).min(mnist.train.nsamples());
    let (records, targets) = (mnist.train.records, mnist.train.targets);
    let records = records.slice_move(s![..rows, ..]);
    let train = Dataset::new(records, targets.slice_move(s![..rows]));
    Ok((binarize.transform(train), binarize.transform(mnist.test)))
}

/// Time and memory of each step.
struct Steps {
    table: Table,
    started: Instant,
}

impl Default for Steps {
    fn default() -> Self {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN);
        table.set_header(["step", "s", "peak memory so far, MB"]);
        let started = Instant::now();
        Self { table, started }
    }
}

impl Steps {
    fn finish(&mut self, step: &str) {
        let seconds = format!("{:.1}", self.started.elapsed().as_secs_f64());
        let memory = peak_memory().map_or_else(|| "-".into(), |mb| mb.to_string());
        self.table.add_row([step, &seconds, &memory]);
        self.started = Instant::now();
    }
}

/// The largest resident set of the process so far in MB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1000)
}

/// Least squares on targets of 1 for the class and -1 for all others, with a penalty on weights.
struct Ridge {
    weights: Array2<f32>,
    offsets: Array1<f32>,
    penalty: f32,
}

impl Ridge {
    /// The classifier with the penalty that is best for the last sixth of the records when it
    /// learns from the others.
    fn validated(train: &Images) -> Result<Self, Box<dyn Error>> {
        let train = train.view();
        let (rest, held_out) = train.split_with_ratio(5.0 / 6.0);
        let mut best = (0.0, 0.0);
        for penalty in [1e-1, 1e-2, 1e-3, 1e-4, 1e-5] {
            let ridge = Self::fit(rest.records.view(), rest.targets.view(), penalty)?;
            let predicted = ridge.predict(held_out.records.view());
            let share = accuracy(&predicted, &held_out.targets.to_owned());
            if share > best.0 {
                best = (share, penalty);
            }
        }
        Self::fit(train.records.view(), train.targets.view(), best.1)
    }

    /// The classifier with a penalty relative to the mean variance of the features.
    fn fit(
        records: ArrayView2<f32>,
        targets: ArrayView1<usize>,
        penalty: f32,
    ) -> Result<Self, Box<dyn Error>> {
        let n = records.nrows() as f32;
        let classes = targets.iter().max().map_or(0, |most| most + 1);
        let sign = |(i, class): (usize, usize)| if targets[i] == class { 1.0 } else { -1.0 };
        let signs = Array2::from_shape_fn((records.nrows(), classes), sign);
        let offsets = signs.sum_axis(Axis(0)) / n;
        let mut moments = records.t().dot(&records) / n;
        let mean = moments.diag().sum() / moments.nrows() as f32;
        moments.diag_mut().mapv_inplace(|x| x + penalty * mean);
        let weights = moments.solvec(&(records.t().dot(&(signs - &offsets)) / n))?;
        Ok(Self {
            weights,
            offsets,
            penalty,
        })
    }

    fn predict(&self, records: ArrayView2<f32>) -> Array1<usize> {
        let scores = records.dot(&self.weights) + &self.offsets;
        scores.map_axis(Axis(1), |row| largest(row).0)
    }
}

/// The class of the training record with the largest cosine.
fn nearest(train: &Images, records: ArrayView2<f32>) -> Array1<usize> {
    let unit = |rows: ArrayView2<f32>| {
        let norms = rows.map_axis(Axis(1), |row| row.dot(&row).sqrt().max(f32::MIN_POSITIVE));
        &rows / &norms.insert_axis(Axis(1))
    };
    let (train_rows, records) = (unit(train.records.view()), unit(records));
    let mut classes = Array1::zeros(records.nrows());
    let blocks = classes.axis_chunks_iter_mut(Axis(0), 200).into_par_iter();
    blocks
        .zip(records.axis_chunks_iter(Axis(0), 200))
        .for_each(|(classes, block)| {
            let cosines = block.dot(&train_rows.t());
            Zip::from(classes)
                .and(cosines.rows())
                .for_each(|class, row| {
                    *class = train.targets[largest(row).0];
                });
        });
    classes
}

/// The place of the largest value, the first of equals, and the value.
fn largest(values: ArrayView1<f32>) -> (usize, f32) {
    let pairs = values.iter().copied().enumerate();
    pairs.fold((0, f32::NEG_INFINITY), |best, new| {
        if new.1 > best.1 { new } else { best }
    })
}

/// The share of right predictions in per cent.
fn accuracy(predicted: &Array1<usize>, targets: &Array1<usize>) -> f32 {
    let right = predicted
        .iter()
        .zip(targets)
        .filter(|(a, b)| a == b)
        .count();
    100.0 * right as f32 / targets.len() as f32
}
