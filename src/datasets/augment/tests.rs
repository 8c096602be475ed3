use linfa::Dataset;
use ndarray::{Array1, Array2, Ix1, array};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::affine::Affine;
use super::elastic::Elastic;
use super::warp::warp;
use super::*;
use crate::datasets::{DataError, ImageShape, digits};
use crate::record_source::RecordSource;

fn images(shape: ImageShape, image: Vec<f64>) -> Dataset<f64, usize, Ix1> {
    let records = Array2::from_shape_vec((1, shape.pixels()), image).unwrap();
    Dataset::new(records, array![7]).with_feature_names(shape.feature_names())
}

/// A cross off the middle of a 5 x 5 image, rotated, sheared and shifted.
fn changed(angle: f64, shear: f64, shift: [f64; 2]) -> String {
    let shape = ImageShape::new(5, 5);
    let mut image = Array1::zeros(25);
    for pixel in [7, 11, 12, 13, 17] {
        image[pixel] = 1.0;
    }
    image[2] = 1.0;
    let affine = Affine::new(shape, angle, shear, shift);
    let changed: Array1<f64> = warp(image.view(), shape, |_, at| affine.source(at));
    shape.draw(changed.view()).to_string()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Augment>();
    has_autotraits::<Augmented<f32>>();
    has_autotraits::<AugmentSource<f32>>();
}

#[test]
fn affine_changes_go_where_they_should() {
    let upright = "..#..\n..#..\n.###.\n..#..\n.....\n";
    assert_eq!(changed(0.0, 0.0, [0.0, 0.0]), upright);
    assert_eq!(
        changed(0.0, 0.0, [1.0, -1.0]),
        ".....\n.#...\n.#...\n###..\n.#...\n"
    );
    let half = std::f64::consts::PI - 1e-9;
    assert_eq!(
        changed(half, 0.0, [0.0, 0.0]),
        ".....\n..#..\n.###.\n..#..\n..#..\n"
    );
    assert_eq!(
        changed(0.0, 1.0, [0.0, 0.0]),
        "#....\n.#...\n.###.\n...#.\n.....\n"
    );
}

/// Twice as large, what is one pixel from the middle comes to be two pixels from it.
#[test]
fn magnification_moves_away_from_the_middle() {
    let shape = ImageShape::new(5, 5);
    let affine = Affine::new(shape, 0.0, 0.0, [0.0, 0.0]).magnified(2.0);
    assert_eq!(affine.source([0.0, 4.0]), [1.0, 3.0]);
    assert_eq!(affine.source([2.0, 2.0]), [2.0, 2.0]);

    let mut disc = vec![0.0; 81];
    for pixel in [30, 31, 32, 39, 40, 41, 48, 49, 50] {
        disc[pixel] = 1.0;
    }
    let dataset = images(ImageShape::new(9, 9), disc);
    let copies: Vec<_> = (0..50)
        .map(|seed| {
            Augment::new()
                .scale(0.5)
                .stream(&dataset, seed)
                .unwrap()
                .next()
                .unwrap()
                .0
        })
        .collect();
    let ink: Vec<f64> = copies.iter().map(|copy| copy.sum()).collect();
    assert!(
        ink.iter().any(|&ink| ink < 6.0) && ink.iter().any(|&ink| ink > 14.0),
        "{ink:?}"
    );
}

#[test]
fn no_changes_give_the_images_themselves() {
    let dataset = digits::<f64>().unwrap();
    let stream = Augment::new().stream(&dataset, 1).unwrap();
    assert_eq!(stream.len(), 1797);
    for ((image, class), (row, target)) in
        stream.zip(dataset.records.rows().into_iter().zip(&dataset.targets))
    {
        assert_eq!((image, class), (row.to_owned(), *target));
    }
}

#[test]
fn the_seed_decides_and_values_stay_in_the_unit_interval() {
    let dataset = digits::<f32>().unwrap();
    let augment = Augment::new()
        .shift(1)
        .rotation(15.0)
        .shear(0.2)
        .elastic(8.0, 2.0);
    let all = |seed| -> Vec<_> { augment.stream(&dataset, seed).unwrap().collect() };
    assert_eq!(all(1), all(1));
    assert_ne!(all(1), all(2));
    assert!(
        all(1)
            .iter()
            .all(|(image, _)| image.iter().all(|v| (0.0..=1.0).contains(v)))
    );
    let batches: Vec<_> = augment.stream(&dataset, 1).unwrap().batches(1000).collect();
    assert_eq!((batches.len(), batches[1].records.nrows()), (2, 797));
    assert_eq!(batches[1].records.row(0), all(1)[1000].0);
    assert_eq!(batches[1].targets[0], dataset.targets[1000]);
}

