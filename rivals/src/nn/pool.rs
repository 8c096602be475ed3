//! Pooling of images `b x h x w x c`.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::unfold::{Window, values};

/// The largest value of each channel in a window that does not leave the image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxPool {
    pub(crate) size: usize,
    pub(crate) stride: usize,
}

/// The gradient, given to the first of the largest values.
struct MaxPoolGradient(MaxPool);

impl MaxPool {
    /// Halves both sides.
    pub(crate) const HALVES: Self = Self { size: 2, stride: 2 };

    fn window(self) -> Window {
        Window {
            size: self.size,
            stride: self.stride,
            padding: 0,
        }
    }

    /// Calls with the place in the output and the place in the input of its largest value.
    fn each_largest(
        self,
        pixels: &[f32],
        [height, width, channels]: [usize; 3],
        mut call: impl FnMut(usize, usize),
    ) {
        let window = self.window();
        let columns = window.places(width);
        for place in 0..window.places(height) * columns {
            let (y, x) = (place / columns * self.stride, place % columns * self.stride);
            for channel in 0..channels {
                let at = |i: usize| {
                    ((y + i / self.size) * width + x + i % self.size) * channels + channel
                };
                let mut largest = at(0);
                for i in 1..self.size * self.size {
                    if pixels[at(i)] > pixels[largest] {
                        largest = at(i);
                    }
                }
                call(place * channels + channel, largest);
            }
        }
    }
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max_pool"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (images, height, width, channels) = layout.shape().dims4()?;
        let window = self.window();
        let (rows, columns) = (window.places(height), window.places(width));
        let mut pooled = vec![0.0; images * rows * columns * channels];
        let work = pooled
            .par_chunks_mut(rows * columns * channels)
            .zip(values(storage, layout)?.par_chunks(height * width * channels));
        work.for_each(|(pooled, pixels)| {
            let image = [height, width, channels];
            self.each_largest(pixels, image, |to, from| pooled[to] = pixels[from]);
        });
        let shape = Shape::from((images, rows, columns, channels));
        Ok((CpuStorage::F32(pooled), shape))
    }

    fn bwd(&self, images: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        let gradient = images.apply_op2_no_bwd(&gradient, &MaxPoolGradient(*self))?;
        Ok(Some(gradient))
    }
}

impl CustomOp2 for MaxPoolGradient {
    fn name(&self) -> &'static str {
        "max_pool_gradient"
    }

    fn cpu_fwd(
        &self,
        images: &CpuStorage,
        images_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = images_layout.shape();
        let (_, height, width, channels) = shape.dims4()?;
        let (_, rows, columns, _) = gradient_layout.shape().dims4()?;
        let mut spread = vec![0.0; shape.elem_count()];
        let size = height * width * channels;
        let work = spread
            .par_chunks_mut(size)
            .zip(values(images, images_layout)?.par_chunks(size))
            .zip(values(gradient, gradient_layout)?.par_chunks(rows * columns * channels));
        work.for_each(|((spread, pixels), gradient)| {
            let image = [height, width, channels];
            self.0
                .each_largest(pixels, image, |from, to| spread[to] += gradient[from]);
        });
        Ok((CpuStorage::F32(spread), shape.clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    #[test]
    fn the_largest_values_and_their_gradient_are_candles() {
        let values: Vec<f32> = (0..2 * 6 * 4 * 3).map(|i| (i as f32 * 7.7).sin()).collect();
        let images = Tensor::from_vec(values, (2, 6, 4, 3), &Device::Cpu).unwrap();
        let images = Var::from_tensor(&images).unwrap();
        let found = images.apply_op1(MaxPool::HALVES).unwrap();
        let expected = images
            .permute((0, 3, 1, 2))
            .and_then(|it| it.contiguous()?.max_pool2d(2))
            .and_then(|it| it.permute((0, 2, 3, 1)))
            .unwrap();
        let equal = |a: &Tensor, b: &Tensor| {
            let all = |it: &Tensor| it.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            assert_eq!(all(a), all(b));
        };
        equal(&found, &expected);
        let a = found.sqr().unwrap().backward().unwrap();
        let b = expected.sqr().unwrap().backward().unwrap();
        equal(a.get(&images).unwrap(), b.get(&images).unwrap());
    }

    #[test]
    fn overlapping_windows_add_their_gradients_up() {
        let images = Tensor::from_vec(vec![0f32, 1., 9., 3., 4.], (1, 1, 5, 1), &Device::Cpu);
        let images = images.unwrap().broadcast_as((1, 3, 5, 1)).unwrap();
        let images = Var::from_tensor(&images.contiguous().unwrap()).unwrap();
        let pool = MaxPool { size: 3, stride: 2 };
        let pooled = images.apply_op1(pool).unwrap();
        assert_eq!(
            pooled.flatten_all().unwrap().to_vec1::<f32>().unwrap(),
            [9.0, 9.0]
        );
        let gradients = pooled.sum_all().unwrap().backward().unwrap();
        let gradient = gradients.get(&images).unwrap().flatten_all().unwrap();
        let first_row = gradient.narrow(0, 0, 5).unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(first_row, [0.0, 0.0, 2.0, 0.0, 0.0]);
    }
}
