//! The kernel equals inner products of scores that are written out.

use approx::assert_abs_diff_eq;
use ndarray::{Array1, Array2, ArrayView1, array, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::shape::MAX_POWER;
use super::*;
use crate::Error;
use crate::boltzmann::enumeration::example_machine;
use crate::boltzmann::{Dbm, Rbm};
use crate::error::{FisherError, RecordsError};
use crate::fisher::ModelExpectation;

/// Machines of one and of three hidden layers.
fn machines() -> (Rbm<f64>, Dbm<f64>) {
    let theta = example_machine(&[5, 3], 1.0);
    let [b, c] = [0, 1].map(|layer: usize| theta.biases()[layer].clone());
    let rbm = Rbm::from_parts(theta.weights()[0].clone(), b, c).unwrap();
    let theta = example_machine(&[5, 4, 3, 2], 1.0);
    (rbm, Dbm::from_parameters(theta).unwrap())
}

/// Grey records, the last of which is blank.
fn records(rows: usize, shift: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, 5), |(i, j)| match i + 1 == rows {
        true => 0.0,
        false => ((i * 5 + j * 3 + shift) % 8) as f64 / 7.0,
    })
}

fn rng() -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(42)
}

fn cosine(x: ArrayView1<f64>, y: ArrayView1<f64>) -> f64 {
    match (x.dot(&x) * y.dot(&y)).sqrt() {
        norms if norms > 0.0 => x.dot(&y) / norms,
        _ => 0.0,
    }
}

/// Checks the kernels of a model, which `change` derives from the plain one, against functions of
/// the scores that are written out.
fn check<M: LayeredScore<f64, Expectation = ModelExpectation> + Clone>(
    model: &M,
    change: impl Fn(FisherKernel<f64, M>) -> FisherKernel<f64, M>,
    expected: impl Fn([ArrayView1<f64>; 2], [ArrayView1<f64>; 2]) -> f64,
) {
    let (x, y) = (records(7, 0), records(4, 3));
    for (biases, centred) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut kernel = change(FisherKernel::new(model.clone()).biases(biases));
        let options = ModelExpectation::default();
        let mut expectation = Array1::zeros(model.layout(biases).length());
        if centred {
            kernel = kernel.centred(&options, &mut rng()).unwrap();
            expectation = model
                .model_statistics(&options, biases, &mut rng())
                .unwrap();
        }
        let [phi, psi] = [&x, &y].map(|records| {
            let mut scores = Array2::zeros((records.nrows(), expectation.len()));
            model.write_statistics(records.view(), biases, scores.view_mut());
            scores - &expectation
        });
        let gram = kernel.gram(&x, &y).unwrap();
        let by_hand = Array2::from_shape_fn((7, 4), |(i, j)| {
            expected([phi.row(i), psi.row(j)], [x.row(i), y.row(j)])
        });
        assert_abs_diff_eq!(gram, by_hand, epsilon = 1e-11);
        let own = kernel.gram(&x, &x).unwrap().diag().to_owned();
        assert_abs_diff_eq!(kernel.diagonal(&x).unwrap(), own, epsilon = 1e-11);
    }
}

#[test]
fn inner_products_are_those_of_written_scores() {
    let (rbm, dbm) = machines();
    check(&rbm, |kernel| kernel, |[phi, psi], _| phi.dot(&psi));
    check(&dbm, |kernel| kernel, |[phi, psi], _| phi.dot(&psi));
}

#[test]
fn what_is_made_of_inner_products_is_too() {
    let (rbm, dbm) = machines();
    check(&rbm, FisherKernel::cosine, |[phi, psi], _| cosine(phi, psi));
    check(
        &dbm,
        |kernel| kernel.cosine().power(3).unwrap(),
        |[phi, psi], _| cosine(phi, psi).powi(3),
    );
    check(
        &dbm,
        |kernel| kernel.gaussian(1.5).unwrap(),
        |[phi, psi], _| (-(&phi - &psi).mapv(|x| x * x).sum() / 4.5).exp(),
    );
}

/// The last record is blank.
#[test]
fn products_with_the_pixels_kernel_are_those_of_written_scores_and_pixels() {
    let (rbm, dbm) = machines();
    for (p, q) in [(1, 0), (1, 2), (2, 4), (7, 6), (32, 32)] {
        let change = |kernel: FisherKernel<f64, _>| {
            let kernel = kernel.cosine().power(p as u32).unwrap();
            kernel.pixel_power(q as u32).unwrap()
        };
        check(&dbm, change, |[phi, psi], [x, y]| {
            cosine(phi, psi).powi(p) * cosine(x, y).powi(q)
        });
    }
    check(
        &rbm,
        |kernel| kernel.gaussian(1.5).unwrap().pixel_power(3).unwrap(),
        |[phi, psi], [x, y]| {
            (-(&phi - &psi).mapv(|x| x * x).sum() / 4.5).exp() * cosine(x, y).powi(3)
        },
    );
}

