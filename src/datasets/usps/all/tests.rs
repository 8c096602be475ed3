use proptest::prelude::*;

use super::*;
use crate::datasets::fixtures::{Folder, gzip};
use crate::datasets::mat_set::MatSetError;
use crate::datasets::mat5::tests::{PLAIN, Style};
use crate::datasets::mutation::damaged;
use crate::{ImageShape, datasets};

const SIZE: [i32; 3] = [256, 1100, 10];

/// A value that tells class, image, row and column apart.
fn byte(class: usize, image: usize, row: usize, column: usize) -> f64 {
    ((class * 7 + image * 31 + row * 101 + column * 59) % 256) as f64
}

/// The file as MATLAB stores it: the row is the fastest, then the column, the image, the place of
/// the class.
fn made_up(style: Style) -> Vec<u8> {
    let value = |i: usize| {
        let (place, image, column, row) = (i / 281_600, i / 256 % 1100, i / 16 % 16, i % 16);
        byte((place + 1) % 10, image, row, column)
    };
    let values: Vec<f64> = (0..2_816_000).map(value).collect();
    style.file(&[style.numeric("data", &SIZE, &values)])
}

fn fault(variable: Vec<u8>) -> DataError {
    read::<f32>(&PLAIN.file(&[variable]), Path::new("x.mat")).unwrap_err()
}

#[test]
fn images_are_upright_and_the_last_class_is_0() {
    let folder = Folder::new();
    folder.write("usps/usps_all.mat.gz", &gzip(&made_up(PLAIN)));
    let dataset = datasets::usps_all::<f64>(&folder.0).unwrap();
    assert_eq!(dataset.records.dim(), (11_000, 256));
    assert_eq!(ImageShape::of(&dataset), Some(ImageShape::USPS));
    for (i, &class) in dataset.targets.iter().enumerate() {
        assert_eq!(class, (i / 1100 + 1) % 10);
        for (row, column) in [(0, 0), (0, 15), (3, 8), (15, 0)] {
            let found = dataset.records[[i, 16 * row + column]];
            assert_eq!(found, byte(class, i % 1100, row, column) / 255.0);
        }
    }
}

#[test]
fn other_contents_are_named() {
    let folder = Folder::new();
    let missing = datasets::usps_all::<f32>(&folder.0)
        .unwrap_err()
        .to_string();
    assert!(
        missing.starts_with("usps_all.mat is neither in"),
        "{missing}"
    );
    assert!(matches!(
        fault(PLAIN.numeric("fea", &[1, 1], &[1.0])),
        DataError::MatSet { fault: MatSetError::Variable { expected: "data", found }, .. }
            if found == ["fea"]
    ));
    assert_eq!(
        fault(PLAIN.numeric("data", &[2, 2], &[0.0; 4])).to_string(),
        "x.mat: data is a 2x2 numeric array, expected a 256x1100x10 numeric array"
    );
    let double = Style { store: 9, ..PLAIN };
    let mut values = vec![0.0; 2_816_000];
    values[256 * 1101 + 3] = 256.0;
    let file = double.file(&[double.numeric("data", &SIZE, &values)]);
    assert_eq!(
        read::<f32>(&file, Path::new("x.mat"))
            .unwrap_err()
            .to_string(),
        "x.mat: pixel 3 of image 1102 of data is 256, expected a value in [0, 255]"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_files_do_not_panic(
        bytes in damaged(PLAIN.file(&[PLAIN.numeric("data", &SIZE, &[0.0; 2_816_000])])),
    ) {
        let _ = read::<f32>(&bytes, Path::new("x.mat"));
    }
}
