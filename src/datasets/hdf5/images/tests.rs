use hdf5_pure::FileBuilder;
use ndarray::{Array2, array};
use proptest::prelude::*;

use super::*;
use crate::ImageShape;
use crate::datasets::ArrayError;
use crate::datasets::fixtures::Folder;
use crate::datasets::mutation::damaged;

/// Files of h5py, packed, in the oldest form of the format and in that of HDF5 1.14; the script
/// `hdf5/data/generate.py` writes them.
const GOLDEN: [&[u8]; 2] = [
    include_bytes!("../data/earliest.h5.gz"),
    include_bytes!("../data/v114.h5.gz"),
];

/// Images of 1 x 3 pixels.
fn reader() -> Hdf5Images {
    Hdf5Images::new(3).shape(ImageShape::new(1, 3))
}

fn unpacked(mut packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut decoder = flate2::bufread::GzDecoder::new(&mut packed);
    std::io::Read::read_to_end(&mut decoder, &mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8], images: &str) -> Result<Dataset<f64, usize, Ix1>, DataError> {
    reader().read_from((bytes, "x.h5"), images, "labels/i64")
}

/// A hundred images in the group `chunked`.
fn chunked(bytes: &[u8], storage: &str) -> Result<Dataset<f64, usize, Ix1>, DataError> {
    let name = format!("chunked/{storage}");
    reader().read_from((bytes, "x.h5"), &name, "labels/many")
}

fn fault(bytes: &[u8], images: &str) -> String {
    read(bytes, images).unwrap_err().to_string()
}

/// Two images of 1 x 3 values, contiguous, and their labels.
fn small() -> Vec<u8> {
    let mut file = FileBuilder::new();
    file.create_dataset("x")
        .with_u8_data(&[0, 51, 255, 255, 0, 102])
        .with_shape(&[2, 1, 3]);
    let mut labels = file.create_group("labels");
    labels.create_dataset("i64").with_i32_data(&[2, 0]);
    file.add_group(labels.finish());
    file.finish().unwrap()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Hdf5Arrays>();
    has_autotraits::<Hdf5Images>();
}

#[test]
fn every_type_and_layout_of_h5py_gives_the_same_dataset() {
    let expected = array![[0.0, 0.2, 1.0], [1.0, 0.0, 0.4]];
    for bytes in GOLDEN.map(unpacked) {
        for name in ["u8", "i64", "big"] {
            let dataset = read(&bytes, name).unwrap();
            assert_eq!(dataset.records, expected, "{name}");
            assert_eq!(dataset.targets.to_vec(), [2, 0]);
            assert_eq!(ImageShape::of(&dataset), Some(ImageShape::new(1, 3)));
        }
        let single = expected.mapv(|x| f64::from(x as f32));
        let column = |images| reader().read_from::<f64>((&bytes[..], "x"), images, "labels/f32");
        assert_eq!(column("f32").unwrap().records, single);
        let masks = array![[0.0, 0.0, 1.0], [1.0, 0.0, 1.0]];
        assert_eq!(column("bool").unwrap().records, masks);
    }
}

#[test]
fn chunks_are_read_in_the_oldest_form_of_the_format() {
    let rows = [[0.0, 0.2, 1.0], [1.0, 0.0, 0.4]];
    let many = Array2::from_shape_fn((100, 3), |(i, j)| rows[i % 2][j]);
    let [earliest, newer] = GOLDEN.map(unpacked);
    for storage in ["plain", "gzip", "lzf", "whole", "growing"] {
        let dataset = chunked(&earliest, storage).unwrap();
        assert_eq!(dataset.records, many, "{storage}");
    }
    assert_eq!(chunked(&newer, "whole").unwrap().records, many);
    for storage in ["plain", "gzip", "lzf", "growing"] {
        let error = chunked(&newer, storage).unwrap_err().to_string();
        assert!(error.contains("chunks in an index of the kind"), "{error}");
    }
}

#[test]
fn files_are_read_plain_and_compressed() {
    let folder = Folder::new();
    let packed = folder.write("packed.h5.gz", GOLDEN[0]);
    let plain = folder.write("plain.h5", &unpacked(GOLDEN[0]));
    let read = |path| reader().read::<f32>(path, "u8", "labels/i64").unwrap();
    assert_eq!(read(packed), read(plain));
}

#[test]
fn faults_are_named() {
    let bytes = unpacked(GOLDEN[0]);
    assert_eq!(
        fault(&bytes, "half"),
        "x.h5/half: the elements are of type f16, expected integers, booleans, or floats of 4 or 8 \
         bytes: store array.astype(\"float32\")"
    );
    assert!(fault(&bytes, "text").contains("the elements are of type"));
    assert_eq!(
        fault(&small(), "train/data"),
        "x.h5/train/data: the arrays are [\"x\", \"labels/i64\"], expected one called train/data"
    );
    assert!(fault(&small(), "labels").ends_with("expected one called labels"));
    assert_eq!(
        fault(b"PK\x03\x04", "x"),
        "x.h5: HDF5 format error: HDF5 signature not found at any valid offset, expected an HDF5 file as h5py \
         writes it by default"
    );
    let flat = Hdf5Images::new(3);
    let flat = flat.read_from::<f32>((&bytes[..], "x.h5"), "f32", "labels/i64");
    assert_eq!(
        flat.unwrap_err().to_string(),
        "x.h5/f32: the array is of shape [2, 3], expected n x height x width (for n x pixels, set the \
         reader's shape)"
    );
    assert_eq!(
        fault(&bytes, "chunked/gzip"),
        "x.h5/labels/i64 has 2 labels, expected 100, one for each image of x.h5/chunked/gzip"
    );
}

/// Headers that claim more than their file can hold.
#[test]
fn claims_beyond_the_file_are_refused() {
    let words = |lengths: [u64; 2]| lengths.map(u64::to_le_bytes).concat();
    for (name, from) in [("u8", [2, 1]), ("chunked/gzip", [100, 3])] {
        for to in [[1 << 40, 3], [1 << 21, 3], [u64::MAX, 3]] {
            let mut bytes = unpacked(GOLDEN[0]);
            for at in 0..bytes.len() - 16 {
                if bytes[at..][..16] == words(from) {
                    bytes[at..][..16].copy_from_slice(&words(to));
                }
            }
            let error = read(&bytes, name).unwrap_err();
            let DataError::Array { fault, .. } = error else {
                panic!("{error}");
            };
            assert!(matches!(fault, ArrayError::Size { .. }), "{fault}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_files_do_not_panic(
        small in damaged(small()),
        earliest in damaged(unpacked(GOLDEN[0])),
        newer in damaged(unpacked(GOLDEN[1])),
    ) {
        for (bytes, name) in [
            (&small, "x"),
            (&earliest, "u8"),
            (&earliest, "bool"),
            (&newer, "f32"),
        ] {
            if let Ok(dataset) = read(bytes, name) {
                prop_assert!(dataset.records.iter().all(|x| (0.0..=1.0).contains(x)));
            }
        }
        for (bytes, storage) in [
            (&earliest, "gzip"),
            (&earliest, "lzf"),
            (&earliest, "growing"),
            (&newer, "whole"),
        ] {
            let _ = chunked(bytes, storage);
        }
    }
}
