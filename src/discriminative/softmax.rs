//! The softmax function of rows, in logarithms.

use ndarray::Array2;

use crate::Float;

/// Replaces every row `a` of values by `a - log sum exp(a)`.
pub(super) fn log_softmax<F: Float>(values: &mut Array2<F>) {
    for mut row in values.rows_mut() {
        let most = row.fold(F::neg_infinity(), |most, &x| most.max(x));
        row.mapv_inplace(|x| x - most);
        let log = row.fold(F::zero(), |sum, &x| sum + x.exp()).ln();
        row.mapv_inplace(|x| x - log);
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    #[test]
    fn huge_values_do_not_overflow() {
        let mut values = array![[1e300, 1e300, -1e300], [0.0, 3.0_f64.ln(), f64::MIN]];
        log_softmax(&mut values);
        let expected = array![[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]];
        assert_abs_diff_eq!(values.mapv(f64::exp), expected, epsilon = 1e-12);
    }
}
