//! The data of a picture of curves.

use crate::report::plot::error::PlotError;

/// The texts of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    /// Line above the picture.
    pub(super) title: String,
    /// Name of the horizontal axis.
    pub(super) x: String,
    /// Name of the vertical axis.
    pub(super) y: String,
}

/// A named line through points (x, y).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

impl Curve {
    /// Checks that the curve has points, all of which are finite.
    pub(super) fn check(&self) -> Result<(), PlotError> {
        let curve = || self.name.clone();
        if self.points.is_empty() {
            return Err(PlotError::NoPoints { curve: curve() });
        }
        let mut points = self.points.iter().enumerate();
        match points.find(|(_, (x, y))| !(x.is_finite() && y.is_finite())) {
            Some((point, &(x, y))) => Err(PlotError::NonFinitePoint {
                curve: curve(),
                point,
                x,
                y,
            }),
            None => Ok(()),
        }
    }
}
