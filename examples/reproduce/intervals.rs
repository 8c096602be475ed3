//! Spreads.

use statrs::distribution::{Beta, ContinuousCDF};

/// A share of right answers among so many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binomial {
    pub(crate) share: f64,
    pub(crate) trials: usize,
}

impl Binomial {
    /// The exact 95 % interval of Clopper and Pearson (1934).
    pub(crate) fn interval(self) -> [f64; 2] {
        let (n, right) = (self.trials as f64, self.share * self.trials as f64);
        let quantile =
            |a: f64, b: f64, p: f64| Beta::new(a, b).map_or(f64::NAN, |beta| beta.inverse_cdf(p));
        let low = match right < 0.5 {
            true => 0.0,
            false => quantile(right, n - right + 1.0, 0.025),
        };
        let high = match n - right < 0.5 {
            true => 1.0,
            false => quantile(right + 1.0, n - right, 0.975),
        };
        [low, high]
    }
}

/// The mean, and the standard deviation of a sample; 0 for one value.
pub(crate) fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    (
        mean,
        if values.len() > 1 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        },
    )
}
