//! Fisher vectors of an RBM (FK) and of a DBM (DFK, IDFK) against pixels, each with a linear support
//! vector machine and with the nearest neighbour, validated on the same stratified folds and
//! compared pair by pair.
//!
//! The cost C of every support vector machine is chosen by inner folds of the training rows. One
//! machine is trained for each fold, and shared by all pipelines that need it.
//!
//! Tables go to the terminal; the report is written as one HTML page that opens in any browser, and
//! as JSON, CSV and Markdown.
//!
//! ```sh
//! cargo run --release --features report --example compare
//! cargo run --release --features report --example compare -- --dataset alphanumeric --data-dir data
//! ```

mod pipelines;

use std::error::Error;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use linfa::prelude::*;
use linfa_fisher::ImageShape;
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::model_selection::{CrossValidation, CrossValidator, Metric, StratifiedKFold};
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::report::ValidationReport;
use linfa_fisher::report::plot::GreyScale;
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
    /// Path of the report, to which .html, .json, .csv and .md are added
    #[arg(long, default_value = "compare")]
    report: PathBuf,
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
    let folder = || args.data_dir.clone().or_else(datasets::data_dir);
    let (images, shape, k) = match args.dataset {
        Set::Digits => (datasets::digits::<f32>()?, ImageShape::DIGITS, 10),
        Set::Alphanumeric => {
            let folder = folder().unwrap_or_else(|| "data".into());
            (
                datasets::alphanumeric::<f32>(folder)?,
                ImageShape::ALPHANUMERIC,
                40,
            )
        }
    };
    let k = args.k.unwrap_or(k);
    let mut run = Run {
        images: Binarize::new(0.5)?.transform(images),
        folds: StratifiedKFold::new(k).first(args.folds.unwrap_or(k)),
        jobs: args.jobs,
        validations: Vec::new(),
    };
    let (start, machines) = (Instant::now(), Machines::new(k));
    let asked = |features: &Features| args.features.contains(features);
    for features in Features::ALL.into_iter().filter(asked) {
        machines.validate(features, &mut run)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    run.report(args.dataset, shape, &args.report)?;
    println!("{seconds:.0} s in all");
    Ok(())
}

/// What is validated, and how.
struct Run {
    images: Images,
    folds: StratifiedKFold,
    /// Folds at the same time.
    jobs: usize,
    validations: Vec<Validated>,
}

struct Validated {
    name: String,
    parameters: String,
    validation: CrossValidation<usize>,
}

impl Run {
    fn validate<P>(&mut self, name: &str, params: &P) -> linfa_fisher::Result<()>
    where
        P: FitObserved<Array2<f32>, Array1<usize>, linfa_fisher::Error> + Debug + Sync,
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
        self.validations.push(Validated {
            name: name.to_owned(),
            parameters: format!("{params:?}"),
            validation,
        });
        Ok(())
    }

    /// Prints the tables and writes the report.
    fn report(&self, set: Set, shape: ImageShape, path: &Path) -> linfa_fisher::Result<()> {
        let (k, first) = (self.folds.k(), self.folds.validated());
        let mut report = ValidationReport::new(set.title(), &self.images)?
            .folds(format!(
                "the first {first} of {k} stratified folds, seed 42"
            ))
            .note("images", "binarised at 0.5")
            .class_names(set.class_names())?
            .metric(Metric::roc_auc())
            .images(shape, GreyScale::ink())?;
        for Validated {
            name,
            parameters,
            validation,
        } in &self.validations
        {
            report = report.add(name, parameters, validation)?;
        }
        println!("{report}");
        for file in report.save(path)? {
            println!("{}", file.display());
        }
        Ok(())
    }
}

impl Set {
    fn title(self) -> &'static str {
        match self {
            Self::Digits => "Handwritten digits",
            Self::Alphanumeric => "Alphanumeric",
        }
    }

    fn class_names(self) -> Vec<String> {
        let classes = match self {
            Self::Digits => 10,
            Self::Alphanumeric => 36,
        };
        let name = |class| {
            char::from_digit(class, 36)
                .unwrap_or('?')
                .to_ascii_uppercase()
        };
        (0..classes).map(|class| name(class).to_string()).collect()
    }
}
