//! The systems that the paper compares with, run on the splits of the example `reproduce`.
//!
//! ```sh
//! cargo run --release -p rivals -- --data-dir data --out report
//! cargo run --release -p rivals -- --quick
//! ```
//!
//! Results are written to the folder `rivals` of the report, where `reproduce --only rivals` finds
//! them. Finished rows are kept: an interrupted run goes on where it was.

#[cfg(test)]
mod cases;
#[path = "../../examples/shared/clock.rs"]
mod clock;
mod kernel_elm;
mod measure;
mod nlda;
mod nn;
#[path = "../../examples/reproduce/outcome.rs"]
mod outcome;
mod results;
#[path = "../../examples/reproduce/sets.rs"]
#[expect(dead_code, reason = "some of it is for the machines of `reproduce`")]
mod sets;
mod systems;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::builder::PossibleValue;
use clap::{Parser, ValueEnum};
use linfa_fisher::datasets;

use self::measure::outcome;
use self::results::Results;
use self::sets::Set;
use self::systems::System;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// By this variable candle adds and the like on one thread. Else its threads wait for each other in
/// loops: with other programs on the same cores, this took eleven times the processor time. Products
/// and convolutions, which are most of the work, run on rayon's threads, and are not affected. It is
/// set for the process of each row.
const THREADS: &str = "CANDLE_NUM_THREADS";

/// Systems that "Revisiting Deep Fisher Vectors" compares with
#[derive(Parser)]
struct Args {
    /// A few batches of the embedded digits: what works, in seconds
    #[arg(long)]
    quick: bool,
    /// The systems to run [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<System>,
    /// Image sets [default: MNIST, USPS, Alphanumeric; the embedded digits if quick]
    #[arg(long, value_enum, value_delimiter = ',')]
    sets: Vec<Set>,
    /// Folder of the image sets [default: $LINFA_FISHER_DATA, or data]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Folder of the report
    #[arg(long, default_value = "report")]
    out: PathBuf,
}

fn main() {
    // `main` returning the error would print it for a programmer; the text tells the user what to
    // do.
    if let Err(error) = run(Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let folder = args
        .data_dir
        .or_else(datasets::data_dir)
        .unwrap_or_else(|| "data".into());
    let sets = match args.sets.is_empty() {
        false => args.sets,
        true if args.quick => vec![Set::Digits],
        true => vec![Set::Mnist, Set::Usps, Set::Alphanumeric],
    };
    let systems = match args.only.is_empty() {
        false => args.only,
        true => System::value_variants().to_vec(),
    };
    for &set in &sets {
        for &system in &systems {
            let results = Results::open(&args.out, set)?;
            let title = format!("{}, {}", system.title(), set.title());
            if results.has(system.title(), args.quick) {
                println!("{title}: done before");
            } else if std::env::var_os(THREADS).is_none() {
                in_a_process(system, set, args.quick, &folder, &args.out)?;
            } else {
                let outcome = outcome(system, set, args.quick, &folder)?;
                println!(
                    "{title}: {:.2} % of {}, {:.0} s a training",
                    outcome.accuracy, outcome.tested, outcome.training_seconds
                );
                // others may have added to it meanwhile
                Results::open(&args.out, set)?.add(outcome)?;
            }
        }
    }
    Ok(())
}

/// Runs this program for one row, so that the largest resident set is that of the row.
fn in_a_process(
    system: System,
    set: Set,
    quick: bool,
    folder: &Path,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let name =
        |value: Option<PossibleValue>| value.expect("no value is skipped").get_name().to_owned();
    let status = Command::new(std::env::current_exe()?)
        .env(THREADS, "1")
        .args(["--only", &name(system.to_possible_value())])
        .args(["--sets", &name(set.to_possible_value())])
        .arg("--data-dir")
        .arg(folder)
        .arg("--out")
        .arg(out)
        .args(quick.then_some("--quick"))
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{} failed: {status}", system.title()).into()),
    }
}
