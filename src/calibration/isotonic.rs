//! Isotonic regression.

use ndarray::ArrayView1;

/// The probability of a class as a function of its decision value that does not fall: the one of
/// least weighted squared error on 1 for rows of the class and 0 for the others, which pools
/// neighbours that violate the order until none do (Ayer et al. 1955). Between the points that it
/// is known at it is linear, beyond the first and the last one constant, as scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
///
/// Source: B. Zadrozny, C. Elkan, "Transforming Classifier Scores into Accurate Multiclass
/// Probability Estimates", 2002.
///
/// # Example
///
/// See [`CalibratedModel::curves`](super::CalibratedModel::curves).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Isotonic {
    /// Decision values in ascending order, and the probabilities there.
    points: Vec<(f64, f64)>,
}

/// Neighbours with one probability.
#[derive(Clone, Copy)]
struct Pool {
    /// The least and the greatest decision value.
    ends: [f64; 2],
    weight: f64,
    /// Of the rows of the class.
    positive: f64,
}

impl Pool {
    fn probability(&self) -> f64 {
        self.positive / self.weight
    }

    fn with(self, next: Self) -> Self {
        Self {
            ends: [self.ends[0], next.ends[1]],
            weight: self.weight + next.weight,
            positive: self.positive + next.positive,
        }
    }
}

impl Isotonic {
    /// Decision values in ascending order and the probabilities there, of which there are two for
    /// each pool of more than one value.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The probability, in `[0, 1]`.
    pub fn probability(&self, decision: f64) -> f64 {
        let next = self.points.partition_point(|point| point.0 < decision);
        match (
            next.checked_sub(1).map(|last| self.points[last]),
            self.points.get(next),
        ) {
            (None, None) => 0.0,
            (None, Some(first)) => first.1,
            (Some(last), None) => last.1,
            (Some(_), Some(&(x1, p1))) if decision == x1 => p1,
            (Some((x0, p0)), Some(&(x1, p1))) => p0 + (p1 - p0) * share(decision, x0, x1),
        }
    }

    /// The curve of finite decision values, given for each whether the row is of the class, and its
    /// weight; rows without weight do not count.
    pub(super) fn fit(
        decisions: ArrayView1<f64>,
        positive: &[bool],
        weights: ArrayView1<f64>,
    ) -> Self {
        let rows = decisions.iter().zip(positive).zip(weights);
        let mut rows: Vec<Pool> = rows
            .filter(|&(_, &weight)| weight > 0.0)
            .map(|((&decision, &positive), &weight)| Pool {
                // so that -0 and 0 are one value
                ends: [decision + 0.0; 2],
                weight,
                positive: if positive { weight } else { 0.0 },
            })
            .collect();
        rows.sort_by(|a, b| a.ends[0].total_cmp(&b.ends[0]));
        let distinct = rows.chunk_by(|a, b| a.ends[0] == b.ends[0]);
        let mut pools: Vec<Pool> = Vec::new();
        for equal in distinct.filter_map(|rows| rows.iter().copied().reduce(Pool::with)) {
            let mut next = equal;
            while let Some(last) = pools.pop_if(|last| last.probability() >= next.probability()) {
                next = last.with(next);
            }
            pools.push(next);
        }
        let points = pools.iter().flat_map(|pool| {
            let of_end = |end: usize| (pool.ends[end], pool.probability());
            let ends = if pool.ends[0] == pool.ends[1] { 1 } else { 2 };
            (0..ends).map(of_end)
        });
        Self {
            points: points.collect(),
        }
    }

    /// Points in ascending order, of probabilities that do not fall.
    #[cfg(feature = "serde")]
    pub(super) fn check(&self) -> crate::Result<()> {
        let inside = |p: f64| (0.0..=1.0).contains(&p);
        let one = |&(x, p): &(f64, f64)| x.is_finite() && inside(p);
        let two = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
        match self.points.iter().all(one) && self.points.windows(2).all(two) {
            true => Ok(()),
            false => Err(crate::error::PersistenceError::Curve.into()),
        }
    }
}

