//! The landmarks.

use ndarray::{Array2, ArrayView2, Axis, s};
use rand::Rng;
use rand::seq::index;

use super::features::LandmarkFeatures;
use super::statistics::LandmarkStatistics;
use crate::boltzmann::check_room;
use crate::error::FisherError;
use crate::fisher::information::{
    Information, TOLERANCE, scale, whitening_factors, worth_iterating,
};
use crate::fisher::kernel::{FisherKernel, LayeredScore, States};
use crate::numerics::cholesky::PivotedCholesky;
use crate::numerics::dense::product;
use crate::numerics::digest::key;
use crate::numerics::eigen::symmetric_eigen;
use crate::numerics::krylov::{self, Eigen};
use crate::numerics::scalar::to_f64;
use crate::{Error, Float, Result};

/// What is added to the kernel of every landmark with itself, in relation to the largest one: so
/// many times the rounding of a matrix of one landmark.
const RIDGE: f64 = 16.0;

/// Records whose vectors are computed at a time.
const ROWS: usize = 2048;

/// Records that stand for all others: a kernel of any two records is approximated by those with
/// the landmarks.
///
/// [`LandmarkFeatures`] is fitted on records in memory. This type takes them block by block, from
/// wherever they come, in one process or in several whose statistics are merged:
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::fisher::{FisherKernel, Landmarks};
/// use linfa_fisher::prelude::*;
/// use ndarray::Axis;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (digits, test) = datasets::digits::<f32>()?.split_with_ratio(0.9);
/// let dbm = Dbm::params(&[8, 4]).pretraining_epochs(1).epochs(1).fit(&digits)?;
/// let kernel = FisherKernel::new(dbm).cosine();
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let landmarks = Landmarks::choose(kernel, digits.records.view(), 100, &mut rng)?;
///
/// let mut statistics = landmarks.statistics();
/// for block in digits.records.axis_chunks_iter(Axis(0), 500) {
///     let mut of_block = landmarks.statistics(); // as another process would
///     landmarks.add(&mut of_block, block)?;
///     statistics.merge(&of_block)?;
/// }
/// let features = landmarks.features(&statistics, 64, 0.1)?;
/// assert_eq!(features.transform(&test.records)?.ncols(), features.nfeatures()); // at most 64
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Landmarks<F, M> {
    kernel: FisherKernel<F, M>,
    /// `m x d`.
    records: Array2<F>,
    states: States<F>,
    /// The factor `L`, `m x m`.
    cholesky: PivotedCholesky,
    key: u64,
}

impl<F: Float, M: LayeredScore<F>> Landmarks<F, M> {
    /// The landmarks `records` (`m x d`) but for those that the others tell all about, such as
    /// duplicates.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::error::MachineError::TooLarge) if memory has no room for `m x m`
    /// kernels; those of [`FisherKernel::gram`]; [`NoLandmarks`](FisherError::NoLandmarks) if the
    /// kernel of every landmark with itself is 0 or there are none.
    pub fn new(kernel: FisherKernel<F, M>, records: ArrayView2<F>) -> Result<Self> {
        let m = records.nrows();
        // the kernels, their decomposition, the sums, the information and its eigenvectors
        check_room::<f64>("kernels of the landmarks", 6, [(m, m)])?;
        let all = kernel.states(records)?;
        let mut gram = to_f64(&kernel.gram_of(&all, &all)?);
        let largest = gram.diag().fold(0.0_f64, |most, &x| most.max(x));
        // what rounding may make of the smallest eigenvalues, which the inverse would blow up
        let rounding = RIDGE * epsilon::<F>() * (m as f64).sqrt();
        gram.diag_mut().map_inplace(|x| *x += rounding * largest);
        // a row that others tell all about has twice the ridge left
        let cholesky = PivotedCholesky::of(gram.view(), 4.0 * rounding);
        let cholesky = cholesky.ok_or(Error::Fisher(FisherError::NoLandmarks { rows: m }))?;
        let records = records.select(Axis(0), cholesky.kept());
        let states = kernel.states(records.view())?;
        Ok(Self {
            key: key(kernel.numbers(&states)),
            states,
            kernel,
            records,
            cholesky,
        })
    }

