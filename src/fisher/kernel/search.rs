//! The search of records by the distance of their scores, which are never written out.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};

use super::closed_form::FisherKernel;
use super::layered::LayeredScore;
use super::states::States;
use crate::error::CompressionError;
use crate::fisher::checks::check_features;
use crate::fisher::compression::{Encoder, Neighbors, check_neighbors, nearest_of};
use crate::fisher::source::ScoreModel;
use crate::{Error, Float, Result};

/// Queries whose kernels with all records are held at a time.
const QUERIES: usize = 256;

/// The states of the layers of n records, the records first: what a [`FisherKernel`] needs of them.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::compression::Encoder;
/// use linfa_fisher::fisher::FisherKernel;
/// use linfa_fisher::Rbm;
/// use ndarray::array;
///
/// let rbm = Rbm::from_parts(array![[0.0], [0.0]], array![0.0, 0.0], array![0.0])?;
/// let kernel = FisherKernel::new(rbm);
/// let states = kernel.encode(array![[1.0, 0.0], [1.0, 1.0]].view())?;
/// assert_eq!(states.layers(), [array![[1.0, 0.0], [1.0, 1.0]], array![[0.5], [0.5]]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: serde_crate::Deserialize<'de>")
    )
)]
pub struct LayerStates<F> {
    layers: Vec<Array2<F>>,
}

impl<F> LayerStates<F> {
    /// The states, `n x units` of each layer.
    pub fn layers(&self) -> &[Array2<F>] {
        &self.layers
    }
}

/// Trains the model of the kernel on the records, if it is not trained yet.
///
/// # Errors
///
/// Those of [`ScoreModel::model`].
impl<F, D, T, S> Fit<ArrayBase<D, Ix2>, T, Error> for FisherKernel<F, S>
where
    F: Float,
    D: Data<Elem = F>,
    S: ScoreModel<F>,
{
    type Object = FisherKernel<F, S::Model>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let model = self.model().model(dataset.records.view(), &mut ())?;
        Ok(self.of_model(model))
    }
}

/// Records by the distance that the kernel makes, `sqrt(k(x, x) - 2 k(x, y) + k(y, y))`: of scores,
/// their Euclidean distance, at the cost of the layers' units instead of their couplings.
/// [`KNearestCodes`](crate::fisher::compression::KNearestCodes) classifies by it. A square of the
/// distance that rounding makes negative counts as zero.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::fisher::compression::KNearestCodesParams;
/// use linfa_fisher::fisher::FisherKernel;
/// use linfa_fisher::{datasets, prelude::*};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
/// let dbm = Dbm::params(&[20, 40]).epochs(5);
/// let nearest = KNearestCodesParams::new(1, FisherKernel::new(dbm).cosine());
/// let predicted = nearest.fit(&train)?.predict(&test);
/// let right = predicted.iter().zip(&test.targets).filter(|(a, b)| a == b).count();
/// assert!(right * 10 > 9 * predicted.len());
/// # Ok(())
/// # }
/// ```
impl<F: Float, M: LayeredScore<F>> Encoder for FisherKernel<F, M> {
    type Element = F;
    type Codes = LayerStates<F>;
    type Distance = F;

    fn nfeatures(&self) -> usize {
        self.model().nvisible()
    }

    fn encode(&self, records: ArrayView2<F>) -> Result<LayerStates<F>> {
        self.model().check_records(records)?;
        let layers = self.model().layers(records);
        Ok(LayerStates { layers })
    }

    /// # Errors
    ///
    /// [`CodeLength`](CompressionError::CodeLength) for states of another number of layers, or of
    /// layers of other units or records.
    fn check_codes(&self, codes: &LayerStates<F>) -> Result<usize> {
        let (units, samples) = (self.units(), codes.layers.first().map_or(0, Array2::nrows));
        check_length(units.len(), codes.layers.len())?;
        for (&units, layer) in units.iter().zip(&codes.layers) {
            check_length(units, layer.ncols())?;
            check_length(samples, layer.nrows())?;
        }
        Ok(samples)
    }

