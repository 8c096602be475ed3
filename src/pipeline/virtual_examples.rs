//! Virtual examples: training images that are changed copies of the support vectors.

use std::cell::RefCell;

use linfa::dataset::{AsSingleTargets, AsTargets};
use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix1, Ix2};
use rand::RngCore;

use super::featuriser::IntoFeaturiser;
use super::params::PipelineParams;
use super::pipeline::Pipeline;
use crate::classification::{DecisionFunction, LinearSvm};
use crate::datasets::Augment;
use crate::error::ClassificationError;
use crate::model_selection::select_rows;
use crate::numerics::random::seeder;
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Changed images whose features are computed at a time.
const BLOCK_ROWS: usize = 1000;

/// Fits a pipeline that ends with a [`LinearSvm`] twice: on all rows, then on the support vectors
/// and changed copies of these. Made by [`PipelineParams::virtual_examples`].
///
/// 1. The featuriser and the machine are fitted on all `n` rows.
/// 2. The `s` support vectors are kept ([`LinearSvm::support_vectors`]), and of a class that has
///    none its row of least margin, so that no class is lost.
/// 3. [`Augment`] makes `copies` changed images of each row that is kept, and the featuriser of the
///    first step makes features of them.
/// 4. The machine is fitted anew on these `s (copies + 1)` rows. Copies have the targets and the
///    weights of their originals.
///
/// A machine is determined by its support vectors alone, so that copies of other rows would add
/// little: step 4 has far fewer rows than copies of all images would make. The result is a
/// [`Pipeline`], as it is without virtual examples.
///
/// Source: D. DeCoste, B. Schölkopf, "Training Invariant Support Vector Machines", Machine
/// Learning 46, 2002. They add copies to each binary problem from its own support vectors; here all
/// problems share the rows.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, Augment};
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.2);
/// let pipeline = FisherFeatures::fk(Rbm::params(8).epochs(2)).then(LinearSvm::params());
/// let model = pipeline.virtual_examples(Augment::new().rotation(8.0), 2).fit(&train)?;
/// let predicted = model.try_predict(&test.records)?;
/// # assert_eq!(predicted.len(), test.records.nrows());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct VirtualExamples<P, C, E> {
    pipeline: PipelineParams<P, C, E>,
    augment: Augment,
    copies: usize,
    seed: u64,
}

impl<P: Clone, C: Clone, E> Clone for VirtualExamples<P, C, E> {
    fn clone(&self) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
            augment: self.augment.clone(),
            ..*self
        }
    }
}

impl<P, C, E> PipelineParams<P, C, E> {
    /// The same pipeline, whose linear support vector machine also learns from `copies` changed
    /// images of each support vector, at least 1 (DeCoste and Schölkopf 2002).
    ///
    /// The records have to be images ([`ImageShape::of`](crate::ImageShape::of)).
    pub fn virtual_examples(self, augment: Augment, copies: usize) -> VirtualExamples<P, C, E> {
        VirtualExamples {
            pipeline: self,
            augment,
            copies,
            seed: 42,
        }
    }
}

impl<P, C, E> VirtualExamples<P, C, E> {
    /// The seed of the random changes. Defaults to 42.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The pipeline's hyper-parameters.
    pub fn pipeline(&self) -> &PipelineParams<P, C, E> {
        &self.pipeline
    }

