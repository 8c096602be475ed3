//! A generative model from outside the crate, from its training to a saved pipeline.
//!
//! The model is a mixture of `K` products of Bernoulli distributions, trained by EM. With the
//! hidden component `k` its complete likelihood is of the exponential family,
//!
//! ```text
//! log p(v, k) = eta_k + theta_k . v - A,   A = log sum_k exp(eta_k + sum_d log(1 + exp(theta_kd)))
//! ```
//!
//! and its scores are `E[T | v] - E[T]` with `T = ([k] v, [k])`.

use crate::common::{accuracy, digits};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_fisher::Result;
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::fisher::{FisherFeatures, FisherScore, ScoreBlock, ScoreLayout, ScoreModel};
use linfa_fisher::observer::{
    Event, Figures, History, Observer, ProgressBar, Stage, TerminationReason,
};
use linfa_fisher::pipeline::Pipeline;
use linfa_fisher::pipeline::PipelineExt;
use linfa_fisher::traits::FitObserved;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use rand::RngCore;

const LIKELIHOOD: &str = "mean log-likelihood";

/// The natural parameters: `theta`, `K x d`, and `eta`, `K`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
struct Mixture {
    theta: Array2<f64>,
    eta: Array1<f64>,
}

impl Mixture {
    /// The M step: the most likely parameters given `p(k | v)` of every record, `n x K`, with one
    /// pseudo-record of each value in every component.
    fn maximise(posterior: &Array2<f64>, records: ArrayView2<f64>) -> Self {
        let counts = posterior.sum_axis(Axis(0)) + 2.0;
        let means = (posterior.t().dot(&records) + 1.0) / counts.view().insert_axis(Axis(1));
        let theta = means.mapv(|mu| (mu / (1.0 - mu)).ln());
        let off = means.mapv(|mu| (1.0 - mu).ln()).sum_axis(Axis(1));
        let eta = counts.mapv(f64::ln) - counts.sum().ln() + off;
        Self { theta, eta }
    }

    /// `p(k | v)` of every record, `n x K`, and its `log p(v)`.
    fn infer(&self, records: ArrayView2<f64>) -> (Array2<f64>, Array1<f64>) {
        let mut joint = records.dot(&self.theta.t()) + &self.eta;
        let sums = joint.map_axis(Axis(1), |row| log_sum_exp(row.iter()));
        joint -= &sums.view().insert_axis(Axis(1));
        (joint.mapv(f64::exp), sums - log_sum_exp(&self.masses()))
    }

    /// The logarithms of what each component adds to `exp(A)`.
    fn masses(&self) -> Array1<f64> {
        self.theta.mapv(|t| t.exp().ln_1p()).sum_axis(Axis(1)) + &self.eta
    }
}

fn log_sum_exp<'a>(values: impl IntoIterator<Item = &'a f64> + Clone) -> f64 {
    let most = values.clone().into_iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = values.into_iter().map(|x| (x - most).exp()).sum();
    most + sum.ln()
}

impl FisherScore<f64> for Mixture {
    type Expectation = ();

    fn nvisible(&self) -> usize {
        self.theta.ncols()
    }

    fn layout(&self, biases: bool) -> ScoreLayout {
        let (components, width) = self.theta.dim();
        let mut blocks = vec![ScoreBlock::new("theta", components, width)];
        blocks.extend(biases.then(|| ScoreBlock::new("eta", components, 1)));
        ScoreLayout::new(blocks)
    }

    fn write_statistics(&self, v: ArrayView2<f64>, biases: bool, mut out: ArrayViewMut2<f64>) {
        let (posterior, _) = self.infer(v);
        let rows = v.outer_iter().zip(posterior.outer_iter());
        for ((v, posterior), mut out) in rows.zip(out.rows_mut()) {
            let products = posterior.iter().flat_map(|p| v.iter().map(move |x| p * x));
            let states = posterior.iter().copied().filter(|_| biases);
            let values = products.chain(states);
            out.iter_mut().zip(values).for_each(|(out, x)| *out = x);
        }
    }

    fn model_statistics(&self, _: &(), biases: bool, _: &mut dyn RngCore) -> Result<Array1<f64>> {
        let masses = self.masses();
        let weights = masses.mapv(|m| (m - log_sum_exp(&masses)).exp());
        let means = self.theta.mapv(|t| 1.0 / (1.0 + (-t).exp()));
        let products = means * weights.view().insert_axis(Axis(1));
        Ok(products
            .iter()
            .chain(weights.iter().filter(|_| biases))
            .copied()
            .collect())
    }
}

/// The hyper-parameters.
#[derive(Debug, Clone, PartialEq)]
struct MixtureParams {
    components: usize,
    epochs: usize,
}

