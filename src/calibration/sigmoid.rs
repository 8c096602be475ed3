//! Platt's sigmoid.

use ndarray::ArrayView1;

/// Newton steps, at most.
const MOST_STEPS: usize = 100;

/// Length of a step below which the line search gives up.
const LEAST_LENGTH: f64 = 1e-10;

/// Greatest component of the gradient that counts as zero, for each unit of weight.
const TOLERANCE: f64 = 1e-12;

/// What is added to the diagonal of the second derivatives, which may be singular, for each unit of
/// weight.
const RIDGE: f64 = 1e-12;

/// The probability of a class by its decision value `f`:
///
/// ```text
/// P(y = 1 | f) = 1 / (1 + exp(A f + B))
/// ```
///
/// `A` and `B` are the most likely ones for targets that are drawn a little from 0 and 1, so that
/// classes that are told apart without error have finite ones:
///
/// ```text
/// t_i = (W+ + 1) / (W+ + 2)  for rows of the class,    1 / (W- + 2)  for the others
/// ```
///
/// where `W+` and `W-` are the sums of the weights of both.
///
/// Source: J. Platt, "Probabilistic Outputs for Support Vector Machines", 2000; H.-T. Lin, C.-J.
/// Lin, R. C. Weng, "A Note on Platt's Probabilistic Outputs for Support Vector Machines", Machine
/// Learning 68, 2007, for the algorithm (Newton's, with a line search).
///
/// # Example
///
/// See [`CalibratedModel::curves`](super::CalibratedModel::curves).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Sigmoid {
    pub(super) a: f64,
    pub(super) b: f64,
}

impl Sigmoid {
    /// The slope `A`, which is negative where greater decision values are likelier of the class.
    pub fn a(&self) -> f64 {
        self.a
    }

    /// The offset `B`.
    pub fn b(&self) -> f64 {
        self.b
    }

    /// `1 / (1 + exp(A f + B))`, in `[0, 1]`.
    pub fn probability(&self, decision: f64) -> f64 {
        logistic(-(self.a * decision + self.b))
    }

    /// Both numbers are finite.
    #[cfg(feature = "serde")]
    pub(super) fn check(&self) -> crate::Result<()> {
        let numbers = ndarray::aview1(&[self.a, self.b]).to_owned();
        crate::persistence::check_numbers("the sigmoids", &numbers, f64::is_finite)
    }

    /// The most likely sigmoid of finite decision values, given for each whether the row is of the
    /// class, and its weight.
    pub(super) fn fit(
        decisions: ArrayView1<f64>,
        positive: &[bool],
        weights: ArrayView1<f64>,
    ) -> Self {
        let greatest = decisions.fold(0.0_f64, |most, f| most.max(f.abs()));
        let scale = if greatest > 0.0 { greatest } else { 1.0 };
        let rows = rows_of(decisions.map(|f| f / scale).view(), positive, weights);
        let total = weights.sum();
        let side = |side: bool| rows.iter().filter(move |row| row.positive == side);
        let sum = |of: bool| side(of).map(|row| row.weight).sum::<f64>();
        let mut sigmoid = Self {
            a: 0.0,
            b: ((sum(false) + 1.0) / (sum(true) + 1.0)).ln(),
        };
        for _ in 0..MOST_STEPS {
            let local = Local::of(&rows, sigmoid);
            if local.gradient.iter().all(|g| g.abs() <= TOLERANCE * total) {
                break;
            }
            match sigmoid.descend(&rows, local.newton(RIDGE * total), local.gradient) {
                Some(next) => sigmoid = next,
                None => break,
            }
        }
        Self {
            a: sigmoid.a / scale,
            b: sigmoid.b,
        }
    }

    /// The first of the lengths 1, 1/2, 1/4, ... along a direction that lowers the objective
    /// enough (Armijo).
    fn descend(self, rows: &[Row], direction: [f64; 2], gradient: [f64; 2]) -> Option<Self> {
        let slope = gradient[0] * direction[0] + gradient[1] * direction[1];
        let before = objective(rows, self);
        let lengths = std::iter::successors(Some(1.0), |length| Some(0.5 * length));
        let mut lengths = lengths.take_while(|&length| length >= LEAST_LENGTH);
        lengths.find_map(|length| {
            let next = Self {
                a: self.a + length * direction[0],
                b: self.b + length * direction[1],
            };
            (objective(rows, next) < before + 1e-4 * length * slope).then_some(next)
        })
    }
}

/// A row's decision value, target and weight.
#[derive(Clone, Copy)]
struct Row {
    decision: f64,
    positive: bool,
    target: f64,
    weight: f64,
}

fn rows_of(decisions: ArrayView1<f64>, positive: &[bool], weights: ArrayView1<f64>) -> Vec<Row> {
    let sum = |side: bool| {
        let of_side = positive.iter().zip(weights).filter(|pair| *pair.0 == side);
        of_side.map(|pair| pair.1).sum::<f64>()
    };
    let targets = [
        1.0 / (sum(false) + 2.0),
        (sum(true) + 1.0) / (sum(true) + 2.0),
    ];
    let values = decisions.iter().zip(positive).zip(weights);
    let row = |((&decision, &positive), &weight)| Row {
        decision,
        positive,
        target: targets[usize::from(positive)],
        weight,
    };
    values.map(row).collect()
}

