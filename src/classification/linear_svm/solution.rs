//! What the solvers find, and how they report on the way.

use ndarray::{Array1, Array2};

use crate::observer::{Event, Figures, Observer, Stage, TerminationReason};

/// Weights of k binary problems and how far from the optimum they are at most.
pub(super) struct Solution {
    /// `(d + 1) x k`, of the intercept's feature in the last row.
    pub(super) weights: Array2<f64>,
    /// The dual variables, `n x k`, of the dual solver only.
    pub(super) alpha: Option<Array2<f64>>,
    /// Relative duality gap of each problem.
    pub(super) gaps: Array1<f64>,
    /// Passes over the records.
    pub(super) passes: usize,
}

/// The greatest of the gaps; not a number if one is not.
pub(super) fn greatest(gaps: &Array1<f64>) -> f64 {
    let greater = |most: f64, &gap: &f64| {
        if gap <= most || most.is_nan() {
            most
        } else {
            gap
        }
    };
    gaps.fold(0.0, greater)
}

/// Reports passes over the records under one name.
pub(super) struct Report<'a> {
    pub(super) stage: Stage,
    pub(super) passes: usize,
    pub(super) observer: &'a mut dyn Observer,
}

impl Report<'_> {
    pub(super) fn pass(&mut self, pass: usize, figures: Figures) {
        self.observer.observe(&Event::Epoch {
            stage: self.stage.clone(),
            epoch: pass,
            epochs: self.passes,
            figures,
        });
    }

    /// Reports the duality gaps after a pass.
    pub(super) fn gaps(&mut self, pass: usize, gaps: &Array1<f64>) {
        self.pass(pass, Figures::default().with("duality gap", greatest(gaps)));
    }

    /// Whether a pass that has ended with these duality gaps was the last one, and why.
    pub(super) fn end(
        &self,
        pass: usize,
        gaps: &Array1<f64>,
        wanted: f64,
    ) -> Option<TerminationReason> {
        if gaps.iter().all(|&gap| gap <= wanted) {
            Some(TerminationReason::Converged)
        } else if pass >= self.passes {
            Some(TerminationReason::Epochs)
        } else {
            self.observer
                .should_stop()
                .then_some(TerminationReason::Interrupted)
        }
    }

    pub(super) fn finished(&mut self, reason: TerminationReason) {
        let stage = self.stage.clone();
        self.observer.observe(&Event::Finished { stage, reason });
    }
}
