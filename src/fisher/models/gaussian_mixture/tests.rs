use approx::assert_abs_diff_eq;
use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, Axis, array, s};

use super::*;
use crate::fisher::{FisherError, FisherFeatures, FisherScore, Information, Scaling};
use crate::{Dbm, Error, Float, Rbm};

/// Three overlapping components of two coordinates.
fn mixture() -> GaussianMixtureScore<f64> {
    let means = array![[0.0, 0.5], [1.0, -1.0], [2.5, 0.0]];
    let variances = array![[0.5, 1.5], [1.0, 0.25], [2.0, 0.8]];
    GaussianMixtureScore::new(array![0.2, 0.5, 0.3], means, variances).unwrap()
}

/// Numbers in `[-2, 3)` that look random.
fn descriptors(rows: usize, columns: usize) -> Array2<f64> {
    let mut state = 7_u64;
    Array2::from_shape_simple_fn((rows, columns), || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as f64 / (1_u64 << 31) as f64 * 5.0 - 2.0
    })
}

/// `log p(x)` of soft-max, means, and deviations or precisions, by its definition.
fn log_likelihood(parameters: &[f64], x: ArrayView1<f64>, spread: Spread) -> f64 {
    let (k, d) = (3, 2);
    let (alpha, rest) = parameters.split_at(k);
    let (means, spreads) = rest.split_at(k * d);
    let partition: f64 = alpha.iter().map(|a| a.exp()).sum();
    let density = |component: usize| {
        let coordinates = (0..d).map(|j| {
            let (mean, parameter) = (means[component * d + j], spreads[component * d + j]);
            let variance = match spread {
                Spread::Deviations => parameter * parameter,
                Spread::Precisions => 1.0 / parameter,
            };
            let square = (x[j] - mean).powi(2) / variance;
            (-0.5 * square).exp() / (2.0 * std::f64::consts::PI * variance).sqrt()
        });
        alpha[component].exp() / partition * coordinates.product::<f64>()
    };
    (0..k).map(density).sum::<f64>().ln()
}

/// All parameters in the order of a score.
fn parameters(mixture: &GaussianMixtureScore<f64>, spread: Spread) -> Vec<f64> {
    let spreads = mixture.variances().mapv(|variance| match spread {
        Spread::Deviations => variance.sqrt(),
        Spread::Precisions => 1.0 / variance,
    });
    let alpha = mixture.weights().mapv(|weight| weight.ln() + 0.7); // soft-max has a free constant
    let all = alpha.iter().chain(mixture.means()).chain(&spreads);
    all.copied().collect()
}

fn scores(mixture: &GaussianMixtureScore<f64>, records: ArrayView2<f64>) -> Array2<f64> {
    let params = FisherFeatures::params(mixture);
    let features = params.fit(&DatasetBase::from(records.to_owned())).unwrap();
    features.transform(records).unwrap()
}

#[test]
fn scores_are_gradients_of_the_log_likelihood() {
    let (step, records) = (1e-5, descriptors(20, 2));
    for spread in [Spread::Deviations, Spread::Precisions] {
        let mixture = mixture().spread(spread);
        let parameters = parameters(&mixture, spread);
        let scores = scores(&mixture, records.view());
        for (x, score) in records.rows().into_iter().zip(scores.rows()) {
            let gradient: Array1<f64> = (0..parameters.len())
                .map(|index| {
                    let moved = |by: f64| {
                        let mut moved = parameters.clone();
                        moved[index] += by;
                        log_likelihood(&moved, x, spread)
                    };
                    (moved(step) - moved(-step)) / (2.0 * step)
                })
                .collect();
            assert_abs_diff_eq!(score, gradient, epsilon = 1e-7);
        }
    }
}

#[test]
fn log_likelihoods_and_posteriors_are_exact() {
    let (mixture, records) = (mixture(), descriptors(100, 2));
    let parameters = parameters(&mixture, Spread::Deviations);
    let likelihoods = mixture.log_likelihood(records.view()).unwrap();
    let posteriors = mixture.posteriors(records.view()).unwrap();
    assert_abs_diff_eq!(
        posteriors.sum_axis(Axis(1)),
        Array1::ones(100),
        epsilon = 1e-14
    );
    for (row, x) in records.rows().into_iter().enumerate() {
        let exact = log_likelihood(&parameters, x, Spread::Deviations);
        assert_abs_diff_eq!(likelihoods[row], exact, epsilon = 1e-12);
    }
    // gamma_k - w_k is the gradient by the soft-max, which the test above proves
    let by_weights = &posteriors - mixture.weights();
    let scores = scores(&mixture, records.view());
    assert_abs_diff_eq!(by_weights, scores.slice(s![.., ..3]), epsilon = 1e-13);
}

