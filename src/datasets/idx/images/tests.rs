use super::*;
use crate::datasets::fixtures::{Folder, gzip, idx_file};
use crate::datasets::idx::IdxError;
use crate::datasets::mutation::damaged;
use ndarray::s;
use proptest::prelude::*;

/// Two images of 2 x 3 pixels, of classes 2 and 0.
const PIXELS: [u8; 12] = [0, 51, 255, 1, 2, 3, 255, 254, 253, 0, 0, 102];
const SHAPE: ImageShape = ImageShape::new(2, 3);

fn images() -> Vec<u8> {
    idx_file(&[2, 2, 3], &PIXELS)
}

fn labels() -> Vec<u8> {
    idx_file(&[2], &[2, 0])
}

fn read(images: &[u8], labels: &[u8]) -> Result<Dataset<f64, usize, Ix1>, DataError> {
    IdxImages::new(3)
        .shape(SHAPE)
        .read_from((images, "images"), (labels, "labels"))
}

fn fault(images: &[u8], labels: &[u8]) -> IdxError {
    match read(images, labels) {
        Err(DataError::Idx { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<IdxImages>();
    has_autotraits::<IdxError>();
}

#[test]
fn what_is_written_is_read_back_plain_or_compressed() {
    let dataset = read(&images(), &labels()).unwrap();
    assert_eq!(dataset.targets.to_vec(), [2, 0]);
    assert_eq!(ImageShape::of(&dataset), Some(SHAPE));
    let bytes: Vec<u8> = dataset.records.iter().map(|v| (v * 255.0) as u8).collect();
    assert_eq!(bytes, PIXELS);
    assert_eq!(read(&gzip(&images()), &gzip(&labels())).unwrap(), dataset);
}

#[test]
fn images_beyond_one_chunk_are_whole() {
    let pixels: Vec<u8> = (0..30 * 28 * 28).map(|i| (i % 251) as u8).collect();
    let dataset = IdxImages::new(30)
        .read_from::<f32>(
            (&idx_file(&[30, 28, 28], &pixels)[..], "images"),
            (
                &idx_file(&[30], &(0..30).collect::<Vec<u8>>())[..],
                "labels",
            ),
        )
        .unwrap();
    let bytes: Vec<u8> = dataset
        .records
        .iter()
        .map(|v| (v * 255.0).round() as u8)
        .collect();
    assert_eq!(bytes, pixels);
}

/// Of images that go beyond one chunk of the stream, any range is a part of the whole.
#[test]
fn a_range_of_images_is_that_part_of_the_whole() {
    let pixels: Vec<u8> = (0..50 * 800).map(|i| (i * i / 7 % 251) as u8).collect();
    let images = idx_file(&[50, 20, 40], &pixels);
    let labels = idx_file(&[50], &(0..50).map(|i| i % 10).collect::<Vec<u8>>());
    let read = |reader: IdxImages, images: &[u8]| {
        reader.read_from::<f64>((images, "images"), (&labels[..], "labels"))
    };
    let whole = read(IdxImages::new(10), &images).unwrap();
    for rows in [0..1, 0..50, 7..31, 10..11, 49..50] {
        let part = read(IdxImages::new(10).rows(rows.clone()), &images).unwrap();
        assert_eq!(part.records, whole.records.slice(s![rows.clone(), ..]));
        assert_eq!(part.targets, whole.targets.slice(s![rows]));
    }
    for rows in [0..51, 3..3] {
        let found = rows.clone();
        match read(IdxImages::new(10).rows(rows), &images) {
            Err(DataError::Idx { fault, .. }) => {
                let expected = 50;
                assert_eq!(fault, IdxError::Rows { found, expected });
            }
            other => panic!("{other:?}"),
        }
    }
    // what is not kept is read all the same
    let cut = &images[..images.len() - 1];
    assert!(matches!(
        read(IdxImages::new(10).rows(0..1), cut),
        Err(DataError::Idx {
            fault: IdxError::Truncated { .. },
            ..
        })
    ));
}

#[test]
fn the_header_tells_the_number_of_images() {
    let folder = Folder::new();
    let path = folder.write("images", &gzip(&images()));
    let reader = IdxImages::new(10);
    assert_eq!(reader.nimages(&path).unwrap(), 2);
    let few = reader.max_images(1).nimages(&path).unwrap_err();
    assert!(matches!(
        few,
        DataError::Idx {
            fault: IdxError::Images { limit: 1, .. },
            ..
        }
    ));
}

#[test]
fn transposed_images_are_set_upright() {
    let reader = IdxImages::new(2).first_label(1).transposed(true);
    let labels = idx_file(&[2], &[2, 1]);
    let read = |reader: &IdxImages| {
        reader.read_from::<f64>((&images()[..], "images"), (&labels[..], "labels"))
    };
    let dataset = read(&reader).unwrap();
    assert_eq!(dataset.targets.to_vec(), [1, 0]);
    assert_eq!(ImageShape::of(&dataset), Some(ImageShape::new(3, 2)));
    let upright = [0, 1, 51, 2, 255, 3].map(|byte: u8| f64::from(byte) / 255.0);
    assert_eq!(dataset.records.row(0).to_vec(), upright);
    let shaped = reader.clone().shape(ImageShape::new(3, 2));
    assert_eq!(read(&shaped).unwrap(), dataset);
    assert!(matches!(
        read(&reader.shape(SHAPE)),
        Err(DataError::Idx {
            fault: IdxError::Shape { .. },
            ..
        })
    ));
}

#[test]
fn faults_of_the_header_are_told_apart() {
    let labels = labels();
    assert_eq!(
        fault(&labels, &labels),
        IdxError::Magic {
            found: 0x0801,
            expected: 0x0803
        }
    );
    let mut floats = images();
    floats[2] = 0x0d;
    assert_eq!(
        fault(&floats, &labels),
        IdxError::Magic {
            found: 0x0d03,
            expected: 0x0803
        }
    );
    for cut in 1..16 {
        assert_eq!(
            fault(&images()[..cut], &labels),
            IdxError::Header {
                found: cut,
                expected: 16
            }
        );
    }
    assert!(matches!(read(&[], &labels), Err(DataError::Empty { .. })));
    let huge = u32::MAX;
    for dims in [
        [huge, huge, huge],
        [0, 2, 3],
        [2, 0, 3],
        [2, 3, 0],
        [1 << 20, 1 << 10, 2],
    ] {
        assert_eq!(
            fault(&idx_file(&dims, &PIXELS), &labels),
            IdxError::Dimensions {
                found: dims.to_vec(),
                limit: 1 << 30
            }
        );
    }
    assert_eq!(
        fault(&idx_file(&[2, 3, 2], &PIXELS), &labels),
        IdxError::Shape {
            found: ImageShape::new(3, 2),
            expected: SHAPE
        }
    );
}

#[test]
fn lengths_and_counts_must_agree() {
    let images = images();
    assert_eq!(
        fault(&images[..27], &labels()),
        IdxError::Truncated {
            found: 27,
            expected: 28
        }
    );
    let longer = [images.clone(), vec![0]].concat();
    for file in [gzip(&longer), longer] {
        assert_eq!(fault(&file, &labels()), IdxError::Trailing { expected: 28 });
    }
    assert!(matches!(
        read(&images, &idx_file(&[3], &[0, 1, 2])),
        Err(DataError::LabelCount {
            expected: 2,
            found: 3,
            ..
        })
    ));
    assert_eq!(
        fault(&images, &idx_file(&[2], &[0])),
        IdxError::Truncated {
            found: 9,
            expected: 10
        }
    );
    assert_eq!(
        fault(&images, &idx_file(&[2], &[0, 3])),
        IdxError::Label {
            offset: 9,
            found: 3,
            first: 0,
            last: 2
        }
    );
}

/// Counts the bytes that are taken from it.
struct Taken<'a>(&'a [u8], usize);

impl Read for Taken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1 += count;
        Ok(count)
    }
}