impl ScoreModel<f64> for MixtureParams {
    type Model = Mixture;

    /// EM from components that share the records evenly.
    fn model(&self, records: ArrayView2<f64>, observer: &mut dyn Observer) -> Result<Mixture> {
        let share = |(i, k)| f64::from(u8::from(i % self.components == k));
        let posterior = Array2::from_shape_fn((records.nrows(), self.components), share);
        let mut mixture = Mixture::maximise(&posterior, records);
        for epoch in 1..=self.epochs {
            let (posterior, likelihood) = mixture.infer(records);
            mixture = Mixture::maximise(&posterior, records);
            observer.observe(&Event::Epoch {
                stage: Stage::named("EM"),
                epoch,
                epochs: self.epochs,
                figures: Figures::default()
                    .with(LIKELIHOOD, likelihood.mean().unwrap_or(f64::NAN))
                    .with("components", self.components as f64),
            });
        }
        observer.observe(&Event::Finished {
            stage: Stage::named("EM"),
            reason: TerminationReason::Epochs,
        });
        Ok(mixture)
    }
}

type Model = Pipeline<FisherFeatures<f64, Mixture>, KNearestNeighbors<f64, usize>>;

/// A pipeline of improved Fisher vectors, whose training the progress bar shows.
fn trained() -> (Model, History) {
    let mixture = MixtureParams {
        components: 8,
        epochs: 20,
    };
    let pipeline = FisherFeatures::idfk(mixture).then(KNearestNeighbors::params(1));
    let bar = ProgressBar::new("mixture").showing(&[LIKELIHOOD, "components"]);
    let mut observer = (bar, History::default());
    let model = pipeline.fit_observed(&digits(0, 600), &mut observer);
    (model.unwrap(), observer.1)
}

/// A tenth of the digits are right by chance.
#[test]
fn its_improved_fisher_vectors_tell_digits_apart() {
    let (model, _) = trained();
    let test = digits(600, 900);
    let accuracy = accuracy(&model.predict(&test.records), &test.targets);
    assert!(accuracy > 0.8, "{accuracy}");
}

/// EM never lowers the likelihood but for the pseudo-records, which weigh little here.
#[test]
fn its_epochs_are_events_with_its_own_figures() {
    let (_, history) = trained();
    let likelihoods: Vec<f64> = history.values(LIKELIHOOD).collect();
    assert_eq!(likelihoods.len(), 20);
    assert!(likelihoods[19] > likelihoods[0] + 1.0, "{likelihoods:?}");
    let record = &history.epochs()[4];
    assert_eq!((&record.stage, record.epoch), (&Stage::named("EM"), 5));
    assert_eq!(record.figures.get("components"), Some(8.0));
    assert_eq!(history.termination(), Some(TerminationReason::Epochs));
}

/// Central differences of the exact log-likelihood: their error is of the square of the step,
/// that of the subtraction of 64-bit rounding over the step.
#[test]
fn its_scores_are_gradients_of_its_log_likelihood() {
    let train = digits::<f64>(0, 60);
    let params = MixtureParams {
        components: 3,
        epochs: 2,
    };
    let features = FisherFeatures::params(params).biases(true);
    let features = features.fit(&train).unwrap();
    let records = train.records.slice(ndarray::s![..5, ..]);
    let scores = features.scores(records).unwrap();
    let step = 1e-5;
    for (index, score) in scores.columns().into_iter().enumerate() {
        let moved = |by: f64| {
            let mut model = features.model().clone();
            let places = model.theta.iter_mut().chain(&mut model.eta);
            places.skip(index).take(1).for_each(|place| *place += by);
            model.infer(records).1
        };
        let gradient = (moved(step) - moved(-step)) / (2.0 * step);
        let error = (&gradient - &score).fold(0.0, |most: f64, e| most.max(e.abs()));
        assert!(error < 1e-7, "parameter {index}: {error:e}");
    }
}

/// The features are the same whether the records have labels or not.
#[test]
fn its_features_need_no_labels() {
    let train = digits::<f64>(0, 60);
    let params = FisherFeatures::params(MixtureParams {
        components: 2,
        epochs: 1,
    });
    let unlabelled = DatasetBase::from(train.records.view());
    assert_eq!(
        params.fit(&train).unwrap(),
        params.fit(&unlabelled).unwrap()
    );
}

#[test]
#[cfg(feature = "serde")]
fn a_saved_pipeline_of_it_predicts_the_same() {
    let (model, _) = trained();
    let mut file = Vec::new();
    ciborium::into_writer(&model, &mut file).unwrap();
    let loaded: Model = ciborium::from_reader(file.as_slice()).unwrap();
    let test = digits::<f64>(600, 700).records;
    assert_eq!(loaded.predict(&test), model.predict(&test));
}
