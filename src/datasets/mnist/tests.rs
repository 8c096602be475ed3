use super::*;
use crate::datasets::fixtures::{Folder, gzip, idx_file};

/// Writes a part with images of one pixel value a class.
fn write_part(folder: &Folder, prefix: &str, part: &str, sizes: &[usize]) {
    let classes = (0..).zip(sizes);
    let labels: Vec<u8> = classes
        .flat_map(|(class, &size)| vec![class; size])
        .collect();
    let pixels: Vec<u8> = labels.iter().flat_map(|&label| [label; 784]).collect();
    let count = labels.len() as u32;
    let name = |kind| format!("{prefix}{part}-{kind}-ubyte.gz");
    folder.write(&name("labels-idx1"), &gzip(&idx_file(&[count], &labels)));
    folder.write(
        &name("images-idx3"),
        &gzip(&idx_file(&[count, 28, 28], &pixels)),
    );
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Emnist>();
}

#[test]
fn sizes_of_classes_tell_the_sets_apart() {
    let folder = Folder::new();
    write_part(&folder, "fashion-mnist/", "train", &[6000; 10]);
    write_part(&folder, "fashion-mnist/", "t10k", &[1000; 10]);
    let split = fashion_mnist::<f32>(&folder.0).unwrap();
    assert_eq!(split.train.records.dim(), (60_000, 784));
    assert_eq!(split.test.records.dim(), (10_000, 784));
    let error = mnist::<f32>(folder.0.join("fashion-mnist")).unwrap_err();
    assert!(matches!(
        &error,
        DataError::ClassSize {
            part: "training",
            class: 0,
            found: 6000,
            expected: 5923,
            ..
        }
    ));
    assert!(
        error
            .to_string()
            .ends_with("it is another dataset or incomplete")
    );
    let error = kmnist::<f32>(&folder.0).unwrap_err();
    assert!(matches!(
        error,
        DataError::Missing {
            subfolder: "kmnist",
            ..
        }
    ));
}

#[test]
fn emnist_letters_count_from_zero_and_stand_upright() {
    let folder = Folder::new();
    let mut image = [0; 784];
    image[28] = 255; // second column of the first row, as EMNIST stores it
    for part in ["train", "test"] {
        let name = |kind| format!("emnist/emnist-letters-{part}-{kind}-ubyte");
        folder.write(&name("images-idx3"), &idx_file(&[1, 28, 28], &image));
        folder.write(&name("labels-idx1"), &idx_file(&[1], &[26]));
    }
    let split = emnist::<f32>(&folder.0, Emnist::Letters).unwrap();
    assert_eq!(split.test.targets[0], 25);
    assert_eq!(split.test.records[[0, 1]], 1.0);
    assert!(emnist::<f32>(&folder.0, Emnist::Digits).is_err());
}

#[test]
fn pixels_tell_other_images_of_the_same_classes_apart() {
    let folder = Folder::new();
    write_part(&folder, "MNIST/raw/", "train", &MNIST.train);
    write_part(&folder, "MNIST/raw/", "t10k", &MNIST.test);
    let error = mnist::<f32>(&folder.0).unwrap_err();
    let found: u64 = (0..)
        .zip(MNIST.train)
        .map(|(c, n)| c * 784 * n as u64)
        .sum();
    assert!(matches!(
        &error,
        DataError::PixelSum { part: "training", found: sum, .. } if *sum == found
    ));
    assert!(error.to_string().ends_with("it is another dataset"));
}

#[test]
fn more_images_than_a_set_has_are_refused_at_the_header() {
    let folder = Folder::new();
    folder.write("train-images-idx3-ubyte", &idx_file(&[60_001, 28, 28], &[]));
    folder.write("train-labels-idx1-ubyte", &idx_file(&[60_001], &[]));
    let loaders = [mnist::<f32>, fashion_mnist, kmnist];
    for load in loaders {
        assert!(matches!(
            load(folder.0.clone()),
            Err(DataError::Idx {
                fault: crate::datasets::IdxError::Images {
                    found: 60_001,
                    limit: 60_000
                },
                ..
            })
        ));
    }
}

#[test]
fn the_groups_of_emnist_have_the_images_that_their_docs_say() {
    for (group, images) in [
        (Emnist::ByClass, 814_255),
        (Emnist::ByMerge, 814_255),
        (Emnist::Balanced, 131_600),
        (Emnist::Letters, 145_600),
        (Emnist::Digits, 280_000),
        (Emnist::Mnist, 70_000),
    ] {
        assert_eq!(group.images().iter().sum::<usize>(), images);
    }
}
