//! What candle lacks for fast convolutions on a CPU, layers whose weights come from a seed, and the
//! training of a net. Images are tensors `b x h x w x c`.

mod images;
mod layers;
mod norm;
mod pool;
mod training;
mod unfold;

pub(crate) use images::{Frame, blocks, shift};
pub(crate) use layers::{Affine, Convolution, Pass, dropout};
pub(crate) use norm::BatchNorm;
pub(crate) use pool::MaxPool;
pub(crate) use training::{
    Loss, Net, Training, array, count, features, greatest, predict, probabilities, train, train_by,
};
pub(crate) use unfold::Window;