#[test]
fn shifts_are_whole_and_cover_their_range() {
    let shape = ImageShape::new(3, 3);
    let mut middle = vec![0.0; 9];
    middle[4] = 1.0;
    let dataset = images(shape, middle);
    let mut seen = [false; 9];
    for seed in 0..200 {
        let (image, class) = Augment::new()
            .shift(1)
            .stream(&dataset, seed)
            .unwrap()
            .next()
            .unwrap();
        assert_eq!((class, image.sum()), (7, 1.0));
        seen[image.iter().position(|&v| v == 1.0).unwrap()] = true;
    }
    assert_eq!(seen, [true; 9]);
    let far = Augment::new().shift(usize::MAX);
    assert!(far.stream(&dataset, 1).unwrap().next().is_some());
}

#[test]
fn elastic_fields_are_smooth_and_scale_with_alpha() {
    let shape = ImageShape::new(28, 28);
    let field = |alpha, sigma| {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        Elastic::new(shape, alpha, sigma).draw(&mut rng)[0].clone()
    };
    let roughness = |field: &[f64]| {
        let steps: f64 = field
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).powi(2))
            .sum();
        steps / field.iter().map(|v| v * v).sum::<f64>()
    };
    // Neighbours of a field smoothed by s correlate as exp(-1 / (4 s^2)), steps as 2 (1 - that).
    assert!(roughness(&field(1.0, 4.0)) < 0.2);
    assert!(roughness(&field(1.0, 1e-3)) > 1.5);
    for (one, eight) in field(1.0, 2.0).iter().zip(field(8.0, 2.0)) {
        assert!((8.0 * one - eight).abs() < 1e-9);
    }
    assert!(field(1.0, 1e6).iter().all(|v| v.abs() <= 1.0));
}

#[test]
fn settings_out_of_range_are_named() {
    let dataset = digits::<f64>().unwrap();
    let fault = |augment: Augment| match augment.stream(&dataset, 1) {
        Err(DataError::Augment { setting, .. }) => setting,
        _ => "none",
    };
    assert_eq!(fault(Augment::new().rotation(-1.0)), "rotation");
    assert_eq!(fault(Augment::new().rotation(f64::NAN)), "rotation");
    assert_eq!(fault(Augment::new().shear(1.1)), "shear");
    assert_eq!(fault(Augment::new().scale(1.0)), "scale");
    assert_eq!(
        fault(Augment::new().elastic(f64::INFINITY, 1.0)),
        "elastic alpha"
    );
    assert_eq!(fault(Augment::new().elastic(1.0, 0.0)), "elastic sigma");
    let mut short = dataset.clone();
    short.targets = array![1];
    assert!(matches!(
        Augment::new().stream(&short, 1),
        Err(DataError::TargetCount {
            found: 1,
            expected: 1797
        })
    ));
}

#[test]
fn batches_keep_the_names() {
    let dataset = digits::<f32>().unwrap().with_target_names(vec!["digit"]);
    let stream = Augment::new().shift(1).stream(&dataset, 1).unwrap();
    for batch in stream.batches(1000) {
        assert_eq!(ImageShape::of(&batch), Some(ImageShape::DIGITS));
        assert_eq!(batch.target_names(), ["digit"]);
    }
}

#[test]
fn a_source_gives_other_copies_in_every_pass() {
    let dataset = digits::<f64>().unwrap();
    let read = |augment: &Augment, pass| {
        let mut rows = Vec::new();
        let source = augment.source(&dataset, 2, 1).unwrap();
        let outcome = source.pass(pass, &mut |block| {
            assert!(block.nrows() <= 1000);
            rows.extend(block.rows().into_iter().map(|row| row.to_vec()));
            Ok(())
        });
        outcome.unwrap();
        assert_eq!(rows.len(), source.nrows());
        rows
    };
    let plain = read(&Augment::new(), 0);
    for (row, copy) in plain.iter().enumerate() {
        assert_eq!(copy[..], dataset.records.row(row % 1797).to_vec()[..]);
    }
    let shifted = Augment::new().shift(1).rotation(5.0);
    let first = read(&shifted, 1);
    assert_ne!(first[..1797], first[1797..], "two copies");
    assert_eq!(first, read(&shifted, 1), "the same pass");
    assert_ne!(first, read(&shifted, 2), "another pass");
}