    /// `landmarks` rows of the records (`n x d`), drawn without replacement.
    ///
    /// # Errors
    ///
    /// [`LandmarkCount`](FisherError::LandmarkCount) for none or for more than there are records;
    /// those of [`new`](Self::new).
    pub fn choose<R: Rng + ?Sized>(
        kernel: FisherKernel<F, M>,
        records: ArrayView2<F>,
        landmarks: usize,
        rng: &mut R,
    ) -> Result<Self> {
        let chosen = landmark_rows(records.nrows(), landmarks, rng)?;
        Self::new(kernel, records.select(Axis(0), &chosen).view())
    }

    /// The landmarks (`m x d`), in the order in which they were given.
    pub fn records(&self) -> &Array2<F> {
        &self.records
    }

    /// The kernel.
    pub fn kernel(&self) -> &FisherKernel<F, M> {
        &self.kernel
    }

    /// Statistics of no records yet.
    pub fn statistics(&self) -> LandmarkStatistics {
        LandmarkStatistics::new(self.key, self.records.nrows())
    }

    /// Adds records (`n x d`) to the statistics, for which there must be memory for `n x m`
    /// kernels.
    ///
    /// # Errors
    ///
    /// [`OtherLandmarks`](FisherError::OtherLandmarks) for statistics of other landmarks; those of
    /// [`FisherKernel::gram`].
    pub fn add(&self, statistics: &mut LandmarkStatistics, records: ArrayView2<F>) -> Result<()> {
        self.check(statistics)?;
        let states = self.kernel.states(records)?;
        let kernels = self.kernel.gram_of(&states, &self.states)?;
        statistics.add(kernels.view(), self.kernel.diagonal_of(&states).view());
        Ok(())
    }

    /// Vectors of records (`n x d`) whose inner products are the kernels as the landmarks tell
    /// them: `L^-1 k(x)` of the kernels `k(x)` with the landmarks, whose own are `L L'` (the
    /// Nyström method; Williams and Seeger 2001), `n x r` for the `r` landmarks that are
    /// [kept](Self::records). They are neither whitened nor centred, and there are no eigenvectors
    /// to be found: the way to many landmarks, up to tens of thousands.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::error::MachineError::TooLarge) if memory has no room for the vectors;
    /// those of [`FisherKernel::gram`].
    ///
    /// # Example
    ///
    #[cfg_attr(feature = "datasets", doc = "```")]
    #[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
    /// use linfa::prelude::*;
    /// use linfa_fisher::fisher::{FisherKernel, Landmarks};
    /// use linfa_fisher::{datasets, prelude::*};
    /// use ndarray::s;
    ///
    /// # fn main() -> linfa_fisher::Result<()> {
    /// let digits = datasets::digits::<f64>()?;
    /// let dbm = Dbm::params(&[8, 4]).epochs(1).fit(&digits)?;
    /// let kernel = FisherKernel::new(dbm).cosine();
    /// let records = digits.records.slice(s![..100, ..]);
    /// let vectors = Landmarks::new(kernel.clone(), records)?.vectors(records)?;
    /// let difference = vectors.dot(&vectors.t()) - kernel.gram(&records, &records)?;
    /// assert!(difference.iter().all(|x| x.abs() < 1e-9)); // the landmarks tell all of themselves
    /// # Ok(())
    /// # }
    /// ```
    pub fn vectors(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        let shape = (records.nrows(), self.records.nrows());
        check_room::<F>("vectors of the records", 1, [shape])?;
        let lower = self.cholesky.lower::<F>();
        let mut vectors = Array2::zeros(shape);
        let blocks = vectors.axis_chunks_iter_mut(Axis(0), ROWS);
        self.kernel.model().check_records(records)?;
        let records = records.axis_chunks_iter(Axis(0), ROWS);
        for (block, (records, vectors)) in records.zip(blocks).enumerate() {
            let states = self.kernel.states(records);
            let kernels = states.and_then(|states| self.kernel.gram_of(&states, &self.states));
            let kernels = kernels.map_err(|fault| fault.of_block(block * ROWS))?;
            lower.solve_rows(kernels.view(), vectors);
        }
        Ok(vectors)
    }