/// On a grid that the densities vanish at the ends of, the trapezoidal rule is exact to rounding.
#[test]
fn information_is_that_of_components_far_apart() {
    let (means, variances) = (array![[-30.0], [40.0]], array![[1.0], [6.25]]);
    for spread in [Spread::Deviations, Spread::Precisions] {
        let mixture =
            GaussianMixtureScore::new(array![0.25, 0.75], means.clone(), variances.clone());
        let mixture = mixture.unwrap().spread(spread);
        let step = 0.02;
        let grid = Array2::from_shape_fn((7000, 1), |(i, _)| -60.0 + step * i as f64);
        let p = mixture.log_likelihood(grid.view()).unwrap().mapv(f64::exp) * step;
        let scores = scores(&mixture, grid.view());
        let expectation = p.dot(&scores);
        assert_abs_diff_eq!(expectation, Array1::zeros(6), epsilon = 1e-12);
        let moments = p.dot(&scores.mapv(|x| x * x));
        let information = mixture.analytical_information(false).unwrap();
        assert_abs_diff_eq!(
            moments.slice(s![2..]),
            information.slice(s![2..]),
            epsilon = 1e-10
        );
        // of the weights, the diagonal of `diag w - w w'`
        assert_abs_diff_eq!(moments[0], 0.25 - 0.25 * 0.25, epsilon = 1e-12);
        assert_eq!(information[0], 0.25);
    }
}

#[test]
fn a_set_has_the_mean_of_its_descriptors() {
    let (mixture, records) = (mixture(), descriptors(30, 2));
    let single = scores(&mixture, records.view());
    let sets = records.to_shape((10, 6)).unwrap();
    let pooled = scores(&mixture.sets_of(3).unwrap(), sets.view());
    for (set, pooled) in pooled.rows().into_iter().enumerate() {
        let mean = single
            .slice(s![3 * set..3 * set + 3, ..])
            .mean_axis(Axis(0));
        assert_abs_diff_eq!(pooled, mean.unwrap(), epsilon = 1e-13);
    }
}

/// One vector by each way, of more descriptors than are summed at once.
#[test]
fn a_large_set_has_the_same_bits_by_every_way() {
    let (mixture, set) = (mixture().sets_of(40_000).unwrap(), descriptors(40_000, 2));
    let record = set.to_shape((1, 80_000)).unwrap();
    for scaling in [Scaling::none(), Scaling::power_l2()] {
        let vector = mixture.fisher_vector(set.view(), scaling).unwrap();
        let vectors = mixture.fisher_vectors(record.view(), scaling).unwrap();
        assert_eq!(vectors.row(0), vector);
        let columns_first = set.t().as_standard_layout().into_owned();
        let same = mixture.fisher_vector(columns_first.t(), scaling).unwrap();
        assert_eq!(same, vector);
    }
}

#[test]
fn improved_features_are_whitened_then_powered_then_of_norm_one() {
    let (mixture, records) = (mixture().sets_of(2).unwrap(), descriptors(12, 4));
    let dataset = DatasetBase::from(records.clone());
    let params = FisherFeatures::improved_fisher_vector(&mixture);
    let features = params.fit(&dataset).unwrap().transform(&records).unwrap();
    let information = mixture.analytical_information(false).unwrap();
    let mut by_hand = scores(&mixture, records.view()) / information.mapv(f64::sqrt);
    by_hand.mapv_inplace(|x| x.signum() * x.abs().sqrt());
    for mut row in by_hand.rows_mut() {
        let norm = row.dot(&row).sqrt();
        row /= norm;
    }
    assert_abs_diff_eq!(features, by_hand, epsilon = 1e-13);
    let vectors = mixture.fisher_vectors(records.view(), Scaling::power_l2());
    assert_abs_diff_eq!(vectors.unwrap(), by_hand, epsilon = 1e-13);
}

/// Inner products stay as they are if features, scaled after the information, are then rotated.
#[test]
fn rotation_comes_last() {
    let records = descriptors(9, 2);
    let dataset = DatasetBase::from(records.clone());
    let params = FisherFeatures::improved_fisher_vector(mixture());
    let plain = params.fit(&dataset).unwrap().transform(&records).unwrap();
    let rotated = params.rotated(true).fit(&dataset).unwrap();
    let rotated = rotated.transform(&records).unwrap();
    assert_eq!(rotated.ncols(), 9);
    assert_abs_diff_eq!(
        rotated.dot(&rotated.t()),
        plain.dot(&plain.t()),
        epsilon = 1e-12
    );
}

