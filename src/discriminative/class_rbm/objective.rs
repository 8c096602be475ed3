//! The gradients of the likelihoods.

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use rand::Rng;

use super::joint::JointView;
use super::params::{Joint, Likelihood};
use crate::Float;
#[cfg(feature = "serde")]
use crate::boltzmann::Digests;
use crate::boltzmann::{Conditionals, Neighbours, Parameters};
use crate::discriminative::descent::{Discriminator, Step};
use crate::discriminative::labelled::Batch;
use crate::discriminative::softmax::log_softmax;
use crate::numerics::dense::{product, sum_of_rows};
use crate::numerics::random::Lanes;
use crate::numerics::scalar::select_rows;

/// The likelihood that is made as great as possible.
pub(super) struct ClassRbmObjective<'a, 'r, F> {
    pub(super) joint: &'a Joint<F>,
    pub(super) classes: usize,
    /// Records without classes.
    pub(super) unlabelled: Option<ArrayView2<'r, F>>,
}

impl<F: Float> Discriminator<F> for ClassRbmObjective<'_, '_, F> {
    fn log_probabilities(&self, theta: &Parameters<F>, inputs: ArrayView2<F>) -> Array2<F> {
        let machine = self.of(theta);
        machine.log_probabilities(&machine.inputs(inputs))
    }

    fn step(&self, theta: &Parameters<F>, batch: &Batch<F>, random: &mut Lanes) -> Step<F> {
        let machine = self.of(theta);
        let inputs = machine.inputs(batch.inputs.view());
        let logs = machine.log_probabilities(&inputs);
        let mut gradient = match self.joint.likelihood {
            Likelihood::Generative => self.generative(theta, batch, random),
            Likelihood::Discriminative => discriminative(machine, batch, &inputs, &logs),
            Likelihood::Hybrid { generative } => {
                let mut both = discriminative(machine, batch, &inputs, &logs);
                both.add_scaled(generative, &self.generative(theta, batch, random));
                both
            }
        };
        if let Some(records) = self.unlabelled {
            let drawn = self.drawn(theta, records, batch.len(), random);
            let unsupervised = self.generative(theta, &drawn, random);
            gradient.add_scaled(self.joint.unsupervised, &unsupervised);
        }
        Step {
            loss: batch.loss(logs.view()),
            gradient,
        }
    }

    #[cfg(feature = "serde")]
    fn key(&self) -> String {
        let unlabelled = self.unlabelled.map(|it| (it.dim(), Digests::of(it)));
        format!("{:?} {unlabelled:?}", self.joint)
    }
}

/// The exact gradient of the mean of `log p(y | x)`: with `o_y = p(h = 1 | x, y)`,
///
/// ```text
/// d / d (c_j + U_yj + (x W)_j) = (1[y is the class] - p(y | x)) o_yj
/// ```
fn discriminative<F: Float>(
    machine: JointView<F>,
    batch: &Batch<F>,
    inputs: &Array2<F>,
    logs: &Array2<F>,
) -> Parameters<F> {
    let surprise = batch.surprise(logs);
    let mut of_hidden = Array2::zeros(inputs.dim());
    let mut of_classes = Array2::zeros((machine.classes, inputs.ncols()));
    for (class, mut sums) in of_classes.rows_mut().into_iter().enumerate() {
        let column = surprise.column(class).insert_axis(Axis(1));
        let pulled = machine.hidden(inputs, class) * column;
        sums.assign(&sum_of_rows(pulled.view()));
        of_hidden += &pulled;
    }
    let of_records = product(batch.inputs.t(), of_hidden.view());
    let mut gradient = machine.theta.at_origin();
    let d = machine.nvisible();
    gradient.weights[0]
        .slice_mut(s![..d, ..])
        .assign(&of_records);
    gradient.weights[0]
        .slice_mut(s![d.., ..])
        .assign(&of_classes);
    gradient.biases[0]
        .slice_mut(s![d..])
        .assign(&sum_of_rows(surprise.view()));
    gradient.biases[1].assign(&sum_of_rows(of_hidden.view()));
    gradient
}

