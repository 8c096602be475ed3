//! Records as the kernel compares them.

use ndarray::{Array1, Array2, Axis};

use super::centre::Centre;
use super::shape::reciprocal_norm;
use crate::error::FisherError;
use crate::{Float, Result};

/// The states of some records, and what of a kernel depends on one of them alone.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::fisher) struct States<F> {
    /// `n x units` each, the records first.
    pub(super) layers: Vec<Array2<F>>,
    /// `a(x)`, 0 without a centre.
    pub(super) centre: Vec<F>,
    /// What inner products of scores are multiplied by: 1, or for the cosine `1 / |phi(x)|`.
    pub(super) scale: Vec<F>,
    /// `phi(x)' phi(x)`, scaled.
    pub(super) square: Vec<F>,
    /// `1 / |v|`.
    pub(super) pixel_scale: Vec<F>,
}

impl<F: Float> States<F> {
    /// # Errors
    ///
    /// [`KernelOverflow`](FisherError::KernelOverflow).
    pub(super) fn new(
        layers: Vec<Array2<F>>,
        biases: bool,
        centre: Option<&Centre<F>>,
        cosine: bool,
    ) -> Result<Self> {
        let squares: Vec<_> = layers.iter().map(squared_norms).collect();
        let mut square = Array1::zeros(layers[0].nrows());
        for pair in squares.windows(2) {
            square += &(&pair[0] * &pair[1]);
        }
        for layer in squares.iter().filter(|_| biases) {
            square += layer;
        }
        let inner = match centre {
            Some(centre) => centre.inner_products(&layers),
            None => Array1::zeros(square.len()),
        };
        if let Some(centre) = centre {
            square.zip_mut_with(&inner, |xx, &a| *xx = *xx - a - a + centre.square());
        }
        if let Some(row) = square.iter().position(|xx| !xx.is_finite()) {
            let value = square[row].to_f64().unwrap_or(f64::NAN);
            return Err(FisherError::KernelOverflow { row, value }.into());
        }
        let scale = match cosine {
            true => square.mapv(reciprocal_norm),
            false => Array1::ones(square.len()),
        };
        Ok(Self {
            square: (&square * &scale * &scale).to_vec(),
            scale: scale.to_vec(),
            centre: inner.to_vec(),
            pixel_scale: squares[0]
                .iter()
                .map(|&square| reciprocal_norm(square))
                .collect(),
            layers,
        })
    }

    /// All numbers: two kernels with the same ones for the same records differ at most by what is
    /// made of the inner products.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &F> {
        let layers = self.layers.iter().flatten();
        layers.chain(&self.centre).chain(&self.square)
    }

    /// Number of records `n`.
    pub(in crate::fisher) fn len(&self) -> usize {
        self.square.len()
    }
}

/// The squared norm of every row.
fn squared_norms<F: Float>(layer: &Array2<F>) -> Array1<F> {
    layer.map_axis(Axis(1), |row| row.dot(&row))
}
