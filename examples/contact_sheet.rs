//! Writes a picture of sample images, a row a class, for each image set found in a folder.
//!
//!     cargo run --release --example contact_sheet -- --data-dir data --out sheets

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use clap::Parser;
use linfa::Dataset;
use linfa_fisher::datasets::{self, ImageShape};
use ndarray::{Array2, Ix1};

/// Pixels of the picture for one pixel of an image, and between two images.
const SCALE: usize = 2;
const GAP: usize = 2;

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
    let draw = |name: &str, dataset: &Dataset<f32, usize, Ix1>| {
        write_png(&args.out.join(name), &sheet(dataset, args.columns))
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

/// The first images of each class side by side, black on white.
fn sheet(dataset: &Dataset<f32, usize, Ix1>, columns: usize) -> Array2<u8> {
    let shape = ImageShape::of(dataset).unwrap_or(ImageShape::new(1, dataset.records.ncols()));
    let (height, width) = (shape.height * SCALE + GAP, shape.width * SCALE + GAP);
    let classes = dataset.targets.iter().max().map_or(0, |last| last + 1);
    let mut sheet = Array2::from_elem((classes * height, columns * width), 160);
    let mut drawn = vec![0; classes];
    for (image, &class) in dataset.records.rows().into_iter().zip(&dataset.targets) {
        if drawn[class] == columns {
            continue;
        }
        let (top, left) = (class * height, drawn[class] * width);
        for row in 0..shape.height * SCALE {
            for column in 0..shape.width * SCALE {
                let ink = image[row / SCALE * shape.width + column / SCALE];
                sheet[[top + row, left + column]] = 255 - (ink * 255.0).round() as u8;
            }
        }
        drawn[class] += 1;
    }
    sheet
}

fn write_png(path: &Path, picture: &Array2<u8>) -> Result<(), Box<dyn Error>> {
    let (height, width) = picture.dim();
    let mut encoder = png::Encoder::new(File::create(path)?, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = picture.iter().copied().collect();
    encoder.write_header()?.write_image_data(&pixels)?;
    println!("{}: {width} x {height}", path.display());
    Ok(())
}
