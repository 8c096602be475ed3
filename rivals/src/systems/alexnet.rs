//! AlexNet, fitted to small images.
//!
//! **The paper** gives 96.60 on MNIST, 97.30 on USPS and 94.00 on Alphanumeric for "AlexNet"; the
//! number of its reference points to another work in the text at hand. The net is Krizhevsky,
//! Sutskever and Hinton, NIPS 2012: five convolutions, three of them with overlapping pooling
//! after them, two layers of 4,096 units with dropout, softmax, for 224 x 224 pixels in three
//! colours, as two towers on two processors.
//!
//! **Left open**: how it was fitted to digits, and whether it had been trained on ImageNet.
//!
//! **Here**: one of the two towers (48, 128, 192, 192 and 128 channels, 2,048 units), trained from
//! random weights on images enlarged to 28 x 28. The first convolution is 5 x 5 at each pixel
//! instead of 11 x 11 at each fourth. Without local response normalisation; Adam instead of
//! momentum.

use candle_core::{Result, Tensor, Var};
use linfa_fisher::ImageShape;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::{Answer, Trained, at_most, classes};
use crate::nn::{self, Affine, Convolution, Frame, MaxPool, Net, Pass, Training, Window, dropout};
use crate::sets::{Images, Set};

const UNITS: usize = 2048;

/// Size of the window, and channels before and after each convolution.
const CONVOLUTIONS: [(usize, usize, usize); 5] = [
    (5, 1, 48),
    (5, 48, 128),
    (3, 128, 192),
    (3, 192, 192),
    (3, 192, 128),
];

/// After the first, the second and the last.
const POOL: MaxPool = MaxPool { size: 3, stride: 2 };

/// Pixels that are left of 28 x 28.
const LEFT: usize = 2 * 2;

struct AlexNet {
    frame: Frame,
    convolutions: Vec<Convolution>,
    hidden: [Affine; 2],
    output: Affine,
}

impl AlexNet {
    fn new(shape: ImageShape, classes: usize, rng: &mut Xoshiro256Plus) -> Result<Self> {
        let convolutions = CONVOLUTIONS.iter().map(|&(size, inputs, outputs)| {
            Convolution::new(Window::same(size), inputs, outputs, rng)
        });
        Ok(Self {
            frame: Frame::as_mnist(shape),
            convolutions: convolutions.collect::<Result<_>>()?,
            hidden: [
                Affine::new(LEFT * 128, UNITS, rng)?,
                Affine::new(UNITS, UNITS, rng)?,
            ],
            output: Affine::new(UNITS, classes, rng)?,
        })
    }
}

impl Net for AlexNet {
    fn frame(&self) -> Frame {
        self.frame
    }

    fn features(&self, images: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let mut images = images.clone();
        for (place, convolution) in self.convolutions.iter().enumerate() {
            images = convolution.of(&images)?;
            if [0, 1, 4].contains(&place) {
                images = images.apply_op1(POOL)?;
            }
            images = images.relu()?;
        }
        let mut values = images.flatten_from(1)?;
        for layer in &self.hidden {
            values = layer.of(&dropout(&values, 0.5, pass)?)?.relu()?;
        }
        Ok(values)
    }

    fn scores(&self, features: &Tensor) -> Result<Tensor> {
        self.output.of(features)
    }

    fn variables(&self) -> Vec<Var> {
        let convolutions = self.convolutions.iter().map(Convolution::variable);
        let layers = self.hidden.iter().chain([&self.output]);
        convolutions.chain(layers.map(Affine::variable)).collect()
    }
}

pub(crate) fn system(set: Set, quick: bool, images: &Images, seed: u64) -> Answer {
    let training = Training {
        epochs: match set {
            _ if quick => 1,
            Set::Mnist => 5,
            Set::Alphanumeric => 60,
            _ => 20,
        },
        batch: 100,
        shifts: if quick { 1 } else { 2 },
    };
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let net = AlexNet::new(set.shape(), classes(images), &mut rng)?;
    let images = match quick {
        true => at_most(400, images, &mut rng)?,
        false => images.clone(),
    };
    nn::train(&net, &images, &training, seed)?;
    Ok(Trained {
        numbers: nn::count(&net),
        settings: format!("{training:?}"),
        predict: Box::new(move |records| Ok(nn::predict(&net, records.view())?)),
    })
}
