//! Every public type whose module does not check it itself can go to another thread.

use linfa_fisher::boltzmann::{LearningRate, NegativePhase, Rbm, RbmParams, Training};
use linfa_fisher::fisher::{
    FisherFeatures, FisherFeaturesParams, FisherFeaturesValidParams, Information, Trained,
};
use linfa_fisher::observer::{Event, Stage};
use linfa_fisher::pipeline::{Foreign, Pipeline, PipelineParams, Transforms};
use linfa_fisher::preprocessing::MinMaxScaler;
use linfa_fisher::record_source::Repeated;
use linfa_svm::{Svm, SvmError, SvmParams};
use rand_xoshiro::Xoshiro256Plus;

fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}

type RbmSource = RbmParams<f32, Xoshiro256Plus>;

#[test]
fn autotraits() {
    has_autotraits::<LearningRate<f32>>();
    has_autotraits::<NegativePhase>();
    has_autotraits::<Training<f32>>();
    has_autotraits::<FisherFeatures<f32, Rbm<f32>>>();
    has_autotraits::<FisherFeaturesParams<f32, RbmSource>>();
    has_autotraits::<FisherFeaturesValidParams<f32, RbmSource>>();
    has_autotraits::<Information>();
    has_autotraits::<Trained<Rbm<f32>>>();
    has_autotraits::<Event>();
    has_autotraits::<Stage>();
    has_autotraits::<PipelineParams<RbmSource, SvmParams<f32, bool>, SvmError>>();
    has_autotraits::<Foreign<Svm<f32, bool>, Transforms>>();
    has_autotraits::<MinMaxScaler<f32>>();
    has_autotraits::<Repeated<fn(usize) -> Vec<ndarray::Array2<f32>>>>();
    has_autotraits::<Pipeline<FisherFeatures<f32, Rbm<f32>>, Svm<f32, bool>>>();
}

#[test]
#[cfg(feature = "progress")]
fn progress_bar_autotraits() {
    has_autotraits::<linfa_fisher::observer::ProgressBar>();
}
