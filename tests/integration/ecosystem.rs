//! Features among linfa's own transformers: scaling, principal components, t-SNE.

use crate::common::{accuracy, digits, largest_difference, small_dbm, small_rbm};
use linfa::Dataset;
use linfa::traits::{Fit, Predict, Transformer};
use linfa_fisher::Float;
use linfa_fisher::classification::{OneVsOne, svm};
use linfa_fisher::fisher::{FisherFeatures, FisherKernel, Information, LandmarkFeatures};
use linfa_kernel::{Kernel, KernelInner, KernelMethod};
use linfa_preprocessing::linear_scaling::LinearScaler;
use linfa_reduction::{DiffusionMap, Pca};
use linfa_tsne::TSneParams;
use ndarray::{Axis, Ix1};

/// Improved features of 200 digits, of rank 20.
fn features<F: Float>() -> Dataset<F, usize, Ix1> {
    let train = digits(0, 200);
    let information = Information::LowRank {
        rank: 20,
        damping: 1e-3,
    };
    let params = FisherFeatures::idfk(small_dbm()).information(information);
    params.fit(&train).unwrap().transform(train).unwrap()
}

/// A sum of n numbers is known to `n EPSILON` of its greatest partial sum.
#[test]
fn a_scaler_standardises_features() {
    let features = features::<f64>();
    let targets = features.targets.clone();
    let scaler = LinearScaler::standard().fit(&features).unwrap();
    let scaled = scaler.transform(features);
    assert_eq!(scaled.records.dim(), (200, 20));
    assert_eq!(scaled.targets, targets);
    let bound = 200.0 * 200.0 * f64::EPSILON;
    let mean = scaled.records.mean_axis(Axis(0)).unwrap();
    assert!(mean.iter().all(|m| m.abs() < bound), "{mean}");
    let deviation = scaled.records.std_axis(Axis(0), 0.0);
    assert!(deviation.iter().all(|s| (s - 1.0).abs() < bound));
}

/// Scores too, whose constant columns linfa-preprocessing leaves finite.
#[test]
fn a_scaler_takes_scores_with_constant_columns() {
    let train = digits::<f32>(0, 100);
    let scores = FisherFeatures::fk(small_rbm()).fit(&train).unwrap();
    let scores = scores.transform(train).unwrap();
    let scaler = LinearScaler::min_max().fit(&scores).unwrap();
    assert!(
        scaler
            .transform(scores)
            .records
            .iter()
            .all(|x| x.is_finite())
    );
}

/// All principal components are an orthonormal basis, in which centred features (`LowRank` ones
/// are) have the products that they had. linfa's solver is iterative, to 1e-5 of the largest
/// eigenvalue.
#[test]
fn principal_components_keep_inner_products() {
    let features = features::<f64>();
    let pca = Pca::params(20).fit(&features).unwrap();
    let products = |x: &ndarray::Array2<f64>| x.dot(&x.t());
    let before = products(&features.records);
    let embedding = pca.predict(features);
    assert_eq!(embedding.targets.dim(), (200, 20));
    let after = products(&embedding.targets);
    let largest = before.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    assert!(largest_difference(&before, &after) < 1e-5 * largest);
}

/// Neighbours on the map are of one class far more often than chance has it.
#[test]
fn t_sne_maps_features() {
    let features = features::<f32>();
    let targets = features.targets.clone();
    let map = TSneParams::embedding_size(2)
        .perplexity(15.0)
        .max_iter(300)
        .transform(features)
        .unwrap();
    assert_eq!(map.records.dim(), (200, 2));
    assert!(map.records.iter().all(|x| x.is_finite()));
    let nearest = |i: usize| {
        let distance = |j: usize| {
            let apart = &map.records.row(i) - &map.records.row(j);
            apart.dot(&apart)
        };
        let others = (0..200).filter(|&j| j != i);
        others.min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
    };
    let same = (0..200).filter(|&i| nearest(i).is_some_and(|j| targets[i] == targets[j]));
    // five standard deviations above 200 throws of a ten-sided die
    let chance = 20.0 + 5.0 * (200.0_f64 * 0.1 * 0.9).sqrt();
    assert!(same.count() as f64 > chance);
}

/// The first coordinate of a diffusion map by a Fisher kernel tells zeros from ones.
#[test]
fn a_fisher_kernel_is_one_of_linfa_kernel() {
    let digits = digits::<f64>(0, 300);
    let pair = |row: &usize| digits.targets[*row] < 2;
    let rows: Vec<_> = (0..300).filter(pair).collect();
    let (records, targets) = (
        digits.records.select(Axis(0), &rows),
        digits.targets.select(Axis(0), &rows),
    );
    let dbm = small_dbm().fit(&digits).unwrap();
    let kernel = FisherKernel::new(dbm).cosine().power(4).unwrap();
    let kernel = Kernel {
        inner: KernelInner::Dense(kernel.gram(&records, &records).unwrap()),
        method: KernelMethod::Linear,
    };
    let map = DiffusionMap::<f64>::params(2)
        .steps(1)
        .transform(&kernel)
        .unwrap();
    let side = map.embedding().column(0).mapv(|x| usize::from(x > 0.0));
    let alike = side.iter().zip(&targets).filter(|(a, b)| a == b).count();
    let share = alike.max(rows.len() - alike) as f64 / rows.len() as f64;
    assert!(share > 0.9, "{share}");
}

/// A linear machine on features by landmarks is one with the Fisher kernel.
#[test]
fn landmarks_bring_the_kernel_to_linfa_svm() {
    let (train, test) = (digits::<f64>(0, 300), digits::<f64>(300, 400));
    let features = LandmarkFeatures::idfk(small_dbm()).landmarks(150).rank(60);
    let features = features.fit(&train).unwrap();
    let (train, test) = (
        features.transform(train).unwrap(),
        features.transform(test).unwrap(),
    );
    let predicted = OneVsOne::new(svm(1.0)).fit(&train).unwrap().predict(&test);
    assert!(accuracy(&predicted, &test.targets) > 0.85);
}
