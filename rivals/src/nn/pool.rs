//! Pooling of images `b x h x w x c`.

use candle_core::{CpuStorage, CustomOp1, CustomOp3, Layout, Result, Shape, Tensor};
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

    /// Where the pixels of each window begin in an image, window by window.
    fn windows(self, [height, width, channels]: [usize; 3]) -> Vec<Vec<usize>> {
        let Self { size, stride } = self;
        let (rows, columns) = (self.window().places(height), self.window().places(width));
        let pixels = |place: usize| {
            let (top, left) = (place / columns * stride, place % columns * stride);
            let pixel = move |i| ((top + i / size) * width + left + i % size) * channels;
            (0..size * size).map(pixel).collect()
        };
        (0..rows * columns).map(pixels).collect()
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
        let windows = self.windows([height, width, channels]);
        let mut pooled = vec![f32::NEG_INFINITY; images * rows * columns * channels];
        let work = pooled
            .par_chunks_mut(rows * columns * channels)
            .zip(values(storage, layout)?.par_chunks(height * width * channels));
        work.for_each(|(pooled, pixels)| {
            for (largest, window) in pooled.chunks_mut(channels).zip(&windows) {
                for &start in window {
                    let pixel = &pixels[start..start + channels];
                    let pairs = largest.iter_mut().zip(pixel);
                    pairs.for_each(|(a, &b)| *a = if b > *a { b } else { *a });
                }
            }
        });
        let shape = Shape::from((images, rows, columns, channels));
        Ok((CpuStorage::F32(pooled), shape))
    }

    fn bwd(&self, images: &Tensor, pooled: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        let gradient = images.apply_op3_no_bwd(pooled, &gradient, &MaxPoolGradient(*self))?;
        Ok(Some(gradient))
    }
}

impl CustomOp3 for MaxPoolGradient {
    fn name(&self) -> &'static str {
        "max_pool_gradient"
    }

    fn cpu_fwd(
        &self,
        images: &CpuStorage,
        images_layout: &Layout,
        pooled: &CpuStorage,
        pooled_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = images_layout.shape();
        let (_, height, width, channels) = shape.dims4()?;
        let (_, rows, columns, _) = pooled_layout.shape().dims4()?;
        let windows = self.0.windows([height, width, channels]);
        let (size, pooled_size) = (height * width * channels, rows * columns * channels);
        let mut spread = vec![0.0; shape.elem_count()];
        let work = spread
            .par_chunks_mut(size)
            .zip(values(images, images_layout)?.par_chunks(size))
            .zip(values(pooled, pooled_layout)?.par_chunks(pooled_size))
            .zip(values(gradient, gradient_layout)?.par_chunks(pooled_size));
        work.for_each(|(((spread, pixels), pooled), gradient)| {
            let places = pooled.chunks(channels).zip(gradient.chunks(channels));
            for ((largest, gradient), window) in places.zip(&windows) {
                // What has not been given to a pixel yet.
                let mut left = gradient.to_vec();
                for &start in window {
                    let pixel = start..start + channels;
                    let equal = pixels[pixel.clone()].iter().zip(largest);
                    let given = spread[pixel].iter_mut().zip(&mut left);
                    for ((value, largest), (given, left)) in equal.zip(given) {
                        let part = if value == largest { *left } else { 0.0 };
                        *given += part;
                        *left -= part;
                    }
                }
            }
        });
        Ok((CpuStorage::F32(spread), shape.clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    fn all(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn the_largest_values_are_candles_and_they_alone_have_a_gradient() {
        let values: Vec<f32> = (0..2 * 6 * 4 * 3).map(|i| (i as f32 * 7.7).sin()).collect();
        let images = Tensor::from_vec(values, (2, 6, 4, 3), &Device::Cpu).unwrap();
        let images = Var::from_tensor(&images).unwrap();
        let pooled = images.apply_op1(MaxPool::HALVES).unwrap();
        let expected = images
            .permute((0, 3, 1, 2))
            .and_then(|it| it.contiguous()?.max_pool2d(2))
            .and_then(|it| it.permute((0, 2, 3, 1)))
            .unwrap();
        assert_eq!(all(&pooled), all(&expected));

        // candle's own gradient is divided by the size of the window. By definition that of the sum
        // of squares is twice the value where it is the largest.
        let gradients = pooled.sqr().unwrap().backward().unwrap();
        let largest = all(&pooled);
        let twice = |&value: &f32| {
            if largest.contains(&value) {
                2.0 * value
            } else {
                0.0
            }
        };
        let expected: Vec<f32> = all(&images).iter().map(twice).collect();
        assert_eq!(all(gradients.get(&images).unwrap()), expected);
    }

    #[test]
    fn overlapping_windows_add_their_gradients_up() {
        let images = Tensor::from_vec(vec![0f32, 1., 9., 3., 4.], (1, 1, 5, 1), &Device::Cpu);
        let images = images.unwrap().broadcast_as((1, 3, 5, 1)).unwrap();
        let images = Var::from_tensor(&images.contiguous().unwrap()).unwrap();
        let pool = MaxPool { size: 3, stride: 2 };
        let pooled = images.apply_op1(pool).unwrap();
        assert_eq!(all(&pooled), [9.0, 9.0]);
        let gradients = pooled.sum_all().unwrap().backward().unwrap();
        let gradient = all(gradients.get(&images).unwrap());
        assert_eq!(gradient[..5], [0.0, 0.0, 2.0, 0.0, 0.0]);
    }
}
