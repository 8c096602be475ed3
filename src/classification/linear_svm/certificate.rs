//! How far the primal solver is from the optimum at most.

use ndarray::{Array1, Array2, ArrayView1, Axis, Zip};

use super::objective::{Sums, relative_gap};
use super::problem::Problem;
use crate::Float;

/// Dual variables of all problems that are better than those of any iterate: the gap of an
/// iterate's own is half the square of its gradient, which conjugate gradients reduce with detours.
///
/// Of each iterate, they take the step towards its variables that is best for the dual objective,
/// as residuals are smoothed elsewhere (Zhou and Walker 1994).
pub(super) struct Certificate<F> {
    /// The variables, `n x k`.
    alpha: Array2<F>,
    /// `sum_i a_i y_i x_i`, `(d + 1) x k`.
    combination: Array2<f64>,
    /// `sum_i (a_i - a_i^2 diagonal / 2)`, `k`.
    duals: Array1<f64>,
}

impl<F: Float> Certificate<F> {
    /// The variables that the decision values (`n x k`) of an iterate ask for.
    pub(super) fn new(problem: &Problem, values: &Array2<F>, sums: &Sums) -> Self {
        let mut alpha = values.clone();
        for ((row, k), value) in alpha.indexed_iter_mut() {
            *value = asked(problem, (row, k), *value);
        }
        Self {
            alpha,
            combination: sums.combination.clone(),
            duals: sums.duals.clone(),
        }
    }

    /// Takes the step towards those of the next iterate.
    ///
    /// With the change `c` of a problem's variables and `v` of their combination `u`, the dual
    /// objective at the part `t` of the way gains `t (g + q / 2 - u'v) - t^2 (q + |v|^2) / 2`,
    /// where `g` is what [`duals`](Self::duals) gains all the way and `q = sum_i c_i^2 diagonal_i`.
    pub(super) fn improve(&mut self, problem: &Problem, values: &Array2<F>, sums: &Sums) {
        let curvatures = self.curvatures(problem, values);
        let mut parts = vec![F::one(); problem.count()];
        for (k, part) in parts.iter_mut().enumerate() {
            let mut combination = self.combination.column_mut(k);
            let (gain, q) = (sums.duals[k] - self.duals[k], curvatures[k]);
            let change = &sums.combination.column(k) - &combination;
            let slope = gain + 0.5 * q - combination.dot(&change);
            let length = slope / (q + change.dot(&change));
            if length.is_finite() && q.is_finite() {
                let length = length.clamp(0.0, 1.0);
                combination.scaled_add(length, &change);
                self.duals[k] += length * (gain + 0.5 * q) - 0.5 * length * length * q;
                *part = F::cast(length);
            } else {
                // nothing has changed, or so much that numbers do not hold it
                combination.assign(&sums.combination.column(k));
                self.duals[k] = sums.duals[k];
            }
        }
        let rows = self.alpha.axis_iter_mut(Axis(0)).enumerate();
        for ((row, mut alpha), values) in rows.zip(values.rows()) {
            for (k, (alpha, &value)) in alpha.iter_mut().zip(values).enumerate() {
                *alpha += parts[k] * (asked(problem, (row, k), value) - *alpha);
            }
        }
    }

    /// `q` of each problem.
    fn curvatures(&self, problem: &Problem, values: &Array2<F>) -> Array1<f64> {
        let mut curvatures = Array1::zeros(problem.count());
        let rows = self.alpha.rows().into_iter().zip(values.rows());
        for (row, (alpha, values)) in rows.enumerate() {
            let diagonal = problem.loss.diagonal(problem.cost(row));
            if !diagonal.is_finite() {
                continue;
            }
            let pairs = alpha.iter().zip(values).enumerate();
            for ((k, (&alpha, &value)), sum) in pairs.zip(&mut curvatures) {
                let change = asked(problem, (row, k), value) - alpha;
                let change = change.to_f64().unwrap_or(f64::NAN);
                *sum += (diagonal * change) * change;
            }
        }
        curvatures
    }

    /// The relative gap of each problem of this primal objective.
    pub(super) fn gaps(&self, primal: &Array1<f64>) -> Array1<f64> {
        let square = |u: ArrayView1<f64>| 0.5 * u.dot(&u);
        let dual = &self.duals - &self.combination.map_axis(Axis(0), square);
        let gap = |&primal: &f64, &dual: &f64| relative_gap(primal, dual);
        Zip::from(primal).and(&dual).map_collect(gap)
    }

    /// The variable of a record in a problem.
    pub(super) fn alpha(&self, row: usize, k: usize) -> f64 {
        self.alpha[[row, k]].to_f64().unwrap_or(f64::NAN)
    }

    /// Takes away what rounding has added, by the sums of these variables.
    pub(super) fn correct(&mut self, sums: &Sums) {
        self.combination.assign(&sums.combination);
        self.duals.assign(&sums.duals);
    }
}

/// `-C s_i loss'(y_i f_i)`.
fn asked<F: Float>(problem: &Problem, (row, k): (usize, usize), value: F) -> F {
    let margin = problem.sign(row, k) * value.to_f64().unwrap_or(f64::NAN);
    F::cast(problem.cost(row) * problem.loss.pull(margin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classification::linear_svm::loss::Loss;
    use crate::classification::linear_svm::objective::values_of;
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    /// Iterates of any weights: the dual objective never falls, is not below that of the last
    /// iterate, and is what the variables give when they are written out.
    #[test]
    fn the_dual_objective_rises_as_far_as_the_variables_say() {
        let records = array![
            [1.0, 0.5],
            [-0.5, 2.0],
            [0.3, -1.0],
            [-2.0, -0.4],
            [0.0, 0.1]
        ];
        let weights = array![1.0, 2.0, 0.5, 1.5, 0.0];
        let loss = (Loss::SquaredHinge, 1.0);
        let problem = Problem::new(vec![0, 1, 2, 1, 0], weights.view(), 3, 0.7, loss);
        let mut certificate: Option<Certificate<f64>> = None;
        let mut best = f64::NEG_INFINITY;
        for step in 0..6 {
            let weights = Array2::from_shape_fn((3, 3), |(i, j)| {
                0.4 * ((step * 5 + i * 7 + j * 3) % 8) as f64 - 1.3
            });
            let rows = records.view();
            let values = values_of(&problem, &rows, &weights).unwrap();
            let sums = Sums::of_values(&problem, &rows, &values).unwrap();
            match &mut certificate {
                Some(certificate) => certificate.improve(&problem, &values, &sums),
                none => *none = Some(Certificate::new(&problem, &values, &sums)),
            }
            let certificate = certificate.as_ref().unwrap();
            let alpha = |row: usize, k: usize, _: f64| certificate.alpha(row, k);
            let exact = Sums::of_alpha(&problem, &rows, &weights, &alpha).unwrap();
            let primal = sums.primal(&weights);
            assert_abs_diff_eq!(
                certificate.gaps(&primal),
                exact.gaps(&weights),
                epsilon = 1e-12
            );
            let dual = exact.dual().sum();
            assert!(dual >= best - 1e-12, "{dual}, {best}");
            assert!(
                exact
                    .dual()
                    .iter()
                    .zip(&sums.dual())
                    .all(|(ours, its)| ours >= &(its - 1e-12))
            );
            best = dual;
        }
    }
}
