//! Stratified cross-validation on the Alphanumeric set: Fisher vectors of an RBM (FK) and of a DBM
//! (DFK, IDFK) against pixels, each with a linear SVM and with the nearest neighbour.
//!
//! Every cell is measured twice: by linfa's `cross_validate_single` on the dataset arranged for it,
//! and by this crate's `cross_validate`, which validates all rows. The table goes to the terminal;
//! a report in Markdown and one in JSON are written beside each other after every method.
//!
//! ```sh
//! cargo run --release --example alphanumeric_cv -- --data-dir data
//! cargo run --release --example alphanumeric_cv -- --data-dir data --methods pixels,idfk --folds 3
//! ```
//!
//! With `--folds` only the first folds are validated, each as in the whole: `cross_validate_single`
//! cannot do that, so the folds are linfa's `iter_fold`, of which the others are not fitted.
//!
//! Memory: linfa trains all models before it validates the first, and holds them. A model of DFK
//! keeps its 1,369 training vectors of 16,000 numbers, or a basis as large, 88 MB; one of IDFK the
//! 256 leading eigenvectors, 16 MB. With 40 folds and a few matrices of the eigenvalue problem that
//! is about 4 GB at the most. Our own cross-validation, which comes after linfa's models have been
//! dropped, holds one model at a time: about 0.4 GB.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use linfa::dataset::{DatasetView, Labels, Records};
use linfa::prelude::*;
use linfa_fisher::boltzmann::{Dbm, DbmParams, LearningRate, Rbm};
use linfa_fisher::classification::{CosineDist, KNearestNeighbors, OneVsOne};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::{FisherFeatures, FisherFeaturesParams, Information};
use linfa_fisher::model_selection::{CrossValidation, StratifiedKFold, cross_validate_observed};
use linfa_fisher::observer::{Event, Observer, ProgressBar};
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::traits::{FitObserved, TryPredict};
use linfa_svm::{Svm, SvmError, SvmParams};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Ix1};
use rand_xoshiro::Xoshiro256Plus;
use serde_json::json;

#[derive(Parser)]
#[command(about = "Stratified cross-validation on the Alphanumeric set")]
struct Args {
    /// Folder that holds binaryalphadigs.mat [default: $LINFA_FISHER_DATA, or data]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Features to measure
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Method::ALL)]
    methods: Vec<Method>,
    /// Number of folds k that the images are dealt to
    #[arg(long, default_value_t = 40)]
    k: usize,
    /// How many of the k folds are validated [default: all]
    #[arg(long)]
    folds: Option<usize>,
    /// The reports' path, to which .md and .json are added
    #[arg(long, default_value = "alphanumeric_cv")]
    report: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    Pixels,
    Fk,
    Dfk,
    Idfk,
    IdfkFull,
}

impl Method {
    const ALL: [Self; 5] = [
        Self::Pixels,
        Self::Fk,
        Self::Dfk,
        Self::Idfk,
        Self::IdfkFull,
    ];
}

/// Accuracies in per cent that others measured: the paper's, and an independent replication's on
/// 5 of 40 folds.
struct Published {
    paper: &'static str,
    replication: &'static str,
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
    let folder = args.data_dir.or_else(datasets::data_dir);
    let folder = folder.unwrap_or_else(|| "data".into());
    let images = Binarize::new(0.5)?.transform(datasets::alphanumeric::<f32>(folder)?);
    let folds = StratifiedKFold::new(args.k).first(args.folds.unwrap_or(args.k));
    // bad numbers of folds, and folders that cannot be, are named before anything is trained
    folds.splits(&images.targets).map(drop)?;
    if let Some(folder) = args.report.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut run = Run {
        arranged: folds.arrange(images.view())?,
        folds,
        images,
        cells: Vec::new(),
        start: Instant::now(),
    };
    for method in &args.methods {
        match method {
            Method::Pixels => pixels(&mut run)?,
            Method::Fk => fk(&mut run)?,
            Method::Dfk => dfk(&mut run)?,
            Method::Idfk => {
                let figures = [("79.00 ± 0.05", "77"), ("77.6 ± 0.07", "70"), ("-", "72")];
                idfk_cells(&mut run, "IDFK", FisherFeatures::idfk(dbm()), figures)?
            }
            Method::IdfkFull => {
                let full_rank = Information::full_rank(0.1);
                let idfk = FisherFeatures::idfk(dbm()).information(full_rank);
                // nobody else has measured it
                idfk_cells(&mut run, "IDFK, full rank", idfk, [("-", "-"); 3])?
            }
        }
        run.report(&args.report)?;
    }
    println!("{}", run.markdown());
    Ok(())
}

