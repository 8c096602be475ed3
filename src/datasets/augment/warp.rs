//! An image whose pixels are taken from other places of the same image.

use linfa::Float;
use ndarray::{Array1, ArrayView1};

use crate::ImageShape;
use crate::datasets::interpolation::between;

/// The image whose pixel `i` at (row, column) has the value that the image has at the place
/// `source(i, [row, column])`.
pub(super) fn warp<F: Float>(
    image: ArrayView1<F>,
    shape: ImageShape,
    source: impl Fn(usize, [f64; 2]) -> [f64; 2],
) -> Array1<F> {
    Array1::from_shape_fn(shape.pixels(), |pixel| {
        let at = [pixel / shape.width, pixel % shape.width].map(|i| i as f64);
        bilinear(image, shape, source(pixel, at))
    })
}

/// The value at a place between four pixels by bilinear interpolation; 0 beyond the edge.
fn bilinear<F: Float>(image: ArrayView1<F>, shape: ImageShape, [row, column]: [f64; 2]) -> F {
    let (top, left) = (row.floor(), column.floor());
    let (down, right) = (row - top, column - left);
    let value = |r: f64, c: f64| {
        let inside = r >= 0.0 && c >= 0.0 && r < shape.height as f64 && c < shape.width as f64;
        match inside {
            true => image[r as usize * shape.width + c as usize],
            false => F::zero(),
        }
    };
    let upper = between(value(top, left), value(top, left + 1.0), right);
    let lower = between(value(top + 1.0, left), value(top + 1.0, left + 1.0), right);
    between(upper, lower, down)
}
