//! Fetches image sets into a folder, verifies them, and says what they hold.
//!
//!     cargo run --release --features download --example download -- mnist usps --data-dir data

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use linfa_fisher::datasets::{self, Downloader, ImageShape, RemoteSet};

/// Fetches image sets and verifies them.
#[derive(Parser)]
struct Args {
    /// The sets to fetch.
    #[arg(value_enum, required = true)]
    sets: Vec<Set>,
    /// Folder for the files. Default: the folder of LINFA_FISHER_DATA, or else the user's cache.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Set {
    Mnist,
    Usps,
    Alphanumeric,
}

fn main() {
    // If `main` returned the error, it would be printed for programmers; its message is for users.
    if let Err(error) = run(Args::parse()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let mut downloader = Downloader::new();
    if let Some(folder) = args.data_dir {
        downloader = downloader.folder(folder);
    }
    for set in args.sets {
        let (remote, name) = match set {
            Set::Mnist => (RemoteSet::Mnist, "mnist"),
            Set::Usps => (RemoteSet::Usps, "usps"),
            Set::Alphanumeric => (RemoteSet::Alphanumeric, "alphanumeric"),
        };
        #[cfg(feature = "progress")]
        let folder =
            downloader.fetch(remote, &mut linfa_fisher::observer::ProgressBar::new(name))?;
        #[cfg(not(feature = "progress"))]
        let folder = downloader.fetch(remote, &mut ())?;
        let (images, shape) = match set {
            Set::Mnist => {
                let split = datasets::mnist::<f32>(&folder)?;
                (
                    split.train.targets.len() + split.test.targets.len(),
                    ImageShape::MNIST,
                )
            }
            Set::Usps => {
                let split = datasets::usps::<f32>(&folder)?;
                (
                    split.train.targets.len() + split.test.targets.len(),
                    ImageShape::USPS,
                )
            }
            Set::Alphanumeric => {
                let dataset = datasets::alphanumeric::<f32>(&folder)?;
                (dataset.targets.len(), ImageShape::ALPHANUMERIC)
            }
        };
        println!("{name}: {images} images of {shape} in {}", folder.display());
    }
    Ok(())
}
