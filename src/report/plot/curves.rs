//! Curves over a common axis, drawn in SVG.

mod chart;
mod curve;

use std::path::Path;

use self::chart::Chart;
use self::curve::{Curve, Labels};
use super::error::PlotError;
use super::file::write;

/// Curves over a common axis: how a training went, epoch by epoch.
///
/// Each curve is a line through its points in the order given, with a dot at the last point and its
/// name beside the picture. Both axes reach from the least to the greatest value of all points.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{figures::RECONSTRUCTION_ERROR, Rbm};
/// use linfa_fisher::datasets;
/// use linfa_fisher::observer::History;
/// use linfa_fisher::report::plot::Curves;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let mut history = History::default();
/// Rbm::params(8).epochs(5).check()?.run(&digits).observer(&mut history).train()?;
/// let errors = (1..).map(f64::from).zip(history.values(RECONSTRUCTION_ERROR));
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("training.svg");
/// Curves::new("epoch", "reconstruction error")
///     .title("An RBM of 8 hidden units")
///     .curve("training", errors)
///     .write_svg(path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    labels: Labels,
    curves: Vec<Curve>,
}

impl Curves {
    /// A picture without curves, whose axes have these names.
    pub fn new(x_label: impl Into<String>, y_label: impl Into<String>) -> Self {
        Self {
            labels: Labels {
                title: String::new(),
                x: x_label.into(),
                y: y_label.into(),
            },
            curves: Vec::new(),
        }
    }

    /// Sets the line above the picture.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.labels.title = title.into();
        self
    }

    /// Adds a curve through points (x, y).
    pub fn curve(
        mut self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.curves.push(Curve {
            name: name.into(),
            points: points.into_iter().collect(),
        });
        self
    }

    /// The picture as an SVG document.
    ///
    /// # Errors
    ///
    /// [`PlotError::NoCurves`], [`PlotError::NoPoints`], [`PlotError::NonFinitePoint`].
    ///
    /// ```
    /// use linfa_fisher::report::plot::Curves;
    ///
    /// let curves = Curves::new("epoch", "error").curve("training", [(1.0, 0.9), (2.0, 0.5)]);
    /// assert!(curves.to_svg()?.starts_with("<svg"));
    /// # Ok::<(), linfa_fisher::report::plot::PlotError>(())
    /// ```
    pub fn to_svg(&self) -> Result<String, PlotError> {
        self.check()?;
        Ok(Chart::new(&self.labels, &self.curves).to_string())
    }

    /// Writes the picture as an SVG file.
    ///
    /// The file replaces an existing one only once it is complete.
    ///
    /// # Errors
    ///
    /// Those of [`Curves::to_svg`], and [`PlotError::Unwritable`], which names the file.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        write(path.as_ref(), self.to_svg()?.as_bytes())
    }

    fn check(&self) -> Result<(), PlotError> {
        if self.curves.is_empty() {
            return Err(PlotError::NoCurves);
        }
        self.curves.iter().try_for_each(Curve::check)
    }
}

#[cfg(test)]
mod tests;
