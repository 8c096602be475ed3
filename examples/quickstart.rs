//! Fisher vectors of handwritten digits against raw pixels.
//!
//! One restricted and one deep Boltzmann machine learn the digits that come with the crate, without
//! their labels. A linear support vector machine and the nearest neighbour then classify a held-out
//! fifth, by the pixels and by what each machine makes of them. A support vector machine with a
//! Gaussian kernel on the pixels is there for comparison.
//!
//! ```sh
//! cargo run --release --example quickstart
//! ```

use std::error::Error;
use std::time::Instant;

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use linfa::prelude::*;
use linfa_fisher::boltzmann::{Dbm, LearningRate, Rbm};
use linfa_fisher::classification::{KNearestNeighbors, OneVsOne, svm};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::{FisherFeatures, FisherFeaturesParams, ScoreModel};
use linfa_fisher::model_selection::stratified_split;
use linfa_fisher::observer::ProgressBar;
use ndarray::{Array1, Ix1};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

type Digits = Dataset<f32, usize, Ix1>;

fn main() {
    // `main` returning the error would print it for a programmer
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let digits = Binarize::new(0.5)?.transform(datasets::digits::<f32>()?);
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let (train, test) = stratified_split(digits, 0.8, &mut rng)?;
    println!(
        "{} images to learn from, {} held out",
        train.nsamples(),
        test.nsamples()
    );

    let rate = LearningRate::LinearToZero { initial: 0.05 };
    let (records, mut bar) = (train.records.view(), ProgressBar::new("digits"));
    let (rbm, seconds) = timed(|| {
        let params = Rbm::params(10).epochs(30).learning_rate(rate);
        params
            .check()?
            .run(&DatasetBase::from(records))
            .observer(&mut bar)
            .train()
    })?;
    println!("RBM of 10 hidden units trained in {seconds:.2} s");
    let (dbm, seconds) = timed(|| {
        let params = Dbm::params(&[20, 40]).epochs(30).learning_rate(rate);
        params
            .check()?
            .run(&DatasetBase::from(records))
            .observer(&mut bar)
            .train()
    })?;
    println!("DBM of 20 and 40 hidden units trained in {seconds:.2} s\n");

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "features",
        "length of phi",
        "rank",
        "SVM, %",
        "1-NN, %",
        "features, s",
        "SVM, s",
        "1-NN, s",
    ]);
    let mut row = |cells: [String; 3], seconds, train: &Digits, test: &Digits| {
        let [svm, svm_seconds, nn, nn_seconds] = classify(train, test)?;
        let [name, length, rank] = cells;
        let seconds = format!("{seconds:.2}");
        table.add_row([
            name,
            length,
            rank,
            svm,
            nn,
            seconds,
            svm_seconds,
            nn_seconds,
        ]);
        Ok::<_, Box<dyn Error>>(())
    };
    let rank = train.nfeatures().to_string();
    row(["pixels".into(), "-".into(), rank], 0.0, &train, &test)?;
    for (cells, seconds, train, test) in [
        // Rotated features are as many numbers as the scores have directions, and just as good for
        // a linear machine.
        features("FK", FisherFeatures::fk(rbm).rotated(true), &train, &test)?,
        features(
            "DFK",
            FisherFeatures::dfk(dbm.clone()).rotated(true),
            &train,
            &test,
        )?,
        features("IDFK", FisherFeatures::idfk(dbm), &train, &test)?,
    ] {
        row(cells, seconds, &train, &test)?;
    }
    println!("{table}");
    let (accuracy, seconds) = timed(|| gaussian_kernel(&train, &test))?;
    println!("\npixels, SVM with a Gaussian kernel: {accuracy:.1} % ({seconds:.2} s)");
    Ok(())
}

/// A line of the table as far as the features fill it, the seconds they took, and both parts.
type Features = ([String; 3], f64, Digits, Digits);

/// Fisher vectors of both parts.
fn features<S: ScoreModel<f32>>(
    name: &str,
    params: FisherFeaturesParams<f32, S>,
    train: &Digits,
    test: &Digits,
) -> Result<Features, Box<dyn Error>> {
    let ((features, train, test), seconds) = timed(|| {
        let features = params.fit(train)?;
        let train = features.transform(train.clone())?;
        let test = features.transform(test.clone())?;
        Ok((features, train, test))
    })?;
    let (length, rank) = (features.expectation().len(), features.nfeatures());
    let cells = [name.into(), length.to_string(), rank.to_string()];
    Ok((cells, seconds, train, test))
}

/// Accuracy of an SVM on pixels whose kernel width and C are the best on a fifth of the training
/// images, by a machine trained on the others.
fn gaussian_kernel(train: &Digits, test: &Digits) -> linfa_fisher::Result<f64> {
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let (fitted, validation) = stratified_split(train.clone(), 0.8, &mut rng)?;
    let accuracy = |(width, c): (f32, f32), train: &Digits, test: &Digits| {
        let machine = OneVsOne::new(svm(c).gaussian_kernel(width)).fit(train)?;
        Ok::<_, linfa_fisher::Error>(share(&machine.predict(test), test))
    };
    let mut best = (0.0, (1.0, 1.0));
    for width in [5.0, 10.0, 20.0, 40.0, 80.0] {
        for c in [1.0, 10.0] {
            let found = accuracy((width, c), &fitted, &validation)?;
            if found > best.0 {
                best = (found, (width, c));
            }
        }
    }
    accuracy(best.1, train, test)
}

/// Share of right predictions in per cent.
fn share(predicted: &Array1<usize>, test: &Digits) -> f64 {
    let hits = predicted.iter().zip(&test.targets).filter(|(a, b)| a == b);
    100.0 * hits.count() as f64 / test.nsamples() as f64
}

/// Accuracy and seconds of a linear SVM, then of the nearest neighbour.
fn classify(train: &Digits, test: &Digits) -> Result<[String; 4], Box<dyn Error>> {
    let svm = OneVsOne::new(svm(1.0));
    let (svm, svm_seconds) = timed(|| Ok(svm.fit(train)?.predict(test)))?;
    let neighbor = KNearestNeighbors::params(1);
    let (nn, nn_seconds) = timed(|| Ok(neighbor.fit(train)?.predict(test)))?;
    let accuracy = |predicted| format!("{:.1}", share(predicted, test));
    Ok([
        accuracy(&svm),
        format!("{svm_seconds:.2}"),
        accuracy(&nn),
        format!("{nn_seconds:.2}"),
    ])
}

fn timed<T>(
    work: impl FnOnce() -> linfa_fisher::Result<T>,
) -> Result<(T, f64), linfa_fisher::Error> {
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed().as_secs_f64()))
}
