//! What is never written out equals what is.

use approx::assert_abs_diff_eq;
use ndarray::{Array1, Array2, Axis, s};
use proptest::prelude::*;

use super::{FactoredRows, Products, Resting, ScaledRows, padded};
use crate::fisher::bounds::FittedBounds;
use crate::fisher::scaling::{FittedScaling, Scaling};
use crate::numerics::columns::Extremes;
use crate::numerics::dense::tests::numbers;

/// States of `n` records in layers of these widths, of which many are 0.
fn states(n: usize, widths: &[usize]) -> Vec<Array2<f64>> {
    let layer = |(l, &width): (usize, &usize)| {
        let thin = |x: f64| if x < 0.1 * l as f64 { 0.0 } else { x };
        numbers(n + l, width).slice_move(s![l.., ..]).mapv(thin)
    };
    widths.iter().enumerate().map(layer).collect()
}

/// The scores, written out by the definition.
fn written(layers: &[Array2<f64>], biases: bool, expectation: &Array1<f64>) -> Array2<f64> {
    let mut scores = Array2::zeros((layers[0].nrows(), expectation.len()));
    for (row, mut score) in scores.rows_mut().into_iter().enumerate() {
        let pairs = layers.windows(2);
        let couplings = pairs.flat_map(|pair| {
            let products = pair[0].row(row).to_owned().insert_axis(Axis(1));
            products.dot(&pair[1].row(row).insert_axis(Axis(0)))
        });
        let units = layers.iter().filter(|_| biases);
        let units = units.flat_map(|layer| layer.row(row).to_owned());
        score.assign(&couplings.chain(units).collect::<Array1<_>>());
    }
    scores - expectation
}

fn scalings() -> [Scaling<f64>; 5] {
    let none = Scaling::none();
    [
        none,
        none.min_max(true),
        none.l2(true),
        Scaling::min_max_l2(),
        Scaling::min_max_l2().signed_power(0.5),
    ]
}

/// Bound of the rounding of a product, of terms that are themselves sums of a few others.
fn rounding(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    let terms = left.mapv(f64::abs).dot(&right.mapv(f64::abs));
    let most = terms.fold(1.0_f64, |a, &b| a.max(b));
    4.0 * (left.ncols() + 8) as f64 * f64::EPSILON * most
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Bounds are equal to the bit, products up to rounding: of training rows and of others, with
    /// expectations that resting units' scores are no zeros of.
    #[test]
    fn factored_products_are_those_of_written_scores(
        n in 1_usize..300,
        widths in prop::collection::vec(1_usize..70, 2..4),
        biases: bool,
        expected in 0.0..0.5_f64,
        kind in 0_usize..5,
    ) {
        let scaling = scalings()[kind];
        let layers = states(2 * n, &widths);
        let couplings: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let p = couplings + if biases { widths.iter().sum() } else { 0 };
        let expectation = Array1::from_shape_fn(p, |k| if k % 3 == 0 { expected } else { 0.0 });
        let factored = |rows: std::ops::Range<usize>| {
            let layers = layers.iter().map(|layer| layer.slice(s![rows.clone(), ..]).to_owned());
            FactoredRows::new(layers.collect(), biases, &expectation).unwrap()
        };
        let scores = written(&layers, biases, &expectation);

        let [mut extremes, mut of_written] = [(); 2].map(|()| Extremes::new(p));
        factored(0..n).extend(&mut extremes);
        of_written.extend(scores.slice(s![..n, ..]));
        prop_assert_eq!(&extremes, &of_written);

        let bounds = FittedBounds::new(extremes, &expectation);
        let scaling = FittedScaling::new(scaling, Some(&bounds));
        let resting = Resting::new(&expectation, &scaling);
        let rows = Products::Factored(ScaledRows::new(factored(0..2 * n), &scaling, &resting));
        let mut scaled = scores;
        scaling.apply(&mut scaled);

        let right = padded(numbers(p, 20).view());
        let product = rows.product(right.view());
        let bound = rounding(&scaled, &right);
        assert_abs_diff_eq!(product, scaled.dot(&right), epsilon = bound);

        let left = padded(numbers(2 * n, 20).view());
        let mut sums = Array2::ones((p, left.ncols()));
        rows.add_transposed_product(left.view(), &mut sums);
        let (transposed, bound) = (scaled.t().to_owned(), rounding(&scaled.t().to_owned(), &left));
        assert_abs_diff_eq!(sums - 1.0, transposed.dot(&left), epsilon = bound);

        let mut sum = Array1::zeros(p);
        rows.add_sum(&mut sum);
        let bound = rounding(&transposed, &Array2::ones((2 * n, 1)));
        assert_abs_diff_eq!(sum, scaled.sum_axis(Axis(0)), epsilon = bound);
    }
}

/// What would overflow, or has no number, is left to the written scores, whose error says where.
#[test]
fn states_that_are_not_finite_are_not_taken() {
    let expectation = Array1::zeros(2);
    let layers = |x: f64| vec![Array2::from_elem((3, 1), x), Array2::ones((3, 2))];
    assert!(FactoredRows::new(layers(2.0), false, &expectation).is_some());
    assert!(FactoredRows::new(layers(f64::NAN), false, &expectation).is_none());
    assert!(FactoredRows::new(layers(1e200), false, &expectation).is_none());
    assert!(FactoredRows::new(layers(1.0), true, &expectation).is_none()); // another length
    assert!(FactoredRows::new(Vec::<Array2<f64>>::new(), false, &expectation).is_none());
}

/// The same bits, however the rows are divided among threads.
#[test]
fn rows_have_the_same_products_in_any_block() {
    let (widths, p) = ([30, 20, 10], 800);
    let layers = states(600, &widths);
    let expectation = Array1::from_elem(p, 0.1);
    let scaling = FittedScaling::new(Scaling::none().l2(true), None);
    let resting = Resting::new(&expectation, &scaling);
    let right = padded(numbers(p, 32).view());
    let product = |rows: std::ops::Range<usize>| {
        let layers = layers
            .iter()
            .map(|layer| layer.slice(s![rows.clone(), ..]).to_owned());
        let rows = FactoredRows::new(layers.collect(), false, &expectation).unwrap();
        ScaledRows::new(rows, &scaling, &resting).product(right.view())
    };
    let whole = product(0..600);
    for first in [0, 100, 599] {
        assert_eq!(product(first..600), whole.slice(s![first.., ..]));
    }
}
