use super::*;
use crate::datasets::TextError;
use crate::datasets::fixtures::{Folder, gzip};

/// A part in the two forms: the images of class k have the value k / 10 - 1.
fn part(sizes: &[usize; 10]) -> [String; 2] {
    let (mut text, mut libsvm) = (String::new(), String::new());
    for (class, &size) in sizes.iter().enumerate() {
        let value = class as f64 / 10.0 - 1.0;
        let pixels = format!(" {value:.4}").repeat(256);
        text.push_str(&format!("{class}.0000{pixels} \n").repeat(size));
        let pairs: String = (1..=256).map(|i| format!(" {i}:{value}")).collect();
        libsvm.push_str(&format!("{}{pairs}\n", class + 1).repeat(size));
    }
    [text, libsvm]
}

#[test]
fn both_forms_give_the_same_dataset() {
    let folder = Folder::new();
    let [train, libsvm_train] = part(&SIZES.train);
    let [test, libsvm_test] = part(&SIZES.test);
    folder.write("usps/zip.train.gz", &gzip(train.as_bytes()));
    folder.write("usps/zip.test", test.as_bytes());
    let split = usps::<f64>(&folder.0).unwrap();
    assert_eq!(split.train.records.dim(), (7291, 256));
    assert_eq!(split.test.records.dim(), (2007, 256));
    assert_eq!(ImageShape::of(&split.test), Some(SHAPE));
    let libsvm = Folder::new();
    libsvm.write("usps", libsvm_train.as_bytes());
    libsvm.write("usps.t", libsvm_test.as_bytes());
    assert_eq!(usps::<f64>(&libsvm.0).unwrap(), split);
    #[cfg(feature = "download")]
    {
        use crate::datasets::{Downloader, RemoteSet};
        let downloader = Downloader::new().folder(&libsvm.0);
        assert!(downloader.fetch(RemoteSet::Usps, &mut ()).is_ok());
        assert!(!holds_libsvm(&folder.0));
    }
}

/// Without the publisher's files.
#[cfg(feature = "hdf5")]
#[test]
fn hdf5_gives_the_same_dataset() {
    use hdf5_pure::FileBuilder;
    let [text, other] = [&SIZES.train, &SIZES.test].map(|sizes| part(sizes)[0].clone());
    let folder = Folder::new();
    folder.write("zip.train", text.as_bytes());
    folder.write("zip.test", other.as_bytes());
    let split = usps::<f64>(&folder.0).unwrap();
    let mut file = FileBuilder::new();
    for (name, part) in [("train", &split.train), ("test", &split.test)] {
        let rows = part.records.nrows() as u64;
        let values: Vec<f64> = part.records.iter().copied().collect();
        let labels: Vec<i64> = part.targets.iter().map(|&label| label as i64).collect();
        let mut group = file.create_group(name);
        let data = group.create_dataset("data").with_f64_data(&values);
        data.with_shape(&[rows, 256]);
        group.create_dataset("target").with_i64_data(&labels);
        file.add_group(group.finish());
    }
    let bytes = file.finish().unwrap();
    let hdf5 = Folder::new();
    let path = hdf5.write("usps/usps.h5", &bytes);
    assert_eq!(usps::<f64>(&hdf5.0).unwrap(), split);
    // The publisher's files come first.
    folder.write("usps.h5", b"passed over");
    assert_eq!(usps::<f64>(&folder.0).unwrap(), split);
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(usps::<f64>(&hdf5.0), Err(DataError::Array { .. })));
}

#[cfg(not(feature = "hdf5"))]
#[test]
fn hdf5_is_named() {
    let folder = Folder::new();
    let path = folder.write("usps.h5", b"\x89HDF\r\n\x1a\n\0\0");
    let error = usps::<f32>(&folder.0).unwrap_err().to_string();
    let start = format!("{} is an HDF5 file", path.display());
    assert!(error.starts_with(&start), "{error}");
    assert!(
        error.contains("feature hdf5") && error.contains("h5py"),
        "{error}"
    );
}

#[test]
fn incomplete_and_packed_files_are_named() {
    let folder = Folder::new();
    let [text, _] = part(&SIZES.test);
    folder.write("zip.train", text.as_bytes());
    folder.write("zip.test", text.as_bytes());
    assert!(matches!(
        usps::<f32>(&folder.0),
        Err(DataError::ClassSize {
            part: "training",
            class: 0,
            found: 359,
            expected: 1194,
            ..
        })
    ));
    let folder = Folder::new();
    std::fs::create_dir(folder.0.join("usps")).unwrap();
    assert!(matches!(
        usps::<f32>(&folder.0),
        Err(DataError::Missing { .. })
    ));
    folder.write("usps/usps.bz2", b"BZh91AY&SY");
    assert!(matches!(
        usps::<f32>(&folder.0),
        Err(DataError::Compressed {
            format: "bzip2",
            ..
        })
    ));
}

/// A file of many short lines, each of which is a whole image, is read only up to the number of
/// images that the set has.
#[test]
fn no_more_images_are_made_than_the_set_has() {
    let folder = Folder::new();
    folder.write("usps.gz", &gzip("1\n".repeat(1 << 20).as_bytes()));
    let limited = TextError::Images {
        line: 7292,
        limit: 7291,
    };
    assert!(matches!(
        usps::<f64>(&folder.0),
        Err(DataError::Text { fault, .. }) if fault == limited
    ));
    folder.write("usps.gz", &gzip("\n".repeat(1 << 26).as_bytes()));
    assert!(matches!(
        usps::<f64>(&folder.0),
        Err(DataError::TooLarge { .. })
    ));
}
