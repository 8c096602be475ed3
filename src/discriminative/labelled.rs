//! Inputs with the class and the weight of each.

use ndarray::{Array1, Array2, ArrayView2, CowArray, Ix2};

use crate::Float;
use crate::numerics::scalar::select_rows;

/// Inputs (`n x d`), the position of each one's class, and what each counts.
pub(super) struct Labelled<'r, 'a, F> {
    pub(super) inputs: CowArray<'r, F, Ix2>,
    pub(super) codes: &'a [u32],
    pub(super) weights: &'a Array1<f64>,
}

/// Some of them, which a step learns from.
pub(super) struct Batch<F> {
    pub(super) inputs: Array2<F>,
    pub(super) codes: Vec<u32>,
    pub(super) weights: Array1<F>,
}

impl<F: Float> Labelled<'_, '_, F> {
    pub(super) fn select(&self, rows: &[usize]) -> Batch<F> {
        Batch {
            inputs: select_rows(self.inputs.view(), rows),
            codes: rows.iter().map(|&row| self.codes[row]).collect(),
            weights: rows.iter().map(|&row| F::cast(self.weights[row])).collect(),
        }
    }
}

impl<F: Float> Batch<F> {
    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }

    /// The weighted mean of `-log p(class)`, by the log-probabilities of all classes (`n x c`).
    pub(super) fn loss(&self, log_probabilities: ArrayView2<F>) -> f64 {
        let of = |((row, &code), &weight): ((_, &u32), &F)| {
            let row: ndarray::ArrayView1<F> = row;
            -(weight * row[code as usize]).to_f64().unwrap_or(f64::NAN)
        };
        let rows = log_probabilities.rows().into_iter();
        let losses = rows.zip(&self.codes).zip(&self.weights).map(of);
        losses.sum::<f64>() / self.len() as f64
    }

    /// `weight (1[class] - p) / n`, the gradient of minus the loss by the inputs of the softmax
    /// (`n x c`).
    pub(super) fn surprise(&self, log_probabilities: &Array2<F>) -> Array2<F> {
        let mut surprise = log_probabilities.mapv(|log| -log.exp());
        let rows = surprise.rows_mut().into_iter();
        for ((mut row, &code), &weight) in rows.zip(&self.codes).zip(&self.weights) {
            row[code as usize] += F::one();
            row *= weight / F::cast(self.codes.len());
        }
        surprise
    }
}
