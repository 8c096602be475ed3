//! The fitted machine.

#[cfg(feature = "serde")]
use linfa::Label;
use ndarray::{Array2, ArrayView2};

use super::joint::JointView;
use crate::boltzmann::Parameters;
use crate::checks::check_unit_query;
use crate::discriminative::model::predicts_classes;
#[cfg(feature = "serde")]
use crate::error::MachineError;
#[cfg(feature = "serde")]
use crate::persistence::check_classes;
use crate::{Float, Result};

/// A restricted Boltzmann machine of records `x`, their classes `y` and hidden units `h`
/// (Larochelle and Bengio 2008),
///
/// ```text
/// -E(x, y, h) = x'W h + U_y h + b'x + d_y + c'h
/// p(y | x) ~ exp(d_y + sum_j softplus(c_j + U_yj + (x W)_j))
/// ```
///
/// so that the probabilities of classes are exact. It is trained by the likelihood of the classes
/// given the records, that of both, or a mixture, and can learn from records without classes.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets::{self, Split};
/// use linfa_fisher::discriminative::ClassRbm;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let Split { train, test } = Split::stratified(datasets::digits::<f32>()?, 0.8, 42)?;
/// let model = ClassRbm::params(50).epochs(20).fit(&train)?;
/// let right = model.predict(&test).iter().zip(&test.targets).filter(|(a, b)| a == b).count();
/// assert!(right as f64 > 0.9 * test.nsamples() as f64);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ClassRbm<F, L> {
    parameters: Parameters<F>,
    classes: Vec<L>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ClassRbm<F, L> { parameters, classes } => {
        let model = Self { parameters, classes };
        model.check_parts().map(|()| model)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, L: Ord> ClassRbm<F, L> {
    /// One hidden layer, and units of at least one column beside those of the classes.
    fn check_parts(&self) -> Result<()> {
        check_classes(&self.classes)?;
        let layers = self.parameters.layers();
        match layers[..] {
            [visible, _] if visible > self.classes.len() => Ok(()),
            _ => {
                let shapes = self.parameters.weights().iter().map(Array2::dim).collect();
                Err(MachineError::ParameterShapes { layers, shapes }.into())
            }
        }
    }
}

impl<F: Float, L> ClassRbm<F, L> {
    pub(super) fn new(parameters: Parameters<F>, classes: Vec<L>) -> Self {
        Self {
            parameters,
            classes,
        }
    }

    /// The weights and biases, of the units of records first, then of those of classes:
    /// `W` and `U` (`(d + c) x h`), `b` and `d`, and `c`.
    pub fn parameters(&self) -> &Parameters<F> {
        &self.parameters
    }

    /// The classes in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// Number of units `d` of a record.
    pub fn nvisible(&self) -> usize {
        self.view().nvisible()
    }

    /// Number of hidden units.
    pub fn nhidden(&self) -> usize {
        self.parameters.layers()[1]
    }

    fn view(&self) -> JointView<'_, F> {
        JointView {
            theta: &self.parameters,
            classes: self.classes.len(),
        }
    }

    /// `log p(y | x)`, `n x c`.
    fn log_probabilities(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        check_unit_query(records, self.nvisible())?;
        Ok(self.view().log_probabilities(&self.view().inputs(records)))
    }
}

predicts_classes!(ClassRbm);
