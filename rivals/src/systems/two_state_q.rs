//! A convolutional net whose images are moved by Q-learning with two states.
//!
//! **The cited paper** (Hafiz and Bhat, arXiv 2007.01193, 2020; its abstract was at hand): a
//! hybrid classifier of deep learning and Q-learning (Watkins, 1989) with two states and four
//! actions, which are operations of image processing. Feature maps are no part of the state, so
//! that the table is small and the reward straightforward.
//!
//! **Left open** in the abstract: the net, what the two states and the four actions are, the
//! reward, the rates, and how an image's class comes out.
//!
//! **Here**: the net of [`cnn`](super::cnn). The actions move the image by a pixel up, down, left
//! or right. The state says whether the last move made the net surer; it does not at the start.
//! Table `Q`, 2 x 4, is learnt from 2,000 training images at most, four moves each, at random with
//! probability 0.2: the reward is 1 if the probability of the image's class rises, else -1; rate
//! 0.1, discount 0.9. A test image makes four moves by the greatest `Q`, where surer means that
//! the greatest probability rises, and its class is that of the greatest probability among the
//! five images. Nothing was chosen by test images.

use candle_core::Result;
use ndarray::{Array1, Array2, Zip};
use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::cnn::{Cnn, training};
use super::{Answer, Trained, at_most};
use crate::nn::{self, Net, shift};
use crate::sets::{Images, Set};

/// Up, down, left, right: what is added to rows and columns.
const ACTIONS: [[isize; 2]; 4] = [[-1, 0], [1, 0], [0, -1], [0, 1]];

/// Moves of an image.
const MOVES: usize = 4;

/// Images that the table is learnt from, at most.
const MOST_ROWS: usize = 2_000;

/// The value of each action in each state: 0 after a move that did not make the net surer, 1 after
/// one that did.
#[derive(Debug, Default, PartialEq)]
struct Table([[f64; ACTIONS.len()]; 2]);

impl Table {
    const RATE: f64 = 0.1;
    const DISCOUNT: f64 = 0.9;
    const EXPLORATION: f64 = 0.2;

    /// The action of the greatest value; of equal ones the first.
    fn greedy(&self, state: usize) -> usize {
        let values = &self.0[state];
        (1..values.len()).fold(
            0,
            |best, it| if values[it] > values[best] { it } else { best },
        )
    }

    fn exploring(&self, state: usize, rng: &mut Xoshiro256Plus) -> usize {
        match rng.gen_bool(Self::EXPLORATION) {
            true => rng.gen_range(0..ACTIONS.len()),
            false => self.greedy(state),
        }
    }

    /// `Q(s, a) += rate (r + discount max Q(s', .) - Q(s, a))`.
    fn learn(&mut self, state: usize, action: usize, reward: f64, next: usize) {
        let best = self.0[next][self.greedy(next)];
        let value = &mut self.0[state][action];
        *value += Self::RATE * (reward + Self::DISCOUNT * best - *value);
    }

    /// Episodes of all images side by side.
    fn of(net: &Cnn, images: &Images, rng: &mut Xoshiro256Plus) -> Result<Self> {
        let mut table = Self::default();
        let mut records = images.records.clone();
        let right = |records: &Array2<f32>| -> Result<Array1<f32>> {
            let all = nn::probabilities(net, records.view())?;
            let of_class = Zip::from(all.rows()).and(&images.targets);
            Ok(of_class.map_collect(|row, &class| row[class]))
        };
        let mut before = right(&records)?;
        let mut states = vec![0; records.nrows()];
        for _ in 0..MOVES {
            let actions = states.iter().map(|&it| table.exploring(it, rng));
            let actions: Vec<usize> = actions.collect();
            records = moved(net, &records, &actions);
            let after = right(&records)?;
            for image in 0..states.len() {
                let next = usize::from(after[image] > before[image]);
                let reward = if next == 1 { 1.0 } else { -1.0 };
                table.learn(states[image], actions[image], reward, next);
                states[image] = next;
            }
            before = after;
        }
        Ok(table)
    }

    /// The classes of the surest predictions on the ways of the images.
    fn classes(&self, net: &Cnn, records: &Array2<f32>) -> Result<Array1<usize>> {
        let surest = |records: &Array2<f32>| -> Result<(Array1<usize>, Array1<f32>)> {
            let all = nn::probabilities(net, records.view())?;
            let classes = nn::greatest(&all);
            let sure = Zip::from(all.rows()).and(&classes);
            let sure = sure.map_collect(|row, &class| row[class]);
            Ok((classes, sure))
        };
        let mut records = records.clone();
        let (mut classes, mut before) = surest(&records)?;
        let mut best = before.clone();
        let mut states = vec![0; records.nrows()];
        for _ in 0..MOVES {
            let actions: Vec<usize> = states.iter().map(|&it| self.greedy(it)).collect();
            records = moved(net, &records, &actions);
            let (found, after) = surest(&records)?;
            for image in 0..states.len() {
                states[image] = usize::from(after[image] > before[image]);
                if after[image] > best[image] {
                    best[image] = after[image];
                    classes[image] = found[image];
                }
            }
            before = after;
        }
        Ok(classes)
    }
}

/// The images after a move each.
fn moved(net: &Cnn, records: &Array2<f32>, actions: &[usize]) -> Array2<f32> {
    let shape = net.frame().shape;
    let rows = records.outer_iter().zip(actions);
    let pixels =
        rows.flat_map(|(row, &action)| shift(shape, row, ACTIONS[action]).collect::<Vec<f32>>());
    let pixels = pixels.collect();
    Array2::from_shape_vec(records.dim(), pixels).expect("moves keep the shape")
}

pub(crate) fn system(set: Set, quick: bool, images: &Images, seed: u64) -> Answer {
    let training = training(set, quick);
    let net = Cnn::learnt(images, set.shape(), &training, seed)?;
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let table = Table::of(&net, &at_most(MOST_ROWS, images, &mut rng)?, &mut rng)?;
    Ok(Trained {
        numbers: nn::count(&net) + table.0.as_flattened().len(),
        settings: format!("{training:?}, {MOVES} moves"),
        predict: Box::new(move |records| Ok(table.classes(&net, records)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_approach_those_of_the_optimal_policy() {
        // Action 2 is always rewarded and leads to state 1, the others are not and lead to state 0:
        // Q(s, 2) = 1 / (1 - 0.9) = 10, Q(s, a) = -1 + 0.9 * 10 = 8.
        let mut table = Table::default();
        for _ in 0..1000 {
            for state in 0..2 {
                for action in 0..ACTIONS.len() {
                    let rewarded = action == 2;
                    let reward = if rewarded { 1.0 } else { -1.0 };
                    table.learn(state, action, reward, usize::from(rewarded));
                }
            }
        }
        assert_eq!([table.greedy(0), table.greedy(1)], [2, 2]);
        for values in table.0 {
            let close = values.iter().zip([8.0, 8.0, 10.0, 8.0]);
            assert!(
                close.into_iter().all(|(a, b)| (a - b).abs() < 1e-3),
                "{values:?}"
            );
        }
    }
}
