//! The directions that features are coordinates along.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array1, Array2, Axis, array};

use crate::fisher::params::FisherFeaturesParams;
use crate::fisher::{FisherFeatures, GaussianMixtureScore, Information, Scaling, ScoreModel};
use crate::{Float, Rbm};

/// Images of six pixels.
fn records<F: Float>() -> DatasetBase<Array2<F>, Array1<()>> {
    let on = |(i, j): (usize, usize)| (i * 7 + j * 5 + i * j) % 11 < 5;
    let pixel = |place| if on(place) { F::one() } else { F::zero() };
    DatasetBase::from(Array2::from_shape_fn((40, 6), pixel))
}

fn centred(rows: Array2<f64>) -> Array2<f64> {
    let mean = rows.mean_axis(Axis(0)).unwrap();
    rows - mean
}

/// Features less their means are the products of the directions with normalised scores less
/// theirs. Either side is a sum of p products, less a mean of n such: each takes less than
/// `p + n + 4` roundings, of at most the product of the norms of score and direction each.
fn check_directions<S: ScoreModel<f64> + Clone>(params: &FisherFeaturesParams<f64, S>) {
    let train = records();
    let normalised = params
        .clone()
        .rotated(false)
        .information(Information::Identity);
    let scores = normalised.fit(&train).unwrap().transform(&train.records);
    let (scores, features) = (scores.unwrap(), params.fit(&train).unwrap());
    let norms = scores.map_axis(Axis(1), |row| row.dot(&row).sqrt());
    let longest = norms.fold(0.0_f64, |a, &b| a.max(b));
    let (n, p) = scores.dim();
    let scores = centred(scores);
    let vectors = centred(features.transform(&train.records).unwrap());
    for (j, vector) in vectors.columns().into_iter().enumerate() {
        let direction = features.direction(j).unwrap();
        let norm = longest * direction.dot(&direction).sqrt();
        let bound = 4.0 * (n + p + 4) as f64 * f64::EPSILON * norm;
        let error = scores.dot(&direction) - vector;
        assert!(
            error.iter().all(|x| x.abs() <= bound),
            "{j}: {error} {bound}"
        );
    }
    assert_eq!(features.direction(features.nfeatures()), None);
}

#[test]
fn features_are_coordinates_along_their_directions() {
    let rbm = Rbm::params(3).epochs(5).fit(&records()).unwrap();
    let params = FisherFeatures::fk(rbm).scaling(Scaling::min_max_l2());
    let damping = 1e-4;
    for information in [
        Information::Identity,
        Information::Diagonal { damping },
        Information::LowRank { rank: 5, damping },
    ] {
        for rotated in [false, true] {
            let params = params.clone().information(information);
            check_directions(&params.rotated(rotated));
        }
    }
    let means = Array2::from_shape_fn((2, 6), |(k, j)| 0.2 + 0.1 * (k + j) as f64);
    let variances = Array2::from_shape_fn((2, 6), |(k, j)| 0.1 + 0.05 * (2 * k + j) as f64);
    let mixture = GaussianMixtureScore::new(array![0.4, 0.6], means, variances).unwrap();
    let params = FisherFeatures::params(mixture).information(Information::Analytical);
    for rotated in [false, true] {
        check_directions(&params.clone().rotated(rotated));
    }
}

/// Of low-rank information, the direction is the component, bit by bit.
#[test]
fn directions_of_low_rank_are_the_components() {
    let train = records::<f32>();
    let rbm = Rbm::params(3).epochs(5).fit(&train).unwrap();
    let features = FisherFeatures::idfk(rbm).fit(&train).unwrap();
    let components = features.components().unwrap();
    for (j, component) in components.columns().into_iter().enumerate() {
        assert_eq!(features.direction(j).unwrap(), component);
    }
}

/// Signed square roots and norms are not linear in the scores.
#[test]
fn features_with_a_scaling_of_their_own_have_no_direction() {
    let train = records::<f64>();
    let rbm = Rbm::params(3).epochs(5).fit(&train).unwrap();
    let params = FisherFeatures::fk(rbm).feature_scaling(Scaling::power_l2());
    assert_eq!(params.fit(&train).unwrap().direction(0), None);
}
