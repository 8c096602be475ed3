//! Statistics of parts of the records come back from files.

use linfa::ParamGuard;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::fisher::{FisherFeatures, ScoreBounds, ScoreMoments};
use ndarray::{ArrayView2, s};
use serde_json::json;

use crate::common::{digits, largest_difference, small_dbm};
use crate::json::{fault, through_json};

/// Two processes collect what their part of the digits tells.
#[test]
fn statistics_of_another_process_are_merged() {
    let train = digits::<f64>(0, 100);
    let dbm = small_dbm::<f64>().fit(&train).unwrap();
    let params = FisherFeatures::idfk(&dbm).check().unwrap();
    let parts = params.in_parts(dbm.clone()).unwrap();
    let halves = [(0, 60), (60, 100)].map(|(a, b)| train.records.slice(s![a..b, ..]));
    let mut bounds = parts.bounds();
    for half in halves {
        let mut of_half = parts.bounds();
        parts.add(&mut of_half, half).unwrap();
        bounds.merge(&through_json(&of_half)).unwrap();
    }
    let scaled = parts.scaled(&bounds).unwrap();
    let collect = |half: ArrayView2<f64>| {
        let mut moments = scaled.moments().unwrap();
        scaled.add(&mut moments, half).unwrap();
        moments
    };
    let mut moments = through_json(&scaled.moments().unwrap());
    for half in halves {
        moments.merge(&through_json(&collect(half))).unwrap();
    }
    let found = fault::<ScoreMoments>(&moments, "/seen/samples", json!(-1));
    assert!(found.contains("-1"), "{found}");
    let found = fault::<ScoreMoments>(&moments, "/products/data/0", json!(-1.0));
    assert!(found.contains("the squares of scores"), "{found}");
    let found = fault::<ScoreMoments>(&moments, "/products/data/1", json!(1e6));
    assert!(found.contains("the products of scores"), "{found}");
    let found = fault::<ScoreMoments>(&moments, "/mean/data/0", json!(77.0));
    assert!(found.contains("the means"), "{found}");
    let found = fault::<ScoreBounds>(&bounds, "/least/data/0", json!(5.0));
    assert!(found.contains("the ranges of the scores"), "{found}");
    let found = fault::<ScoreBounds>(&bounds, "/most/dim/0", json!(3));
    assert!(found.contains("must match in size"), "{found}");

    let whole = FisherFeatures::idfk(&dbm).fit(&train).unwrap();
    let features = scaled.features(&moments).unwrap();
    let [a, b] = [features, whole].map(|features| features.transform(&train.records).unwrap());
    assert!(largest_difference(&a, &b) < 1e-6);
}
