//! A deep belief network whose classes are the actions of Q-learning (Q-ADBN).
//!
//! **The cited paper** (Qiao, Wang, Li and Chen, Neural Networks 107, 2018; its abstract was at
//! hand): an adaptive deep auto-encoder extracts features of the images; they are the states of
//! Q-learning, whose Q-function is a reward for recognising them; the class is the action of the
//! greatest Q.
//!
//! **Left open** in the abstract: layers, what adapts, reward, discount, rates, exploration, and
//! whether the features learn from the reward.
//!
//! **Here**: two restricted Boltzmann machines of this crate, one after the other (500 and 500
//! units, pretrained by contrastive divergence at a rate of 0.05), give the first weights of a net
//! with a last layer of one Q-value a class. An image is an episode of one step, since a class
//! that is named does not change the next image: there is no discount. The class that is named is
//! that of the greatest Q, or a random one with a probability that falls from 0.3 to zero; the
//! reward is 1 if it is right, else 0. Adam lessens `(reward - Q)^2` of the class that was named,
//! in all layers: the net is never told the right class of an image that it gets wrong. Without
//! the adaptive rate of the cited paper.

use candle_core::{Device, Result, Tensor, Var};
use linfa::prelude::*;
use linfa_fisher::ImageShape;
use linfa_fisher::boltzmann::{LearningRate, NegativePhase, Rbm};
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::{Answer, Trained, at_most, classes};
use crate::nn::{self, Affine, Frame, Loss, Net, Pass, Training, dropout};
use crate::sets::{Images, Set};

const UNITS: usize = 500;

/// Probability of a random action at the start.
const EXPLORATION: f64 = 0.3;

struct QNet {
    frame: Frame,
    hidden: Vec<Affine>,
    output: Affine,
}

impl QNet {
    /// Layers of machines that were trained greedily.
    fn pretrained(
        images: &Images,
        shape: ImageShape,
        epochs: usize,
        rng: &mut Xoshiro256Plus,
    ) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let mut rows = Dataset::new(images.records.clone(), images.targets.clone());
        let mut hidden = Vec::new();
        for _ in 0..2 {
            let rbm: Rbm<f32> = Rbm::params(UNITS)
                .epochs(epochs)
                .learning_rate(LearningRate::Constant(0.05))
                .negative_phase(NegativePhase::ContrastiveDivergence { steps: 1 })
                .with_rng(rng.clone())
                .fit(&rows)?;
            rng.long_jump();
            let parameters = rbm.parameters();
            let (weights, biases) = (&parameters.weights()[0], &parameters.biases()[1]);
            hidden.push(Affine::from_parts(weights.view(), biases.view())?);
            rows.records = rbm.hidden_probabilities(rows.records.view());
        }
        Ok(Self {
            frame: Frame::of(shape),
            hidden,
            output: Affine::new(UNITS, classes(images), rng)?,
        })
    }
}

impl Net for QNet {
    fn frame(&self) -> Frame {
        self.frame
    }

    fn features(&self, images: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let mut values = images.flatten_from(1)?;
        for layer in &self.hidden {
            values = candle_nn::ops::sigmoid(&layer.of(&values)?)?;
        }
        dropout(&values, 0.5, pass)
    }

    fn scores(&self, features: &Tensor) -> Result<Tensor> {
        self.output.of(features)
    }

    fn variables(&self) -> Vec<Var> {
        let layers = self.hidden.iter().chain([&self.output]);
        layers.map(Affine::variable).collect()
    }
}

/// `(reward - Q)^2` of the classes that are named.
fn squared_errors(
    scores: &Tensor,
    targets: &[usize],
    progress: f64,
    rng: &mut Xoshiro256Plus,
) -> Result<Tensor> {
    let values: Array2<f32> = nn::array(scores)?;
    let greedy = nn::greatest(&values);
    let named = greedy.iter().map(
        |&greedy| match rng.gen_bool(EXPLORATION * (1.0 - progress)) {
            true => rng.gen_range(0..values.ncols()),
            false => greedy,
        },
    );
    let named: Vec<usize> = named.collect();
    let rewards = named.iter().zip(targets);
    let rewards = rewards.map(|(named, target)| if named == target { 1f32 } else { 0.0 });
    let rewards = Tensor::from_iter(rewards, &Device::Cpu)?.unsqueeze(1)?;
    let named = Tensor::from_iter(named.iter().map(|&it| it as u32), &Device::Cpu)?;
    let values = scores.gather(&named.unsqueeze(1)?, 1)?;
    (rewards - values)?.sqr()?.mean_all()
}

pub(crate) fn system(set: Set, quick: bool, images: &Images, seed: u64) -> Answer {
    let (pretraining, epochs) = match set {
        _ if quick => (2, 5),
        Set::Mnist => (10, 40),
        _ => (20, 100),
    };
    let training = Training {
        epochs,
        batch: 50,
        shifts: 0,
    };
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let images = match quick {
        true => at_most(400, images, &mut rng)?,
        false => images.clone(),
    };
    let net = QNet::pretrained(&images, set.shape(), pretraining, &mut rng)?;
    nn::train_by(&net, &images, &training, seed, squared_errors as Loss)?;
    Ok(Trained {
        numbers: nn::count(&net),
        settings: format!("{pretraining} epochs of pretraining, {training:?}"),
        predict: Box::new(move |records| Ok(nn::predict(&net, records.view())?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_class_learns_and_it_learns_its_reward() {
        let scores = Tensor::new(&[[0.5f32, 0.2], [0.1, 0.6]], &Device::Cpu).unwrap();
        let scores = Var::from_tensor(&scores).unwrap();
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        // Without exploration classes 0 and 1 are named: right, and wrong.
        let loss = squared_errors(&scores, &[0, 0], 1.0, &mut rng).unwrap();
        let value: f32 = loss.to_scalar().unwrap();
        assert!((value - (0.25 + 0.36) / 2.0).abs() < 1e-6, "{value}");
        let gradients = loss.backward().unwrap();
        let gradient = gradients.get(&scores).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(gradient, [[-0.5, 0.0], [0.0, 0.6]]);
    }
}
