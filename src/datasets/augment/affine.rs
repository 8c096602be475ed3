//! Random rotations, shears, magnifications and shifts.

use rand::Rng;

use crate::ImageShape;

/// The range of random affine changes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct AffineRange {
    /// Greatest shift in pixels, either way along both axes.
    pub(super) shift: usize,
    /// Greatest rotation in degrees, either way.
    pub(super) degrees: f64,
    /// Greatest shear in columns a row, either way.
    pub(super) shear: f64,
    /// Greatest change of the size as a share of it, either way.
    pub(super) scale: f64,
}

impl AffineRange {
    /// A random affine change of images of a shape.
    pub(super) fn draw(self, shape: ImageShape, rng: &mut impl Rng) -> Affine {
        let mut between = |greatest: f64| greatest * (2.0 * rng.r#gen::<f64>() - 1.0);
        let angle = between(self.degrees).to_radians();
        let shear = between(self.shear);
        // An image that is shifted by its own size is gone.
        let mut pixels = |size: usize| {
            let most = self.shift.min(size) as i64;
            rng.gen_range(-most..=most) as f64
        };
        let shift = [pixels(shape.height), pixels(shape.width)];
        // Without magnification there is nothing to draw.
        let scale = match self.scale > 0.0 {
            true => 1.0 + self.scale * (2.0 * rng.r#gen::<f64>() - 1.0),
            false => 1.0,
        };
        Affine::new(shape, angle, shear, shift).magnified(scale)
    }
}

/// Rotation, shear, magnification and shift of an image: the value at the place `at` comes from
/// `source = M (at - middle - shift) + middle`, where M is the inverse of the former three.
#[derive(Debug, Clone, Copy)]
pub(super) struct Affine {
    matrix: [[f64; 2]; 2],
    middle: [f64; 2],
    shift: [f64; 2],
}

impl Affine {
    /// Rotates by `angle` radians, shears by `shear` columns a row, then shifts by rows and
    /// columns.
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

    /// The same with everything `scale` times as large.
    pub(super) fn magnified(self, scale: f64) -> Self {
        let matrix = self.matrix.map(|row| row.map(|entry| entry / scale));
        Self { matrix, ..self }
    }

    /// The place in the image, row and column, that the change moves to the place `at`.
    pub(super) fn source(&self, at: [f64; 2]) -> [f64; 2] {
        let [r, c] = [0, 1].map(|axis| at[axis] - self.middle[axis] - self.shift[axis]);
        [0, 1].map(|axis| {
            let [by_row, by_column] = self.matrix[axis];
            by_row * r + by_column * c + self.middle[axis]
        })
    }
}
