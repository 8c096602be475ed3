//! The convolution of `rivals` beside candle's own, forwards and backwards, pair by pair.
//!
//! ```sh
//! cargo bench -p rivals --bench unfold
//! ```

#[path = "../src/nn/unfold.rs"]
mod unfold;

use std::time::Instant;

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};

use self::unfold::{Unfold, Window};

/// Values without a pattern.
fn var(shape: &[usize]) -> Result<Var> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (i as f32 * 12.9898).sin()).collect();
    Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu)?)
}

fn seconds(work: &dyn Fn() -> Result<GradStore>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

fn main() -> Result<()> {
    let images = var(&[100, 28, 28, 32])?;
    let of_candle = Var::from_tensor(&images.permute((0, 3, 1, 2))?.contiguous()?)?;
    let weights = var(&[32, 32, 3, 3])?;
    let matrix = var(&[3 * 3 * 32 + 1, 32])?;
    let own = || {
        let unfolded = images.apply_op1(Unfold(Window::same(3)))?;
        unfolded.matmul(&matrix)?.sqr()?.backward()
    };
    let candles = || of_candle.conv2d(&weights, 1, 1, 1, 1)?.sqr()?.backward();
    for _ in 0..5 {
        let (own, candles) = (seconds(&own)?, seconds(&candles)?);
        let ratio = candles / own;
        println!("{own:.3} s against {candles:.3} s of candle: {ratio:.1} times as fast");
    }
    Ok(())
}
