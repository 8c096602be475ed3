//! Whether the confidence of a pipeline comes true as often.

use linfa::{Float, Label};
use ndarray::Array2;
use serde_crate::Serialize;

use super::pooled::Pooled;
use crate::metrics::{Bins, CalibrationCurve};

/// Bins of one width between 0 and 1.
const BINS: usize = 10;

/// The reliability curve of the greatest probability of every row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Calibration {
    pub(super) bins: Vec<CalibrationBin>,
    /// The expected calibration error.
    pub(super) expected_error: f64,
}

/// The rows whose confidence is in one bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct CalibrationBin {
    /// Mean confidence.
    pub(super) predicted: f64,
    /// Share of rows that are of the class predicted.
    pub(super) observed: f64,
    pub(super) rows: usize,
}

impl Calibration {
    /// The curve of pooled values that are probabilities in the precision of `F`, or their
    /// logarithms, or why there is none.
    pub(super) fn new<F: Float, L: Label>(pooled: &Pooled<L>) -> Result<Self, String> {
        let (classes, truth) = (pooled.classes, pooled.truth.view());
        let of = |values: Array2<F>| {
            let bins = Bins::Uniform(BINS);
            CalibrationCurve::of_confidences(values.view(), classes, truth, bins)
        };
        let values = pooled.values.mapv(F::cast);
        let exponentials = values.mapv(F::exp);
        let curve = of(values).or_else(|fault| of(exponentials).map_err(|_| fault));
        let curve =
            curve.map_err(|fault| format!("the decision values are no probabilities: {fault}"))?;
        let shares = curve.predicted().into_iter().zip(curve.observed());
        let bins = shares.zip(curve.counts());
        Ok(Self {
            bins: bins
                .map(|((&predicted, &observed), &rows)| CalibrationBin {
                    predicted,
                    observed,
                    rows,
                })
                .collect(),
            expected_error: curve.expected_error(),
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn bins_are_worked_by_hand() {
        let mut pooled = Pooled {
            classes: &[false, true],
            values: array![[0.75, 0.25], [0.25, 0.75], [0.0, 1.0]],
            truth: array![false, false, true],
        };
        let curve = Calibration::new::<f64, _>(&pooled).unwrap();
        let bins: Vec<_> = curve
            .bins
            .iter()
            .map(|bin| (bin.predicted, bin.observed, bin.rows))
            .collect();
        assert_eq!(bins, [(0.75, 0.5, 2), (1.0, 1.0, 1)]);
        assert!((curve.expected_error - 2.0 / 3.0 * 0.25).abs() < 1e-15);
        let logarithms = Pooled {
            values: pooled.values.mapv(f64::ln),
            truth: pooled.truth.clone(),
            ..pooled
        };
        assert_eq!(Calibration::new::<f64, _>(&logarithms).unwrap(), curve);
        pooled.values[[0, 0]] = 1.5;
        let fault = Calibration::new::<f64, _>(&pooled).unwrap_err();
        assert!(fault.starts_with("the decision values are no probabilities"));
    }

    /// Thirds of `f32` add up to 1 within its precision, not within that of `f64`.
    #[test]
    fn sums_are_held_to_the_precision_of_the_records() {
        let third = f64::from(0.333_333_3_f32 - 1e-7);
        let pooled = Pooled {
            classes: &[0, 1, 2],
            values: array![[third, third, third]],
            truth: array![1],
        };
        assert!(Calibration::new::<f32, _>(&pooled).is_ok());
        assert!(Calibration::new::<f64, _>(&pooled).is_err());
    }
}