#[test]
fn a_bomb_is_read_no_further_than_its_header_allows() {
    let mut bomb = images();
    bomb.resize(1 << 26, 0);
    let bomb = gzip(&bomb);
    let mut taken = Taken(&bomb, 0);
    let labels = labels();
    let outcome = IdxImages::new(3).read_from::<f64>((&mut taken, "i"), (&labels[..], "l"));
    assert!(matches!(
        outcome,
        Err(DataError::Idx { fault, .. }) if fault == IdxError::Trailing { expected: 28 }
    ));
    assert!(taken.1 < bomb.len() / 4, "{} of {}", taken.1, bomb.len());
}

#[test]
fn sizes_beyond_those_of_any_dataset_are_refused_at_the_header() {
    let refused = |reader: &IdxImages, dims: [u32; 3]| {
        let (images, labels) = (idx_file(&dims, &[]), labels());
        match reader.read_from::<f64>((&images[..], "i"), (&labels[..], "l")) {
            Err(DataError::Idx { fault, .. }) => fault,
            other => panic!("{other:?}"),
        }
    };
    let reader = IdxImages::new(3);
    assert_eq!(
        refused(&reader, [1, 1, (1 << 20) + 1]),
        IdxError::Pixels {
            found: ImageShape::new(1, (1 << 20) + 1),
            limit: 1 << 20
        }
    );
    assert_eq!(
        refused(&reader, [257, 1, 1 << 20]),
        IdxError::Images {
            found: 257,
            limit: 256
        }
    );
    assert_eq!(
        refused(&reader.max_images(5), [6, 2, 2]),
        IdxError::Images { found: 6, limit: 5 }
    );
}

