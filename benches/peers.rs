//! Training and likelihoods against scikit-learn, NumPy and JAX, on the same machine in turn.
//!
//! `README.md` in this folder says what is compared and how.
//!
//! ```sh
//! cargo bench --bench peers -- --python python3 --data-dir data --out table.md
//! ```

mod support;

use std::path::Path;

use clap::Parser;
use ndarray::{ArrayView2, s};

use support::contender::{Comparison, Contender, compare};
use support::features::Task;
use support::gemm::{self, Peaks};
use support::machine::Machine;
use support::options::Options;
use support::ours::{self, Start};
use support::peer::{Python, WEIGHTS};
use support::report::Report;
use support::work::{Kind, Work};
use support::{Fault, data, folds, neighbors, npy, svm};

fn main() -> Result<(), Fault> {
    let options = Options::parse();
    if !options.bench {
        println!("This takes minutes: it runs under `cargo bench`, not `cargo test`.");
        return Ok(());
    }
    let data_dir = options.data_dir()?;
    let images = data::binary_mnist(data_dir, options.rows)?;
    let python = Python::new(&options, data_dir);
    let mut report = Report {
        machine: Machine::of_this_run(),
        peaks: peaks(&python),
        rows: options.rows,
        repetitions: options.repetitions,
        comparisons: Vec::new(),
    };
    for &work in &options.only {
        eprintln!("{work}");
        let folder = tempfile::tempdir()?;
        let mut contenders = vec![ours(work, images.view(), &options, folder.path())?];
        contenders.extend(python.contenders(work, folder.path()));
        let round_trips = compare(&mut contenders, options.repetitions);
        let comparison = Comparison {
            work,
            contenders,
            round_trips,
        };
        report.comparisons.push(comparison);
        report.peaks = report.peaks.or_higher(peaks(&python));
        if let Some(path) = &options.out {
            report.write(path)?;
        }
    }
    println!("{report}");
    report.verdict()
}

/// The rates of products of large matrices.
fn peaks(python: &Python) -> Peaks {
    let openblas = python.gemm_peak().map_err(|fault| fault.to_string());
    if let Err(fault) = &openblas {
        eprintln!("OpenBLAS NOT MEASURED: {fault}");
    }
    Peaks {
        ours: gemm::peak(),
        openblas,
    }
}

/// This crate as a contender; what the work starts from is left in a folder for the peers. The first
/// rows of the images are for training.
fn ours<'a>(
    work: Work,
    images: ArrayView2<'a, f32>,
    options: &Options,
    folder: &Path,
) -> Result<Contender<'a>, Fault> {
    if let Kind::Features(route) = work.kind() {
        let task = Task::new(work, route, (images, options.rows), options.data_dir()?)?;
        task.write(folder)?;
        return Ok(task.contender());
    }
    if let Kind::Svm(solver) = work.kind() {
        let task = svm::Task::new(work, solver, (images, options.rows), options.data_dir()?)?;
        task.write(folder)?;
        return Ok(task.contender());
    }
    if work.kind() == Kind::Folds {
        let task = folds::Task::new(work, options.data_dir()?)?;
        task.write(folder)?;
        return Ok(task.contender());
    }
    if let Kind::Neighbor(space) = work.kind() {
        let images = (images, options.rows);
        let task = neighbors::Task::new(work, space, images, options.data_dir()?)?;
        task.write(folder)?;
        return Ok(task.contender());
    }
    let records = images.slice_move(s![..options.rows, ..]);
    let start = Start::new(work, records)?;
    npy::write(&folder.join(WEIGHTS), start.weights())?;
    ours::contender(start, records)
}
