//! The number of neighbours by leaving out one training row after another.

use linfa::dataset::{AsSingleTargets, Records};
use linfa::traits::Fit;
use linfa::{DatasetBase, Label};
use linfa_nn::distance::L2Dist;
use ndarray::{ArrayBase, Data, Ix2};

use super::classifier::KNearestNeighbors;
use super::distance::NeighborDistance;
use super::params::KNearestNeighborsParams;
use crate::checks::check_shape;
use crate::error::ClassificationError;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Fits [`KNearestNeighbors`] with the best of some numbers k of neighbours. Made by
/// [`KNearestNeighborsParams::best_of`].
///
/// The best k is the one by which most training rows are told by the others (leave-one-out), the
/// first of equals. One search of the neighbours of all training rows, as many as the greatest k
/// has, serves all of them.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use ndarray::array;
///
/// // an "a" among the "b"s misleads a single neighbour
/// let records = array![[0.0], [1.0], [2.0], [6.0], [7.0], [7.1], [8.0], [9.0]];
/// let dataset = Dataset::new(records, array!["a", "a", "a", "b", "b", "a", "b", "b"]);
/// let params = KNearestNeighbors::params(1).best_of([1, 3]);
/// assert_eq!(params.accuracies(&dataset)?, [5.0 / 8.0, 7.0 / 8.0]);
/// assert_eq!(params.fit(&dataset)?.k(), 3);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "D: serde_crate::Serialize",
            deserialize = "D: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct BestNeighbors<F, L, D = L2Dist> {
    candidates: Vec<usize>,
    params: KNearestNeighborsParams<F, L, D>,
}

impl<F, L, D> KNearestNeighborsParams<F, L, D> {
    /// The same with the best of these numbers of neighbours, each at least 1 and less than the
    /// number of training rows, by leave-one-out.
    pub fn best_of(self, candidates: impl IntoIterator<Item = usize>) -> BestNeighbors<F, L, D> {
        BestNeighbors {
            candidates: candidates.into_iter().collect(),
            params: self,
        }
    }
}

impl<F: Float, L: Label, M: NeighborDistance<F>> BestNeighbors<F, L, M> {
    /// The numbers of neighbours to choose from.
    pub fn candidates(&self) -> &[usize] {
        &self.candidates
    }

    /// For each candidate, the share of the training rows (`n x d`) that the others predict
    /// rightly.
    ///
    /// # Errors
    ///
    /// Those of the classifier's `fit`; [`NoCandidates`](ClassificationError::NoCandidates);
    /// [`InvalidNeighbors`](ClassificationError::InvalidNeighbors) for a candidate of 0 and
    /// [`Neighbors`](ClassificationError::Neighbors) for one that is not less than n.
    pub fn accuracies<D, T>(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Vec<f64>>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let rows = dataset.records.nrows();
        check_shape(rows, dataset.records.ncols())?;
        let most = self.check(rows - 1)?;
        let model = self.params.clone().k(most + 1).fit(dataset)?;
        let found = model.found(model.records.view())?;
        let mut hits = vec![0; self.candidates.len()];
        for (row, found) in found.iter().enumerate() {
            let others: Vec<_> = found.iter().filter(|near| near.1 != row).copied().collect();
            for (hits, &k) in hits.iter_mut().zip(&self.candidates) {
                *hits += usize::from(model.code_of(&others[..k]) == model.codes[row]);
            }
        }
        Ok(hits.iter().map(|&hits| hits as f64 / rows as f64).collect())
    }

    /// The greatest candidate, where each is at least 1 and at most the number of other rows.
    fn check(&self, others: usize) -> Result<usize> {
        let (least, most) = (self.candidates.iter().min(), self.candidates.iter().max());
        let fault = match (least, most) {
            (Some(0), _) => ClassificationError::InvalidNeighbors(0),
            (_, Some(&most)) if most <= others => return Ok(most),
            (_, Some(&most)) => ClassificationError::Neighbors {
                k: most,
                samples: others,
            },
            (_, None) => ClassificationError::NoCandidates,
        };
        Err(fault.into())
    }
}

/// # Errors
///
/// Those of [`accuracies`](BestNeighbors::accuracies).
impl<F, L, D, T, M> Fit<ArrayBase<D, Ix2>, T, Error> for BestNeighbors<F, L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    M: NeighborDistance<F>,
{
    type Object = KNearestNeighbors<F, L, M>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let accuracies = self.accuracies(dataset)?;
        let best =
            (1..accuracies.len()).fold(0, |best, next| match accuracies[next] > accuracies[best] {
                true => next,
                false => best,
            });
        self.params.clone().k(self.candidates[best]).fit(dataset)
    }
}

