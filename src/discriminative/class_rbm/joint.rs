//! What the machine tells of records and classes, by its parameters: the weights of the records'
//! units, then those of the classes' units, `(d + c) x h`.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};

use crate::Float;
use crate::boltzmann::Parameters;
use crate::discriminative::softmax::log_softmax;
use crate::numerics::dense::product;
use crate::numerics::scalar::{sigmoid, softplus_all};

/// The machine, its units of records and of classes told apart.
#[derive(Clone, Copy)]
pub(super) struct JointView<'a, F> {
    pub(super) theta: &'a Parameters<F>,
    pub(super) classes: usize,
}

impl<'a, F: Float> JointView<'a, F> {
    /// Number of units `d` of a record.
    pub(super) fn nvisible(&self) -> usize {
        self.theta.biases[0].len() - self.classes
    }

    /// What a class adds to the inputs of the hidden units.
    pub(super) fn class_weights(&self, class: usize) -> ArrayView1<'a, F> {
        self.theta.weights[0].row(self.nvisible() + class)
    }

    /// The biases of the classes, `c`.
    fn class_biases(&self) -> ArrayView1<'a, F> {
        self.theta.biases[0].slice(s![self.nvisible()..])
    }

    /// The inputs `x W + c` of the hidden units (`n x h`) without those from a class.
    pub(super) fn inputs(&self, records: ArrayView2<F>) -> Array2<F> {
        let weights = self.theta.weights[0].slice(s![..self.nvisible(), ..]);
        product(records, weights) + &self.theta.biases[1]
    }

    /// `p(h = 1 | x, y)` for one class, by the inputs from the records.
    pub(super) fn hidden(&self, inputs: &Array2<F>, class: usize) -> Array2<F> {
        let mut hidden = inputs + &self.class_weights(class);
        sigmoid(hidden.view_mut());
        hidden
    }

    /// `log p(y | x)` of every class (`n x c`), by the inputs from the records:
    ///
    /// ```text
    /// p(y | x) ~ exp(d_y + sum_j softplus(c_j + U_yj + (x W)_j))
    /// ```
    pub(super) fn log_probabilities(&self, inputs: &Array2<F>) -> Array2<F> {
        let mut values = Array2::zeros((inputs.nrows(), self.classes));
        for (class, mut column) in values.columns_mut().into_iter().enumerate() {
            let mut summed = inputs + &self.class_weights(class);
            softplus_all(summed.view_mut());
            column.assign(&summed.sum_axis(Axis(1)));
        }
        values += &self.class_biases();
        log_softmax(&mut values);
        values
    }
}
