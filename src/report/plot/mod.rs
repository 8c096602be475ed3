//! Pictures of what a model has learnt: samples and filters as grids of images, trainings as curves (feature `plot`).
//!
//! [`ImageGrid`] lays images of one shape out in rows and columns and writes them as a PNG file. A [`GreyScale`] says
//! which value is black and which is white:
//!
//! | to draw | grid | grey scale |
//! |---|---|---|
//! | records, samples, reconstructions: values in `[0, 1]` | [`ImageGrid::new`] | [`GreyScale::unit`], or [`GreyScale::ink`] for black on white |
//! | weights: values of either sign | [`ImageGrid::filters`] | [`GreyScale::SymmetricPerImage`], where zero is mid-grey |
//!
//! A filter is what a hidden unit looks for: the weights from all pixels to it, drawn where the pixels are. A unit that
//! has learnt nothing shows as noise or as plain grey; strokes and edges, bright beside dark, show that training works.
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
//! The filters of a deep machine's second layer have no pixels of their own; its weights times the first layer's,
//! `W1 W2`, show which pixels each unit is for.
//!
//! [`Curves`] draws how a training went: any figures over the epochs, as an SVG file.
//!
//! Files are written whole or not at all: to a temporary file beside the target, which is then renamed.

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
