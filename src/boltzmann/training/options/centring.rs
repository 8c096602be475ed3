//! The centred gradient (Melchior, Fischer & Wiskott 2016, "How to center deep Boltzmann
//! machines").
//!
//! A machine whose units have offsets subtracted,
//! `E = -sum (x_l - o_l)' W_l (x_{l+1} - o_{l+1}) - ...`, is the same model family with other
//! biases, but its gradient is better conditioned. In terms of the ordinary parameters, with `D`
//! for the mean over the data minus that over the model, it is
//!
//! ```text
//! dW_l = D[(x_l - o_l) (x_{l+1} - o_{l+1})'] = D[x_l x_{l+1}'] - o_l D[x_{l+1}]' - D[x_l] o_{l+1}'
//! db_l = D[x_l] - dW_l o_{l+1} - dW_{l-1}' o_{l-1}
//! ```
//!
//! so that steps of the weights do not change the input of a layer whose neighbours are at their
//! offsets. Where inputs are doubled, in the pretraining of a deep machine, so are the corrections.

use ndarray::{Array1, Zip};

use crate::Float;
use crate::boltzmann::Parameters;

/// Sliding factor of the offsets: the weight of a batch's means in the running means.
const SLIDING: f64 = 0.01;

/// The offsets: running means of every layer over the data.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(crate) struct Offsets<F> {
    pub(crate) layers: Vec<Array1<F>>,
}

impl<F: Float> Offsets<F> {
    /// The visible units' mean, and 1/2 for hidden units.
    pub(crate) fn new(visible: Array1<F>, layers: &[usize]) -> Self {
        let half = |&units: &usize| Array1::from_elem(units, F::cast(0.5));
        let hidden = layers.iter().skip(1).map(half);
        Self {
            layers: std::iter::once(visible).chain(hidden).collect(),
        }
    }

    /// Moves the offsets towards the means of a batch.
    pub(crate) fn follow(&mut self, means: &[Array1<F>]) {
        let share = F::cast(SLIDING);
        for (offset, mean) in self.layers.iter_mut().zip(means) {
            Zip::from(offset)
                .and(mean)
                .for_each(|offset, &mean| *offset += share * (mean - *offset));
        }
    }

