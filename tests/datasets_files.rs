//! The real files, from the folder that `LINFA_FISHER_DATA` names: checksums, counts and an image of each.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use linfa::Dataset;
use linfa_fisher::datasets::{self, ImageShape, Split};
use ndarray::Ix1;
use sha2::{Digest, Sha256};

/// The folder of the real data; says so when it is not set.
fn real_data() -> Option<PathBuf> {
    let folder = datasets::data_dir();
    if folder.is_none() {
        eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
    }
    folder
}

/// SHA-256 of a file, decompressed if its name ends in `.gz`.
fn checksum(path: PathBuf) -> String {
    let file = File::open(&path).unwrap();
    let mut bytes = Vec::new();
    match path.extension().is_some_and(|extension| extension == "gz") {
        true => MultiGzDecoder::new(file).read_to_end(&mut bytes),
        false => { file }.read_to_end(&mut bytes),
    }
    .unwrap();
    let digest = Sha256::digest(&bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check(folder: &std::path::Path, files: &[(&str, &str)]) {
    for (name, expected) in files {
        let found = checksum(folder.join(name));
        println!("{name}: sha256 {found}");
        assert_eq!(found, *expected, "{name}");
    }
}

/// The number of images of each class.
fn counts(name: &str, dataset: &Dataset<f64, usize, Ix1>, classes: usize) -> Vec<usize> {
    let count = |class| dataset.targets.iter().filter(|&&t| t == class).count();
    let counts: Vec<usize> = (0..classes).map(count).collect();
    let shape = ImageShape::of(dataset).unwrap();
    println!(
        "{name}: {} images of {shape}, of each class {counts:?}",
        dataset.targets.len()
    );
    assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
    counts
}

fn first(dataset: &Dataset<f64, usize, Ix1>) -> String {
    let shape = ImageShape::of(dataset).unwrap();
    shape.draw(dataset.records.row(0)).to_string()
}

#[test]
fn mnist() {
    let Some(folder) = real_data() else { return };
    check(
        &folder.join("mnist"),
        &[
            (
                "train-images-idx3-ubyte.gz",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            (
                "train-labels-idx1-ubyte.gz",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ],
    );
    let Split { train, test } = datasets::mnist::<f64>(&folder).unwrap();
    assert_eq!(
        counts("MNIST training set", &train, 10),
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    );
    assert_eq!(
        counts("MNIST test set", &test, 10),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
    assert_eq!((train.records.sum() * 255.0).round(), 1_567_298_545.0);
    assert_eq!((test.records.sum() * 255.0).round(), 264_923_200.0);
    assert_eq!(ImageShape::of(&train), Some(ImageShape::MNIST));
    assert_eq!((train.targets[0], first(&train)), (5, FIVE.to_string()));
}

#[test]
fn usps() {
    let Some(folder) = real_data() else { return };
    check(
        &folder.join("usps"),
        &[
            (
                "zip.train.gz",
                "ba497d38020ad113b3b779d48082b1ccbd9d4244866bcde6b02a783c6e30dcc3",
            ),
            (
                "zip.test.gz",
                "633870668c5491f47afe01f1f7dfde19a382fd0a7d41c4583aa278517a809131",
            ),
        ],
    );
    let Split { train, test } = datasets::usps::<f64>(&folder).unwrap();
    assert_eq!(
        counts("USPS training set", &train, 10),
        [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]
    );
    assert_eq!(
        counts("USPS test set", &test, 10),
        [359, 264, 198, 166, 200, 160, 170, 147, 166, 177]
    );
    assert_eq!((train.records.sum() * 2000.0).round(), 949_974_283.0);
    assert_eq!((test.records.sum() * 2000.0).round(), 274_990_842.0);
    assert_eq!(ImageShape::of(&train), Some(ImageShape::USPS));
    assert_eq!((train.targets[0], first(&train)), (6, SIX.to_string()));
}

#[test]
fn alphanumeric() {
    let Some(folder) = real_data() else { return };
    check(
        &folder.join("alphanumeric"),
        &[(
            "binaryalphadigs.mat",
            "91b43a09d26f3ef02f9df8e7dfc48d549e85711576991136273b4d2c838bda36",
        )],
    );
    let dataset = datasets::alphanumeric::<f64>(&folder).unwrap();
    assert_eq!(counts("Alphanumeric", &dataset, 36), [39; 36]);
    let split = Split::stratified(dataset, 0.8, 42).unwrap();
    assert!(counts("Alphanumeric, training part", &split.train, 36)
        .iter()
        .all(|&count| count == 31 || count == 32));
}

#[test]
fn digits() {
    let Some(folder) = real_data() else { return };
    let sha256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8";
    check(&folder.join("digits"), &[("digits.csv.gz", sha256)]);
    let dataset = datasets::digits::<f64>().unwrap();
    assert_eq!(
        counts("digits", &dataset, 10),
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    );
}

#[test]
fn pooled_parts_are_split_anew() {
    let Some(folder) = real_data() else { return };
    let pooled = datasets::usps::<f64>(&folder).unwrap().pooled().unwrap();
    let sizes = counts("USPS pooled", &pooled, 10);
    let split = Split::stratified(pooled, 7291.0 / 9298.0, 42).unwrap();
    let parts = [
        counts("USPS split anew, training part", &split.train, 10),
        counts("USPS split anew, test part", &split.test, 10),
    ];
    for class in 0..10 {
        assert_eq!(parts[0][class] + parts[1][class], sizes[class]);
        let share = sizes[class] as f64 * split.train.targets.len() as f64 / 9298.0;
        assert!((parts[0][class] as f64 - share).abs() < 1.0);
    }
}

/// The first image of MNIST's training set.
const FIVE: &str = "\
............................
............................
............................
............................
............................
.................##.###.....
...........############.....
........##########..........
........##########..........
.........#.###...#..........
...........##...............
...........###..............
............##..............
.............###............
..............###...........
...............####.........
.................###........
.................###........
...............#####........
.............#######........
............######..........
..........######............
.......#######..............
.....########...............
....#######.................
............................
............................
............................
";

/// The first image of the USPS training set.
const SIX: &str = "\
........#.......
.......###......
.......##.......
......###.......
.....###........
....###.........
....##..........
...###....####..
..###...######..
..###..###..##..
..###.###...##..
..######...###..
..###########...
...##########...
....########....
......####......
";
