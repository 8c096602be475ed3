//! The real files in the folder that `LINFA_FISHER_DATA` names: checksums, counts and one image of
//! each.

use std::path::Path;

use linfa::Dataset;
use linfa_fisher::datasets::{self, DataError, ImageShape, Split};
use ndarray::Ix1;
use sha2::{Digest, Sha256};

/// A set from the folder of the real data; says so when it is not there.
fn real<T>(load: impl FnOnce(&Path) -> Result<T, DataError>) -> Option<T> {
    match load(&datasets::data_dir().unwrap_or_default()) {
        Err(DataError::Missing { file, .. }) => {
            eprintln!("skipped: LINFA_FISHER_DATA does not name a folder with {file}");
            None
        }
        outcome => Some(outcome.unwrap()),
    }
}

/// SHA-256 of numbers: a user's own download writes the same ones in other ways.
fn checksum(name: &str, dataset: &Dataset<f64, usize, Ix1>, levels: f64) -> String {
    let mut hasher = Sha256::new();
    for (row, label) in dataset.records.rows().into_iter().zip(&dataset.targets) {
        hasher.update((*label as u16).to_le_bytes());
        for value in row {
            hasher.update(((value * levels).round() as u16).to_le_bytes());
        }
    }
    let found: String = hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("{name}: sha256 of the numbers {found}");
    found
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
    let Some(Split { train, test }) = real(|folder| datasets::mnist::<f64>(folder)) else {
        return;
    };
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
    assert_eq!(
        checksum("MNIST training set", &train, 255.0),
        "39a69dd525d30af5e120e7840896d88eea9bcbc90a5ae05c7c818f659fb912d8"
    );
    assert_eq!(
        checksum("MNIST test set", &test, 255.0),
        "def3b5a2c160c3bd3fab7e38a7c4ba0ea411a2d669fa0f2d6fde16af13e7edc8"
    );
    assert_eq!(ImageShape::of(&train), Some(ImageShape::MNIST));
    assert_eq!((train.targets[0], first(&train)), (5, FIVE.to_string()));
}

#[test]
fn usps() {
    let Some(Split { train, test }) = real(|folder| datasets::usps::<f64>(folder)) else {
        return;
    };
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
    assert_eq!(
        checksum("USPS training set", &train, 2000.0),
        "2d281f890bb6f21d2f57c1ba53aab6b866c309f43c118d99e16d0fa5cf7e48ed"
    );
    assert_eq!(
        checksum("USPS test set", &test, 2000.0),
        "4bb551c583b8c943145e09cce9d1fb64504663d5b51b093e079d33cfe5ee4a75"
    );
    assert_eq!(ImageShape::of(&train), Some(ImageShape::USPS));
    assert_eq!((train.targets[0], first(&train)), (6, SIX.to_string()));
}

#[test]
fn alphanumeric() {
    let Some(dataset) = real(|folder| datasets::alphanumeric::<f64>(folder)) else {
        return;
    };
    assert_eq!(counts("Alphanumeric", &dataset, 36), [39; 36]);
    assert_eq!(
        checksum("Alphanumeric", &dataset, 1.0),
        "8c2171f56b0b360c98fcf3caa1062c3bd8373fcbfd6bc4431a13b81e2aa55798"
    );
    let split = Split::stratified(dataset, 0.8, 42).unwrap();
    assert!(
        counts("Alphanumeric, training part", &split.train, 36)
            .iter()
            .all(|&count| count == 31 || count == 32)
    );
}

#[test]
fn digits() {
    let dataset = datasets::digits::<f64>().unwrap();
    assert_eq!(
        counts("digits", &dataset, 10),
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    );
    assert_eq!(
        checksum("digits", &dataset, 16.0),
        "c946232e08209f6bc2cc37743ad4fd875d68a723508b438394d0f5e736e33ba1"
    );
}

#[test]
fn pooled_parts_are_split_anew() {
    let Some(split) = real(|folder| datasets::usps::<f64>(folder)) else {
        return;
    };
    let pooled = split.pooled().unwrap();
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
