//! Improved Fisher vectors of all of MNIST, by landmarks, and what two classifiers make of them.
//!
//!     cargo run --release --example mnist_idfk -- --data-dir data

#[path = "shared/accuracy.rs"]
mod accuracy;
#[path = "shared/clock.rs"]
mod clock;
#[path = "shared/options.rs"]
mod options;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use linfa::prelude::*;
use linfa_fisher::classification::{CosineDist, KNearestNeighbors, LinearSvm};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::LandmarkFeatures;
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::traits::FitObserved;
use ndarray::{Ix1, s};

use accuracy::accuracy;
use clock::{Clock, peak_memory};
use options::FitOptions;

/// Costs C that the linear support vector machine is validated with.
const COSTS: [f64; 7] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

/// Improved Fisher vectors of all of MNIST, by landmarks, and what two classifiers make of them.
#[derive(Parser)]
struct Args {
    /// Folder that holds MNIST.
    #[arg(long, env = "LINFA_FISHER_DATA", default_value = "data")]
    data_dir: PathBuf,
    #[command(flatten)]
    fit: FitOptions,
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

    let fit = &args.fit;
    let machine = fit.machine();
    let machine = machine.fit_observed(&train, &mut ProgressBar::new("machine"))?;
    steps.finish(&format!("machine of {:?} hidden units", fit.hidden));

    let features = LandmarkFeatures::idfk(machine)
        .landmarks(fit.landmarks.min(train.nsamples()))
        .rank(fit.rank)
        .damping(fit.damping)
        .fit_observed(&train, &mut ProgressBar::new("landmarks"))?;
    let explained = 100.0 * features.explained();
    steps.finish(&format!("features, {explained:.1} % of the kernel told"));

    let (train, test) = (features.transform(train)?, features.transform(test)?);
    steps.finish(&format!("{} features of all images", train.records.ncols()));

    let (cost, machine) = validated(&train)?;
    let linear = accuracy(&machine.try_predict(&test.records)?, &test.targets);
    steps.finish(&format!("linear support vector machine, C = {cost:e}"));

    let neighbours = KNearestNeighbors::params(1).distance(CosineDist);
    let nearest = neighbours.fit(&train)?.try_predict(&test.records)?;
    let nearest = accuracy(&nearest, &test.targets);
    steps.finish("nearest neighbour by the cosine");

    println!("{}", steps.table);
    println!("linear SVM: {linear:.2} % of the test images, 1-NN: {nearest:.2} %");
    Ok(())
}

/// The training and the test images, binarised.
fn images(args: &Args) -> Result<(Images, Images), Box<dyn Error>> {
    let mnist = datasets::mnist::<f32>(&args.data_dir)?;
    let binarize = Binarize::new(0.5)?;
    let rows = args
        .fit
        .rows
        .unwrap_or(usize::MAX)
        .min(mnist.train.nsamples());
    let (records, targets) = (mnist.train.records, mnist.train.targets);
    let records = records.slice_move(s![..rows, ..]);
    let train = Dataset::new(records, targets.slice_move(s![..rows]));
    Ok((binarize.transform(train), binarize.transform(mnist.test)))
}

/// Time and memory of each step.
struct Steps {
    table: Table,
    clock: Clock,
}

impl Default for Steps {
    fn default() -> Self {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN);
        table.set_header(["step", "s", "peak memory so far, MB"]);
        let clock = Clock::start();
        Self { table, clock }
    }
}

impl Steps {
    fn finish(&mut self, step: &str) {
        let seconds = format!("{:.1}", self.clock.lap());
        self.table.add_row([step, &seconds, &peak_memory()]);
    }
}

/// The linear support vector machine of the cost that is best for the last sixth of the records when
/// it learns from the others; it has learnt from all. Equal ones give the smaller cost.
fn validated(train: &Images) -> Result<(f64, LinearSvm<f32, usize>), Box<dyn Error>> {
    let all = train.view();
    let (rest, held_out) = all.split_with_ratio(5.0 / 6.0);
    let params = LinearSvm::params();
    let path = params.clone().check()?.fit_path(&rest, &COSTS)?;
    let mut best = (0.0, COSTS[0]);
    for (model, cost) in path.iter().zip(COSTS) {
        let predicted = model.try_predict(&held_out.records)?;
        let share = accuracy(&predicted, &held_out.targets.to_owned());
        if share > best.0 {
            best = (share, cost);
        }
    }
    Ok((best.1, params.c(best.1).fit(train)?))
}
