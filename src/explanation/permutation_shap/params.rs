//! Hyper-parameters of SHAP values by permutations, which explain once they are checked.

use linfa::ParamGuard;
use ndarray::{Array2, ArrayView2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::checks::check_records;
use crate::error::ExplanationError;
use crate::{Error, Float, Result};

/// Shapley values of any model, by sampling permutations of its features.
///
/// The features of a record replace those of the background, one after another in the order of a
/// permutation; the value of a feature is how much the mean output over *all* background rows
/// changes when it does, averaged over permutations (Strumbelj & Kononenko 2014). Permutations are
/// antithetic: each is taken forwards and backwards (Mitchell, Cooper, Frank & Holmes 2022,
/// "Sampling permutations for Shapley value estimation"), so that a pair is exact for a model
/// without interactions of more than two features. The pairs are independent of each other, and
/// how they differ gives the standard errors.
///
/// The changes along a permutation sum up to `f(x)` less the mean output over the background, and
/// so do the values, whatever the number of pairs.
///
/// A model is a closure from records (`rows x d`) to outputs (`rows x c`), finite and the same for
/// a record whatever the records beside it: decision values, shares of votes, probabilities. For a
/// record it is asked for `2 (d - 1) b` rows a pair, b being the rows of the background: a few tens
/// of them do, drawn from the training records.
///
/// These are the checked hyper-parameters, which explain; see [`PermutationShapParams`] for their
/// defaults.
///
/// # Example
///
/// ```
/// use linfa::{Dataset, ParamGuard, traits::Fit};
/// use linfa_fisher::classification::{DecisionFunction, KNearestNeighbors};
/// use linfa_fisher::explanation::PermutationShap;
/// use ndarray::{ArrayView2, array};
///
/// let records = array![[0.0, 5.0, 1.0], [1.0, 3.0, 2.0], [9.0, 4.0, 2.0], [8.0, 3.0, 1.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right"]);
/// let model = KNearestNeighbors::params(1).fit(&dataset)?;
/// let votes = |rows: ArrayView2<f64>| model.decision_function(&rows);
///
/// let shap = PermutationShap::params(16, dataset.records.view()).check()?;
/// let explained = shap.values(&votes, dataset.records.row(2))?;
/// assert_eq!(explained.output, array![0.0, 1.0]); // all votes are for "right"
/// assert_eq!(explained.base, array![0.5, 0.5]);
/// let sums = explained.values.sum_axis(ndarray::Axis(0));
/// assert!((sums[1] - 0.5).abs() < 1e-12);
///
/// let global = shap.global(&votes, &dataset.records, model.classes(), dataset.targets.view())?;
/// assert_eq!(global.supporting(1)[1][0].feature, 0); // what tells "right" from "left"
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationShap<F, R = Xoshiro256Plus> {
    pairs: usize,
    /// `b x d`.
    background: Array2<F>,
    rng: R,
}

impl<F: Float> PermutationShap<F> {
    /// So many pairs of permutations, at least 2, and background records (`b x d`), which features
    /// that are not known take their values from.
    pub fn params(pairs: usize, background: ArrayView2<F>) -> PermutationShapParams<F> {
        PermutationShapParams(Self {
            pairs,
            background: background.to_owned(),
            rng: Xoshiro256Plus::seed_from_u64(42),
        })
    }
}

impl<F, R> PermutationShap<F, R> {
    /// Number of pairs of permutations, at least 2.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// The background records, `b x d`.
    pub fn background(&self) -> &Array2<F> {
        &self.background
    }

    /// The random-number generator that draws the permutations.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

/// Hyper-parameters of [`PermutationShap`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::explanation::PermutationShap;
/// use ndarray::array;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let background = array![[0.0, 1.0], [1.0, 0.0]];
/// let params = PermutationShap::params(8, background.view());
/// let shap = params.with_rng(Xoshiro256Plus::seed_from_u64(7)).check()?;
/// assert_eq!((shap.pairs(), shap.background()), (8, &background));
/// assert!(PermutationShap::params(1, background.view()).check().is_err());
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationShapParams<F, R = Xoshiro256Plus>(PermutationShap<F, R>);

impl<F, R> PermutationShapParams<F, R> {
    /// The random-number generator that draws the permutations. Defaults to one that is seeded with
    /// 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> PermutationShapParams<F, R2> {
        PermutationShapParams(PermutationShap {
            pairs: self.0.pairs,
            background: self.0.background,
            rng,
        })
    }
}

impl<F: Float, R> ParamGuard for PermutationShapParams<F, R> {
    type Checked = PermutationShap<F, R>;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidPairs`](ExplanationError::InvalidPairs);
    /// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords) and
    /// [`NonFinite`](crate::error::RecordsError::NonFinite) for the background.
    fn check_ref(&self) -> Result<&Self::Checked> {
        match self.0.pairs {
            pairs @ 0..2 => Err(ExplanationError::InvalidPairs(pairs).into()),
            _ => check_records(self.0.background.view()).map(|()| &self.0),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