fn pixels(run: &mut Run) -> linfa_fisher::Result<()> {
    run.cell("pixels", "SVM", &svm(), &published("-", "67"))?;
    let neighbor = KNearestNeighbors::params(1);
    run.cell("pixels", "1-NN", &neighbor, &published("-", "70"))
}

fn fk(run: &mut Run) -> linfa_fisher::Result<()> {
    let fk = FisherFeatures::fk(Rbm::params(10).epochs(30).learning_rate(RATE));
    let params = fk.clone().rotated(true).then(svm());
    run.cell("FK (RBM)", "SVM", &params, &published("70.50 ± 2.73", "72"))?;
    let params = fk.then(KNearestNeighbors::params(1));
    run.cell("FK (RBM)", "1-NN", &params, &published("59.11 ± 3.84", "-"))
}

fn dfk(run: &mut Run) -> linfa_fisher::Result<()> {
    let dfk = FisherFeatures::dfk(dbm());
    let params = dfk.clone().rotated(true).then(svm());
    run.cell("DFK", "SVM", &params, &published("70.56 ± 0.01", "79.5"))?;
    let params = dfk.then(KNearestNeighbors::params(1));
    run.cell("DFK", "1-NN", &params, &published("71.52 ± 0.09", "69"))
}

fn idfk_cells(
    run: &mut Run,
    features: &'static str,
    idfk: FisherFeaturesParams<f32, DbmParams<f32, Xoshiro256Plus>>,
    figures: [(&'static str, &'static str); 3],
) -> linfa_fisher::Result<()> {
    let [of_svm, of_neighbor, of_cosine] = figures.map(|(paper, other)| published(paper, other));
    let params = idfk.clone().then(svm());
    run.cell(features, "SVM", &params, &of_svm)?;
    let params = idfk.clone().then(KNearestNeighbors::params(1));
    run.cell(features, "1-NN", &params, &of_neighbor)?;
    let params = idfk.then(KNearestNeighbors::params(1).distance(CosineDist));
    run.cell(features, "1-NN (cosine)", &params, &of_cosine)
}

/// The learning rate falls to zero over the epochs.
const RATE: LearningRate<f32> = LearningRate::LinearToZero { initial: 0.05 };

fn dbm() -> DbmParams<f32, Xoshiro256Plus> {
    Dbm::params(&[40, 80]).epochs(30).learning_rate(RATE)
}

fn svm() -> OneVsOne<SvmParams<f32, bool>, SvmError> {
    let svm = Svm::params().pos_neg_weights(1.0, 1.0);
    OneVsOne::new(svm.linear_kernel().eps(1e-3))
}

fn published(paper: &'static str, replication: &'static str) -> Published {
    Published { paper, replication }
}

/// One line of the report.
struct Cell {
    features: &'static str,
    classifier: &'static str,
    /// Mean accuracy by linfa's cross-validation.
    linfa: f32,
    ours: CrossValidation<usize>,
    paper: &'static str,
    replication: &'static str,
    seconds: f64,
}

struct Run {
    images: Images,
    arranged: Images,
    folds: StratifiedKFold,
    cells: Vec<Cell>,
    start: Instant,
}

impl Run {
    /// Cross-validates one estimator by linfa and by this crate.
    fn cell<P, O>(
        &mut self,
        features: &'static str,
        classifier: &'static str,
        params: &P,
        published: &Published,
    ) -> linfa_fisher::Result<()>
    where
        P: for<'a> Fit<ArrayView2<'a, f32>, ArrayView1<'a, usize>, linfa_fisher::Error, Object = O>,
        P: FitObserved<Array2<f32>, Array1<usize>, linfa_fisher::Error>,
        P: Fit<Array2<f32>, Array1<usize>, linfa_fisher::Error, Object = O> + Clone,
        O: for<'a> PredictInplace<ArrayView2<'a, f32>, Array1<usize>> + TryPredict<f32, usize>,
    {
        let start = Instant::now();
        let label = format!("{features}, {classifier}");
        eprintln!("{label}: linfa's cross-validation");
        let linfa = linfa_accuracy(self.arranged.clone(), &self.folds, params.clone())?;
        let mut bar = ProgressBar::new(&label);
        // folds alone: the epochs of each would have the bar start anew all the time
        let mut folds_of = |event: &Event| {
            if matches!(event, Event::Fold { .. }) {
                bar.observe(event);
            }
        };
        let ours = cross_validate_observed(&self.images, params, &self.folds, &mut folds_of)?;
        let seconds = start.elapsed().as_secs_f64();
        eprintln!(
            "{label}: {ours}, by linfa {:.2} %, {seconds:.0} s",
            100.0 * linfa
        );
        self.cells.push(Cell {
            features,
            classifier,
            linfa,
            ours,
            paper: published.paper,
            replication: published.replication,
            seconds,
        });
        Ok(())
    }

