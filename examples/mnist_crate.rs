//! From the images that the crate `mnist` reads to the accuracy of a linear classifier on Fisher
//! vectors. The crate reads the four files of MNIST unpacked.
//!
//!     cargo run --release --features mnist --example mnist_crate -- data/mnist

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use linfa::Dataset;
use linfa::prelude::*;
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::datasets::Split;
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::observer::ProgressBar;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::traits::FitObserved;
use mnist::MnistBuilder;
use ndarray::{Ix1, s};

/// Classifies MNIST as the crate `mnist` reads it.
#[derive(Parser)]
struct Args {
    /// Folder of the four unpacked files.
    folder: PathBuf,
    /// Images to train on.
    #[arg(long, default_value_t = 2000)]
    train: usize,
    /// Images to test on.
    #[arg(long, default_value_t = 1000)]
    test: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let folder = args
        .folder
        .to_str()
        .ok_or("the name of the folder is no text")?;
    let read = MnistBuilder::new().base_path(folder).finalize();
    let split = Split::<f32>::try_from(read)?;
    let (train, test) = (
        first(&split.train, args.train),
        first(&split.test, args.test),
    );
    let dbm = Dbm::params(&[20, 40]).epochs(10);
    let pipeline = FisherFeatures::idfk(dbm).then(KNearestNeighbors::params(1));
    let model = pipeline.fit_observed(&train, &mut ProgressBar::new("IDFK"))?;
    let accuracy = model.predict(&test).confusion_matrix(&test)?.accuracy();
    println!(
        "1-NN on Fisher vectors: {:.1} % of {} images",
        100.0 * accuracy,
        test.nsamples()
    );
    Ok(())
}

/// The first images of a set.
fn first(set: &Dataset<f32, usize, Ix1>, count: usize) -> Dataset<f32, usize, Ix1> {
    let count = count.min(set.nsamples());
    let records = set.records.slice(s![..count, ..]).to_owned();
    Dataset::new(records, set.targets.slice(s![..count]).to_owned())
        .with_feature_names(set.feature_names().to_vec())
}
