//! Compressed Fisher vectors: chains with linfa's random projections, files, and what is kept.

use crate::common::{accuracy, digits, small_dbm, small_rbm};
use linfa::traits::{Fit, Predict, Transformer};
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::fisher::compression::{
    ColumnMoments, Encoder, KNearestCodesParams, ProductQuantizer, RankCut, SignBits, TopVariance,
};
use linfa_fisher::fisher::{FisherFeatures, LandmarkFeatures, Scaling};
use linfa_fisher::metrics::MeanAveragePrecision;
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate};
use linfa_fisher::pipeline::PipelineExt;
use linfa_reduction::random_projection::GaussianRandomProjection;
use ndarray::{Axis, s};

/// Random projections of linfa-reduction, then bits, among which neighbours vote.
#[test]
fn bits_of_random_projections_classify() {
    let (train, test) = (digits::<f64>(0, 600), digits(600, 800));
    let chain = LandmarkFeatures::idfk(small_dbm())
        .landmarks(200)
        .rank(60)
        .then(GaussianRandomProjection::<f64>::params().target_dim(60))
        .then(KNearestCodesParams::new(3, SignBits::params()));
    let model = chain.fit(&train).unwrap();
    // five standard deviations above 200 throws of a ten-sided die
    let chance = 0.1 + 5.0 * (0.1_f64 * 0.9 / 200.0).sqrt();
    assert!(accuracy(&model.predict(&test), &test.targets) > chance);
    assert_eq!(model.classifier().codes().words().dim(), (600, 1));
}

/// As Zhang, Wu & Cai choose: unwhitened scores, of which one bit each is kept.
#[test]
fn bits_of_chosen_scores_classify() {
    let (train, test) = (digits::<f32>(0, 600), digits(600, 800));
    let chain = FisherFeatures::params(small_rbm())
        .scaling(Scaling::min_max_l2())
        .then(TopVariance::params(128))
        .then(KNearestCodesParams::new(1, SignBits::params().median()));
    let model = chain.fit(&train).unwrap();
    assert!(accuracy(&model.predict(&test), &test.targets) > 0.7);
}

/// All stages report what `cross_validate` asks for.
#[test]
fn codes_are_cross_validated() {
    let dataset = digits::<f32>(0, 300);
    let encoder = ProductQuantizer::params(8).centroids(32);
    let chain = RankCut::params(64).then(KNearestCodesParams::new(1, encoder));
    let report = cross_validate(&dataset, &chain, &StratifiedKFold::new(3)).unwrap();
    assert!(report.accuracy() > 0.8);
}

#[test]
fn truncated_features_are_the_first_columns() {
    let (train, test) = (digits::<f64>(0, 200), digits::<f64>(200, 260));
    let features = LandmarkFeatures::idfk(small_dbm()).landmarks(80).rank(20);
    let features = features.fit(&train).unwrap();
    let all = features.transform(&test.records).unwrap();
    let cut = RankCut::params(7)
        .fit(&features.transform(train).unwrap())
        .unwrap();
    let truncated = features.truncated(7).unwrap();
    assert_eq!(truncated.nfeatures(), 7);
    assert_eq!(
        truncated.spectrum(),
        features.spectrum().slice(s![..7]).to_owned()
    );
    let columns = cut.transform(&all).unwrap();
    assert_eq!(columns, all.slice(s![.., ..7]).to_owned());
    let apart = truncated.transform(&test.records).unwrap() - &columns;
    assert!(apart.iter().all(|x| x.abs() < 1e-9));
    for rank in [0, 21] {
        let fault = features.truncated(rank).unwrap_err().to_string();
        assert!(
            fault.starts_with(&format!("{rank} features to keep")),
            "{fault}"
        );
    }
}

/// Scores in blocks give the choice and the bits of the whole.
#[test]
fn scores_may_come_in_blocks() {
    let train = digits::<f32>(0, 200);
    let scores = FisherFeatures::params(small_rbm()).fit(&train).unwrap();
    let whole = scores.transform(train.clone()).unwrap();
    let choice = TopVariance::params(90).fit(&whole).unwrap();
    let bits = SignBits::params().mean();
    let bits = bits.fit(&choice.transform(whole.clone()).unwrap()).unwrap();
    let codes = bits
        .encode(choice.transform(&whole.records).unwrap().view())
        .unwrap();

    let mut moments = ColumnMoments::new(scores.nfeatures());
    let blocks = || train.records.axis_chunks_iter(Axis(0), 33);
    for block in blocks() {
        moments
            .add(scores.transform(block).unwrap().view())
            .unwrap();
    }
    let params = linfa::ParamGuard::check(TopVariance::params(90)).unwrap();
    let streamed = params.choose(&moments).unwrap();
    assert_eq!(streamed, choice);
    let thresholds: Vec<f32> = choice
        .chosen()
        .iter()
        .map(|&column| moments.mean()[column] as f32)
        .collect();
    let streamed = SignBits::at(thresholds.into()).unwrap();
    assert_eq!(streamed, bits);
    let mut parts = blocks().map(|block| {
        let chosen = choice.transform(scores.transform(block).unwrap()).unwrap();
        bits.encode(chosen.view()).unwrap()
    });
    let mut together = parts.next().unwrap();
    parts.for_each(|part| together.append(&part).unwrap());
    assert_eq!(together, codes);
}

/// A ranking by codes is worse than one by the numbers, and better than chance.
#[test]
fn codes_rank_images_of_the_class_first() {
    let (train, test) = (digits::<f32>(0, 400), digits::<f32>(400, 500));
    let features = LandmarkFeatures::idfk(small_dbm()).landmarks(150).rank(32);
    let features = features.fit(&train).unwrap();
    let (train, test) = (
        features.transform(train).unwrap(),
        features.transform(test).unwrap(),
    );
    let quantizer = ProductQuantizer::params(8).centroids(64).fit(&train);
    let quantizer = quantizer.unwrap();
    let codes = quantizer.encode(train.records.view()).unwrap();
    let distances = quantizer.distances(test.records.view(), &codes).unwrap();
    let mut precision = MeanAveragePrecision::new();
    precision
        .add(distances.view(), test.targets.view(), train.targets.view())
        .unwrap();
    let mean = precision.mean().unwrap();
    assert!((0.2..1.0).contains(&mean), "{mean}"); // 0.1 by chance
    let decoded = quantizer.transform(train).unwrap();
    let model = KNearestNeighbors::params(1).fit(&decoded).unwrap();
    assert!(accuracy(&model.predict(&test), &test.targets) > 0.7);
}
