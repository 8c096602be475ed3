use proptest::prelude::*;

use super::*;
use crate::datasets::fixtures::Folder;
use crate::datasets::mat5::tests::{PLAIN, Style};
use crate::datasets::mutation::damaged;
use crate::{ImageShape, datasets};

/// Small whole numbers as signed bytes.
const SIGNED: Style = Style { store: 1, ..PLAIN };

/// A part of the file: pixels of -1, 0 and 1; image j is of class j modulo 10, or that of `shift`
/// classes later.
fn part(style: Style, part: &str, shift: usize) -> [Vec<u8>; 2] {
    let values: Vec<f64> = (0..256 * IMAGES).map(|i| (i % 3) as f64 - 1.0).collect();
    let mark = |i: usize| match i % 10 == (i / 10 + shift) % 10 {
        true => 1.0,
        false => -1.0,
    };
    let marks: Vec<f64> = (0..10 * IMAGES).map(mark).collect();
    let images = IMAGES as i32;
    [
        style.numeric(&format!("{part}_patterns"), &[256, images], &values),
        style.numeric(&format!("{part}_labels"), &[10, images], &marks),
    ]
}

fn made_up(style: Style) -> Vec<u8> {
    style.file(&[part(style, "test", 1), part(style, "train", 0)].concat())
}

#[test]
fn patterns_are_read_row_by_row_and_marks_as_classes() {
    let folder = Folder::new();
    folder.write("usps_resampled/usps_resampled.mat", &made_up(SIGNED));
    let split = datasets::usps_resampled::<f64>(&folder.0).unwrap();
    for (part, shift) in [(&split.train, 0), (&split.test, 1)] {
        assert_eq!(part.records.dim(), (4649, 256));
        assert_eq!(ImageShape::of(part), Some(ImageShape::USPS));
        for (i, &value) in part.records.iter().enumerate() {
            assert_eq!(value, (i % 3) as f64 / 2.0);
        }
        for (j, &class) in part.targets.iter().enumerate() {
            assert_eq!(class, (j + shift) % 10);
        }
    }
    let compressed = Style {
        store: 9,
        compress: true,
        ..SIGNED
    };
    let doubles = read::<f64>(&made_up(compressed), Path::new("x.mat"));
    assert_eq!(doubles.unwrap(), split);
}

#[test]
fn other_contents_are_named() {
    let fault = |parts: &[Vec<u8>]| {
        let outcome = read::<f32>(&SIGNED.file(parts), Path::new("x.mat"));
        outcome.unwrap_err().to_string()
    };
    let [patterns, labels] = part(SIGNED, "train", 0);
    assert_eq!(
        fault(&[patterns.clone(), labels.clone()]),
        "x.mat: the variables are [\"train_patterns\", \"train_labels\"], expected one called test_patterns"
    );
    let wide = SIGNED.numeric("train_patterns", &[4649, 256], &[0.0; 256 * IMAGES]);
    assert_eq!(
        fault(&[wide, labels]),
        "x.mat: train_patterns is a 4649x256 numeric array, expected a 256x4649 numeric array"
    );
    let unmarked = SIGNED.numeric("train_labels", &[10, 4649], &[-1.0; 10 * IMAGES]);
    let error = fault(&[patterns.clone(), unmarked]);
    assert!(
        error.starts_with("x.mat: column 1 of train_labels is [-1.0, -1.0,"),
        "{error}"
    );
    let both = SIGNED.numeric("train_labels", &[10, 4649], &[1.0; 10 * IMAGES]);
    assert!(fault(&[patterns, both]).contains("expected one 1, and -1 for every other class"));
    let bright = SIGNED.numeric("train_patterns", &[256, 4649], &[2.0; 256 * IMAGES]);
    assert_eq!(
        fault(&[bright]),
        "x.mat: pixel 0 of image 1 of train_patterns is 2, expected a value in [-1, 1]"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_files_do_not_panic(
        bytes in damaged(made_up(Style { compress: true, ..SIGNED })),
    ) {
        let _ = read::<f32>(&bytes, Path::new("x.mat"));
    }
}