/// Far from the origin, means and descriptors have most digits in common; the centre of the mixture
/// alone is rounded to other digits.
#[test]
fn a_common_offset_costs_few_digits() {
    let (offset, near) = (1000.0_f32, mixture());
    let means = near.means().mapv(|x| (x as f32 * 8.0).round() / 8.0);
    let near = GaussianMixtureScore::new(
        near.weights().mapv(|x| x as f32),
        means.clone(),
        near.variances().mapv(|x| x as f32),
    )
    .unwrap();
    let far = GaussianMixtureScore::new(
        near.weights().clone(),
        means + offset,
        near.variances().clone(),
    )
    .unwrap();
    let records = descriptors(50, 2).mapv(|x| (x as f32 * 8.0).round() / 8.0);
    let vector = |mixture: &GaussianMixtureScore<f32>, x: Array2<f32>| {
        mixture.fisher_vector(x.view(), Scaling::none()).unwrap()
    };
    let (near, far) = (
        vector(&near, records.clone()),
        vector(&far, records + offset),
    );
    assert_abs_diff_eq!(near, far, epsilon = 1e-4);
}

#[test]
fn a_descriptor_far_from_every_component_belongs_to_the_nearest() {
    fn check<F: Float>(far: F, farther: F) {
        let mixture = GaussianMixtureScore::new(
            array![F::cast(0.5), F::cast(0.5)],
            array![[F::cast(-1.0)], [F::one()]],
            array![[F::one()], [F::one()]],
        )
        .unwrap();
        let records = array![[far], [-far], [farther], [-farther]];
        let posteriors = mixture.posteriors(records.view()).unwrap();
        let (right, left) = (array![F::zero(), F::one()], array![F::one(), F::zero()]);
        assert_eq!(posteriors.row(0), right);
        assert_eq!(posteriors.row(1), left);
        assert!(posteriors.iter().all(|x| x.is_finite()));
        let likelihoods = mixture.log_likelihood(records.view()).unwrap();
        assert!(likelihoods.iter().all(|x| !x.is_nan()));
        let near = mixture.fisher_vector(records.slice(s![..2, ..]), Scaling::power_l2());
        assert!(near.unwrap().iter().all(|x| x.is_finite()));
        let beyond = mixture.fisher_vector(records.view(), Scaling::power_l2());
        assert!(matches!(
            beyond,
            Err(Error::Fisher(FisherError::NonFiniteFeature { row: 0, .. }))
        ));
    }
    check(1e6_f32, 1e30);
    check(1e12_f64, 1e300);
}

#[test]
fn parameters_that_make_no_mixture_are_named() {
    let (weights, means, variances) =
        (array![0.5, 0.5], array![[0.0], [1.0]], array![[1.0], [1.0]]);
    let fault = |result: crate::Result<GaussianMixtureScore<f64>>| match result {
        Err(Error::Mixture(fault)) => fault,
        other => panic!("expected a fault of the mixture, found {other:?}"),
    };
    let new = |weights: &Array1<f64>, means: &Array2<f64>, variances: &Array2<f64>| {
        fault(GaussianMixtureScore::new(
            weights.clone(),
            means.clone(),
            variances.clone(),
        ))
    };
    for wrong in [0.0, -0.5, f64::NAN, f64::INFINITY, 1e-320] {
        let found = new(&weights, &means, &array![[1.0], [wrong]]);
        assert!(
            matches!(
                found,
                MixtureError::InvalidVariance {
                    component: 1,
                    coordinate: 0,
                    ..
                }
            ),
            "{wrong}: {found}"
        );
        let found = new(&array![wrong, 1.0], &means, &variances);
        assert!(
            matches!(found, MixtureError::InvalidWeight { component: 0, .. }),
            "{wrong}: {found}"
        );
    }
    let zero = new(&weights, &means, &array![[0.0], [1.0]]).to_string();
    assert!(
        zero.starts_with("the variance of component 0, coordinate 0, is 0"),
        "{zero}"
    );
    let sum = new(&array![0.5, 0.4], &means, &variances);
    assert!(matches!(sum, MixtureError::WeightSum(sum) if (sum - 0.9).abs() < 1e-15));
    let mean = new(&weights, &array![[0.0], [f64::NAN]], &variances);
    assert!(matches!(
        mean,
        MixtureError::NonFiniteMean { component: 1, .. }
    ));
    let shape = new(&weights, &means, &array![[1.0, 1.0], [1.0, 1.0]]);
    assert!(matches!(
        shape,
        MixtureError::Shape {
            part: "variances",
            ..
        }
    ));
    let shape = new(&weights, &array![[0.0]], &variances);
    assert!(matches!(shape, MixtureError::Shape { part: "means", .. }));
    let empty = new(&array![], &Array2::zeros((0, 1)), &Array2::zeros((0, 1)));
    assert!(matches!(
        empty,
        MixtureError::Empty {
            components: 0,
            width: 1
        }
    ));
    let none = GaussianMixtureScore::new(weights, means, variances)
        .unwrap()
        .sets_of(0);
    assert!(matches!(fault(none), MixtureError::InvalidDescriptors(0)));
}

