//! Parts that are fitted apart give the features of the whole.

use approx::assert_abs_diff_eq;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, Axis, array, s};

use super::*;
use crate::Error;
use crate::boltzmann::Dbm;
use crate::boltzmann::enumeration::example_machine;
use crate::error::FisherError;
use crate::fisher::key::Seen;
use crate::fisher::{
    FisherFeatures, FisherFeaturesParams, GaussianMixtureScore, Information, Scaling, ScoreMoments,
    Trained,
};

type Params = FisherFeaturesParams<f64, Dbm<f64>>;

fn dbm() -> Dbm<f64> {
    Dbm::from_parameters(example_machine(&[9, 4, 3], 1.5)).unwrap()
}

fn records(rows: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, 9), |(i, j)| {
        ((i * i * 7 + i * j * j * 3 + j * 5) % 11 / 6) as f64
    })
}

fn idfk() -> Params {
    FisherFeatures::idfk(dbm())
}

fn parts(params: Params) -> FisherParts<f64, Dbm<f64>> {
    params.check().unwrap().in_parts(dbm()).unwrap()
}

/// Bounds and moments of blocks of so many rows, each collected by itself, merged.
fn merged(
    params: Params,
    train: &Array2<f64>,
    rows: usize,
) -> (ScaledParts<f64, Dbm<f64>>, ScoreMoments) {
    let parts = parts(params);
    let mut bounds = parts.bounds();
    for block in train.axis_chunks_iter(Axis(0), rows) {
        let mut of_block = parts.bounds();
        parts.add(&mut of_block, block).unwrap();
        bounds.merge(&of_block).unwrap();
    }
    assert_eq!(bounds.samples(), train.nrows());
    let scaled = parts.scaled(&bounds).unwrap();
    let mut moments = scaled.moments().unwrap();
    for block in train.axis_chunks_iter(Axis(0), rows) {
        let mut of_block = scaled.moments().unwrap();
        scaled.add(&mut of_block, block).unwrap();
        moments.merge(&of_block).unwrap();
    }
    assert_eq!(moments.samples(), train.nrows());
    (scaled, moments)
}

#[test]
fn parts_give_the_features_of_the_whole() {
    let (train, test) = (records(120), records(150));
    let diagonal = Information::Diagonal { damping: 0.01 };
    let low_rank = Information::LowRank {
        rank: 7,
        damping: 0.1,
    };
    for information in [Information::Identity, diagonal, low_rank] {
        for scaling in [Scaling::none(), Scaling::min_max_l2(), Scaling::power_l2()] {
            let params = || idfk().information(information).scaling(scaling);
            let whole = params().fit(&DatasetBase::from(train.view())).unwrap();
            let expected = whole.transform(&test).unwrap();
            for rows in [1, 33, 120] {
                let (scaled, moments) = merged(params(), &train, rows);
                let found = scaled.features(&moments).unwrap();
                let found = found.transform(&test).unwrap();
                assert_abs_diff_eq!(found, expected, epsilon = 1e-8);
            }
        }
    }
}

/// In memory, block by block: the same sums in the same order.
#[test]
fn the_same_blocks_give_the_same_bits() {
    let train = records(70);
    let once = merged(idfk(), &train, 30).1;
    assert_eq!(once, merged(idfk(), &train, 30).1);
    let parts = parts(idfk());
    let mut bounds = parts.bounds();
    parts.add(&mut bounds, train.view()).unwrap();
    let scaled = parts.scaled(&bounds).unwrap();
    let mut moments = scaled.moments().unwrap();
    for block in train.axis_chunks_iter(Axis(0), 30) {
        scaled.add(&mut moments, block).unwrap();
    }
    assert_eq!(moments, once);
}

/// A large common offset cancels nothing: sums are about each part's own mean.
#[test]
fn moments_of_parts_are_those_of_the_whole() {
    let scores = Array2::from_shape_fn((60, 3), |(i, j)| {
        1e8 + ((i * 7 + j * 5) % 11) as f64 * (j + 1) as f64
    });
    let mut moments = ScoreMoments::new(0, 3, true);
    for part in scores.axis_chunks_iter(Axis(0), 7) {
        let mut of_part = ScoreMoments::new(0, 3, true);
        of_part.add(Seen::of(part), part);
        moments.merge(&of_part).unwrap();
    }
    let centred = &scores - &scores.mean_axis(Axis(0)).unwrap();
    let expected = centred.t().dot(&centred) / 60.0;
    assert_abs_diff_eq!(moments.covariance(), expected, epsilon = 1e-6);
    assert_abs_diff_eq!(moments.variances(), expected.diag(), epsilon = 1e-6);
}

