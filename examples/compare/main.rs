//! Fisher vectors of an RBM (FK) and of a DBM (DFK, IDFK) against pixels, each with a linear support
//! vector machine and with the nearest neighbour, validated on the same stratified folds and
//! compared pair by pair.
//!
//! The cost C of every support vector machine is chosen by inner folds of the training rows. One
//! machine is trained for each fold, and shared by all pipelines that need it.
//!
//! ```sh
//! cargo run --release --example compare
//! cargo run --release --example compare -- --dataset alphanumeric --data-dir data
//! ```

mod pipelines;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use linfa::prelude::*;
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::model_selection::{
    Comparison, CrossValidation, CrossValidator, Metric, StratifiedKFold,
};
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::traits::{FitObserved, TryPredict};
use ndarray::{Array1, Array2, Ix1};

use self::pipelines::{Features, Machines};

#[derive(Parser)]
#[command(about = "Fisher vectors against pixels, on the same folds")]
struct Args {
    /// The images: those that come with the crate, or binaryalphadigs.mat
    #[arg(long, value_enum, default_value_t = Set::Digits)]
    dataset: Set,
    /// Folder of the files [default: $LINFA_FISHER_DATA, or data]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Features to compare
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Features::ALL)]
    features: Vec<Features>,
    /// Number of folds [default: 10 of the digits, 40 of Alphanumeric]
    #[arg(long)]
    k: Option<usize>,
    /// How many of the folds are validated [default: all]
    #[arg(long)]
    folds: Option<usize>,
    /// Folds that are validated at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    Digits,
    Alphanumeric,
}

type Images = Dataset<f32, usize, Ix1>;

fn main() {
    // `main` returning the error would print it for a programmer; the text tells the user what to do.
    if let Err(error) = run(Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let images = match args.dataset {
        Set::Digits => datasets::digits::<f32>()?,
        Set::Alphanumeric => {
            let folder = args.data_dir.or_else(datasets::data_dir);
            datasets::alphanumeric::<f32>(folder.unwrap_or_else(|| "data".into()))?
        }
    };
    let k = args.k.unwrap_or(match args.dataset {
        Set::Digits => 10,
        Set::Alphanumeric => 40,
    });
    let mut run = Run {
        images: Binarize::new(0.5)?.transform(images),
        folds: StratifiedKFold::new(k).first(args.folds.unwrap_or(k)),
        jobs: args.jobs,
        validations: Vec::new(),
        start: Instant::now(),
    };
    let machines = Machines::new(k);
    let asked = |features: &Features| args.features.contains(features);
    for features in Features::ALL.into_iter().filter(asked) {
        machines.validate(features, &mut run)?;
    }
    run.compare()
}

/// What is validated, and how.
struct Run {
    images: Images,
    folds: StratifiedKFold,
    /// Folds at the same time.
    jobs: usize,
    validations: Vec<(String, CrossValidation<usize>)>,
    start: Instant,
}

impl Run {
    fn validate<P>(&mut self, name: &str, params: &P) -> linfa_fisher::Result<()>
    where
        P: FitObserved<Array2<f32>, Array1<usize>, linfa_fisher::Error> + Sync,
        P::Object: TryPredict<f32, usize>,
    {
        let start = Instant::now();
        let mut bar = ProgressBar::new(name);
        let validation = CrossValidator::new(&self.folds)
            .jobs(self.jobs)
            .observer(&mut bar)
            .run(&self.images, params)?;
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{name}: {validation}, {seconds:.0} s");
        self.validations.push((name.to_owned(), validation));
        Ok(())
    }

    fn compare(&self) -> Result<(), Box<dyn Error>> {
        let named = self
            .validations
            .iter()
            .map(|(name, validation)| (name.as_str(), validation));
        let named: Vec<_> = named.collect();
        println!("{}", Comparison::new(&named, &Metric::accuracy())?);
        println!("{:.0} s in all", self.start.elapsed().as_secs_f64());
        Ok(())
    }
}
