//! The paper's tables and figures, measured, beside what it prints; and how far the method goes.
//!
//! ```sh
//! cargo run --release --features report,serde --example reproduce -- --data-dir data --out report
//! cargo run --release --features report,serde --example reproduce -- --quick
//! ```
//!
//! Finished items are kept in the report's folder: an interrupted run goes on where it was.

mod charts;
mod classifiers;
#[path = "../shared/clock.rs"]
mod clock;
mod family;
mod intervals;
mod ledger;
mod machines;
mod outcome;
mod parts;
mod plan;
mod published;
mod recipe;
mod report;
mod sets;
mod vectors;

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use clap::Parser;
use linfa_fisher::datasets;

use self::clock::{Clock, peak_memory};
use self::ledger::Ledger;
use self::plan::{Part, Plan};
use self::report::{Run, markdown, save};

/// The tables and figures of "Revisiting Deep Fisher Vectors", measured
#[derive(Parser)]
struct Args {
    /// The parts to do, in a report that is called by their names [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Short trainings, few images, few seeds: what works, in minutes
    #[arg(long)]
    quick: bool,
    /// Image sets [default: all that the folder has; the embedded digits and Alphanumeric if quick]
    #[arg(long, value_enum, value_delimiter = ',')]
    sets: Vec<sets::Set>,
    /// Seeds of Table 2 [default: 5, 3 of Alphanumeric, 1 if quick]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// Folder of the image sets [default: $LINFA_FISHER_DATA, or data]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Folder of the report
    #[arg(long, default_value = "report")]
    out: PathBuf,
}

/// What every part works with.
pub(crate) struct Lab {
    plan: Plan,
    folder: PathBuf,
    /// Of the report.
    out: PathBuf,
    ledger: Ledger,
}

fn main() {
    // `main` returning the error would print it for a programmer; the text tells the user what to do.
    if let Err(error) = run(Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let mut clock = Clock::start();
    let folder = args
        .data_dir
        .or_else(datasets::data_dir)
        .unwrap_or_else(|| "data".into());
    let plan = Plan::new(args.quick, args.sets, args.seeds, &folder)?;
    let mut parts = args.only;
    parts.sort();
    parts.dedup();
    // some parts do not take the place of a whole report
    let stem = parts.iter().fold("report".to_owned(), |stem, part| {
        format!("{stem}-{}", part.name())
    });
    if parts.is_empty() {
        parts = Part::all();
    }
    let expected = parts.iter().map(|part| part.expected(&plan)).sum();
    let ledger = Ledger::open(args.out.join("parts"), expected)?;
    let mut lab = Lab {
        plan,
        folder,
        out: args.out.clone(),
        ledger,
    };
    let mut sections = Vec::new();
    for part in parts {
        sections.push(part.section(&mut lab)?);
    }
    let run = Run {
        version: env!("CARGO_PKG_VERSION"),
        revision: revision(),
        command: std::env::args()
            .skip(1)
            .fold("reproduce".into(), |line, word| line + " " + &word),
        quick: lab.plan.quick,
        seconds: clock.lap(),
        peak_memory: peak_memory(),
        items: &lab.ledger.entries,
    };
    println!("{}", markdown(&sections, &run));
    for path in save(&args.out, &stem, &sections, &run)? {
        println!("{}", path.display());
    }
    Ok(())
}

/// The revision of the working tree, where git tells it.
fn revision() -> Option<String> {
    let output = Command::new("git")
        .args(["describe", "--always", "--dirty"])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}