/// How far `x` is on the way from `from` to `to`, in `[0, 1]`.
fn share(x: f64, from: f64, to: f64) -> f64 {
    match (to - from).is_finite() {
        true => (x - from) / (to - from),
        // the difference of two huge numbers overflows, that of their halves does not
        false => (x / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn violators_are_pooled() {
        let decisions = array![3.0, 1.0, 2.0, 4.0, 2.0];
        let positive = [false, false, true, true, true];
        let weights = array![2.0, 1.0, 1.0, 5.0, 1.0];
        let curve = Isotonic::fit(decisions.view(), &positive, weights.view());
        // 2, 2 and 3 violate the order: a weight of 2 of 4 is of the class
        assert_eq!(
            curve.points(),
            [(1.0, 0.0), (2.0, 0.5), (3.0, 0.5), (4.0, 1.0)]
        );
        let expected = [(0.0, 0.0), (1.5, 0.25), (2.5, 0.5), (3.5, 0.75), (9.0, 1.0)];
        for (decision, probability) in expected {
            assert_eq!(curve.probability(decision), probability);
        }
    }

    #[test]
    fn one_value_has_one_probability() {
        let decisions = array![0.0, -0.0, 0.0, 7.0];
        let weights = array![1.0, 1.0, 2.0, 0.0];
        let curve = Isotonic::fit(
            decisions.view(),
            &[true, false, false, true],
            weights.view(),
        );
        assert_eq!(curve.points(), [(0.0, 0.25)]);
        assert_eq!([-1.0, 0.0, 1.0].map(|f| curve.probability(f)), [0.25; 3]);
    }

    #[test]
    fn values_far_apart_do_not_overflow() {
        let decisions = array![-f64::MAX, f64::MAX];
        let curve = Isotonic::fit(decisions.view(), &[false, true], array![1.0, 1.0].view());
        let found = [-f64::MAX, 0.0, f64::MAX].map(|f| curve.probability(f));
        assert_eq!(found, [0.0, 0.5, 1.0]);
    }

    #[test]
    fn values_close_together_have_their_own_probabilities() {
        let least = f64::from_bits(1);
        let decisions = array![0.0, 0.0, least, least];
        let positive = [true, false, true, false];
        let weights = array![1.0, 2.0, 5.0, 1.0];
        let curve = Isotonic::fit(decisions.view(), &positive, weights.view());
        // 1/3 + (5/6 - 1/3) is rounded to another number than 5/6
        assert_eq!(curve.points(), [(0.0, 1.0 / 3.0), (least, 5.0 / 6.0)]);
        assert_eq!(curve.probability(least), 5.0 / 6.0);
        let other = Isotonic::fit(
            array![3.0 * least, 5.0 * least].view(),
            &[false, true],
            array![1.0, 1.0].view(),
        );
        assert_eq!(other.probability(4.0 * least), 0.5);
    }

    /// Among all curves that do not fall, none is nearer: the mean of a pool is that of its rows,
    /// and no part of a pool from its left end has a smaller mean than the pool.
    #[test]
    fn the_conditions_of_the_optimum_hold() {
        let count = 60;
        let value = |i: usize| ((i * 37) % count) as f64;
        let decisions = (0..count).map(value).collect::<ndarray::Array1<_>>();
        let positive: Vec<bool> = (0..count)
            .map(|i| (i * 37 % count + i * 13 % 29) > 40)
            .collect();
        let ones = ndarray::Array1::ones(count);
        let curve = Isotonic::fit(decisions.view(), &positive, ones.view());
        let mut sorted: Vec<(f64, f64)> = (0..count)
            .map(|i| (value(i), f64::from(u8::from(positive[i]))))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pool in sorted.chunk_by(|a, b| curve.probability(a.0) == curve.probability(b.0)) {
            let level = curve.probability(pool[0].0);
            let mean =
                |rows: &[(f64, f64)]| rows.iter().map(|row| row.1).sum::<f64>() / rows.len() as f64;
            assert!((mean(pool) - level).abs() < 1e-12);
            (1..pool.len()).for_each(|cut| assert!(mean(&pool[..cut]) >= level - 1e-12));
        }
    }
}
