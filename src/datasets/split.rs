//! A training and a test set.

use linfa::{Dataset, Float};
use ndarray::{Array, ArrayView, Axis, Ix1, RemoveAxis, concatenate};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::records::named;
use crate::Result;
use crate::model_selection::stratified_split;

/// A dataset in two parts, one to train on and one to test on.
///
/// [`mnist`] and [`usps`] return their publishers' split. Papers also pool the two parts and split
/// anew, often without saying so. [`Split::pooled`] and [`Split::stratified`] do this; they also
/// serve for sets without a published split.
///
/// [`mnist`]: super::mnist()
/// [`usps`]: super::usps
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, Split};
///
/// let split = Split::stratified(datasets::digits::<f32>()?, 0.75, 42)?;
/// assert_eq!((split.train.targets.len(), split.test.targets.len()), (1348, 449));
/// let other = Split::stratified(split.pooled()?, 0.75, 43)?;
/// assert_eq!(other.train.targets.len(), 1348);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Split<F> {
    /// The part to train on.
    pub train: Dataset<F, usize, Ix1>,
    /// The part to test on, with the same columns.
    pub test: Dataset<F, usize, Ix1>,
}

impl<F: Float> Split<F> {
    /// Splits a dataset at random so that each part holds every class in proportion.
    ///
    /// `ratio` is the share of the training part; the same `seed` gives the same split.
    /// [`stratified_split`] does the same with any random number generator.
    ///
    /// # Errors
    ///
    /// As [`stratified_split`].
    pub fn stratified(dataset: Dataset<F, usize, Ix1>, ratio: f32, seed: u64) -> Result<Self> {
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        let (train, test) = stratified_split(dataset, ratio, &mut rng)?;
        Ok(Self { train, test })
    }

    /// Both parts as one dataset: the rows of the training part, then those of the test part.
    ///
    /// Names are those of the training part; weights are kept if both parts have them.
    ///
    /// # Errors
    ///
    /// linfa's shape error when the two parts have different numbers of columns.
    pub fn pooled(self) -> Result<Dataset<F, usize, Ix1>> {
        let Self { train, test } = self;
        let weighted =
            train.weights.len() == train.targets.len() && test.weights.len() == test.targets.len();
        let records = join(train.records.view(), test.records.view())?;
        let targets = join(train.targets.view(), test.targets.view())?;
        let pooled = Dataset::new(records, targets);
        let pooled = match weighted {
            true => pooled.with_weights(join(train.weights.view(), test.weights.view())?),
            false => pooled,
        };
        let names = train.feature_names().to_vec();
        Ok(named(pooled, names, train.target_names().to_vec()))
    }

    /// Applies the same change to both parts, such as [`deskew`](super::deskew) or a linfa
    /// transformer.
    ///
    /// ```
    /// use linfa::traits::Transformer;
    /// use linfa_fisher::datasets::{self, Binarize, Split};
    ///
    /// let split = Split::stratified(datasets::digits::<f32>()?, 0.5, 1)?;
    /// let binarize = Binarize::new(0.5)?;
    /// let binary = split.map(|part| binarize.transform(part));
    /// assert!(binary.test.records.iter().all(|&v| v == 0.0 || v == 1.0));
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn map<G>(
        self,
        mut change: impl FnMut(Dataset<F, usize, Ix1>) -> Dataset<G, usize, Ix1>,
    ) -> Split<G> {
        Split {
            train: change(self.train),
            test: change(self.test),
        }
    }
}

/// The rows of both arrays.
fn join<'a, A: Clone, D: RemoveAxis>(
    first: ArrayView<'a, A, D>,
    second: ArrayView<'a, A, D>,
) -> Result<Array<A, D>> {
    Ok(concatenate(Axis(0), &[first, second]).map_err(linfa::Error::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn part(first: f64) -> Dataset<f64, usize, Ix1> {
        let records = array![[first], [first + 1.0], [first + 2.0], [first + 3.0]];
        Dataset::new(records, array![0, 1, 0, 1]).with_feature_names(vec!["pixel_0_0"])
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Split<f32>>();
    }

    #[test]
    fn pooling_keeps_the_order_the_names_and_full_weights() {
        let split = Split {
            train: part(0.0).with_weights(array![1.0, 2.0, 3.0, 4.0]),
            test: part(4.0),
        };
        let pooled = split.clone().pooled().unwrap();
        assert_eq!(
            pooled.records.column(0),
            array![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        );
        assert_eq!(pooled.targets, array![0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(pooled.feature_names(), ["pixel_0_0"]);
        assert!(pooled.weights.is_empty());
        let weighted = split.map(|d| d.with_weights(array![1.0, 2.0, 3.0, 4.0]));
        assert_eq!(weighted.pooled().unwrap().weights.len(), 8);
    }

    #[test]
    fn the_seed_decides_the_split() {
        let pooled = Split {
            train: part(0.0),
            test: part(4.0),
        }
        .pooled()
        .unwrap();
        let split = |seed| Split::stratified(pooled.clone(), 0.5, seed).unwrap();
        assert_eq!(split(3), split(3));
        assert!((0..20).any(|seed| split(seed) != split(3)));
        assert_eq!(split(3).train.targets.sum(), 2);
        assert!(Split::stratified(pooled, 2.0, 0).is_err());
    }
}
