//! Grey levels turned into black and white at random, with the grey levels as probabilities.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase};
use linfa::traits::Transformer;
use ndarray::{Array2, ArrayBase, Data, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::threshold::above;
use crate::datasets::records::map_records;

/// Turns a value p into 1 with probability p and otherwise into 0, as the literature on Boltzmann
/// machines does with MNIST.
///
/// Values below 0 become 0, values above 1 become 1; NaN stays NaN. The same seed and records give
/// the same result. Transforms arrays (n x d), owned or views, and datasets, whose targets, weights
/// and names are kept.
///
/// Source: R. Salakhutdinov and I. Murray, "On the Quantitative Analysis of Deep Belief Networks",
/// 2008.
///
/// # Example
///
/// ```
/// use linfa::traits::Transformer;
/// use linfa_fisher::datasets::StochasticBinarize;
/// use ndarray::Array2;
///
/// let grey = Array2::from_elem((100, 100), 0.25);
/// let mean = StochasticBinarize::new(42).transform(grey).mean().unwrap();
/// assert!((mean - 0.25_f64).abs() < 0.02);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StochasticBinarize {
    seed: u64,
}

impl StochasticBinarize {
    /// A transformer whose random draws follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }
}

impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Array2<F>> for StochasticBinarize {
    /// Draws one number for each value, row by row; the shape is kept.
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Array2<F> {
        let mut rng = Xoshiro256Plus::seed_from_u64(self.seed);
        let mut records = records.into_owned();
        // In the order of rows and columns, which is not always the order in memory.
        for p in &mut records {
            // p is above a uniform number with the probability p
            let probability = p.to_f64().unwrap_or(f64::NAN);
            *p = F::cast(above(probability, rng.r#gen::<f64>()));
        }
        records
    }
}

impl<F: Float, D: Data<Elem = F>, T: AsTargets>
    Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, DatasetBase<Array2<F>, T>>
    for StochasticBinarize
{
    /// The dataset with binary records.
    fn transform(&self, dataset: DatasetBase<ArrayBase<D, Ix2>, T>) -> DatasetBase<Array2<F>, T> {
        map_records(dataset, |records| self.transform(records))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ShapeBuilder, array};

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<StochasticBinarize>();
    }

    #[test]
    fn certain_values_are_not_left_to_chance() {
        let certain = array![[0.0, 1.0, -1.0, 2.0]];
        for seed in 0..100 {
            let binary = StochasticBinarize::new(seed).transform(certain.view());
            assert_eq!(binary, array![[0.0, 1.0, 0.0, 1.0]]);
            let unknown = StochasticBinarize::new(seed).transform(array![[f32::NAN]]);
            assert!(unknown[[0, 0]].is_nan());
        }
    }

    #[test]
    fn shares_are_the_values_and_follow_from_the_seed() {
        // Standard deviation of the mean of 40,000 draws: at most 0.0025.
        for p in [0.1, 0.5, 0.8] {
            let grey = Array2::<f64>::from_elem((400, 100), p);
            let binary = StochasticBinarize::new(1).transform(grey.view());
            assert!((binary.mean().unwrap() - p).abs() < 0.0125);
            assert_eq!(binary, StochasticBinarize::new(1).transform(grey.view()));
            assert_ne!(binary, StochasticBinarize::new(2).transform(grey));
        }
    }

    #[test]
    fn the_layout_in_memory_does_not_matter() {
        let rows = Array2::<f64>::from_elem((20, 30), 0.5);
        let columns = Array2::<f64>::from_elem((20, 30).f(), 0.5);
        let binarize = StochasticBinarize::new(3);
        assert_eq!(binarize.transform(rows), binarize.transform(columns.view()));
    }

    #[test]
    fn the_stream_is_pinned() {
        let grey = Array2::<f32>::from_elem((1, 12), 0.5);
        let binary = StochasticBinarize::new(42).transform(grey);
        let drawing: String = binary
            .iter()
            .map(|&v| if v > 0.5 { '#' } else { '.' })
            .collect();
        assert_eq!(drawing, "########..#.");
    }
}