#[test]
fn statistics_of_other_scores_are_refused() {
    let train = records(30);
    let other =
        |fault: crate::Result<()>| matches!(fault, Err(Error::Fisher(FisherError::OtherScores)));
    let other_machine = Dbm::from_parameters(example_machine(&[9, 4, 3], 1.2)).unwrap();
    let params = FisherFeatures::idfk(other_machine.clone()).check().unwrap();
    let others = params.in_parts(other_machine).unwrap();
    let mut bounds = others.bounds();
    others.add(&mut bounds, train.view()).unwrap();
    let parts = parts(idfk());
    assert!(other(parts.add(&mut bounds, train.view())));
    assert!(other(parts.bounds().merge(&bounds)));
    assert!(other(parts.scaled(&bounds).map(drop)));
    let (scaled, moments) = merged(idfk(), &train, 30);
    let (fewer, of_fewer) = merged(idfk(), &train.slice(s![..3, ..]).to_owned(), 30);
    assert!(
        other(scaled.moments().unwrap().merge(&of_fewer)),
        "other bounds"
    );
    assert!(other(fewer.features(&moments).map(drop)));
    let unscaled = idfk().scaling(Scaling::none().min_max(true));
    let (_, of_unscaled) = merged(unscaled, &train, 30);
    assert!(
        other(scaled.moments().unwrap().merge(&of_unscaled)),
        "no norm"
    );
    let diagonal = idfk().information(Information::Diagonal { damping: 0.0 });
    let (_, variances) = merged(diagonal, &train, 30);
    assert!(
        other(scaled.features(&variances).map(drop)),
        "no covariances"
    );
}

/// A mixture's expectation is 0 whatever its means.
#[test]
fn mixtures_are_told_apart() {
    let mixture = |mean: f64| {
        let (means, variances) = (array![[mean], [2.0]], array![[1.0], [1.0]]);
        GaussianMixtureScore::new(array![0.5, 0.5], means, variances).unwrap()
    };
    let parts = |mean: f64| {
        let source = Trained(mixture(mean));
        let params = FisherFeatures::params(source).check().unwrap();
        params.in_parts(mixture(mean)).unwrap()
    };
    let merged = parts(0.0).bounds().merge(&parts(1.0).bounds());
    assert!(matches!(
        merged,
        Err(Error::Fisher(FisherError::OtherScores))
    ));
    let far = parts(200.0).bounds().merge(&parts(300.0).bounds());
    assert!(far.is_err(), "components that no record is near");
}

#[test]
fn parts_without_records_change_nothing() {
    let (train, none) = (records(9), Array2::zeros((0, 9)));
    let parts = parts(idfk());
    let mut bounds = parts.bounds();
    parts.add(&mut bounds, none.view()).unwrap();
    assert_eq!(bounds, parts.bounds());
    parts.add(&mut bounds, train.view()).unwrap();
    let scaled = parts.scaled(&bounds).unwrap();
    let mut moments = scaled.moments().unwrap();
    scaled.add(&mut moments, none.view()).unwrap();
    assert_eq!(moments, scaled.moments().unwrap());
}

/// 0 and 1 are what they are by any power; nothing but the settings tells the scores apart.
#[test]
fn settings_of_the_scaling_tell_moments_apart() {
    let diagonal = Information::Diagonal { damping: 0.0 };
    let of = |scaling| {
        let params = idfk().information(diagonal).scaling(scaling);
        merged(params, &records(9), 9).1
    };
    let mut plain = of(Scaling::none());
    for scaling in [Scaling::none().signed_power(0.5), Scaling::none().l2(true)] {
        assert!(plain.merge(&of(scaling)).is_err());
    }
    let identity = || {
        parts(
            idfk()
                .information(Information::Identity)
                .scaling(Scaling::none()),
        )
    };
    let none = identity().bounds();
    let mut some = identity().bounds();
    identity().add(&mut some, records(9).view()).unwrap();
    let [unbounded, bounded] = [none, some].map(|bounds| identity().scaled(&bounds).unwrap());
    let mut moments = unbounded.moments().unwrap();
    assert!(moments.merge(&bounded.moments().unwrap()).is_ok());
}

#[test]
fn what_is_not_enough_is_named() {
    let parts = parts(idfk());
    let none = parts.bounds();
    assert!(matches!(
        parts.clone().scaled(&none),
        Err(Error::Fisher(FisherError::NoInformation { samples: 0 }))
    ));
    let mut bounds = none;
    parts.add(&mut bounds, records(9).view()).unwrap();
    let scaled = parts.clone().scaled(&bounds).unwrap();
    let moments = scaled.moments().unwrap();
    let other_rows = |moments: &ScoreMoments| match scaled.clone().features(moments) {
        Err(Error::Fisher(FisherError::OtherRows { bounds, moments })) => (bounds, moments),
        other => panic!("{other:?}"),
    };
    assert_eq!(other_rows(&moments), (9, 0));
    let mut other = scaled.moments().unwrap();
    scaled
        .add(&mut other, records(10).slice(s![1.., ..]))
        .unwrap();
    assert_eq!(other_rows(&other), (9, 9), "a stream that has changed");
    let wide = Array2::zeros((2, 10));
    assert!(matches!(
        parts.add(&mut bounds, wide.view()),
        Err(Error::Records(_))
    ));
    assert_eq!(bounds.samples(), 9);
    let rotated = idfk().information(Information::Identity).rotated(true);
    assert!(matches!(
        rotated.check().unwrap().in_parts(dbm()),
        Err(Error::Fisher(FisherError::RotatedParts))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<FisherParts<f64, Dbm<f64>>>();
    has_autotraits::<ScaledParts<f64, Dbm<f64>>>();
    has_autotraits::<ScoreBounds>();
    has_autotraits::<ScoreMoments>();
}
