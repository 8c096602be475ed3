//! Stratified cross-validation of a deep machine's features, everything trained anew in each fold.

use std::path::Path;
use std::time::Instant;

use linfa::Dataset;
use linfa::dataset::Records;
use linfa::traits::Transformer;
use linfa_fisher::classification::{KNearestNeighbors, LinearSvm};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::{CrossValidation, CrossValidator, StratifiedKFold};
use linfa_fisher::pipeline::{PipelineExt, Shared};
use linfa_fisher::traits::{FitObserved, TryPredict};
use linfa_fisher::{Dbm, Error};
use ndarray::{Array1, Array2, Axis, Ix1};

use super::contender::{Check, Contender, Measurement};
use super::machine::cores;
use super::ours::ours;
use super::work::{FOLD_COST, FOLD_EPOCHS, FOLDS, Work};
use super::{Fault, memory, npy};

/// The binarised Alphanumeric images.
pub(crate) struct Task {
    hidden: &'static [usize],
    images: Dataset<f32, usize, Ix1>,
    folds: StratifiedKFold,
}

impl Task {
    pub(crate) fn new(work: Work, data_dir: &Path) -> Result<Self, Fault> {
        let images = datasets::alphanumeric::<f32>(data_dir)?;
        Ok(Self {
            hidden: work.hidden(),
            images: Binarize::new(0.5)?.transform(images),
            folds: StratifiedKFold::new(FOLDS),
        })
    }

    /// Writes images, classes and the fold of every image for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        npy::write(&folder.join("records.npy"), self.images.records.view())?;
        let mut fold_of = Array1::zeros(self.images.nsamples());
        for (fold, rows) in self.folds.folds(&self.images.targets)?.iter().enumerate() {
            rows.iter().for_each(|&row| fold_of[row] = fold as f32);
        }
        let classes = self.images.targets.mapv(|class| class as f32);
        for (name, column) in [("classes", classes), ("folds", fold_of)] {
            let column = column.insert_axis(Axis(0));
            npy::write(&folder.join(format!("{name}.npy")), column.view())?;
        }
        Ok(())
    }

    /// This crate as a contender.
    pub(crate) fn contender<'a>(self) -> Contender<'a> {
        ours(Box::new(move || self.turn()))
    }

    /// Validates four pipelines, which share the machine of each fold, and the improved vectors,
    /// which are short.
    fn turn(&self) -> Result<Measurement, Fault> {
        memory::begin();
        let started = Instant::now();
        let dbm = Dbm::params(self.hidden)
            .pretraining_epochs(FOLD_EPOCHS)
            .epochs(FOLD_EPOCHS);
        let machine = Shared::new(dbm).capacity(FOLDS);
        let dfk = FisherFeatures::dfk(machine.clone());
        let idfk = Shared::new(FisherFeatures::idfk(machine)).capacity(FOLDS);
        let (svm, nearest) = (
            LinearSvm::params().c(FOLD_COST),
            KNearestNeighbors::params(1),
        );
        let accuracies = [
            self.validate(&dfk.clone().then(svm.clone()))?,
            self.validate(&dfk.then(nearest.clone()))?,
            self.validate(&idfk.clone().then(svm))?,
            self.validate(&idfk.then(nearest))?,
        ]
        .map(|validation| 100.0 * validation.mean());
        let seconds = started.elapsed().as_secs_f64();
        let check = Check {
            value: accuracies[2],
            standard_error: None,
        };
        let [dfk_svm, dfk_nearest, _, idfk_nearest] = accuracies;
        let note = format!(
            "DFK: SVM {dfk_svm:.1} %, 1-NN {dfk_nearest:.1} %; IDFK, 1-NN: {idfk_nearest:.1} %"
        );
        Ok(Measurement::ours(seconds, check, Some(note)).with_peak(memory::peak()))
    }

    fn validate<P>(&self, params: &P) -> Result<CrossValidation<usize>, Error>
    where
        P: FitObserved<Array2<f32>, Array1<usize>, Error> + Sync,
        P::Object: TryPredict<f32, usize>,
    {
        let validator = CrossValidator::new(&self.folds).jobs(cores());
        validator.run(&self.images, params)
    }
}