    fn distances(&self, queries: ArrayView2<F>, codes: &LayerStates<F>) -> Result<Array2<F>> {
        self.check_codes(codes)?;
        let (queries, states) = (self.states(queries)?, self.states_of(codes.layers.clone())?);
        Ok(self.squares(&queries, &states)?.mapv_into(F::sqrt))
    }

    fn nearest(
        &self,
        queries: ArrayView2<F>,
        codes: &LayerStates<F>,
        k: usize,
    ) -> Result<Neighbors<F>> {
        let samples = self.check_codes(codes)?;
        check_neighbors(k, samples)?;
        let states = self.states_of(codes.layers.clone())?;
        let blocks = queries.axis_chunks_iter(Axis(0), QUERIES).map(|block| {
            let squares = self.squares(&self.states(block)?, &states)?;
            nearest_of(squares.dim(), k, |query, out| {
                let distances = out.iter_mut().zip(squares.row(query));
                distances.for_each(|(distance, square)| *distance = square.sqrt());
            })
        });
        Ok(Neighbors::stacked(k, &blocks.collect::<Result<Vec<_>>>()?))
    }
}

impl<F: Float, M: LayeredScore<F>> FisherKernel<F, M> {
    /// Squares of the distances, `q x n`.
    fn squares(&self, queries: &States<F>, states: &States<F>) -> Result<Array2<F>> {
        let (own, others): (Array1<F>, _) = (self.diagonal_of(queries), self.diagonal_of(states));
        check_features(own.view().insert_axis(Axis(1)), 0)?;
        check_features(others.view().insert_axis(Axis(1)), 0)?;
        let mut squares = self.gram_of(queries, states)?;
        for (mut row, &own) in squares.outer_iter_mut().zip(&own) {
            row.zip_mut_with(&others, |kernel, &other| {
                *kernel = (own - *kernel - *kernel + other).max(F::zero());
            });
        }
        Ok(squares)
    }
}

