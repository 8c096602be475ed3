//! An image whose pixels come from other places of it.

use linfa::Float;
use ndarray::{Array1, ArrayView1};

use crate::datasets::interpolation::between;
use crate::ImageShape;

/// Rotation, shear and shift: `source = M (at - middle - shift) + middle`, with M the inverse of the change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Affine {
    matrix: [[f64; 2]; 2],
    middle: [f64; 2],
    shift: [f64; 2],
}

impl Affine {
    /// Turns by `angle` radians, shears by `shear` columns a row, then shifts by rows and columns.
    pub(super) fn new(shape: ImageShape, angle: f64, shear: f64, shift: [f64; 2]) -> Self {
        let (sin, cos) = angle.sin_cos();
        // Inverse of the rotation after the inverse of the shear.
        let matrix = [[cos + sin * shear, -sin], [sin - cos * shear, cos]];
        let middle = [shape.height, shape.width].map(|size| (size as f64 - 1.0) / 2.0);
        Self {
            matrix,
            middle,
            shift,
        }
    }

    /// The place in the image, row and column, that comes to the place `at`.
    pub(super) fn source(&self, at: [f64; 2]) -> [f64; 2] {
        let [r, c] = [0, 1].map(|axis| at[axis] - self.middle[axis] - self.shift[axis]);
        [0, 1].map(|axis| {
            let [by_row, by_column] = self.matrix[axis];
            by_row * r + by_column * c + self.middle[axis]
        })
    }
}

/// The image whose pixel number `i` at (row, column) has the value at `source(i, [row, column])`.
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

/// The value between four pixels, 0 beyond the edge.
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
