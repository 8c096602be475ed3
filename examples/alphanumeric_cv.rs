//! Stratified cross-validation on the Alphanumeric set: Fisher vectors of an RBM (FK) and of a DBM
//! (DFK, IDFK) against pixels, each with a linear SVM and with the nearest neighbour.
//!
//! Every cell is measured twice: by linfa's `cross_validate_single` on the dataset arranged for it,
//! and by this crate's `cross_validate`, which validates all rows. The table goes to the terminal;
//! a report in Markdown and one in JSON are written beside each other after every method.
//!
//! ```sh
//! cargo run --release --example alphanumeric_cv -- --data-dir data
//! cargo run --release --example alphanumeric_cv -- --data-dir data --methods pixels,dfk --folds 5
//! ```

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use comfy_table::{presets::ASCII_MARKDOWN, Table};
use linfa::dataset::{Labels, Records};
use linfa::prelude::*;
use linfa_fisher::boltzmann::{Dbm, DbmParams, LearningRate, Rbm};
use linfa_fisher::classification::{CosineDist, KNearestNeighbors, OneVsOne};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::{FisherFeatures, FisherFeaturesParams, Information};
use linfa_fisher::model_selection::{cross_validate_observed, CrossValidation, StratifiedKFold};
use linfa_fisher::observer::ProgressBar;
use linfa_svm::{Svm, SvmError, SvmParams};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Ix1};
use rand_xoshiro::Xoshiro256Plus;
use serde_json::json;

#[derive(Parser)]
#[command(about = "Stratified cross-validation on the Alphanumeric set")]
struct Args {
    /// Folder that holds binaryalphadigs.mat
    #[arg(long, env = "LINFA_FISHER_DATA")]
    data_dir: PathBuf,
    /// Features to measure
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Method::ALL)]
    methods: Vec<Method>,
    /// Number of folds k
    #[arg(long, default_value_t = 40)]
    folds: usize,
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

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let images = Binarize::new(0.5)?.transform(datasets::alphanumeric::<f32>(&args.data_dir)?);
    let mut run = Run {
        arranged: StratifiedKFold::new(args.folds).arrange(images.view())?,
        folds: StratifiedKFold::new(args.folds),
        images,
        cells: Vec::new(),
        start: Instant::now(),
    };
    for method in &args.methods {
        match method {
            Method::Pixels => pixels(&mut run)?,
            Method::Fk => fk(&mut run)?,
            Method::Dfk => dfk(&mut run)?,
            Method::Idfk => idfk_cells(&mut run, "IDFK", FisherFeatures::idfk(dbm()))?,
            Method::IdfkFull => {
                let full_rank = Information::full_rank(0.1);
                let idfk = FisherFeatures::idfk(dbm()).information(full_rank);
                idfk_cells(&mut run, "IDFK, full rank", idfk)?
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
) -> linfa_fisher::Result<()> {
    let params = idfk.clone().then(svm());
    run.cell(features, "SVM", &params, &published("79.00 ± 0.05", "77"))?;
    let params = idfk.clone().then(KNearestNeighbors::params(1));
    run.cell(features, "1-NN", &params, &published("77.6 ± 0.07", "70"))?;
    let params = idfk.then(KNearestNeighbors::params(1).distance(CosineDist));
    run.cell(features, "1-NN (cosine)", &params, &published("-", "72"))
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
        P: Fit<Array2<f32>, Array1<usize>, linfa_fisher::Error, Object = O> + Clone,
        O: for<'a> PredictInplace<ArrayView2<'a, f32>, Array1<usize>>,
        O: PredictInplace<Array2<f32>, Array1<usize>>,
    {
        let start = Instant::now();
        let label = format!("{features}, {classifier}");
        eprintln!("{label}: linfa's cross_validate_single");
        let linfa = linfa_accuracy(self.arranged.clone(), self.folds.k(), params.clone())?;
        let mut bar = ProgressBar::new(&label);
        let ours = cross_validate_observed(&self.images, params, &self.folds, &mut bar)?;
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
        write_atomically(&path.with_extension("md"), &self.markdown())?;
        let json = serde_json::to_string_pretty(&self.json())?;
        write_atomically(&path.with_extension("json"), &json)
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
            "# Alphanumeric, {k} stratified folds\n\n\
             {n} images binarised at 0.5, {classes} classes; RBM of 10 hidden units, DBM of 40 and \
             80; mean and standard deviation of the folds' accuracies, all images validated. \
             linfa's own cross-validation leaves out the last {surplus} of the arranged images. \
             {seconds:.0} s in all.\n\n{table}\n",
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
            "folds": self.folds.k(),
            "seconds": self.start.elapsed().as_secs_f64(),
            "cells": self.cells.iter().map(cell).collect::<Vec<_>>(),
        })
    }
}

/// Mean accuracy by linfa's own cross-validation, which trains all k models before it validates
/// the first.
fn linfa_accuracy<P, O>(mut arranged: Images, k: usize, params: P) -> linfa_fisher::Result<f32>
where
    P: for<'a> Fit<ArrayView2<'a, f32>, ArrayView1<'a, usize>, linfa_fisher::Error, Object = O>,
    O: for<'a> PredictInplace<ArrayView2<'a, f32>, Array1<usize>>,
{
    let accuracy = |predicted: &Array1<usize>, truth: &ArrayView1<usize>| {
        let hits = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
        Ok(hits as f32 / truth.len() as f32)
    };
    let means: Array1<f32> = arranged.cross_validate_single(k, &[params], accuracy)?;
    Ok(means[0])
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
