use super::content::LABELS;
use super::loader::dataset_file;
use super::{alphanumeric, alphanumeric_from_bytes, alphanumeric_label};
use crate::ImageShape;
use crate::datasets::mat5::tests::{PLAIN, Style};
use crate::datasets::mutation::damaged;
use crate::datasets::{DataError, MatSetError};
use proptest::prelude::*;
use std::path::PathBuf;

/// The real file; says so when it is not there.
fn real_file() -> Option<PathBuf> {
    let found = crate::datasets::data_dir().map(|folder| dataset_file().find(&folder));
    let file = match found {
        Some(Err(error)) if !matches!(error, DataError::Missing { .. }) => panic!("{error}"),
        found => found?.ok(),
    };
    if file.is_none() {
        eprintln!("skipped: LINFA_FISHER_DATA does not name a folder with the real file");
    }
    file
}

/// An image that tells its pixels apart: the binary digits of a hash of class, sample and position.
fn pixel(class: usize, sample: usize, row: usize, column: usize) -> f64 {
    let hash = (class * 7 + sample * 31 + row * 101 + column * 1009).wrapping_mul(2_654_435_761);
    ((hash >> 13) & 1) as f64
}

/// A file of 36 x 39 images, with a change of its parts by the caller.
fn made_up(style: Style, change: impl FnOnce(&mut [Vec<u8>; 3])) -> Vec<u8> {
    let image = |class, sample| {
        let values: Vec<f64> = (0..320)
            .map(|i| pixel(class, sample, i % 20, i / 20))
            .collect();
        style.numeric("", &[20, 16], &values)
    };
    let images: Vec<_> = (0..39 * 36).map(|i| image(i % 36, i / 36)).collect();
    let labels: Vec<_> = LABELS
        .iter()
        .map(|&l| style.chars("", &char::from(l).to_string()))
        .collect();
    let counts = vec![style.numeric("", &[1, 1], &[39.0]); 36];
    let mut parts = [
        style.cell("dat", &[36, 39], &images),
        style.cell("classlabels", &[1, 36], &labels),
        style.cell("classcounts", &[1, 36], &counts),
    ];
    change(&mut parts);
    style.file(&parts)
}

fn fault(bytes: &[u8]) -> DataError {
    alphanumeric_from_bytes::<f32>(bytes, "x.mat").unwrap_err()
}

#[test]
fn every_storage_gives_the_same_dataset() {
    let plain = alphanumeric_from_bytes::<f64>(&made_up(PLAIN, |_| ()), "x.mat").unwrap();
    assert_eq!(plain.records.dim(), (1404, 320));
    for (i, &class) in plain.targets.iter().enumerate() {
        assert_eq!(class, i / 39);
        for j in 0..320 {
            assert_eq!(plain.records[[i, j]], pixel(class, i % 39, j / 16, j % 16));
        }
    }
    assert_eq!(ImageShape::of(&plain), Some(ImageShape::ALPHANUMERIC));
    let doubles = Style {
        store: 9,
        big_endian: true,
        compress: true,
        small: false,
    };
    let other = alphanumeric_from_bytes::<f64>(&made_up(doubles, |_| ()), "x.mat").unwrap();
    assert_eq!(plain, other);
}

#[test]
fn other_contents_are_named() {
    let file = made_up(PLAIN, |parts| {
        parts[0] = PLAIN.numeric("y", &[1, 1], &[1.0])
    });
    assert!(matches!(
        fault(&file),
        DataError::MatSet { fault: MatSetError::Variable { expected: "dat", found }, .. }
            if found == ["y", "classlabels", "classcounts"]
    ));
    let file = made_up(PLAIN, |parts| {
        parts[0] = PLAIN.numeric("dat", &[1, 1], &[1.0])
    });
    assert_eq!(
        fault(&file).to_string(),
        "x.mat: dat is a 1x1 numeric array, expected a 36x39 cell array"
    );
    let file = made_up(PLAIN, |parts| {
        let image = PLAIN.numeric("", &[16, 20], &[0.0; 320]);
        parts[0] = PLAIN.cell("dat", &[36, 39], &vec![image; 1404]);
    });
    assert_eq!(
        fault(&file).to_string(),
        "x.mat: dat{1,1} is a 16x20 numeric array, expected a 20x16 numeric array"
    );
    let file = made_up(PLAIN, |parts| {
        let mut images = vec![PLAIN.numeric("", &[20, 16], &[0.0; 320]); 1404];
        let mut values = [0.0; 320];
        values[21] = 2.0;
        images[1 + 36 * 2] = PLAIN.numeric("", &[20, 16], &values);
        parts[0] = PLAIN.cell("dat", &[36, 39], &images);
    });
    assert_eq!(
        fault(&file).to_string(),
        "x.mat: pixel 21 of dat{2,3} is 2, expected 0 or 1"
    );
    let file = made_up(PLAIN, |parts| {
        parts[1] = PLAIN.cell("classlabels", &[1, 36], &vec![PLAIN.chars("", "0"); 36]);
    });
    assert_eq!(
        fault(&file).to_string(),
        "x.mat: class 1 is called \"0\", expected '1'"
    );
    let file = made_up(PLAIN, |parts| {
        let count = PLAIN.numeric("", &[1, 1], &[40.0]);
        parts[2] = PLAIN.cell("classcounts", &[1, 36], &vec![count; 36]);
    });
    assert_eq!(
        fault(&file).to_string(),
        "x.mat: class 0 counts 40 images, expected 39"
    );
}