fn check_length(expected: usize, found: usize) -> Result<()> {
    match expected == found {
        true => Ok(()),
        false => Err(CompressionError::CodeLength { expected, found }.into()),
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use linfa::Dataset;
    use linfa::traits::Predict;
    use ndarray::{Array2, array, s};

    use super::*;
    use crate::boltzmann::enumeration::example_machine;
    use crate::boltzmann::{Dbm, Rbm};
    use crate::classification::KNearestNeighbors;
    use crate::error::ClassificationError;
    use crate::fisher::FisherScore;
    use crate::fisher::compression::KNearestCodesParams;

    fn autotraits_of<T: Send + Sync + Sized + Unpin>() {}

    #[test]
    fn autotraits() {
        autotraits_of::<LayerStates<f32>>();
    }

    fn dbm() -> Dbm<f64> {
        Dbm::from_parameters(example_machine(&[5, 4, 3], 1.0)).unwrap()
    }

    fn records(rows: usize, shift: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, 5), |(i, j)| {
            ((i * i + j * 3 + shift) % 8) as f64 / 7.0
        })
    }

    /// Against all scores, written out, with more queries than a block holds.
    #[test]
    fn distances_are_those_of_the_scores() {
        let (kernel, train, queries) = (FisherKernel::new(dbm()), records(40, 0), records(300, 3));
        let scores = |records: &Array2<f64>| {
            let mut scores = Array2::zeros((records.nrows(), dbm().layout(false).length()));
            dbm().write_statistics(records.view(), false, scores.view_mut());
            scores
        };
        let (of_train, of_queries) = (scores(&train), scores(&queries));
        let codes = kernel.encode(train.view()).unwrap();
        let distances = kernel.distances(queries.view(), &codes).unwrap();
        for ((query, row), &distance) in distances.indexed_iter() {
            let apart = &of_queries.row(query) - &of_train.row(row);
            assert_abs_diff_eq!(distance, apart.dot(&apart).sqrt(), epsilon = 1e-7);
        }
        let nearest = kernel.nearest(queries.view(), &codes, 3).unwrap();
        assert_eq!(nearest.rows().dim(), (300, 3));
        for (query, rows) in nearest.rows().outer_iter().enumerate() {
            let found = nearest.distances().row(query);
            let own: Vec<f64> = rows.iter().map(|&row| distances[[query, row]]).collect();
            assert_abs_diff_eq!(found, ndarray::aview1(&own), epsilon = 1e-7);
            let closer = distances
                .row(query)
                .iter()
                .filter(|&&d| d < own[2] - 1e-7)
                .count();
            assert!(closer <= 2);
        }
        let none = kernel
            .nearest(queries.slice(s![..0, ..]), &codes, 3)
            .unwrap();
        assert_eq!(none.rows().dim(), (0, 3));
    }

    /// `sqrt(k(x, x) - 2 k(x, y) + k(y, y))`, where a blank record has kernel 0 with itself.
    #[test]
    fn distances_of_products_with_the_pixels_are_those_of_the_kernel() {
        let kernel = FisherKernel::new(dbm()).cosine().power(2).unwrap();
        let kernel = kernel.pixel_power(4).unwrap();
        let (mut train, queries) = (records(20, 0), records(30, 3));
        train.row_mut(7).fill(0.0);
        let gram = kernel.gram(&queries, &train).unwrap();
        let codes = kernel.encode(train.view()).unwrap();
        let distances = kernel.distances(queries.view(), &codes).unwrap();
        for ((query, row), &distance) in distances.indexed_iter() {
            let own = if row == 7 { 0.0 } else { 1.0 };
            let square = 1.0 - 2.0 * gram[[query, row]] + own;
            assert_abs_diff_eq!(distance * distance, square, epsilon = 1e-14);
        }
        let nearest = kernel.nearest(queries.view(), &codes, 1).unwrap();
        for (query, found) in nearest.distances().column(0).iter().enumerate() {
            let least = distances
                .row(query)
                .fold(f64::MAX, |least, &d| least.min(d));
            assert_abs_diff_eq!(*found, least, epsilon = 1e-7);
        }
    }

    #[test]
    fn a_classifier_by_the_kernel_is_one_by_the_scores() {
        let train = Dataset::new(records(30, 0), (0..30).map(|row| row % 3).collect());
        let params = KNearestCodesParams::new(1, FisherKernel::new(dbm()));
        let model = params.fit(&train).unwrap();
        // every record is nearest to itself, or to an equal one
        let own: ndarray::Array1<usize> = KNearestNeighbors::params(1)
            .fit(&train)
            .unwrap()
            .predict(&train.records);
        assert_eq!(model.predict(&train.records), own);
        let untrained = FisherKernel::new(Rbm::params(3).epochs(1));
        let model = KNearestCodesParams::new(1, untrained).fit(&train).unwrap();
        assert_eq!(model.predict(&train.records), own);
    }

    #[test]
    fn codes_of_another_machine_are_errors() {
        let kernel = FisherKernel::new(dbm());
        let codes = kernel.encode(records(4, 0).view()).unwrap();
        let other = Dbm::from_parameters(example_machine(&[5, 4, 2], 1.0)).unwrap();
        let error = FisherKernel::new(other).distances(records(2, 0).view(), &codes);
        assert!(matches!(
            error,
            Err(Error::Compression(CompressionError::CodeLength {
                expected: 2,
                found: 3
            }))
        ));
        let nothing = LayerStates { layers: Vec::new() };
        assert!(kernel.check_codes(&nothing).is_err());
        let ragged = LayerStates {
            layers: vec![records(4, 0), Array2::zeros((3, 4)), Array2::zeros((4, 3))],
        };
        assert!(kernel.check_codes(&ragged).is_err());
        assert!(kernel.encode(array![[0.0, 1.0]].view()).is_err());
        for k in [0, 5] {
            assert!(matches!(
                kernel.nearest(records(2, 0).view(), &codes, k),
                Err(Error::Classification(
                    ClassificationError::InvalidNeighbors(0)
                        | ClassificationError::Neighbors { k: 5, samples: 4 }
                ))
            ));
        }
    }
}