/// `sum_i s_i (t_i z_i + log(1 + exp(-z_i)))`, `z = A f + B`: the cross-entropy.
fn objective(rows: &[Row], sigmoid: Sigmoid) -> f64 {
    let loss = |row: &Row| {
        let z = sigmoid.a * row.decision + sigmoid.b;
        let stable = match z >= 0.0 {
            true => row.target * z + (-z).exp().ln_1p(),
            false => (row.target - 1.0) * z + z.exp().ln_1p(),
        };
        row.weight * stable
    };
    rows.iter().map(loss).sum()
}

/// First and second derivatives of the objective.
#[derive(Default)]
struct Local {
    gradient: [f64; 2],
    /// By A twice, by A and B, by B twice.
    curvature: [f64; 3],
}

impl Local {
    fn of(rows: &[Row], sigmoid: Sigmoid) -> Self {
        let mut local = Self::default();
        for row in rows {
            let (f, p) = (row.decision, sigmoid.probability(row.decision));
            let pull = row.weight * (row.target - p);
            let spread = row.weight * p * (1.0 - p);
            local.gradient[0] += pull * f;
            local.gradient[1] += pull;
            local.curvature[0] += spread * f * f;
            local.curvature[1] += spread * f;
            local.curvature[2] += spread;
        }
        local
    }

    /// Newton's step.
    fn newton(&self, ridge: f64) -> [f64; 2] {
        let ([ga, gb], [aa, ab, bb]) = (self.gradient, self.curvature);
        let (aa, bb) = (aa + ridge, bb + ridge);
        let determinant = aa * bb - ab * ab;
        [
            -(bb * ga - ab * gb) / determinant,
            -(aa * gb - ab * ga) / determinant,
        ]
    }
}

/// `1 / (1 + exp(-x))`, without overflow.
fn logistic(x: f64) -> f64 {
    match x >= 0.0 {
        true => 1.0 / (1.0 + (-x).exp()),
        false => x.exp() / (1.0 + x.exp()),
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::{Array1, array};
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Sigmoid>();
    }

    /// Decision values 1 and -1 of `a` and `b` rows each way: a saturated model, whose
    /// probabilities are the mean targets at either value.
    #[test]
    fn two_values_are_worked_by_hand() {
        let decisions = array![1.0, 1.0, 1.0, -1.0];
        let sigmoid = Sigmoid::fit(
            decisions.view(),
            &[true, true, false, false],
            Array1::ones(4).view(),
        );
        // targets 3/4 and 1/4
        let (high, low) = ((2.0 * 0.75 + 0.25) / 3.0, 0.25);
        assert_abs_diff_eq!(sigmoid.probability(1.0), high, epsilon = 1e-9);
        assert_abs_diff_eq!(sigmoid.probability(-1.0), low, epsilon = 1e-9);
        let odds = |p: f64| (p / (1.0 - p)).ln();
        assert_abs_diff_eq!(sigmoid.a(), -0.5 * (odds(high) - odds(low)), epsilon = 1e-9);
        assert_abs_diff_eq!(sigmoid.b(), -0.5 * (odds(high) + odds(low)), epsilon = 1e-9);
    }

    /// The objective is convex: where its gradient is zero, it is least. Decision values of any
    /// magnitude, weights, sides of any size.
    #[test]
    fn the_gradient_is_zero() {
        let mut rng = Xoshiro256Plus::seed_from_u64(8);
        for (magnitude, share) in [(1.0, 0.5), (1e6, 0.3), (1e-6, 0.05), (30.0, 0.9)] {
            let positive: Vec<bool> = (0..300).map(|_| rng.gen_bool(share)).collect();
            let decision = |&side: &bool| {
                let centre = if side { 0.5 } else { -0.5 };
                magnitude * (centre + rng.gen_range(-1.0..1.0))
            };
            let decisions: Array1<f64> = positive.iter().map(decision).collect();
            let weights = Array1::from_shape_fn(300, |_| rng.gen_range(0.5..2.0));
            let sigmoid = Sigmoid::fit(decisions.view(), &positive, weights.view());
            let rows = rows_of(decisions.view(), &positive, weights.view());
            let [by_a, by_b] = Local::of(&rows, sigmoid).gradient;
            assert!(
                by_a.abs() < 1e-9 * magnitude * 300.0,
                "{magnitude}: {by_a:e}"
            );
            assert!(by_b.abs() < 1e-9 * 300.0, "{magnitude}: {by_b:e}");
            assert!(sigmoid.a() < 0.0);
        }
    }

    /// Perfectly separated rows, equal values and one side alone have finite sigmoids.
    #[test]
    fn degenerate_values_have_finite_sigmoids() {
        let ones = Array1::ones(4);
        let fit = |decisions: Array1<f64>, positive: [bool; 4]| {
            Sigmoid::fit(decisions.view(), &positive, ones.view())
        };
        let apart = fit(array![-9.0, -8.0, 8.0, 9.0], [false, false, true, true]);
        assert!(apart.a() < 0.0 && apart.a().is_finite());
        let equal = fit(Array1::zeros(4), [false, true, false, true]);
        assert_abs_diff_eq!(equal.probability(0.0), 0.5, epsilon = 1e-9);
        let alone = fit(array![1.0, 2.0, 3.0, 4.0], [true; 4]);
        assert_abs_diff_eq!(alone.probability(2.5), 5.0 / 6.0, epsilon = 1e-9);
    }

    #[test]
    fn probabilities_do_not_overflow() {
        let sigmoid = Sigmoid { a: -1e300, b: 0.0 };
        assert_eq!(sigmoid.probability(1e300), 1.0);
        assert_eq!(sigmoid.probability(-1e300), 0.0);
        assert_eq!(sigmoid.probability(0.0), 0.5);
    }
}
