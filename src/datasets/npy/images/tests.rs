use std::io::Write;

use ndarray::{Array, Array1, Array2, Array3, array};
use ndarray_npy::{WritableElement, WriteNpyExt};
use proptest::prelude::*;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::ImageShape;
use crate::datasets::ArrayError;
use crate::datasets::fixtures::{Folder, gzip};
use crate::datasets::mutation::damaged;

fn npy<T: WritableElement, D: ndarray::Dimension>(array: &Array<T, D>) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

/// Two images of 1 x 3 bytes.
fn images() -> Array3<u8> {
    Array3::from_shape_vec((2, 1, 3), vec![0, 51, 255, 255, 0, 102]).unwrap()
}

fn labels() -> Array1<i64> {
    array![2, 0]
}

fn npz(arrays: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipWriter::new(std::io::Cursor::new(&mut bytes));
    for (name, array) in arrays {
        let file = format!("{name}.npy");
        archive
            .start_file(file, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(array).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

fn read(
    reader: &NpyImages,
    images: &[u8],
    labels: &[u8],
) -> Result<Dataset<f64, usize, Ix1>, DataError> {
    reader.read_from((images, "images"), (labels, "labels"))
}

fn fault(reader: &NpyImages, images: &[u8], labels: &[u8]) -> String {
    read(reader, images, labels).unwrap_err().to_string()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<NpyImages>();
    has_autotraits::<ArrayError>();
}

#[test]
fn every_type_and_layout_gives_the_same_dataset() {
    let expected = array![[0.0, 0.2, 1.0], [1.0, 0.0, 0.4]];
    let reader = NpyImages::new(3).shape(ImageShape::new(1, 3));
    let flat = images().into_shape_with_order((2, 3)).unwrap();
    let floats = flat.mapv(|x| f64::from(x) / 255.0);
    let mut fortran = Array2::zeros((3, 2)).reversed_axes();
    fortran.assign(&floats);
    let channel = images().into_shape_with_order((2, 1, 3, 1)).unwrap();
    for bytes in [
        npy(&images()),
        npy(&images().mapv(i64::from)),
        npy(&flat),
        npy(&floats),
        npy(&fortran),
        npy(&channel),
    ] {
        let dataset = read(&reader, &bytes, &npy(&labels())).unwrap();
        assert_eq!(dataset.records, expected);
        assert_eq!(dataset.targets.to_vec(), [2, 0]);
        assert_eq!(ImageShape::of(&dataset), Some(ImageShape::new(1, 3)));
    }
    let masks = images().mapv(|x| x > 100);
    let column = labels()
        .mapv(|x| x as f32)
        .into_shape_with_order((2, 1))
        .unwrap();
    let dataset = read(&reader, &npy(&masks), &npy(&column)).unwrap();
    assert_eq!(dataset.records, array![[0.0, 0.0, 1.0], [1.0, 0.0, 1.0]]);
}

#[test]
fn files_and_archives_are_read() {
    let folder = Folder::new();
    let images_path = folder.write("x.npy.gz", &gzip(&npy(&images())));
    let labels_path = folder.write("y.npy", &npy(&labels()));
    let reader = NpyImages::new(3);
    let plain = reader.read::<f32>(&images_path, &labels_path).unwrap();
    let arrays = npz(&[("x_train", &npy(&images())), ("y_train", &npy(&labels()))]);
    let archive = folder.write("set.npz", &arrays);
    let packed = reader
        .read_npz::<f32>(&archive, "x_train", "y_train")
        .unwrap();
    assert_eq!(
        (packed.records, packed.targets),
        (plain.records, plain.targets)
    );
    let missing = reader
        .read_npz::<f32>(&archive, "x_train", "y_test")
        .unwrap_err();
    assert!(
        missing
            .to_string()
            .ends_with("the arrays are [\"x_train\", \"y_train\"], expected one called y_test"),
        "{missing}"
    );
    let no_archive = reader.read_npz::<f32>(&labels_path, "x", "y").unwrap_err();
    assert!(
        no_archive
            .to_string()
            .ends_with("expected an archive as numpy.savez writes it")
    );
}

#[test]
fn faults_are_named() {
    let reader = NpyImages::new(3);
    let flat = images().into_shape_with_order((2, 3)).unwrap();
    let good = npy(&images());
    assert_eq!(
        fault(&reader, &npy(&flat), &npy(&labels())),
        "images: the array is of shape [2, 3], expected n x height x width (for n x pixels, set \
         the reader's shape)"
    );
    assert_eq!(
        fault(&reader, &good, &npy(&array![2, 3])),
        "labels: label 1 is 3, expected one of 3 whole numbers from 0"
    );
    assert_eq!(
        fault(&reader, &good, &npy(&array![2])),
        "labels has 1 labels, expected 2, one for each image of images"
    );
    assert_eq!(
        fault(&reader.clone().values(0.0, 200.0), &good, &npy(&labels())),
        "images: pixel 2 of image 0 is 255, expected a value in [0, 200]: set the reader's \
         values"
    );
    assert_eq!(
        fault(&reader.max_images(1), &good, &npy(&labels())),
        "images: 2 images, expected 1 to 1: raise max_images to read more"
    );
}

/// Files of a few bytes that would take a parser for ever, or claim more than there is.
#[test]
fn claims_and_nesting_are_refused() {
    let file = |version: u8, length: &[u8], header: &str| {
        [b"\x93NUMPY", &[version, 0][..], length, header.as_bytes()].concat()
    };
    let short = |header: &str| file(1, &(header.len() as u16).to_le_bytes(), header);
    let shape = |dims: &str| {
        short(&format!(
            "{{'descr': '|u1', 'fortran_order': False, 'shape': {dims}, }}\n"
        ))
    };
    let nested = format!("{}{}{}\n", "[".repeat(40), "]".repeat(40), " ".repeat(185));
    for (bytes, part) in [
        (shape("(1152921504606846976, 28, 28)"), "0 bytes of values"),
        (
            shape("(0, 4294967296, 4294967296)"),
            "at most 1048576 pixels",
        ),
        (shape("(0, 28, 28)"), "0 images, expected 1 to"),
        (shape("(-1, 28, 28)"), "expected an array"),
        (shape("()"), "0 bytes of values"),
        (short(&nested), "expected an array"),
        (file(2, &[0xff; 4], ""), "no header of an array"),
        (
            file(2, &20_000_u32.to_le_bytes(), &"{".repeat(20_000)),
            "no header of an array",
        ),
    ] {
        let fault = fault(&NpyImages::new(3), &bytes, &npy(&labels()));
        assert!(fault.contains(part), "{fault}");
    }
    let absurd = NpyImages::new(3).shape(ImageShape::new(usize::MAX, 2));
    assert!(fault(&absurd, &npy(&images()), &npy(&labels())).contains("at most 1048576 pixels"));
    let structured = short("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }\n");
    let fault = fault(&NpyImages::new(3), &structured, &npy(&labels()));
    assert!(
        fault.contains("the elements are of type [('x', '<f4')]"),
        "{fault}"
    );
}

/// Signed numbers and other byte orders.
#[test]
fn every_type_of_number_is_read() {
    let values = |descr: &str, data: &[u8]| {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}\n");
        let length = (header.len() as u16).to_le_bytes();
        let file = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat();
        numbers(&file).unwrap().values().collect::<Vec<_>>()
    };
    assert_eq!(values("|i1", &[0xff, 3]), [-1.0, 3.0]);
    assert_eq!(values("<i2", &[0xfe, 0xff, 1, 1]), [-2.0, 257.0]);
    assert_eq!(values(">i2", &[0xff, 0xfe, 1, 1]), [-2.0, 257.0]);
    assert_eq!(values("<u2", &[0xfe, 0xff, 1, 1]), [65534.0, 257.0]);
    let be = [0.5_f32.to_be_bytes(), (-2_f32).to_be_bytes()].concat();
    assert_eq!(values(">f4", &be), [0.5, -2.0]);
    assert_eq!(values("|b1", &[2, 0]), [1.0, 0.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn damaged_files_do_not_panic(
        images in damaged(npy(&images())),
        labels in damaged(npy(&labels())),
        archive in damaged(npz(&[("x", &npy(&images())), ("y", &npy(&labels()))])),
    ) {
        let reader = NpyImages::new(3);
        if let Ok(dataset) = read(&reader, &images, &labels) {
            prop_assert!(dataset.records.iter().all(|x| (0.0..=1.0).contains(x)));
        }
        let _ = member(&archive, "x", 1 << 20);
    }
}