    /// Fits the stages, then the last one once more.
    fn fit_twice<F, L, D, T, M, Shape, E1, E2>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        fit_first: impl FnOnce(&P) -> std::result::Result<M, E1>,
        fit_last: impl Fn(&C, &Dataset<F, L, Ix1>) -> std::result::Result<LinearSvm<F, L>, E2>,
    ) -> Result<Pipeline<M::Featuriser, LinearSvm<F, L>>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
        M: IntoFeaturiser<F, Shape>,
        E1: std::error::Error + Send + Sync + 'static,
        E2: std::error::Error + Send + Sync + 'static,
    {
        self.check(dataset)?;
        let (features, transformed) = self.pipeline.fit_first(dataset, fit_first)?;
        let fit_last = |rows| fit_last(self.pipeline.classifier(), rows).map_err(Error::estimator);
        let kept = kept_rows(&fit_last(&transformed)?, &transformed)?;
        let kept = (
            numbered(dataset, &kept),
            select_rows(&transformed, transformed.targets.view(), &kept),
        );
        let examples = self.with_copies(kept, |images| features.transform(images))?;
        Ok(Pipeline::new(features, fit_last(&examples)?))
    }

    /// Checks the settings before a long training, on no images.
    fn check<F, D, T>(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<()>
    where
        F: Float,
        D: Data<Elem = F>,
        T: AsTargets,
    {
        if self.copies == 0 {
            return Err(ClassificationError::InvalidCopies(0).into());
        }
        self.augment.stream(&numbered(dataset, &[]), self.seed)?;
        Ok(())
    }

    /// The features of the images that are kept, and after them those of their changed copies.
    fn with_copies<F: Float, L: Label>(
        &self,
        (images, kept): (Dataset<F, usize, Ix1>, Dataset<F, L, Ix1>),
        transform: impl Fn(ArrayView2<F>) -> Result<Array2<F>>,
    ) -> Result<Dataset<F, L, Ix1>> {
        let (targets, weights) = (repeated(&kept.targets, self.copies), &kept.weights);
        let weights = repeated(weights, self.copies);
        let mut features = kept.records;
        for copy in 0..self.copies {
            let seed = seeder(self.seed, copy).next_u64();
            for batch in self.augment.stream(&images, seed)?.batches(BLOCK_ROWS) {
                let block = transform(batch.records.view())?;
                features
                    .append(Axis(0), block.view())
                    .map_err(Error::estimator)?;
            }
        }
        Ok(Dataset::new(features, targets).with_weights(weights))
    }
}

/// The images of some rows, whose targets are the numbers of the rows.
fn numbered<F, D, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    rows: &[usize],
) -> Dataset<F, usize, Ix1>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
{
    let numbers = Array1::from_iter(0..dataset.records.nrows());
    select_rows(dataset, numbers.view(), rows)
}

/// The values, and as often as there are copies once more, one set after another.
fn repeated<A: Clone>(values: &Array1<A>, copies: usize) -> Array1<A> {
    let sets = std::iter::repeat_n(values, copies.saturating_add(1));
    sets.flatten().cloned().collect()
}

/// The support vectors and, of each class that has none, the row of least margin.
fn kept_rows<F: Float, L: Label>(
    machine: &LinearSvm<F, L>,
    rows: &Dataset<F, L, Ix1>,
) -> Result<Vec<usize>> {
    let mut kept = machine.support_vectors(rows)?;
    let lost = |class: &&L| kept.iter().all(|&row| rows.targets[row] != **class);
    let lost: Vec<&L> = machine.classes().iter().filter(lost).collect();
    if !lost.is_empty() {
        let margins = machine.margins(rows)?;
        kept.extend(lost.into_iter().filter_map(|class| {
            let members = (0..margins.len()).filter(|&row| rows.targets[row] == *class);
            members.min_by(|&a, &b| margins[a].total_cmp(&margins[b]))
        }));
        kept.sort_unstable();
    }
    Ok(kept)
}

/// # Errors
///
/// Those of the pipeline's `fit`; [`InvalidCopies`](ClassificationError::InvalidCopies); those of
/// [`Augment::stream`], such as [`NoImages`](crate::error::DataError::NoImages).
impl<F, L, D, T, P, C, E1, Shape, E2> Fit<ArrayBase<D, Ix2>, T, Error>
    for VirtualExamples<P, C, (E1, Shape, E2)>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: Fit<ArrayBase<D, Ix2>, T, E1>,
    P::Object: IntoFeaturiser<F, Shape>,
    C: Fit<Array2<F>, Array1<L>, E2, Object = LinearSvm<F, L>>,
    E1: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    E2: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    type Object = Pipeline<<P::Object as IntoFeaturiser<F, Shape>>::Featuriser, LinearSvm<F, L>>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let fit_last = |last: &C, features: &_| last.fit(features);
        self.fit_twice(dataset, |first| first.fit(dataset), fit_last)
    }
}

/// Reports the events of the featuriser and of both trainings of the machine.
impl<F, L, D, T, P, C, E1, Shape, E2> FitObserved<ArrayBase<D, Ix2>, T, Error>
    for VirtualExamples<P, C, (E1, Shape, E2)>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: FitObserved<ArrayBase<D, Ix2>, T, E1>,
    P::Object: IntoFeaturiser<F, Shape>,
    C: FitObserved<Array2<F>, Array1<L>, E2, Object = LinearSvm<F, L>>,
    E1: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    E2: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        mut observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        let observer = RefCell::new(&mut observer);
        self.fit_twice(
            dataset,
            |first| first.fit_observed(dataset, **observer.borrow_mut()),
            |last, features| last.fit_observed(features, **observer.borrow_mut()),
        )
    }
}

#[cfg(test)]
mod tests;
