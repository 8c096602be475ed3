//! To choose or to compress: what is found by a few bytes of an image's Fisher vector.
//!
//! A deep Boltzmann machine learns images without their labels. Its Fisher vectors are cut down to
//! some bytes an image in seven ways: leading whitened features, scores of largest variance and
//! random projections, each as numbers and as bits, and product quantisation. Test images are
//! queries for training images of their class: the table has the accuracy of the nearest one and
//! the mean average precision of the ranking of all. Zhang, Wu and Cai (2014) found that choosing
//! scores and keeping one bit of each is best for ordinary Fisher vectors; Ahmed and Azim (2018)
//! that compression is better for those of Boltzmann machines.
//!
//! What a method leaves open is chosen by training images that were held out, by the one or the
//! other figure (`--by`); test images are for the table alone.
//!
//! ```sh
//! cargo run --release --example compression
//! cargo run --release --example compression -- --data-dir data --rows 10000 --by precision
//! ```

mod codes;
mod images;
#[path = "../shared/options.rs"]
mod options;
mod plan;
mod ranking;
mod vectors;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use indicatif::{ProgressBar, ProgressStyle};
use linfa::dataset::Records;
use linfa_fisher::observer;
use linfa_fisher::traits::FitObserved;

use images::Images;
use options::FitOptions;
use plan::{Plan, Setting};
use ranking::Quality;
use vectors::Part;

/// To choose or to compress: what is found by a few bytes of an image's Fisher vector.
#[derive(Parser)]
struct Args {
    /// Folder that holds MNIST [default: the embedded digits instead]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Bytes an image, multiples of 4 [default: 16,32,64 of MNIST, 4,8,16 of the digits]
    #[arg(long, value_delimiter = ',')]
    bytes: Option<Vec<usize>>,
    /// What of held-out training images settings are chosen by
    #[arg(long, value_enum, default_value_t = Criterion::Accuracy)]
    by: Criterion,
    /// Seed of the split of the digits, of random projections and of centroids
    #[arg(long, default_value_t = 42)]
    seed: u64,
    #[command(flatten)]
    fit: FitOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Criterion {
    /// Accuracy of the nearest image
    Accuracy,
    /// Mean average precision
    Precision,
}

impl Args {
    fn bytes(&self) -> Vec<usize> {
        let few = match self.data_dir {
            Some(_) => [16, 32, 64],
            None => [4, 8, 16], // their features are fewer
        };
        self.bytes.clone().unwrap_or(few.into())
    }
}

fn main() {
    // `main` returning the error would print it for a programmer
    if let Err(error) = run(&Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let images = Images::read(args.data_dir.as_deref(), args.fit.rows, args.seed)?;
    let (train, test) = (&images.train, &images.test);
    let plans = plan::all(&args.bytes(), args.fit.rank.min(train.nsamples() - 1))?;
    println!(
        "{} images to search, {} queries",
        train.nsamples(),
        test.nsamples()
    );

    let machine = args.fit.machine();
    let machine = machine.fit_observed(train, &mut observer::ProgressBar::new("machine"))?;
    let (train, test) = vectors::of(machine, &images, &plans, &args.fit)?;

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "bytes",
        "method",
        "setting",
        "1-NN, %",
        "mAP",
        "fit, s",
        "search, s",
    ]);
    let style = ProgressStyle::with_template("{msg:32} {pos}/{len} [{elapsed}]")?;
    let bar = ProgressBar::new(plans.len() as u64).with_style(style);
    for plan in &plans {
        bar.set_message(plan.to_string());
        table.add_row(measured(plan, &train, &test, args)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{table}");
    Ok(())
}

/// A row of the table.
fn measured(
    plan: &Plan,
    train: &Part,
    test: &Part,
    args: &Args,
) -> Result<[String; 7], Box<dyn Error>> {
    let setting = best_setting(plan, train, args)?;
    let start = Instant::now();
    let codes = plan.fit(train, setting, args.seed)?;
    let fit = start.elapsed().as_secs_f64();
    let quality = Quality::of(codes.as_ref(), train, test)?;
    Ok([
        plan.bytes(train).to_string(),
        plan.to_string(),
        plan.describe(setting),
        format!("{:.2}", 100.0 * quality.accuracy),
        format!("{:.4}", quality.precision),
        format!("{fit:.2}"),
        format!("{:.2}", quality.seconds),
    ])
}

/// The setting that is best for held-out training images; the first one of equally good ones.
fn best_setting(plan: &Plan, train: &Part, args: &Args) -> Result<Setting, Box<dyn Error>> {
    let settings = plan.settings();
    let mut best = (settings[0], -1.0);
    if settings.len() > 1 {
        let (rest, held_out) = train.held_out();
        for setting in settings {
            let codes = plan.fit(&rest, setting, args.seed)?;
            let quality = Quality::of(codes.as_ref(), &rest, &held_out)?;
            let value = match args.by {
                Criterion::Accuracy => quality.accuracy,
                Criterion::Precision => quality.precision,
            };
            if value > best.1 {
                best = (setting, value);
            }
        }
    }
    Ok(best.0)
}