#[test]
fn missing_cut_and_misplaced_files_are_told_apart() {
    let folder = std::env::temp_dir().join(format!("linfa-fisher-alpha-{}", std::process::id()));
    let sub = folder.join("alphanumeric");
    std::fs::create_dir_all(&sub).unwrap();
    let load = || alphanumeric::<f32>(&folder);
    assert!(matches!(load(), Err(DataError::Missing { .. })));
    let path = sub.join("binaryalphadigs.mat");
    let file = made_up(PLAIN, |_| ());
    std::fs::write(&path, &file[..file.len() / 2]).unwrap();
    assert!(matches!(load(), Err(DataError::Mat { .. })));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(load(), Err(DataError::Empty { .. })));
    std::fs::write(&path, &file).unwrap();
    assert_eq!(load().unwrap().records.nrows(), 1404);
    assert_eq!(alphanumeric::<f32>(&sub).unwrap().records.nrows(), 1404);
    std::fs::write(folder.join("binaryalphadigs.mat"), b"passed over").unwrap();
    assert_eq!(load().unwrap().records.nrows(), 1404);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(load(), Err(DataError::Mat { .. })));
    std::fs::remove_file(folder.join("binaryalphadigs.mat")).unwrap();
    assert!(matches!(load(), Err(DataError::NotAFile { path: found }) if found == path));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_real_file_has_its_counts_and_its_upright_characters() {
    let Some(file) = real_file() else { return };
    let dataset = alphanumeric::<f64>(file.parent().unwrap()).unwrap();
    assert_eq!(dataset.records.dim(), (1404, 320));
    for class in 0..36 {
        let count = dataset.targets.iter().filter(|&&t| t == class).count();
        assert_eq!(count, 39, "class {class}");
    }
    assert_eq!(dataset.records.sum(), SUM_OF_PIXELS);
    for (label, expected) in [('1', ONE), ('A', A)] {
        let of_label = |&class: &usize| alphanumeric_label(class) == Some(label);
        let first = dataset.targets.iter().position(of_label).unwrap();
        let drawing = ImageShape::ALPHANUMERIC.draw(dataset.records.row(first));
        assert_eq!(drawing.to_string(), expected);
    }
}

/// matrw insists on a comma in the header's text that not every writer puts there.
#[test]
fn the_real_file_reads_as_matrw_reads_it() {
    let Some(file) = real_file() else { return };
    let mut bytes = std::fs::read(file).unwrap();
    let dataset = alphanumeric_from_bytes::<f64>(&bytes, "x.mat").unwrap();
    bytes[..21].copy_from_slice(b"MATLAB 5.0 MAT-file, ");
    let file = matrw::load_matfile_from_u8(&bytes).unwrap();
    for i in 0..1404 {
        let image = file["dat"][[i / 39, i % 39]].to_vec_u8().unwrap();
        for j in 0..320 {
            let pixel = f64::from(image[j / 16 + 20 * (j % 16)]);
            assert_eq!(dataset.records[[i, j]], pixel);
        }
    }
}

/// The fuzzer starts from a file that is read to its end; packages of the crate come without it.
#[test]
fn the_seed_of_the_fuzzer_is_a_whole_set() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/mat5/whole");
    let Ok(bytes) = std::fs::read(seed) else {
        eprintln!("skipped: no seeds here");
        return;
    };
    assert!(bytes.len() < 4096);
    let dataset = alphanumeric_from_bytes::<f32>(&bytes, seed).unwrap();
    assert_eq!(dataset.records.sum(), 1404.0 * 160.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_files_do_not_panic(bytes in damaged(made_up(PLAIN, |_| ()))) {
        let _ = alphanumeric_from_bytes::<f32>(&bytes, "x.mat");
    }
}

const SUM_OF_PIXELS: f64 = 185_346.0;
/// The first 1 of the set.
const ONE: &str = "\
.........#######
.......#########
.....###########
.....###########
.....###########
.....###########
.....###########
.......#######..
.....#########..
.....#######....
.###########....
.###########....
.###########....
############....
############....
############....
############....
##########......
################
################
";
/// The first A of the set.
const A: &str = "\
......##........
.....######.....
.....########...
.........#####..
....####..#####.
....####...#####
...####.....####
...###......####
...###.#########
...#############
..##############
.####.......####
.####.......####
.####.......####
.###........####
####........####
###........#####
###........####.
.##........####.
...........###..
";
