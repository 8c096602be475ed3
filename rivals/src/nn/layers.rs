//! Layers with weights, and dropout.

use candle_core::{DType, Device, Result, Tensor, Var};
use ndarray::{ArrayView1, ArrayView2};
use rand::Rng;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256Plus;

use super::unfold::{Unfold, Window};

/// Whether a net learns, and what it draws from then.
pub(crate) enum Pass<'a> {
    Training(&'a mut Xoshiro256Plus),
    Inference,
}

/// Rows times weights, plus biases.
pub(crate) struct Affine {
    /// `(inputs + 1) x outputs`: the biases are the last row.
    weights: Var,
}

impl Affine {
    /// Gaussian weights of variance `2 / inputs` (He et al., ICCV 2015), no biases.
    pub(crate) fn new(inputs: usize, outputs: usize, rng: &mut Xoshiro256Plus) -> Result<Self> {
        let spread = (2.0 / inputs as f32).sqrt();
        let normal = (0..inputs * outputs).map(|_| spread * rng.sample::<f32, _>(StandardNormal));
        let mut weights: Vec<f32> = normal.collect();
        weights.resize((inputs + 1) * outputs, 0.0);
        let weights = Var::from_vec(weights, (inputs + 1, outputs), &Device::Cpu)?;
        Ok(Self { weights })
    }

    /// Weights `inputs x outputs` and biases.
    pub(crate) fn from_parts(weights: ArrayView2<f32>, biases: ArrayView1<f32>) -> Result<Self> {
        let (inputs, outputs) = weights.dim();
        let values = weights.iter().chain(biases.iter()).copied().collect();
        let weights = Var::from_vec(values, (inputs + 1, outputs), &Device::Cpu)?;
        Ok(Self { weights })
    }

    /// `n x inputs` to `n x outputs`.
    pub(crate) fn of(&self, rows: &Tensor) -> Result<Tensor> {
        let ones = Tensor::ones((rows.dim(0)?, 1), DType::F32, &Device::Cpu)?;
        Tensor::cat(&[rows, &ones], 1)?.matmul(&self.weights)
    }

    pub(crate) fn variable(&self) -> Var {
        self.weights.clone()
    }
}

/// A convolution with biases.
pub(crate) struct Convolution {
    window: Window,
    affine: Affine,
}

impl Convolution {
    pub(crate) fn new(
        window: Window,
        inputs: usize,
        outputs: usize,
        rng: &mut Xoshiro256Plus,
    ) -> Result<Self> {
        let affine = Affine::new(window.size * window.size * inputs, outputs, rng)?;
        Ok(Self { window, affine })
    }

    /// `b x h x w x inputs` to `b x h' x w' x outputs`.
    pub(crate) fn of(&self, images: &Tensor) -> Result<Tensor> {
        let (count, height, width, _) = images.dims4()?;
        let weights = &self.affine.weights;
        let (height, width) = (self.window.places(height), self.window.places(width));
        images
            .apply_op1(Unfold(self.window))?
            .matmul(weights)?
            .reshape((count, height, width, weights.dim(1)?))
    }

    pub(crate) fn variable(&self) -> Var {
        self.affine.variable()
    }
}

/// Zeros for a share of the values, and as much more of the others; nothing in inference.
pub(crate) fn dropout(values: &Tensor, share: f32, pass: &mut Pass) -> Result<Tensor> {
    let Pass::Training(rng) = pass else {
        return Ok(values.clone());
    };
    let kept = 1.0 / (1.0 - share);
    let draw = |_| {
        if rng.r#gen::<f32>() < share {
            0.0
        } else {
            kept
        }
    };
    let mask: Vec<f32> = (0..values.elem_count()).map(draw).collect();
    values * Tensor::from_vec(mask, values.shape(), &Device::Cpu)?
}