/// Of centred scores, whose cosines have both signs, no eigenvalue is below zero by more than
/// rounding.
#[test]
fn products_of_kernels_are_kernels() {
    let kernel = FisherKernel::new(machines().1).cosine();
    let options = ModelExpectation::default();
    let kernel = kernel.centred(&options, &mut rng()).unwrap();
    let records = records(30, 0);
    let gram = |p, q| {
        let kernel = kernel.clone().power(p).unwrap();
        let kernel = kernel.pixel_power(q).unwrap();
        kernel.gram(&records, &records).unwrap()
    };
    assert!(gram(1, 0).iter().any(|&cosine| cosine < -0.1));
    for (p, q) in [(1, 0), (3, 0), (1, 4), (3, 5)] {
        let (values, _) = crate::numerics::eigen::symmetric_eigen(gram(p, q)).unwrap();
        let least = values.fold(f64::INFINITY, |least, &value| least.min(value));
        assert!(least > -1e-13, "{p}, {q}: {least}");
    }
}

/// Products of single precision are as near as their rounding.
#[test]
fn single_precision_agrees() {
    let double = machines().1;
    let theta = double.parameters();
    let mut single = crate::boltzmann::Parameters::of_zeros(&theta.layers());
    for (to, from) in single.weights.iter_mut().zip(theta.weights()) {
        *to = from.mapv(|x| x as f32);
    }
    for (to, from) in single.biases.iter_mut().zip(theta.biases()) {
        *to = from.mapv(|x| x as f32);
    }
    let single = FisherKernel::new(Dbm::from_parameters(single).unwrap()).cosine();
    let (x, y) = (records(7, 0), records(4, 3));
    let [a, b] = [&x, &y].map(|records| records.mapv(|x| x as f32));
    let found = single.gram(&a, &b).unwrap().mapv(f64::from);
    let expected = FisherKernel::new(double).cosine().gram(&x, &y).unwrap();
    assert_abs_diff_eq!(found, expected, epsilon = 1e-4);
}

#[test]
fn faults_are_named() {
    let kernel = || FisherKernel::new(machines().0);
    for power in [0, MAX_POWER + 1] {
        let fault = kernel().power(power).unwrap_err();
        assert!(fault.to_string().ends_with(&format!("to {MAX_POWER}")));
        assert!(matches!(
            fault,
            Error::Fisher(FisherError::InvalidPower(found)) if found == power
        ));
    }
    assert!(kernel().pixel_power(MAX_POWER).is_ok());
    assert!(matches!(
        kernel().pixel_power(MAX_POWER + 1),
        Err(Error::Fisher(FisherError::InvalidPixelPower(33)))
    ));
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            kernel().gaussian(width),
            Err(Error::Fisher(FisherError::InvalidWidth(_)))
        ));
    }
    let found = kernel().gram(&array![[0.5, 0.5]], &records(2, 0));
    assert!(matches!(
        found,
        Err(Error::Records(RecordsError::Width {
            expected: 5,
            found: 2
        }))
    ));
    let none = ModelExpectation {
        samples: 0,
        ..ModelExpectation::default()
    };
    assert!(kernel().centred(&none, &mut rng()).is_err());
}

#[test]
fn no_records_have_no_kernels() {
    let kernel = FisherKernel::new(machines().1);
    let none = Array2::zeros((0, 5));
    assert_eq!(kernel.gram(&none, &records(3, 0)).unwrap().dim(), (0, 3));
    assert_eq!(kernel.gram(&records(3, 0), &none).unwrap().dim(), (3, 0));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<FisherKernel<f64, Dbm<f64>>>();
}

/// Kernels that several threads compute, tile by tile.
#[test]
fn tiles_hold_what_their_records_make_alone() {
    let (rbm, dbm) = machines();
    check_tiles(rbm);
    check_tiles(dbm);
}

fn check_tiles<M: LayeredScore<f64, Expectation = ModelExpectation>>(model: M) {
    let kernel = FisherKernel::new(model).biases(true).cosine();
    let kernel = kernel.power(2).unwrap().pixel_power(1).unwrap();
    let kernel = kernel
        .centred(&ModelExpectation::default(), &mut rng())
        .unwrap();
    let (x, y) = (records(300, 0), records(1100, 3));
    let gram = kernel.gram(&x, &y).unwrap();
    for (rows, columns) in [(0..9, 1020..1030), (250..260, 0..7), (290..300, 1090..1100)] {
        let x = x.slice(s![rows.clone(), ..]);
        let alone = kernel.gram(&x, &y.slice(s![columns.clone(), ..])).unwrap();
        assert_abs_diff_eq!(gram.slice(s![rows, columns]), alone, epsilon = 1e-12);
    }
    let none = Array2::zeros((0, 5));
    assert_eq!(kernel.gram(&none, &y).unwrap().dim(), (0, 1100));
    assert_eq!(kernel.gram(&x, &none).unwrap().dim(), (300, 0));
}
