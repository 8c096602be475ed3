//! Rows of pixels as tensors.

use candle_core::{Device, Result, Tensor};
use linfa_fisher::ImageShape;
use ndarray::{ArrayView1, ArrayView2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;

/// How many images are held as tensors at once where nothing is learnt.
const BLOCK: usize = 500;

/// What the images of a set are, and what they are made for a net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) shape: ImageShape,
    /// Enlarged by linear interpolation, if this is not the shape.
    pub(crate) input: ImageShape,
}

impl Frame {
    pub(crate) fn of(shape: ImageShape) -> Self {
        Self {
            shape,
            input: shape,
        }
    }

    /// As large as MNIST's.
    pub(crate) fn as_mnist(shape: ImageShape) -> Self {
        Self {
            shape,
            input: ImageShape::MNIST,
        }
    }

    /// `n x d` pixels to `n x h x w x 1`.
    pub(crate) fn tensor(self, records: ArrayView2<f32>) -> Result<Tensor> {
        self.framed(records.iter().copied().collect(), records.nrows())
    }

    /// The same of some rows, each shifted by up to so many pixels up or down, left or right.
    pub(crate) fn shifted(
        self,
        records: ArrayView2<f32>,
        rows: &[usize],
        most: usize,
        rng: &mut Xoshiro256Plus,
    ) -> Result<Tensor> {
        let most = most as isize;
        let mut pixels = Vec::with_capacity(rows.len() * self.shape.pixels());
        for &row in rows {
            let by = [rng.gen_range(-most..=most), rng.gen_range(-most..=most)];
            pixels.extend(shift(self.shape, records.row(row), by));
        }
        self.framed(pixels, rows.len())
    }

    fn framed(self, pixels: Vec<f32>, count: usize) -> Result<Tensor> {
        let [from, to] = [self.shape, self.input];
        let images = Tensor::from_vec(pixels, (count, 1, from.height, from.width), &Device::Cpu)?;
        let images = match from == to {
            true => images,
            false => images.upsample_bilinear2d(to.height, to.width, false)?,
        };
        images.reshape((count, to.height, to.width, 1))
    }
}

/// The pixels of an image that is moved down and right; what comes in is zero.
pub(crate) fn shift(
    shape: ImageShape,
    image: ArrayView1<f32>,
    [down, right]: [isize; 2],
) -> impl Iterator<Item = f32> {
    let (height, width) = (shape.height as isize, shape.width as isize);
    (0..height * width).map(move |pixel| {
        let (y, x) = (pixel / width - down, pixel % width - right);
        let inside = (0..height).contains(&y) && (0..width).contains(&x);
        if inside {
            image[(y * width + x) as usize]
        } else {
            0.0
        }
    })
}

/// Places of rows, a block at a time.
pub(crate) fn blocks(rows: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..rows)
        .step_by(BLOCK)
        .map(move |start| start..rows.min(start + BLOCK))
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::*;

    #[test]
    fn a_shift_moves_pixels_and_fills_with_zeros() {
        let image = arr1(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let shape = ImageShape::new(2, 3);
        let moved = |by| shift(shape, image.view(), by).collect::<Vec<f32>>();
        assert_eq!(moved([0, 0]), image.to_vec());
        assert_eq!(moved([1, 0]), [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(moved([-1, 1]), [0.0, 4.0, 5.0, 0.0, 0.0, 0.0]);
    }
}
