//! Files that would grow in memory: a reader takes memory for the bytes that exist, up to a limit.
//!
//! Each test measures the greatest number of bytes that its own thread holds at once. The bound is
//! `c * (bytes + limit)`, where `bytes` is the length of the file and `limit` the number of bytes
//! that the options of the reader allow.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use linfa::Dataset;
use linfa_fisher::datasets::mat5::{self, MatError};
use linfa_fisher::datasets::{
    CsvImages, DataError, IdxImages, ImageShape, LibsvmImages, TextImages, alphanumeric_from_bytes,
    usps,
};
use ndarray::Ix1;

use crate::allocation::peak;

type Outcome = Result<Dataset<f64, usize, Ix1>, DataError>;

/// The reader refuses the file, within the bound.
fn refused(bound: usize, run: impl FnOnce() -> Outcome) -> DataError {
    let (outcome, peak) = peak(run);
    println!("{peak} bytes at most, {bound} allowed");
    assert!(peak <= bound, "{peak} bytes, expected at most {bound}");
    outcome.unwrap_err()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const SHAPE: ImageShape = ImageShape::USPS;
/// What readers hold for buffers, the decompressor and the names of columns.
const FIXED: usize = 1 << 18;
/// Bytes of the values and the label of an image; a growing vector holds up to three times its
/// content.
const IMAGE: usize = 3 * (SHAPE.height * SHAPE.width + 1) * 8;

#[test]
fn libsvm_lines_that_grow_into_images() {
    let bomb = gzip("1\n".repeat(1 << 20).as_bytes());
    let reader = LibsvmImages::new(SHAPE, 10).max_images(1000);
    let bound = FIXED + 1001 * IMAGE;
    let error = refused(bound, || reader.read_from(&bomb[..], "bomb"));
    assert!(matches!(error, DataError::Text { .. }), "{error}");
}

#[test]
fn usps_knows_how_many_images_it_has() {
    let folder = std::env::temp_dir().join(format!("linfa-fisher-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let bomb = gzip("1\n".repeat(1 << 20).as_bytes());
    std::fs::write(folder.join("usps.gz"), bomb).unwrap();
    std::fs::write(folder.join("usps.t"), "1\n").unwrap();
    let bound = FIXED + 7292 * IMAGE;
    let (outcome, peak) = peak(|| usps::<f64>(&folder).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(outcome && peak <= bound, "{peak} bytes, {bound} allowed");
}

#[test]
fn text_of_many_images_and_of_long_lines() {
    let line = format!("1{}\n", " 0".repeat(SHAPE.pixels()));
    let bomb = gzip(line.repeat(20_000).as_bytes());
    let reader = TextImages::new(SHAPE, 10).max_images(1000);
    let error = refused(FIXED + 1001 * IMAGE, || reader.read_from(&bomb[..], "bomb"));
    assert!(matches!(error, DataError::Text { .. }), "{error}");
    for byte in [" ", "0", "0 "] {
        let bomb = gzip(byte.repeat(1 << 24).as_bytes());
        let error = refused(FIXED, || reader.read_from(&bomb[..], "bomb"));
        assert!(matches!(error, DataError::Text { .. }), "{error}");
    }
}

#[test]
fn csv_quotes_that_never_close() {
    for part in ["1\n", ",", "\"", "\n\""] {
        let bomb = gzip(format!("\"{}", part.repeat(1 << 24)).as_bytes());
        let reader = CsvImages::new(SHAPE, 10);
        let error = refused(FIXED, || reader.read_from(&bomb[..], "bomb"));
        assert!(matches!(error, DataError::Text { .. }), "{error}");
    }
}

#[test]
fn idx_headers_that_claim_much() {
    let file = |dims: &[u32], length: usize| {
        let mut bytes = vec![0, 0, 8, dims.len() as u8];
        bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
        bytes.resize(bytes.len() + length, 0);
        bytes
    };
    let read = |images: &[u8], labels: &[u8], bound| {
        let reader = IdxImages::new(10);
        refused(bound, || reader.read_from((images, "i"), (labels, "l")))
    };
    // One image whose columns would have 33 million names.
    let wide = gzip(&file(&[1, 1, 1 << 25], 1 << 25));
    let error = read(&wide, &file(&[1], 1), FIXED);
    assert!(matches!(error, DataError::Idx { .. }), "{error}");
    // Claims without the bytes.
    let error = read(&file(&[1000, 28, 28], 0), &file(&[1000], 1000), FIXED);
    assert!(matches!(error, DataError::Idx { .. }), "{error}");
    // More bytes than claimed.
    let long = gzip(&file(&[1, 28, 28], 1 << 26));
    let error = read(&long, &file(&[1], 1), FIXED);
    assert!(matches!(error, DataError::Idx { .. }), "{error}");
}

/// A MAT-file of elements, compressed into one variable or as they are.
fn mat(elements: &[u8], compressed: bool) -> Vec<u8> {
    let mut bytes = vec![b' '; 124];
    bytes.extend(b"\x00\x01IM");
    if compressed {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(elements).unwrap();
        let data = encoder.finish().unwrap();
        bytes.extend(15_u32.to_le_bytes());
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
    } else {
        bytes.extend(elements);
    }
    bytes
}

fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn array(class: u8, count: usize, data: &[u8]) -> Vec<u8> {
    let dims = [1_u32, count as u32].map(u32::to_le_bytes).concat();
    let head = [
        element(6, &[class, 0, 0, 0, 0, 0, 0, 0]),
        element(5, &dims),
        element(1, b"x"),
    ];
    element(14, &[head.concat(), data.to_vec()].concat())
}

/// The bound that the documentation of `mat5` states.
fn mat_bound(bytes: usize, limit: usize) -> usize {
    16 * (bytes + limit) + (16 << 20)
}

#[test]
fn mat_arrays_of_every_kind() {
    const N: usize = 1 << 20;
    let invalid = element(1, &vec![0xff; N]);
    let lone_surrogates = element(17, &[0, 0xd8].repeat(N));
    let files = [
        array(6, N, &element(2, &vec![1; N])),
        array(4, N, &invalid),
        array(4, N, &lone_surrogates),
        array(1, 60_000, &element(14, &[]).repeat(60_000)),
        array(1, N, &element(14, &[]).repeat(N)),
        array(1, 30_000, &array(6, 1, &element(2, &[1])).repeat(30_000)),
    ];
    for file in files {
        for compressed in [false, true] {
            let (bytes, limit) = (mat(&file, compressed), file.len());
            let (outcome, peak) = peak(|| mat5::read(&bytes, limit));
            let bound = mat_bound(bytes.len(), if compressed { limit } else { 0 });
            println!("{peak} bytes at most, {bound} allowed");
            assert!(peak <= bound, "{peak} bytes, {bound} allowed");
            let known = matches!(outcome, Ok(_) | Err(MatError::Arrays { .. }));
            assert!(known, "{outcome:?}");
        }
    }
}

/// 8 MB of empty arrays, which would take up a hundred times as much.
#[test]
fn mat_arrays_without_content() {
    let bomb = mat(&element(14, &[]).repeat(1 << 20), false);
    let bound = mat_bound(0, 0);
    let error = refused(bound, || alphanumeric_from_bytes(&bomb, "bomb.mat"));
    assert!(matches!(error, DataError::Mat { .. }), "{error}");
}

/// A file of h5py whose header claims more and more: what is read is bounded by the file's length.
#[cfg(feature = "hdf5")]
#[test]
fn hdf5_headers_that_claim_much() {
    use linfa_fisher::datasets::Hdf5Images;
    let packed = include_bytes!("../../src/datasets/hdf5/data/earliest.h5.gz");
    let mut bytes = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(&packed[..]);
    std::io::Read::read_to_end(&mut decoder, &mut bytes).unwrap();
    let reader = Hdf5Images::new(3).shape(ImageShape::new(1, 3));
    // An array takes up at most 1032 times the bytes of the file, and so does a chunk of it.
    let bound = FIXED + (2 * 1032 + 2) * bytes.len();
    let words = |lengths: [u64; 2]| lengths.map(u64::to_le_bytes).concat();
    for exponent in 7..64 {
        let claim = words([1 << exponent, 3]);
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() - 16 {
            if bytes[at..][..16] == words([100, 3]) {
                damaged[at..][..16].copy_from_slice(&claim);
            }
        }
        for storage in ["plain", "gzip", "lzf", "whole", "growing"] {
            let images = format!("chunked/{storage}");
            let file = (&damaged[..], "claim.h5");
            let error = refused(bound, || reader.read_from(file, &images, "labels/many"));
            let known = matches!(
                error,
                DataError::Array { .. } | DataError::LabelCount { .. }
            );
            assert!(known, "{error}");
        }
    }
}
