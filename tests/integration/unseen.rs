//! Scaling and information keep features of new samples in bounds that training sets.

use crate::common::{digits, small_rbm};
use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::boltzmann::Rbm;
use linfa_fisher::fisher::{FisherFeatures, Information, Scaling};
use ndarray::{Array1, Array2, array};

/// The first hidden unit is almost surely off in all training images, in one of which the second
/// pixel is on. For an image of the second pixel alone the unit is on in half of the cases.
fn almost_constant(weights: Array2<f64>) -> (Rbm<f64>, DatasetBase<Array2<f64>, Array1<()>>) {
    let hidden = Array1::zeros(weights.ncols());
    let rbm = Rbm::from_parts(weights, array![0.0, -30.0], hidden).unwrap();
    let train = array![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]];
    (rbm, DatasetBase::new(train, Array1::default(3)))
}

#[test]
fn scaled_scores_of_new_samples_stay_in_the_unit_interval() {
    let (rbm, train) = almost_constant(array![[-20.0], [0.0]]);
    for l2 in [false, true] {
        let scaling = Scaling::none().min_max(true).l2(l2);
        let features = FisherFeatures::fk(&rbm).scaling(scaling).fit(&train);
        let features = features.unwrap().transform(&array![[0.0, 1.0]]).unwrap();
        assert!(
            features.iter().all(|x| (0.0..=1.0).contains(x)),
            "{features}"
        );
    }
}

/// With a second hidden unit, which is on in half of the cases, there are scores that vary.
#[test]
fn a_score_that_hardly_varied_does_not_rule_new_samples() {
    let (rbm, train) = almost_constant(array![[-20.0, 0.0], [0.0, 0.0]]);
    let params = FisherFeatures::fk(&rbm).scaling(Scaling::min_max_l2());
    let features = params.fit(&train).unwrap();
    let found = features.transform(&array![[0.0, 1.0]]).unwrap();
    assert!(found[[0, 2]] < 1e-3 && found[[0, 3]] > 0.999, "{found}");
}

/// Samuelson's inequality bounds what the training set gives, and clipping what others do.
#[test]
fn diagonal_features_of_any_sample_are_bounded() {
    let n = 100;
    let train = digits::<f64>(0, n);
    for damping in [0.0, 1e-3] {
        let information = Information::Diagonal { damping };
        let params = FisherFeatures::fk(small_rbm()).information(information);
        let features = params.fit(&train).unwrap();
        let new = Array2::from_shape_fn((50, 64), |(i, j)| f64::from((i * j * j) as u8 % 3) / 2.0);
        let bound = ((n - 1) as f64).sqrt() * (1.0 + 1e-12);
        for x in features.transform(&new).unwrap() {
            assert!(x.abs() <= bound, "{x}");
        }
    }
}

/// A hidden unit that is on in all images makes `v_i h` of pixels that are on in all images
/// constant, up to the rounding of `h`. Neither scaling nor information may amplify that.
#[test]
fn scores_that_are_constant_up_to_rounding_give_zeros() {
    let ground = digits::<f32>(0, 300).records.mapv(|ink| 1.0 - ink);
    let weights = Array2::from_shape_fn((64, 2), |(i, j)| match j {
        0 => 0.39,
        _ => ((i % 7) as f32 - 3.0) * 0.2,
    });
    let rbm = Rbm::from_parts(weights, Array1::from_elem(64, 4.0), array![0.0, 0.0]).unwrap();
    let train = DatasetBase::from(ground.view());
    let params = FisherFeatures::fk(&rbm);
    let diagonal = params
        .clone()
        .information(Information::Diagonal { damping: 0.0 });
    let min_max = params.scaling(Scaling::none().min_max(true));
    let [diagonal, min_max] =
        [diagonal, min_max].map(|params| params.fit(&train).unwrap().transform(&ground).unwrap());
    let mut constant = 0;
    for (pixel, column) in ground.columns().into_iter().enumerate() {
        if column.iter().all(|&x| x == 1.0) {
            constant += 1;
            for features in [&diagonal, &min_max] {
                let feature = features.column(2 * pixel);
                assert!(
                    feature.iter().all(|&x| x == 0.0),
                    "pixel {pixel}: {feature}"
                );
            }
        }
    }
    assert!(constant > 0, "some pixels are never inked");
}
