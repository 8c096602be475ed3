//! Smooth random fields of displacements.

use rand::Rng;

use crate::ImageShape;

/// Fields `alpha * (G_sigma * U)`, the convolution of a Gaussian G with U, which is uniform in
/// [-1, 1] at each pixel.
#[derive(Debug, Clone)]
pub(super) struct Elastic {
    shape: ImageShape,
    alpha: f64,
    /// Weights of the Gaussian along one axis, at distances 0, 1, ...
    kernel: Vec<f64>,
}

impl Elastic {
    pub(super) fn new(shape: ImageShape, alpha: f64, sigma: f64) -> Self {
        // Three standard deviations, but no more than the whole image.
        let size = shape.height.max(shape.width);
        let reach = ((3.0 * sigma).ceil() as usize).min(size);
        let mut kernel: Vec<f64> = (0..=reach)
            .map(|d| (-0.5 * (d as f64 / sigma).powi(2)).exp())
            .collect();
        let sum = kernel[0] + 2.0 * kernel[1..].iter().sum::<f64>();
        kernel.iter_mut().for_each(|weight| *weight /= sum);
        Self {
            shape,
            alpha,
            kernel,
        }
    }

    /// Displacements of every pixel, along the rows and along the columns.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> [Vec<f64>; 2] {
        [0, 1].map(|_| {
            let noise = |_| self.alpha * (2.0 * rng.r#gen::<f64>() - 1.0);
            let field: Vec<f64> = (0..self.shape.pixels()).map(noise).collect();
            self.smooth(
                &self.smooth(&field, self.shape.width, self.shape.height),
                1,
                self.shape.width,
            )
        })
    }

    /// The field convolved along one axis of `size` pixels that lie `stride` apart, with zeros
    /// beyond the edge.
    fn smooth(&self, field: &[f64], stride: usize, size: usize) -> Vec<f64> {
        let at = |i: usize| {
            let position = i / stride % size;
            let weighted = self.kernel.iter().enumerate().map(|(d, weight)| {
                let after = if position + d < size {
                    field[i + d * stride]
                } else {
                    0.0
                };
                let before = if d > 0 && d <= position {
                    field[i - d * stride]
                } else {
                    0.0
                };
                weight * (after + before)
            });
            weighted.sum()
        };
        (0..field.len()).map(at).collect()
    }
}
