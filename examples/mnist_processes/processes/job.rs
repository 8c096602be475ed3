//! What every worker does.

use std::fs::File;
use std::io::BufReader;
use std::ops::Range;

use linfa::traits::{Fit, Transformer};
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::classification::RidgeMoments;
use linfa_fisher::fisher::{
    FisherKernel, LandmarkFeatures, LandmarkStatistics, Landmarks, landmark_rows,
};
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::Result;
use super::cluster::end_within;
use super::files::{CLASSES, Files, Images, share};
use super::options::Options;
use super::peers::Peers;
use super::progress::{Progress, Report, Step};
use super::results::Results;

pub(super) type Machine = Dbm<f32>;

/// Rows of kernels with the landmarks that are in memory at a time.
const BLOCK: usize = 2048;

/// Takes the worker's part in the fit and the transform of all images.
pub(super) fn run(
    peers: &mut Peers,
    files: &Files,
    options: &Options,
    observer: fn(&Report),
) -> Result<()> {
    let mut progress = Progress::new(peers.index(), observer);
    let part = Part::read(peers, files, options)?;
    progress.finish(part.step());

    let machine = peers.index() == 0;
    let machine = machine
        .then(|| machine_of(files, options, part.of))
        .transpose()?;
    let machine = peers.broadcast(machine)?;
    progress.finish(Step::Machine);

    let kernel = FisherKernel::new(machine).cosine();
    let landmarks = landmarks(peers, kernel, &part, options.fit.landmarks)?;
    let number = landmarks.records().nrows();
    progress.finish(Step::Landmarks { number });

    let statistics = statistics(&landmarks, part.train.records.view())?;
    progress.finish(Step::Statistics);

    let features = features(peers, landmarks, statistics, &part, options)?;
    let number = features.nfeatures();
    progress.finish(Step::Features { number });

    let (train, test) = (
        features.transform(part.train)?,
        features.transform(part.test)?,
    );
    let mut moments = RidgeMoments::new((0..CLASSES).collect(), features.nfeatures())?;
    moments.add(&train)?;
    progress.finish(Step::Transformed);

    let moments = peers.reduce(moments, |sum, of_part| Ok(sum.merge(&of_part)?))?;
    let tests = peers.reduce(vec![(test.records, test.targets)], |all, of_part| {
        all.extend(of_part);
        Ok(())
    })?;
    if let (Some(moments), Some(tests)) = (moments, tests) {
        let results = Results::new(&moments, tests, options.penalty)?;
        if options.check {
            results.check(&features, files, options, part.of)?;
            progress.finish(Step::Checked);
        }
        results.write(options.out.as_deref())?;
        progress.finish(Step::Results);
        println!("{results}");
    }
    peers.barrier()?;
    end_within(peers.limit(), options.cluster.process);
    Ok(())
}

/// The images of one worker.
struct Part {
    train: Images,
    test: Images,
    /// The places of its training images among all.
    rows: Range<usize>,
    /// Number of all training images.
    of: usize,
}

impl Part {
    fn read(peers: &mut Peers, files: &Files, options: &Options) -> Result<Self> {
        let all = (files.train.len()?, files.test.len()?);
        if peers.all_gather(all)?.iter().any(|&other| other != all) {
            return Err("the processes have files of different lengths".into());
        }
        let of = options.fit.rows.unwrap_or(usize::MAX).min(all.0);
        let share = |rows| share(rows, peers.index(), peers.number());
        Ok(Self {
            train: files.train.read(share(of))?,
            test: files.test.read(share(all.1))?,
            rows: share(of),
            of,
        })
    }

    fn step(&self) -> Step {
        let [train, test] = [&self.train, &self.test].map(|images| images.targets.len());
        Step::Images { train, test }
    }
}

/// The machine that the options name, or else one that is trained on the first images of the file:
/// the steps of a training follow each other and cannot be taken by several processes, and a
/// machine of the first worker's part would be another one for another number of workers.
fn machine_of(files: &Files, options: &Options, rows: usize) -> Result<Machine> {
    if let Some(path) = &options.machine {
        let file = File::open(path).map_err(|fault| format!("{}: {fault}", path.display()))?;
        return Ok(serde_json::from_reader(BufReader::new(file))?);
    }
    let images = files.train.read(0..rows.min(options.machine_rows))?;
    Ok(options.fit.machine().fit(&images)?)
}

/// The landmarks that one process would choose of all images: each worker gives those it has.
fn landmarks(
    peers: &mut Peers,
    kernel: FisherKernel<f32, Machine>,
    part: &Part,
    landmarks: usize,
) -> Result<Landmarks<f32, Machine>> {
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let chosen = landmark_rows(part.of, landmarks.min(part.of), &mut rng)?;
    let own = chosen.iter().filter(|row| part.rows.contains(row));
    let own: Vec<_> = own.map(|row| row - part.rows.start).collect();
    let all = peers.all_gather(part.train.records.select(Axis(0), &own))?;
    let all: Vec<_> = all.iter().map(Array2::view).collect();
    Ok(Landmarks::new(kernel, concatenate(Axis(0), &all)?.view())?)
}

/// The statistics of records, a block at a time.
fn statistics(
    landmarks: &Landmarks<f32, Machine>,
    records: ArrayView2<f32>,
) -> Result<LandmarkStatistics> {
    let mut statistics = landmarks.statistics();
    for block in records.axis_chunks_iter(Axis(0), BLOCK) {
        landmarks.add(&mut statistics, block)?;
    }
    Ok(statistics)
}

/// The features of the statistics of all workers, which the first one merges.
fn features(
    peers: &mut Peers,
    landmarks: Landmarks<f32, Machine>,
    statistics: LandmarkStatistics,
    part: &Part,
    options: &Options,
) -> Result<LandmarkFeatures<f32, Machine>> {
    let merged = peers.reduce(statistics, |sum, of_part| Ok(sum.merge(&of_part)?))?;
    let features = match merged {
        None => None,
        Some(all) if all.samples() == part.of => {
            Some(landmarks.features(&all, options.fit.rank, options.fit.damping)?)
        }
        Some(all) => {
            let (found, expected) = (all.samples(), part.of);
            return Err(format!("{found} images were merged, expected {expected}").into());
        }
    };
    peers.broadcast(features)
}