#[test]
fn only_a_model_with_a_closed_form_has_analytical_information() {
    use linfa::ParamGuard;
    let fault = |result: crate::Result<()>| match result {
        Err(Error::Fisher(fault)) => fault,
        other => panic!("expected a fault of the information, found {other:?}"),
    };
    let rbm = FisherFeatures::fk(Rbm::<f32>::params(3)).information(Information::Analytical);
    let refused = fault(rbm.check_ref().map(drop));
    assert!(matches!(refused, FisherError::NoAnalyticalInformation));
    let dbm = FisherFeatures::improved_fisher_vector(Dbm::<f32>::params(&[3, 2]));
    assert!(matches!(
        fault(dbm.check_ref().map(drop)),
        FisherError::NoAnalyticalInformation
    ));
    let scaled = FisherFeatures::improved_fisher_vector(mixture()).scaling(Scaling::min_max_l2());
    let refused = fault(scaled.check_ref().map(drop));
    assert!(matches!(refused, FisherError::ScaledAnalytical));
    let bounded = FisherFeatures::params(mixture()).feature_scaling(Scaling::min_max_l2());
    let refused = fault(bounded.check_ref().map(drop));
    assert!(matches!(refused, FisherError::MinMaxFeatures));
    let bounded = mixture().fisher_vector(descriptors(3, 2).view(), Scaling::min_max_l2());
    assert!(matches!(
        fault(bounded.map(drop)),
        FisherError::MinMaxFeatures
    ));
}

#[test]
fn no_step_of_maximisation_makes_descriptors_less_likely() {
    let x = descriptors(3000, 2);
    let mean = |mixture: &GaussianMixtureScore<f64>| {
        mixture.log_likelihood(x.view()).unwrap().mean().unwrap()
    };
    let mut mixture = mixture();
    for step in 0..10 {
        let next = mixture.maximised(x.view(), 1, 0.0).unwrap();
        assert!(mean(&next) > mean(&mixture), "step {step}");
        mixture = next;
    }
    // at the maximum, the pooled score vanishes
    let fitted = mixture.maximised(x.view(), 3000, 0.0).unwrap();
    let score = fitted.fisher_vector(x.view(), Scaling::none()).unwrap();
    assert!(score.iter().all(|x| x.abs() < 1e-5), "{score}");
}

#[test]
fn a_mixture_of_full_covariances_keeps_its_diagonals() {
    let covariances = array![[[4.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 9.0]]];
    let means = array![[0.0, 1.0], [2.0, 3.0]];
    let from = |covariances: &Array3<f64>| {
        GaussianMixtureScore::from_full(array![0.5, 0.5], means.clone(), covariances.view())
    };
    let mixture = from(&covariances).unwrap();
    assert_eq!(mixture.variances(), array![[4.0, 1.0], [1.0, 9.0]]);
    let narrow = covariances.slice(s![.., .., ..1]).to_owned();
    assert!(matches!(
        from(&narrow),
        Err(Error::Mixture(MixtureError::Shape {
            part: "covariances",
            ..
        }))
    ));
    let mut undefined = covariances;
    undefined[[1, 0, 1]] = f64::NAN;
    assert!(matches!(
        GaussianMixtureScore::largest_correlation(undefined.view()),
        Err(Error::Mixture(MixtureError::NonFiniteCovariance {
            component: 1,
            row: 0,
            column: 1,
            ..
        }))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<GaussianMixtureScore<f32>>();
    has_autotraits::<MixtureError>();
    has_autotraits::<Spread>();
}