    /// Turns the ordinary gradient into the centred one, for a machine with the given factors of
    /// bottom-up and top-down input.
    pub(crate) fn centre(&self, gradient: &mut Parameters<F>, (up, down): (F, F)) {
        let Parameters {
            weights, biases, ..
        } = gradient;
        for (l, weights) in weights.iter_mut().enumerate() {
            let (lower, upper) = (&self.layers[l], &self.layers[l + 1]);
            for ((mut row, &offset), &mean) in
                weights.rows_mut().into_iter().zip(lower).zip(&biases[l])
            {
                Zip::from(&mut row)
                    .and(&biases[l + 1])
                    .and(upper)
                    .for_each(|w, &above, &upper| *w -= offset * above + mean * upper);
            }
        }
        for (l, weights) in weights.iter().enumerate() {
            biases[l].scaled_add(-down, &weights.dot(&self.layers[l + 1]));
            biases[l + 1].scaled_add(-up, &weights.t().dot(&self.layers[l]));
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::{Array2, Axis, array};

    use super::*;
    use crate::boltzmann::enumeration::{
        example_machine, joint_states, log_partition, model_expectation, views,
    };

    /// The gradient of `log p` with respect to the parameters of the centred machine, by finite
    /// differences over its own energy function, mapped to the ordinary parameters.
    #[test]
    fn it_is_the_gradient_of_the_centred_machine() {
        let layers = [3, 2, 2];
        let theta = example_machine(&layers, 0.8);
        let offsets = Offsets {
            layers: vec![array![0.2, 0.7, 0.4], array![0.6, 0.3], array![0.5, 0.1]],
        };
        // joint states as data: the likelihood of all layers needs no posterior
        let states = joint_states(&layers);
        let data: Vec<Array2<f64>> = states.iter().map(|x| x.select(Axis(0), &[77])).collect();
        let log_p = |centred: &Parameters<f64>| {
            let theta = ordinary(centred, &offsets);
            theta.negative_energy(&views(&data))[0] - log_partition(&theta)
        };
        let mut gradient = Parameters::mean_statistics(&views(&data));
        gradient.add_scaled(-1.0, &model_expectation(&theta));
        offsets.centre(&mut gradient, (1.0, 1.0));
        let centred = centred(&theta, &offsets);
        let step = 1e-5;
        let mut expected = Parameters::of_zeros(&layers);
        for l in 0..2 {
            for ((i, j), found) in expected.weights[l].indexed_iter_mut() {
                let at = |shift: f64| {
                    let mut moved = centred.clone();
                    moved.weights[l][[i, j]] += shift;
                    log_p(&moved)
                };
                *found = (at(step) - at(-step)) / (2.0 * step);
            }
        }
        for l in 0..2 {
            assert_abs_diff_eq!(gradient.weights[l], expected.weights[l], epsilon = 1e-8);
        }
        // a step along the centred gradient, mapped back: biases of the centred machine move by
        // D[x], so that the ordinary ones move by D[x] - dW o
        let mut bias_step = Parameters::mean_statistics(&views(&data));
        bias_step.add_scaled(-1.0, &model_expectation(&theta));
        let mut moved = centred.clone();
        for l in 0..2 {
            moved.weights[l] += &expected.weights[l];
        }
        for l in 0..3 {
            moved.biases[l] += &bias_step.biases[l];
        }
        let mut difference = ordinary(&moved, &offsets);
        difference.add_scaled(-1.0, &theta);
        for l in 0..3 {
            assert_abs_diff_eq!(gradient.biases[l], difference.biases[l], epsilon = 1e-8);
        }
    }

    /// Biases of the centred machine with the same distribution.
    fn centred(theta: &Parameters<f64>, offsets: &Offsets<f64>) -> Parameters<f64> {
        shifted(theta, offsets, 1.0)
    }

    fn ordinary(centred: &Parameters<f64>, offsets: &Offsets<f64>) -> Parameters<f64> {
        shifted(centred, offsets, -1.0)
    }

    fn shifted(theta: &Parameters<f64>, offsets: &Offsets<f64>, sign: f64) -> Parameters<f64> {
        let mut other = theta.clone();
        for (l, weights) in theta.weights.iter().enumerate() {
            other.biases[l].scaled_add(sign, &weights.dot(&offsets.layers[l + 1]));
            other.biases[l + 1].scaled_add(sign, &weights.t().dot(&offsets.layers[l]));
        }
        other
    }

    /// For a gradient of weights alone, as if no unit's mean moved.
    #[test]
    fn inputs_at_the_offsets_do_not_move() {
        let offsets = Offsets {
            layers: vec![array![0.2, 0.7], array![0.6, 0.3]],
        };
        for (up, down) in [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0), (2.0, 2.0)] {
            let mut step = Parameters::<f64>::of_zeros(&[2, 2]);
            step.weights[0] = array![[1.0, -2.0], [0.5, 3.0]];
            offsets.centre(&mut step, (up, down));
            let hidden = step.weights[0].t().dot(&offsets.layers[0]) * up + &step.biases[1];
            let visible = step.weights[0].dot(&offsets.layers[1]) * down + &step.biases[0];
            assert_abs_diff_eq!(hidden, Array1::zeros(2), epsilon = 1e-12);
            assert_abs_diff_eq!(visible, Array1::zeros(2), epsilon = 1e-12);
        }
    }

    #[test]
    fn offsets_follow_the_means() {
        let mut offsets = Offsets::new(array![0.0], &[1, 1]);
        offsets.follow(&[array![1.0], array![0.5]]);
        assert_abs_diff_eq!(offsets.layers[0], array![0.01], epsilon = 1e-15);
        assert_abs_diff_eq!(offsets.layers[1], array![0.5], epsilon = 1e-15);
    }
}
