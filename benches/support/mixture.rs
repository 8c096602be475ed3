//! The mixture of Gaussians of image patches.

use linfa_fisher::ImageShape;
use linfa_fisher::fisher::GaussianMixtureScore;
use linfa_fisher::preprocessing::DensePatches;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

use super::Fault;
use super::work::{COMPONENTS, IMAGES};

/// Images that the mixture is fitted on.
const FITTED: usize = 100;
/// Steps of expectation maximisation.
const STEPS: usize = 5;
/// What is added to all variances.
const LEAST_VARIANCE: f32 = 1e-2;

/// Patches of 8 x 8 pixels, 2 pixels apart, of the middle of an image: 100 of 64 numbers.
fn patches() -> Result<DensePatches, Fault> {
    Ok(DensePatches::new(
        ImageShape::new(26, 26),
        ImageShape::new(8, 8),
        2,
    )?)
}

/// The images without their outermost pixels.
fn middles(images: ArrayView2<f32>) -> Result<Array2<f32>, Fault> {
    let shape = ImageShape::MNIST;
    let images = images.to_shape((images.nrows(), shape.height, shape.width))?;
    let middles = images.slice(s![.., 1..27, 1..27]).to_owned();
    Ok(middles.into_shape_with_order((images.dim().0, 26 * 26))?)
}

/// The descriptors of every image end to end, of [`IMAGES`] images at most.
pub(crate) fn descriptors(images: ArrayView2<f32>) -> Result<Array2<f32>, Fault> {
    use linfa::traits::Transformer;
    let images = images.slice_move(s![..IMAGES.min(images.nrows()), ..]);
    Ok(patches()?.transform(middles(images)?)?)
}

/// A mixture of the descriptors of some images: weights, means and variances in columns.
pub(crate) fn parameters(images: ArrayView2<f32>) -> Result<Array2<f32>, Fault> {
    let images = images.slice_move(s![..FITTED.min(images.nrows()), ..]);
    let x = patches()?.descriptors(middles(images)?.view())?;
    let apart = x.nrows() / COMPONENTS;
    let means = x.slice(s![..COMPONENTS * apart;apart, ..]).to_owned();
    let weights = Array1::from_elem(COMPONENTS, 1.0 / COMPONENTS as f32);
    let start = GaussianMixtureScore::new(weights, means, Array2::from_elem((COMPONENTS, 64), 0.1));
    let mixture = start?.maximised(x.view(), STEPS, LEAST_VARIANCE)?;
    let weights = mixture.weights().view().insert_axis(Axis(1));
    let gaussians = [weights, mixture.means().view(), mixture.variances().view()];
    Ok(concatenate(Axis(1), &gaussians)?)
}

/// The mixture of such columns.
pub(crate) fn of(columns: ArrayView2<f32>) -> Result<GaussianMixtureScore<f32>, Fault> {
    let (means, variances) = columns.slice_move(s![.., 1..]).split_at(Axis(1), 64);
    let weights = columns.column(0).to_owned();
    let mixture = GaussianMixtureScore::new(weights, means.to_owned(), variances.to_owned())?;
    Ok(mixture.sets_of(patches()?.count())?)
}