    fn report(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        write_atomically(&with_suffix(path, ".md"), &self.markdown())?;
        let json = serde_json::to_string_pretty(&self.json())?;
        write_atomically(&with_suffix(path, ".json"), &json)
    }

    fn markdown(&self) -> String {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header([
            "features",
            "classifier",
            "accuracy, %",
            "by linfa, %",
            "paper, %",
            "replication, %",
            "seconds",
        ]);
        for cell in &self.cells {
            table.add_row([
                cell.features.to_string(),
                cell.classifier.to_string(),
                cell.ours.to_string().replace(" %", ""),
                format!("{:.2}", 100.0 * cell.linfa),
                cell.paper.to_string(),
                cell.replication.to_string(),
                format!("{:.0}", cell.seconds),
            ]);
        }
        format!(
            "# Alphanumeric, {validated} of {k} stratified folds\n\n\
             {n} images binarised at 0.5, {classes} classes; RBM of 10 hidden units, DBM of 40 and \
             80; mean and standard deviation of the accuracies of {validated} folds. linfa's own \
             folds leave out the last {surplus} of the arranged images. \
             {seconds:.0} s in all.\n\n{table}\n",
            validated = self.folds.validated(),
            k = self.folds.k(),
            n = self.images.nsamples(),
            classes = self.images.labels().len(),
            surplus = self.images.nsamples() % self.folds.k(),
            seconds = self.start.elapsed().as_secs_f64(),
        )
    }

    fn json(&self) -> serde_json::Value {
        let cell = |cell: &Cell| {
            json!({
                "features": cell.features,
                "classifier": cell.classifier,
                "mean": cell.ours.mean(),
                "std_dev": cell.ours.std_dev(),
                "accuracy": cell.ours.accuracy(),
                "fold_accuracies": cell.ours.fold_accuracies().to_vec(),
                "failed_folds": cell.ours.failures().iter().map(|failed| failed.fold()).collect::<Vec<_>>(),
                "rows": cell.ours.rows(),
                "predictions": cell.ours.predictions().to_vec(),
                "linfa_mean": cell.linfa,
                "paper_percent": cell.paper,
                "replication_percent": cell.replication,
                "seconds": cell.seconds,
            })
        };
        json!({
            "dataset": "alphanumeric",
            "samples": self.images.nsamples(),
            "k": self.folds.k(),
            "folds": self.folds.validated(),
            "seconds": self.start.elapsed().as_secs_f64(),
            "cells": self.cells.iter().map(cell).collect::<Vec<_>>(),
        })
    }
}

/// Mean accuracy by linfa's own cross-validation, which trains all models before it validates the
/// first.
fn linfa_accuracy<P, O>(
    mut arranged: Images,
    folds: &StratifiedKFold,
    params: P,
) -> linfa_fisher::Result<f32>
where
    P: for<'a> Fit<ArrayView2<'a, f32>, ArrayView1<'a, usize>, linfa_fisher::Error, Object = O>,
    O: for<'a> PredictInplace<ArrayView2<'a, f32>, Array1<usize>>,
{
    let accuracy = |predicted: &Array1<usize>, truth: &ArrayView1<usize>| {
        let hits = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
        Ok(hits as f32 / truth.len() as f32)
    };
    let (k, validated) = (folds.k(), folds.validated());
    if validated == k {
        let means: Array1<f32> = arranged.cross_validate_single(k, &[params], accuracy)?;
        return Ok(means[0]);
    }
    let fitted = std::cell::Cell::new(0);
    let first = |train: &DatasetView<f32, usize, Ix1>| {
        fitted.set(fitted.get() + 1);
        (fitted.get() <= validated).then(|| params.fit(train))
    };
    let mut total = 0.0;
    for (model, fold) in arranged.iter_fold(k, first).take(validated) {
        if let Some(model) = model {
            total += accuracy(&model?.predict(fold.records()), fold.targets())?;
        }
    }
    Ok(total / validated as f32)
}

/// The path with something added to its name, which may hold dots itself.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// A reader of `path` sees the old text or the new one, never a part.
fn write_atomically(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
