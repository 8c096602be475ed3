//! Writes a picture of sample images, one row for each class, for each image set found in a folder.
//!
//!     cargo run --release --features plot --example contact_sheet -- --data-dir data --out sheets

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use linfa::Dataset;
use linfa_fisher::report::plot::{GreyScale, ImageGrid};
use linfa_fisher::{ImageShape, datasets};
use ndarray::{Array2, Ix1};

/// Draws contact sheets of the image sets in a folder.
#[derive(Parser)]
struct Args {
    /// Folder that holds the sets; without it only the embedded digits are drawn.
    #[arg(long, env = "LINFA_FISHER_DATA")]
    data_dir: Option<PathBuf>,
    /// Folder for the pictures.
    #[arg(long, default_value = "target/contact_sheets")]
    out: PathBuf,
    /// Images of each class.
    #[arg(long, default_value_t = 20)]
    columns: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    fs::create_dir_all(&args.out)?;
    let draw = |name: &str, dataset: &Dataset<f32, usize, Ix1>| -> Result<(), Box<dyn Error>> {
        let path = args.out.join(name);
        sheet(dataset, args.columns)?.write_png(&path)?;
        println!("{}", path.display());
        Ok(())
    };
    draw("digits.png", &datasets::digits()?)?;
    let Some(folder) = args.data_dir else {
        println!("name the folder of the other sets by --data-dir or LINFA_FISHER_DATA");
        return Ok(());
    };
    let parts = [
        ("mnist", datasets::mnist(&folder)),
        ("usps", datasets::usps(&folder)),
    ];
    for (name, split) in parts {
        match split {
            Ok(split) => {
                draw(&format!("{name}_train.png"), &split.train)?;
                draw(&format!("{name}_test.png"), &split.test)?;
            }
            Err(fault) => println!("{name}: {fault}"),
        }
    }
    match datasets::alphanumeric(&folder) {
        Ok(dataset) => draw("alphanumeric.png", &dataset)?,
        Err(fault) => println!("alphanumeric: {fault}"),
    }
    Ok(())
}

/// The first images of each class side by side, black on white; blank where a class has fewer.
fn sheet(
    dataset: &Dataset<f32, usize, Ix1>,
    columns: usize,
) -> Result<ImageGrid<f32>, Box<dyn Error>> {
    let shape = ImageShape::of(dataset).ok_or("the columns are not the pixels of images")?;
    let classes = dataset.targets.iter().max().map_or(0, |last| last + 1);
    let mut images = Array2::zeros((classes * columns, shape.pixels()));
    let mut drawn = vec![0; classes];
    for (image, &class) in dataset.records.rows().into_iter().zip(&dataset.targets) {
        if drawn[class] < columns {
            let cell = class * columns + drawn[class];
            images.row_mut(cell).assign(&image);
            drawn[class] += 1;
        }
    }
    let grid = ImageGrid::new(images.view(), shape)?.scale(GreyScale::ink());
    Ok(grid.columns(columns).magnification(2).gap(2))
}