    /// Improved Fisher vectors of at most `rank` directions, with the training records that the
    /// statistics were collected of. `damping` is relative to the largest variance.
    ///
    /// # Errors
    ///
    /// [`InvalidRank`](FisherError::InvalidRank), [`InvalidDamping`](FisherError::InvalidDamping),
    /// [`OtherLandmarks`](FisherError::OtherLandmarks);
    /// [`NoInformation`](FisherError::NoInformation) if there are no records or all have the same
    /// kernels; [`Decomposition`](FisherError::Decomposition).
    pub fn features(
        self,
        statistics: &LandmarkStatistics,
        rank: usize,
        damping: impl Into<f64>,
    ) -> Result<LandmarkFeatures<F, M>> {
        let damping = damping.into();
        Information::LowRank { rank, damping }.check()?;
        self.check(statistics)?;
        let samples = statistics.samples;
        if samples == 0 {
            return Err(FisherError::NoInformation { samples }.into());
        }
        let (mean, covariance) = statistics.moments();
        // L^-1 C L^-T and L^-1 mean
        let half = self.cholesky.solve_rows(covariance.view());
        let information = self.cholesky.solve_rows(half.t());
        let centre = self.cholesky.solve_rows(mean.view().insert_axis(Axis(0)));
        let told = information.diag().sum() + centre.mapv(|x| x * x).sum();
        let floor = 16.0 * epsilon::<F>() * told;
        let (spectrum, mut vectors) = leading(information, rank, samples, floor)?;
        scale(&mut vectors, &whitening_factors(&spectrum, rank, damping));
        let directions = self.cholesky.solve_transposed_rows(vectors.t());
        let directions = directions.t().mapv(F::cast);
        Ok(LandmarkFeatures {
            mean: mean.mapv(F::cast),
            directions: directions.as_standard_layout().into_owned(),
            spectrum,
            explained: told * samples as f64 / statistics.trace,
            kernel: self.kernel,
            landmarks: self.records,
            states: self.states,
        })
    }

    /// The statistics are of these landmarks.
    fn check(&self, statistics: &LandmarkStatistics) -> Result<()> {
        let m = self.records.nrows();
        match self.key == statistics.key && statistics.products.dim() == (m, m) {
            true => Ok(()),
            false => Err(FisherError::OtherLandmarks.into()),
        }
    }
}

/// The rows that [`Landmarks::choose`] draws of `rows` records, in ascending order: which records
/// each of several processes has to give, if none of them holds all.
///
/// # Errors
///
/// [`LandmarkCount`](FisherError::LandmarkCount) for no landmarks or for more than there are
/// records.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::landmark_rows;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let mut rng = Xoshiro256Plus::seed_from_u64(42);
/// let chosen = landmark_rows(60_000, 1024, &mut rng)?;
/// let of_second_half = chosen.iter().filter(|&&row| row >= 30_000).count();
/// assert!((400..624).contains(&of_second_half));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn landmark_rows<R: Rng + ?Sized>(
    rows: usize,
    landmarks: usize,
    rng: &mut R,
) -> Result<Vec<usize>> {
    if !(1..=rows).contains(&landmarks) {
        return Err(FisherError::LandmarkCount { landmarks, rows }.into());
    }
    let mut chosen = index::sample(rng, rows, landmarks).into_vec();
    chosen.sort_unstable();
    Ok(chosen)
}

/// The eigenvalues above `floor`, `rank` at most, and their eigenvectors in columns.
fn leading(information: Array2<f64>, rank: usize, samples: usize, floor: f64) -> Result<Eigen> {
    let size = information.nrows();
    let eigen = match worth_iterating(rank, size) {
        true => krylov::leading(size, rank, (TOLERANCE, f64::EPSILON), |block| {
            Ok::<_, Error>(product(information.view(), block))
        })?,
        false => symmetric_eigen(information),
    };
    let (values, vectors) = eigen.ok_or(Error::Fisher(FisherError::Decomposition { size }))?;
    let kept = values.iter().take(rank).take_while(|&&s| s > floor);
    match kept.count() {
        0 => Err(FisherError::NoInformation { samples }.into()),
        kept => Ok((
            values.slice(s![..kept]).to_owned(),
            vectors.slice(s![.., ..kept]).to_owned(),
        )),
    }
}

fn epsilon<F: Float>() -> f64 {
    F::epsilon().to_f64().unwrap_or(f64::EPSILON)
}