impl<F: Float> ClassRbmObjective<'_, '_, F> {
    fn of<'t>(&self, theta: &'t Parameters<F>) -> JointView<'t, F> {
        let classes = self.classes;
        JointView { theta, classes }
    }

    /// Contrastive divergence: the statistics of the records and their classes less those of chains
    /// that have started there.
    fn generative(
        &self,
        theta: &Parameters<F>,
        batch: &Batch<F>,
        random: &mut Lanes,
    ) -> Parameters<F> {
        let mut visible = concatenate![Axis(1), batch.inputs, self.indicators(&batch.codes)];
        let mut hidden = up(theta, visible.view());
        let mut gradient = statistics(&visible, &hidden, &batch.weights, theta);
        for _ in 0..self.joint.steps {
            let mut states = hidden;
            if let Some(states) = states.as_slice_mut() {
                F::bernoulli_in_place(states, random);
            }
            visible = self.down(theta, states.view(), random);
            hidden = up(theta, visible.view());
        }
        let of_chains = statistics(&visible, &hidden, &batch.weights, theta);
        gradient.add_scaled(-F::one(), &of_chains);
        gradient
    }

    /// States of records and classes, drawn from `p(x, y | h)`.
    fn down(&self, theta: &Parameters<F>, hidden: ArrayView2<F>, random: &mut Lanes) -> Array2<F> {
        let machine = Conditionals::of(theta);
        let (below, above) = (None, Some(hidden));
        let mut visible = machine.input(0, &Neighbours { below, above });
        let d = visible.ncols() - self.classes;
        let mut logs = visible.slice(s![.., d..]).to_owned();
        log_softmax(&mut logs);
        machine.sample(0, visible.view_mut(), random);
        let classes = self.indicators(&drawn_classes(&logs, random));
        visible.slice_mut(s![.., d..]).assign(&classes);
        visible
    }

    /// A 1 in the column of each code (`n x c`).
    fn indicators(&self, codes: &[u32]) -> Array2<F> {
        let mut indicators = Array2::zeros((codes.len(), self.classes));
        for (mut row, &code) in indicators.rows_mut().into_iter().zip(codes) {
            row[code as usize] = F::one();
        }
        indicators
    }

    /// Some records without classes, each with a class drawn from `p(y | x)`.
    fn drawn(
        &self,
        theta: &Parameters<F>,
        records: ArrayView2<F>,
        count: usize,
        random: &mut Lanes,
    ) -> Batch<F> {
        let mut rng = random.scalar();
        let rows: Vec<_> = (0..count)
            .map(|_| rng.gen_range(0..records.nrows()))
            .collect();
        let inputs = select_rows(records, &rows);
        let logs = self.log_probabilities(theta, inputs.view());
        Batch {
            codes: drawn_classes(&logs, random),
            weights: Array1::ones(count),
            inputs,
        }
    }
}

/// `p(h = 1 | x, y)` of states of records and classes.
fn up<F: Float>(theta: &Parameters<F>, visible: ArrayView2<F>) -> Array2<F> {
    let (below, above) = (Some(visible), None);
    Conditionals::of(theta).mean(1, &Neighbours { below, above })
}

/// The weighted mean of the statistics `v h'`, `v` and `h`.
fn statistics<F: Float>(
    visible: &Array2<F>,
    hidden: &Array2<F>,
    weights: &Array1<F>,
    theta: &Parameters<F>,
) -> Parameters<F> {
    let weights = weights.view().insert_axis(Axis(1));
    let count = F::cast(visible.nrows());
    let (visible, weighted) = (visible, hidden * &weights / count);
    let mut statistics = theta.at_origin();
    statistics.weights[0] = product(visible.t(), weighted.view());
    statistics.biases[0] = sum_of_rows((visible * &weights / count).view());
    statistics.biases[1] = sum_of_rows(weighted.view());
    statistics
}