/// Reports nothing: there is one search.
impl<R, T, F, L, M> FitObserved<R, T, Error> for BestNeighbors<F, L, M>
where
    R: Records,
    Self: Fit<R, T, Error>,
{
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use ndarray::{Array1, Array2, Axis, Ix1, array};
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    use super::*;
    use crate::classification::{CosineDist, VoteWeights};
    use crate::error::RecordsError;
    use crate::model_selection::{StratifiedKFold, cross_validate};

    /// Records of three classes that overlap, of few values, so that many distances are equal.
    fn overlapping() -> Dataset<f64, usize, Ix1> {
        let mut rng = Xoshiro256Plus::seed_from_u64(3);
        let targets = Array1::from_shape_fn(90, |_| rng.gen_range(0..3_usize));
        let records = Array2::from_shape_fn((90, 3), |(row, column)| {
            f64::from(rng.gen_range(1..4_u8)) + f64::from(u8::from(column == targets[row]))
        });
        Dataset::new(records, targets)
    }

    /// Accuracy by n classifiers, each of which lacks a row.
    fn by_hand<M: NeighborDistance<f64>>(
        data: &Dataset<f64, usize, Ix1>,
        params: &KNearestNeighborsParams<f64, usize, M>,
    ) -> f64 {
        let rows = data.records.nrows();
        let hit = |row: &usize| {
            let others: Vec<usize> = (0..rows).filter(|other| other != row).collect();
            let records = data.records.select(Axis(0), &others);
            let rest = Dataset::new(records, data.targets.select(Axis(0), &others));
            let query = data.records.select(Axis(0), &[*row]);
            params.fit(&rest).unwrap().try_predict(&query).unwrap()[0] == data.targets[*row]
        };
        (0..rows).filter(hit).count() as f64 / rows as f64
    }

    fn check<M: NeighborDistance<f64>>(params: KNearestNeighborsParams<f64, usize, M>) {
        let data = overlapping();
        let candidates = [7, 1, 3, 20, 89];
        let found = params
            .clone()
            .best_of(candidates)
            .accuracies(&data)
            .unwrap();
        for (k, found) in candidates.into_iter().zip(found) {
            assert_eq!(found, by_hand(&data, &params.clone().k(k)), "{k}");
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<BestNeighbors<f32, usize>>();
    }

    #[test]
    fn accuracies_are_those_of_classifiers_without_the_row() {
        check(KNearestNeighborsParams::new(1));
        check(KNearestNeighborsParams::new(1).distance(CosineDist));
        check(KNearestNeighborsParams::new(1).weights(VoteWeights::Distance));
    }

    #[test]
    fn the_first_of_the_best_is_taken() {
        let data = overlapping();
        let params = KNearestNeighborsParams::new(1).best_of([5, 9, 5, 30]);
        let accuracies = params.accuracies(&data).unwrap();
        let best = accuracies.iter().copied().fold(0.0, f64::max);
        let first = accuracies.iter().position(|&found| found == best).unwrap();
        let model = params.fit(&data).unwrap();
        assert_eq!(model.k(), params.candidates()[first]);
        let plain = KNearestNeighborsParams::new(model.k()).fit(&data).unwrap();
        assert_eq!(model, plain);
    }

    #[test]
    fn the_choice_is_validated() {
        let params = KNearestNeighborsParams::new(1).best_of([1, 5, 15]);
        let report = cross_validate(&overlapping(), &params, &StratifiedKFold::new(3)).unwrap();
        assert!(report.failures().is_empty());
        assert!(report.accuracy() > 0.5, "{report}");
    }

    #[test]
    fn faults_are_named() {
        let data = overlapping();
        let fault = |candidates: &[usize], data: &Dataset<f64, usize, Ix1>| {
            let params = KNearestNeighborsParams::new(1).best_of(candidates.iter().copied());
            params.fit(data).map(drop).unwrap_err()
        };
        assert!(matches!(
            fault(&[], &data),
            Error::Classification(ClassificationError::NoCandidates)
        ));
        assert!(matches!(
            fault(&[3, 0], &data),
            Error::Classification(ClassificationError::InvalidNeighbors(0))
        ));
        assert!(matches!(
            fault(&[90], &data),
            Error::Classification(ClassificationError::Neighbors { k: 90, samples: 89 })
        ));
        assert!(matches!(
            fault(&[1], &Dataset::new(Array2::zeros((0, 2)), array![])),
            Error::Records(RecordsError::EmptyRecords { .. })
        ));
    }
}
