//! The values of a record, and the means over many.

use linfa::Label;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::game::{Game, mean_output};
use super::params::PermutationShap;
use super::shap_values::ShapValues;
use crate::checks::check_query;
use crate::explanation::class_rows::ClassRows;
use crate::explanation::global_shap::{GlobalShap, Sums, check_finite_values};
use crate::numerics::columns::Moments;
use crate::numerics::random::{seeder, shuffled};
use crate::{Float, Result};

/// Pairs whose contributions are in memory at a time, enough for all threads.
const ROUND: usize = 32;

impl<F: Float, R: Rng + Clone> PermutationShap<F, R> {
    /// The values of a record (`d`) for each of the model's outputs, at the same bits for any
    /// number of threads.
    ///
    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width),
    /// [`NonFinite`](crate::error::RecordsError::NonFinite) for the record; those of the model;
    /// [`OutputShape`] for outputs that are not a row a record, or of changing classes,
    /// [`NonFiniteOutput`]; [`NonFiniteValue`] for outputs so large that a value overflows.
    ///
    /// [`OutputShape`]: crate::error::ExplanationError::OutputShape
    /// [`NonFiniteOutput`]: crate::error::ExplanationError::NonFiniteOutput
    /// [`NonFiniteValue`]: crate::error::ExplanationError::NonFiniteValue
    pub fn values<O, M>(&self, model: &M, record: ArrayView1<F>) -> Result<ShapValues>
    where
        O: Float,
        M: Fn(ArrayView2<F>) -> Result<Array2<O>> + Sync,
    {
        let records = record.insert_axis(Axis(0));
        check_query(records, self.background().ncols())?;
        let base = mean_output(model, self.background().view())?;
        self.sample(model, &base, records.row(0), self.rng().clone().next_u64())
    }

    /// The global explanation over records (`n x d`) of the classes `truth` (`n`), where `classes`
    /// (`c`) are those of the model's outputs, distinct and in ascending order. Each record has
    /// permutations of its own, so that errors of its values are independent of those of others.
    ///
    /// It takes memory for `d x c` values of a few tens of pairs.
    ///
    /// # Errors
    ///
    /// Those of [`values`](Self::values); [`TargetCount`], [`NoSamples`], [`ClassCount`],
    /// [`SingleClass`], [`UnorderedClasses`], [`UnknownClass`] for a record of a class that the
    /// model has no output for, [`AbsentClass`] for a class without records.
    ///
    /// [`TargetCount`]: crate::error::RecordsError::TargetCount
    /// [`NoSamples`]: crate::error::MetricError::NoSamples
    /// [`ClassCount`]: crate::error::MetricError::ClassCount
    /// [`SingleClass`]: crate::error::RecordsError::SingleClass
    /// [`UnorderedClasses`]: crate::error::MetricError::UnorderedClasses
    /// [`UnknownClass`]: crate::error::MetricError::UnknownClass
    /// [`AbsentClass`]: crate::error::ExplanationError::AbsentClass
    pub fn global<O, M, L, D>(
        &self,
        model: &M,
        records: &ArrayBase<D, Ix2>,
        classes: &[L],
        truth: ArrayView1<L>,
    ) -> Result<GlobalShap<L>>
    where
        O: Float,
        M: Fn(ArrayView2<F>) -> Result<Array2<O>> + Sync,
        L: Label,
        D: Data<Elem = F>,
    {
        check_query(records.view(), self.background().ncols())?;
        let base = mean_output(model, self.background().view())?;
        let rows = ClassRows::new((records.nrows(), base.len()), classes, truth)?;
        let mut sums = Sums::zeros((records.ncols(), classes.len()));
        let mut seeds = self.rng().clone();
        for (record, &class) in records.rows().into_iter().zip(&rows.places) {
            let of_record = self.sample(model, &base, record, seeds.next_u64())?;
            sums.add(class, &of_record.values, &of_record.standard_errors);
        }
        GlobalShap::new(rows, sums)
    }

    /// The means and standard errors of the contributions in pairs of permutations, where `base` is
    /// the mean output over the background (`c`).
    fn sample<O, M>(
        &self,
        model: &M,
        base: &Array1<f64>,
        record: ArrayView1<F>,
        seed: u64,
    ) -> Result<ShapValues>
    where
        O: Float,
        M: Fn(ArrayView2<F>) -> Result<Array2<O>> + Sync,
    {
        let game = Game::new(model, self.background().view(), base, record.view())?;
        let (d, c) = (record.len(), base.len());
        let mut moments = Moments::new(d * c);
        for first in (0..self.pairs()).step_by(ROUND) {
            let pairs = first..self.pairs().min(first + ROUND);
            let sampled = pairs.into_par_iter().map(|pair| {
                let mut rng = Xoshiro256Plus::seed_from_u64(seeder(seed, pair).next_u64());
                game.antithetic(shuffled(d, &mut rng))
            });
            for contributions in sampled.collect::<Vec<_>>() {
                moments.extend(contributions?.flatten().insert_axis(Axis(0)).view());
            }
        }
        let number = self.pairs() as f64;
        let errors = moments
            .squares
            .mapv(|squares| (squares / ((number - 1.0) * number)).sqrt());
        let [values, standard_errors] = [moments.mean, errors]
            .map(|flat| Array2::from_shape_fn((d, c), |(j, class)| flat[j * c + class]));
        check_finite_values(values.view())?;
        check_finite_values(standard_errors.view())?;
        Ok(ShapValues {
            values,
            standard_errors,
            base: base.clone(),
            output: game.output,
        })
    }
}
