//! What the eigenvalues of a covariance tell of it.

use ndarray::ArrayView1;

/// The exponential of the entropy of the eigenvalues' shares, `exp(-sum p ln p)` with
/// `p = s / sum s`: from 1, if one direction holds everything, to their number, if all are equal
/// (Roy & Vetterli 2007). NaN without positive eigenvalues.
pub(crate) fn effective_rank(values: ArrayView1<f64>) -> f64 {
    let largest = values.fold(0.0, |a: f64, &b| a.max(b));
    let shares = values.mapv(|s| s / largest); // whose sum cannot overflow
    let sum = shares.sum();
    let terms = shares.iter().map(|&s| s / sum).filter(|&p| p > 0.0);
    let entropy: f64 = terms.map(|p| -p * p.ln()).sum();
    match sum > 0.0 {
        true => entropy.exp(),
        false => f64::NAN,
    }
}

/// The largest eigenvalue over the least. NaN without eigenvalues.
pub(crate) fn condition_number(values: ArrayView1<f64>) -> f64 {
    let largest = values.fold(f64::NAN, |a: f64, &b| a.max(b));
    let least = values.fold(f64::NAN, |a: f64, &b| a.min(b));
    largest / least
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    #[test]
    fn equal_eigenvalues_all_count() {
        let equal = Array1::from_elem(7, 1e307);
        assert!((effective_rank(equal.view()) - 7.0).abs() < 1e-13);
        assert_eq!(condition_number(equal.view()), 1.0);
    }

    /// Shares of 1/2, 1/4 and 1/4 have an entropy of 3/2 ln 2.
    #[test]
    fn by_hand() {
        let values = array![8.0, 4.0, 4.0];
        assert!((effective_rank(values.view()) - 8.0_f64.sqrt()).abs() < 1e-14);
        assert_eq!(condition_number(values.view()), 2.0);
        assert_eq!(effective_rank(array![3.0, 0.0].view()), 1.0);
    }

    #[test]
    fn nothing_has_neither() {
        let none = Array1::<f64>::zeros(0);
        assert!(effective_rank(none.view()).is_nan());
        assert!(condition_number(none.view()).is_nan());
    }
}
