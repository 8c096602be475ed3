//! Batch normalisation (Ioffe and Szegedy, ICML 2015).

use std::cell::RefCell;

use candle_core::{DType, Device, Result, Tensor, Var};

use super::Pass;

/// Each channel less its mean, over its standard deviation, times a factor, plus a bias. In
/// training both are of the batch, afterwards running means.
pub(crate) struct BatchNorm {
    factor: Var,
    bias: Var,
    /// Means and variances, each `1 x channels`.
    running: RefCell<(Tensor, Tensor)>,
}

impl BatchNorm {
    const MOMENTUM: f64 = 0.1;

    pub(crate) fn new(channels: usize) -> Result<Self> {
        let ones = || Tensor::ones((1, channels), DType::F32, &Device::Cpu);
        let zeros = || Tensor::zeros((1, channels), DType::F32, &Device::Cpu);
        Ok(Self {
            factor: Var::from_tensor(&ones()?)?,
            bias: Var::from_tensor(&zeros()?)?,
            running: RefCell::new((zeros()?, ones()?)),
        })
    }

    /// Of tensors whose last dimension is the channels'.
    pub(crate) fn of(&self, images: &Tensor, pass: &Pass) -> Result<Tensor> {
        let rows = images.flatten_to(images.rank() - 2)?;
        let (mean, variance) = match pass {
            Pass::Training(_) => {
                let mean = means(&rows)?;
                let variance = means(&rows.broadcast_sub(&mean)?.sqr()?)?;
                self.follow(&mean.detach(), &variance.detach())?;
                (mean, variance)
            }
            Pass::Inference => self.running.borrow().clone(),
        };
        let factor = (&*self.factor / (variance + 1e-5)?.sqrt()?)?;
        let bias = (&*self.bias - (mean * &factor)?)?;
        let rows = rows.broadcast_mul(&factor)?.broadcast_add(&bias)?;
        rows.reshape(images.shape())
    }

    fn follow(&self, mean: &Tensor, variance: &Tensor) -> Result<()> {
        let mut running = self.running.borrow_mut();
        let step = |old: &Tensor, new: &Tensor| old + ((new - old)? * Self::MOMENTUM)?;
        *running = (step(&running.0, mean)?, step(&running.1, variance)?);
        Ok(())
    }

    pub(crate) fn variables(&self) -> [Var; 2] {
        [self.factor.clone(), self.bias.clone()]
    }
}

/// The mean of each column, by a product, which is faster than candle's sum over rows.
fn means(rows: &Tensor) -> Result<Tensor> {
    let count = rows.dim(0)?;
    let shares = Tensor::full(1.0 / count as f32, (1, count), &Device::Cpu)?;
    shares.matmul(rows)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    use super::*;

    #[test]
    fn channels_of_a_batch_have_mean_0_and_variance_1_and_running_means_approach_them() {
        let rows = Tensor::new(&[[1f32, 10.0], [3.0, 30.0]], &Device::Cpu).unwrap();
        let norm = BatchNorm::new(2).unwrap();
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let found = norm.of(&rows, &Pass::Training(&mut rng)).unwrap();
        for (found, sign) in found.to_vec2::<f32>().unwrap().iter().zip([-1.0, 1.0]) {
            assert!(
                found.iter().all(|&it| (it - sign).abs() < 1e-4),
                "{found:?}"
            );
        }
        let (mean, variance) = norm.running.borrow().clone();
        let close = |found: Tensor, expected: [f32; 2]| {
            let found = found.to_vec2::<f32>().unwrap();
            let close = found[0]
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-4);
            assert!(close, "{found:?}");
        };
        close(mean, [0.2, 2.0]);
        close(variance, [1.0, 0.9 + 10.0]);
    }
}
