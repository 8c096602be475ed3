//! Training and likelihoods against scikit-learn, NumPy and JAX, on the same machine in turn.
//!
//! `README.md` in this folder says what is compared and how.
//!
//! ```sh
//! cargo bench --bench peers -- --python python3 --data-dir data --out table.md
//! ```

mod support;

use clap::Parser;
use ndarray::ArrayView2;

use support::contender::{Comparison, compare};
use support::gemm::{self, Peaks};
use support::machine::Machine;
use support::options::Options;
use support::ours::{self, Start};
use support::peer::Python;
use support::report::Report;
use support::work::Work;
use support::{Fault, data, npy};

fn main() -> Result<(), Fault> {
    let options = Options::parse();
    if !options.bench {
        println!("This takes minutes: it runs under `cargo bench`, not `cargo test`.");
        return Ok(());
    }
    let data_dir = options.data_dir()?;
    let records = data::binary_mnist(data_dir, options.rows)?;
    let python = Python::new(&options, data_dir);
    let mut report = Report {
        machine: Machine::of_this_run(),
        peaks: peaks(&python),
        rows: options.rows,
        repetitions: options.repetitions,
        comparisons: Vec::new(),
    };
    for &work in &options.only {
        let comparison = measure(work, records.view(), &python, options.repetitions)?;
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

/// Measures all contenders at a piece of work, in turn.
fn measure<'a>(
    work: Work,
    records: ArrayView2<'a, f32>,
    python: &Python,
    repetitions: u16,
) -> Result<Comparison<'a>, Fault> {
    eprintln!("{work}");
    let folder = tempfile::tempdir()?;
    let weights = folder.path().join("weights.npy");
    let start = Start::new(work, records)?;
    npy::write(&weights, start.weights())?;
    let mut contenders = vec![ours::contender(start, records)?];
    contenders.extend(python.contenders(work, &weights));
    let round_trips = compare(&mut contenders, repetitions);
    Ok(Comparison {
        work,
        contenders,
        round_trips,
    })
}
