//! Shapley values by the definition, as tests compare with.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::Result;

/// `phi_j = sum_S |S|! (d - |S| - 1)! / d! (v(S + j) - v(S))` over all sets `S` of the other
/// features: `d x c`, in `2^d` evaluations of the model on the background.
pub(super) fn shapley_values(
    model: impl Fn(ArrayView2<f64>) -> Result<Array2<f64>>,
    background: ArrayView2<f64>,
    record: ArrayView1<f64>,
) -> Array2<f64> {
    let d = record.len();
    let worth = |set: usize| -> Array1<f64> {
        let mut mixed = background.to_owned();
        let known = (0..d).filter(|j| set >> j & 1 == 1);
        known.for_each(|j| mixed.column_mut(j).fill(record[j]));
        let outputs = model(mixed.view()).unwrap();
        outputs.mean_axis(Axis(0)).unwrap()
    };
    let worths: Vec<Array1<f64>> = (0..1 << d).map(worth).collect();
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    let mut values = Array2::zeros((d, worths[0].len()));
    for (j, mut value) in values.outer_iter_mut().enumerate() {
        for set in (0..1_usize << d).filter(|set| set >> j & 1 == 0) {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(d - size - 1) / factorial(d);
            value.scaled_add(weight, &(&worths[set | 1 << j] - &worths[set]));
        }
    }
    values
}

/// The glove game: of a left glove and two right ones, any pair is worth 1. The left one is worth
/// 2/3, each of the others 1/6 (Shapley 1953).
#[test]
fn the_glove_game_is_worked_by_hand() {
    let pairs = |x: ArrayView2<f64>| {
        let worth = |x: ArrayView1<f64>| x[0].min(x[1].max(x[2]));
        Ok(x.map_axis(Axis(1), worth).insert_axis(Axis(1)))
    };
    let (none, all) = (Array2::zeros((1, 3)), Array1::ones(3));
    let values = shapley_values(pairs, none.view(), all.view());
    let expected = [2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0];
    let close = |(value, expected): (&f64, f64)| (value - expected).abs() < 1e-15;
    assert!(values.iter().zip(expected).all(close), "{values}");
}
