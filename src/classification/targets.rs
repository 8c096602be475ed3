//! Targets as positions of classes, and what each record weighs.

use linfa::Label;
use ndarray::{Array1, ArrayView1};

/// The position of each target's class.
pub(crate) fn codes_of<L: Label>(targets: ArrayView1<L>, classes: &[L]) -> Vec<u32> {
    let code = |target: &L| classes.partition_point(|class| class < target) as u32;
    targets.iter().map(code).collect()
}

/// The weight of each record, which may be none in the dataset; balanced, times `n / (c n_k)`.
pub(crate) fn weights_of(
    weights: ArrayView1<f32>,
    codes: &[u32],
    classes: usize,
    balanced: bool,
) -> Array1<f64> {
    let mut factors = vec![1.0; classes];
    if balanced {
        let mut counts = vec![0_usize; classes];
        codes.iter().for_each(|&code| counts[code as usize] += 1);
        let each = codes.len() as f64 / classes as f64;
        factors = counts.iter().map(|&count| each / count as f64).collect();
    }
    let given = |row: usize| weights.get(row).map_or(1.0, |&weight| f64::from(weight));
    let of_row = |(row, &code): (usize, &u32)| given(row) * factors[code as usize];
    codes.iter().enumerate().map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn codes_are_positions_of_classes() {
        assert_eq!(
            codes_of(array!["b", "c", "b"].view(), &["a", "b", "c"]),
            [1, 2, 1]
        );
    }

    /// Of four records, three are of one class: `n / (c n_k)` is 2/3 and 2.
    #[test]
    fn balanced_classes_weigh_the_same() {
        let (given, codes) = (array![0.5, 1.0, 1.0, 3.0], [0, 0, 0, 1]);
        let plain = weights_of(given.view(), &codes, 2, false);
        assert_eq!(plain, array![0.5, 1.0, 1.0, 3.0]);
        let balanced = weights_of(Array1::zeros(0).view(), &codes, 2, true);
        assert_eq!(balanced, array![2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 2.0]);
    }
}
