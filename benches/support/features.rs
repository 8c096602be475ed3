//! Improved Fisher vectors of a deep machine.

use std::path::Path;
use std::time::Instant;

use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::Dbm;
use linfa_fisher::fisher::compression::Encoder;
use linfa_fisher::fisher::{FisherFeatures, FisherKernel, Information, LandmarkFeatures};
use ndarray::{Array2, ArrayView2, CowArray, Ix2, s};

use super::contender::{Check, Contender, Measurement};
use super::gemm::rate_of;
use super::ours::ours;
use super::work::{ALPHANUMERIC, RANK, Route, Work};
use super::{Fault, data, memory, npy};

/// Epochs of each stage of the machine's training.
const EPOCHS: usize = 2;
/// Records whose kernels are timed by themselves.
const TIMED: usize = 2048;

/// The images, and the machine that is given.
pub(crate) struct Task<'a> {
    route: Route,
    machine: Dbm<f32>,
    /// All images, `n x d`.
    records: CowArray<'a, f32, Ix2>,
    /// Rows that the features are fitted on, the first ones.
    fitted: usize,
}

impl<'a> Task<'a> {
    /// The work `work` on MNIST's `images`, whose first `fitted` rows are for training, or on
    /// those of Alphanumeric.
    pub(crate) fn new(
        work: Work,
        route: Route,
        (images, fitted): (ArrayView2<'a, f32>, usize),
        data_dir: &Path,
    ) -> Result<Self, Fault> {
        let (records, fitted): (CowArray<f32, Ix2>, usize) = match route {
            Route::FullRank => (data::alphanumeric(data_dir)?.into(), ALPHANUMERIC),
            _ => (images.into(), fitted),
        };
        eprintln!("  the machine is trained");
        let machine = Dbm::params(work.hidden())
            .pretraining_epochs(EPOCHS)
            .epochs(EPOCHS)
            .fit(&DatasetBase::from(records.slice(s![..fitted, ..])))?;
        Ok(Self {
            route,
            machine,
            records,
            fitted,
        })
    }

    /// Writes the images, weights and biases for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        npy::write(&folder.join("records.npy"), self.records.view())?;
        Ok(npy::write_machine(folder, self.machine.parameters())?)
    }

    /// This crate as a contender.
    pub(crate) fn contender(self) -> Contender<'a> {
        ours(Box::new(move || self.turn()))
    }

    /// Fits on the training images and transforms all. There is nothing to warm up.
    fn turn(&self) -> Result<Measurement, Fault> {
        memory::begin();
        let started = Instant::now();
        let sum = match self.route {
            Route::Exact => self.exact(Information::LowRank {
                rank: RANK,
                damping: 0.0,
            })?,
            Route::FullRank => self.exact(Information::full_rank(0.0))?,
            Route::Landmarks(landmarks) => self.by_landmarks(landmarks)?,
        };
        let seconds = started.elapsed().as_secs_f64();
        let (peak, note) = (memory::peak(), self.note()?);
        let check = Check {
            value: sum,
            standard_error: None,
        };
        Ok(Measurement::ours(seconds, check, note).with_peak(peak))
    }

    fn train(&self) -> DatasetBase<ArrayView2<'_, f32>, ()> {
        DatasetBase::new(self.records.slice(s![..self.fitted, ..]), ())
    }

    /// The sum of the eigenvalues of the features' covariance.
    fn exact(&self, information: Information) -> Result<f64, Fault> {
        let params = FisherFeatures::idfk(&self.machine).information(information);
        let features = params.check()?.fit(&self.train())?;
        let _vectors: Array2<f32> = features.transform(&self.records)?;
        Ok(features.spectrum().ok_or("no spectrum")?.sum())
    }

    fn by_landmarks(&self, landmarks: usize) -> Result<f64, Fault> {
        let params = LandmarkFeatures::idfk(&self.machine).landmarks(landmarks);
        let params = params.rank(RANK).damping(0.0);
        let features = params.check()?.fit(&self.train())?;
        let _vectors: Array2<f32> = features.transform(&self.records)?;
        Ok(features.spectrum().sum())
    }

    /// The rate of the kernels alone, of which landmarks take one for every record: the time that
    /// the states of the layers take is measured and taken off.
    fn note(&self) -> Result<Option<String>, Fault> {
        let Route::Landmarks(landmarks) = self.route else {
            return Ok(None);
        };
        let first = |rows: usize| self.records.slice(s![..rows.min(self.fitted), ..]);
        let (records, landmarks) = (first(TIMED), first(landmarks));
        let kernel = FisherKernel::new(self.machine.clone()).cosine();
        let layers = self.machine.parameters().layers();
        let operations = 2 * records.nrows() * landmarks.nrows() * layers.iter().sum::<usize>();
        let (whole, gram) = timed(|| kernel.gram(&records, &landmarks));
        let (inference, states) = timed(|| [records, landmarks].map(|x| kernel.encode(x)));
        gram.and(states.into_iter().collect::<Result<Vec<_>, _>>())?;
        let rate = rate_of(operations as f64, whole - inference);
        Ok(Some(format!(
            "kernels of {TIMED} records with all landmarks, without inference: {rate} GFLOP/s of products"
        )))
    }
}

/// What `work` gives, and the seconds that it takes.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let given = work();
    (started.elapsed().as_secs_f64(), given)
}