#[test]
fn a_dot_may_stand_for_the_hyphen() {
    let folder = Folder::new();
    folder.write("train-images.idx3-ubyte", &images());
    folder.write("train-labels.idx1-ubyte", &labels());
    folder.write("t10k-images-idx3-ubyte", &images());
    folder.write("t10k-labels.idx1-ubyte.gz", &gzip(&labels()));
    let split = IdxImages::new(3).read_folder::<f32>(&folder.0, "").unwrap();
    assert_eq!(split.train, split.test);
}

#[test]
fn broken_gzip_is_named_with_its_place() {
    let file = gzip(&images());
    for cut in 2..file.len() {
        assert!(matches!(
            read(&file[..cut], &labels()),
            Err(DataError::Compressed { path, .. }) if path.as_os_str() == "images"
        ));
    }
    let followed = [file, b"more".to_vec()].concat();
    assert!(matches!(
        read(&followed, &labels()),
        Err(DataError::Compressed { .. })
    ));
}

#[test]
fn a_folder_holds_four_files_under_any_of_their_names() {
    let folder = Folder::new();
    let load = |prefix| IdxImages::new(3).read_folder::<f32>(&folder.0, prefix);
    folder.write("k-train-images-idx3-ubyte.gz", &gzip(&images()));
    folder.write("k-train-labels-idx1-ubyte", &labels());
    folder.write("k-test-images-idx3-ubyte", &images());
    assert!(matches!(
        load("k-"),
        Err(DataError::Missing { file, .. }) if file == "k-t10k-labels-idx1-ubyte.gz"
    ));
    folder.write("k-t10k-labels-idx1-ubyte.gz", &labels());
    let split = load("k-").unwrap();
    assert_eq!(split.train, split.test);
    assert_eq!(
        load("").unwrap_err().to_string(),
        format!(
            "train-images-idx3-ubyte.gz is not in {}: get it from its publisher and put it there, or give the \
             folder that holds it (the environment variable LINFA_FISHER_DATA names the usual one)",
            folder.0.display()
        )
    );
}

/// Whatever comes, the reader returns, with no more pixels than it had bytes.
fn stays_within_bounds(images: &[u8], labels: &[u8]) {
    let any = IdxImages::new(3).read_from::<f32>((images, "i"), (labels, "l"));
    if let Ok(dataset) = any {
        assert!(dataset.records.len() < images.len());
        assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]

    #[test]
    fn damaged_images_do_not_panic(images in damaged(images())) {
        stays_within_bounds(&images, &labels());
    }

    #[test]
    fn damaged_labels_do_not_panic(labels in damaged(labels())) {
        stays_within_bounds(&images(), &labels);
    }

    #[test]
    fn damaged_gzip_does_not_panic(images in damaged(gzip(&images()))) {
        let _ = read(&images, &labels());
    }
}