/// A class for each row of log-probabilities.
fn drawn_classes<F: Float>(logs: &Array2<F>, random: &mut Lanes) -> Vec<u32> {
    let mut rng = random.scalar();
    let draw = |row: ndarray::ArrayView1<F>| {
        let mut left: f64 = rng.r#gen();
        let last = row.len() - 1;
        let passed = row.iter().take(last).position(|log| {
            left -= log.to_f64().unwrap_or(f64::NEG_INFINITY).exp();
            left < 0.0
        });
        passed.unwrap_or(last) as u32
    };
    logs.rows().into_iter().map(draw).collect()
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;
    use crate::boltzmann::enumeration::{all_states, example_machine, log_sum_exp};
    use crate::discriminative::tests::{agrees_with_differences, assert_close, batch, slopes};

    const CLASSES: usize = 3;

    fn objective(joint: &Joint<f64>) -> ClassRbmObjective<'_, 'static, f64> {
        ClassRbmObjective {
            joint,
            classes: CLASSES,
            unlabelled: None,
        }
    }

    fn joint(likelihood: Likelihood<f64>, steps: usize) -> Joint<f64> {
        Joint {
            hidden: 3,
            likelihood,
            unsupervised: 0.0,
            steps,
        }
    }

    /// `-E` of every state of records and classes (rows) with every state of the hidden units.
    fn energies(theta: &Parameters<f64>) -> (Array2<f64>, Array2<f64>) {
        let (records, hidden) = (all_states(4), all_states(3));
        let indicators = Array2::<f64>::eye(CLASSES);
        let visible =
            Array2::from_shape_fn((16 * CLASSES, 4 + CLASSES), |(row, unit)| match unit < 4 {
                true => records[[row / CLASSES, unit]],
                false => indicators[[row % CLASSES, unit - 4]],
            });
        let mut energies = visible.dot(&theta.weights[0]).dot(&hidden.t());
        energies += &visible.dot(&theta.biases[0]).insert_axis(Axis(1));
        energies += &hidden.dot(&theta.biases[1]);
        (visible, energies)
    }

    #[test]
    fn probabilities_are_those_of_enumeration() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let joint = joint(Likelihood::Discriminative, 1);
        let (visible, energies) = energies(&theta);
        let free: Vec<_> = energies
            .rows()
            .into_iter()
            .map(|row| log_sum_exp(&row.to_owned()))
            .collect();
        let records = visible.slice(s![.., ..4]);
        let logs = objective(&joint).log_probabilities(&theta, records);
        for (row, logs) in logs.rows().into_iter().enumerate() {
            let first = row / CLASSES * CLASSES;
            let of_record = Array1::from(free[first..first + CLASSES].to_vec());
            let expected = &of_record - log_sum_exp(&of_record);
            assert_abs_diff_eq!(logs.to_owned(), expected, epsilon = 1e-12);
        }
    }

    #[test]
    fn the_discriminative_gradient_is_exact() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let joint = joint(Likelihood::Discriminative, 1);
        agrees_with_differences(&objective(&joint), &theta, &batch(6, 4, CLASSES));
    }

    /// By the same random numbers.
    #[test]
    fn a_hybrid_step_is_the_sum_of_its_parts() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let gradient = |likelihood| {
            let batch = batch(6, 4, CLASSES);
            let step = objective(&joint(likelihood, 2)).step(&theta, &batch, &mut Lanes::new(7, 0));
            step.gradient
        };
        let mut expected = gradient(Likelihood::Discriminative);
        expected.add_scaled(0.3, &gradient(Likelihood::Generative));
        let hybrid = gradient(Likelihood::Hybrid { generative: 0.3 });
        assert_close(&hybrid, &expected, 1e-12);
    }

    /// By the same chains, which weights do not change.
    #[test]
    fn the_generative_gradient_is_linear_in_the_weights() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let joint = joint(Likelihood::Generative, 2);
        let gradient = |weight: fn(usize) -> f64| {
            let mut batch = batch(6, 4, CLASSES);
            batch.weights = (0..6).map(weight).collect();
            objective(&joint).generative(&theta, &batch, &mut Lanes::new(7, 0))
        };
        let mut expected = gradient(|row| if row < 2 { 1.0 } else { 0.0 });
        expected.add_scaled(2.5, &gradient(|row| if row < 2 { 0.0 } else { 1.0 }));
        let weighted = gradient(|row| if row < 2 { 1.0 } else { 2.5 });
        assert_close(&weighted, &expected, 1e-12);
        assert!(gradient(|_| 0.0).values().all(|&x| x == 0.0));
    }

    /// With many Gibbs steps, the part of the records without classes is the gradient of
    /// `log p(x)`, but for its noise.
    #[test]
    fn records_without_classes_add_the_gradient_of_their_likelihood() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let mut joint = joint(Likelihood::Discriminative, 20);
        joint.unsupervised = 0.5;
        let places = [1, 6, 11];
        let unlabelled = all_states(4).select(Axis(0), &places);
        let batch = batch(20_000, 4, CLASSES);
        let step = |unlabelled: Option<ArrayView2<f64>>| {
            let objective = ClassRbmObjective {
                unlabelled,
                ..objective(&joint)
            };
            objective
                .step(&theta, &batch, &mut Lanes::new(2, 0))
                .gradient
        };
        let mut found = step(Some(unlabelled.view()));
        found.add_scaled(-1.0, &step(None));
        let log_likelihood = |theta: &Parameters<f64>| {
            let (_, energies) = energies(theta);
            let of = |place: usize| {
                let rows = energies.slice(s![place * CLASSES..(place + 1) * CLASSES, ..]);
                log_sum_exp(&rows.iter().copied().collect())
            };
            let mean = places.map(of).iter().sum::<f64>() / 3.0;
            0.5 * (mean - log_sum_exp(&energies.iter().copied().collect()))
        };
        // two means of 20,000 values in [0, 0.5] each have a standard error of at most 0.0018
        let bound = 4.5 * 0.0018 * 2.0_f64.sqrt();
        assert_close(&found, &slopes(&theta, log_likelihood), bound);
    }

    /// With many Gibbs steps, contrastive divergence is the gradient of `log p(x, y)`, which is
    /// known by enumeration, but for its noise.
    #[test]
    fn long_chains_give_the_generative_gradient() {
        let theta = example_machine(&[4 + CLASSES, 3], 1.0);
        let joint = joint(Likelihood::Generative, 20);
        let (visible, energies) = energies(&theta);
        let log_z = log_sum_exp(&energies.iter().copied().collect());
        let probabilities = energies.mapv(|e| (e - log_z).exp());
        let of_visible = probabilities.sum_axis(Axis(1));
        let expected_visible = of_visible.dot(&visible);
        let expected_weights = visible.t().dot(&probabilities.dot(&all_states(3)));
        let states = 20_000;
        let mut batch = batch(states, 4, CLASSES);
        batch.weights.fill(1.0);
        let gradient = objective(&joint).generative(&theta, &batch, &mut Lanes::new(1, 0));
        let indicators = objective(&joint).indicators(&batch.codes);
        let data = concatenate![Axis(1), batch.inputs, indicators];
        let hidden = up(&theta, data.view());
        let from_data = data.t().dot(&hidden) / states as f64;
        let error = &from_data - &gradient.weights[0] - expected_weights;
        // a mean of 20,000 values in [0, 1] has a standard error of at most 0.5 / sqrt(20,000)
        assert!(error.iter().all(|x| x.abs() < 4.5 * 0.0036), "{error}");
        let means = data.mean_axis(Axis(0)).unwrap();
        let error = means - &gradient.biases[0] - expected_visible;
        assert!(error.iter().all(|x| x.abs() < 4.5 * 0.0036), "{error}");
    }

    #[test]
    fn classes_are_drawn_by_their_probabilities() {
        let shares = [0.1, 0.6, 0.3];
        let logs = Array2::from_shape_fn((20_000, 3), |(_, class)| f64::ln(shares[class]));
        let drawn = drawn_classes(&logs, &mut Lanes::new(3, 0));
        for (class, share) in shares.iter().enumerate() {
            let count = drawn.iter().filter(|&&code| code as usize == class).count();
            assert!((count as f64 / 20_000.0 - share).abs() < 4.5 * 0.0036);
        }
    }
}
