//! Pictures of what a model has learnt: samples and filters as grids of images, trainings as curves
//! (feature `plot`).
//!
//! [`ImageGrid`] arranges images of one shape in rows and columns and writes them as a PNG file. A
//! [`GreyScale`] says which value is black and which is white:
//!
//! - For records, samples and reconstructions, whose values are in [0, 1], use [`ImageGrid::new`]
//!   with [`GreyScale::unit`], or with [`GreyScale::ink`] for black on white.
//! - For weights, whose values have either sign, use [`ImageGrid::filters`] with
//!   [`GreyScale::SymmetricPerImage`], where zero is mid-grey.
//!
//! A filter is the picture of a hidden unit: the weights from all pixels to this unit, each drawn
//! where its pixel is. A unit that has learnt nothing looks like noise or plain grey; strokes and
//! edges, with bright beside dark pixels, show that training works.
//!
//! ```
//! use linfa::prelude::*;
//! use linfa_fisher::boltzmann::Rbm;
//! use linfa_fisher::report::plot::{GreyScale, ImageGrid};
//! use linfa_fisher::{datasets, ImageShape};
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! let rbm = Rbm::params(16).epochs(5).fit(&digits)?;
//! let filters = ImageGrid::filters(rbm.parameters().weights()[0].view(), ImageShape::DIGITS)?;
//! assert_eq!(filters.grey()?.dim(), (35, 35)); // four by four, one pixel between two of them
//!
//! let seen = rbm.hidden_probabilities(digits.records.view());
//! let again = rbm.visible_probabilities(seen.view());
//! let grid = ImageGrid::new(again.view(), ImageShape::DIGITS)?;
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("reconstructions.png");
//! grid.scale(GreyScale::ink()).columns(60).magnification(3).write_png(path)?;
//! # Ok(())
//! # }
//! ```
//!
//! The units of a deep machine's second layer have no weights to the pixels; the product of the
//! weights of both layers, `W1 W2`, shows to which pixels each unit responds.
//!
//! [`Curves`] draws how a training went: figures over the epochs, as an SVG file.
//!
//! A file is first written under a temporary name in the same folder and then renamed, so that it
//! is complete whenever it exists.

mod curves;
mod error;
mod file;
mod fraction;
mod grey_scale;
mod image_grid;
mod ticks;

pub use self::curves::Curves;
pub use self::error::PlotError;
pub use self::grey_scale::GreyScale;
pub use self::image_grid::ImageGrid;
#[cfg(feature = "report")]
pub(super) use self::{
    file::png,
    fraction::fraction,
    ticks::{Tick, ticks},
};
