//! A sparsity target for the hidden units' activations.

use ndarray::{Array1, Zip};

use crate::Float;
use crate::boltzmann::Parameters;

/// Draws the hidden units' mean activations towards a target (Hinton 2010, section 11): the
/// cross-entropy between the target `p` and the unit's running mean activation `q` has the gradient
/// `q - p` with respect to the unit's input, so `cost * (p - q)` is added to the gradient of its
/// bias, and that times the mean of the unit below to the gradient of each of its weights.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{Rbm, Sparsity};
/// use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let sparsity = Sparsity { target: 0.1, cost: 5.0, decay: 0.9 };
/// let rbm = Rbm::params(16).epochs(10).sparsity(Some(sparsity)).fit(&digits)?;
/// let activity = rbm.hidden_probabilities(digits.records.view()).mean().unwrap();
/// assert!((activity - 0.1).abs() < 0.05);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Sparsity<F> {
    /// Target mean activation, in `(0, 1)`.
    pub target: F,
    /// Weight of the penalty, at least 0.
    pub cost: F,
    /// Decay of the running mean per batch: the share of the old mean that is kept, in `[0, 1)`;
    /// 0.9 to 0.99 is usual.
    pub decay: F,
}

impl<F: Float> Sparsity<F> {
    /// The first number out of range, if any.
    pub(crate) fn invalid(&self) -> Option<F> {
        let inside = |x: F| x > F::zero() && x < F::one();
        if !inside(self.target) {
            Some(self.target)
        } else if !(self.cost >= F::zero() && self.cost.is_finite()) {
            Some(self.cost)
        } else if !(F::zero()..F::one()).contains(&self.decay) {
            Some(self.decay)
        } else {
            None
        }
    }

    /// Updates the running means `activity` of the hidden layers with a batch's means of all
    /// layers, and adds the penalty's gradient.
    pub(crate) fn apply(
        &self,
        activity: &mut [Array1<F>],
        means: &[Array1<F>],
        gradient: &mut Parameters<F>,
    ) {
        for (l, activity) in activity.iter_mut().enumerate() {
            Zip::from(&mut *activity)
                .and(&means[l + 1])
                .for_each(|q, &mean| {
                    *q = self.decay * *q + (F::one() - self.decay) * mean;
                });
            let push = activity.mapv(|q| self.cost * (self.target - q));
            gradient.biases[l + 1] += &push;
            for (mut row, &below) in gradient.weights[l].rows_mut().into_iter().zip(&means[l]) {
                row.scaled_add(below, &push);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    #[test]
    fn the_push_is_worked_by_hand() {
        let sparsity = Sparsity {
            target: 0.1,
            cost: 2.0,
            decay: 0.5,
        };
        let mut activity = [array![0.5]];
        let mut gradient = Parameters::<f64>::of_zeros(&[2, 1]);
        let means = [array![0.25, 1.0], array![0.3]];
        sparsity.apply(&mut activity, &means, &mut gradient);
        assert_abs_diff_eq!(activity[0], array![0.4], epsilon = 1e-15);
        assert_abs_diff_eq!(gradient.biases[1], array![-0.6], epsilon = 1e-15);
        assert_abs_diff_eq!(
            gradient.weights[0],
            array![[-0.15], [-0.6]],
            epsilon = 1e-15
        );
        assert_eq!(gradient.biases[0], array![0.0, 0.0]);
    }

    #[test]
    fn numbers_out_of_range_are_found() {
        let valid = Sparsity {
            target: 0.1,
            cost: 1.0,
            decay: 0.9,
        };
        assert_eq!(valid.invalid(), None);
        assert_eq!(
            Sparsity {
                target: 1.0,
                ..valid
            }
            .invalid(),
            Some(1.0)
        );
        assert_eq!(
            Sparsity {
                cost: -1.0,
                ..valid
            }
            .invalid(),
            Some(-1.0)
        );
        assert_eq!(
            Sparsity {
                decay: 1.0,
                ..valid
            }
            .invalid(),
            Some(1.0)
        );
    }
}
