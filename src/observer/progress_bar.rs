//! A progress bar in the terminal.

use indicatif::{ProgressBar as Bar, ProgressStyle};

use super::event::Event;
use super::figures::Figures;
use super::observe::Observer;

/// Draws the progress of trainings, features, cross-validations and downloads on standard error,
/// with the time that remains. Nothing is drawn where standard error is not a terminal.
///
/// Of an epoch's figures the bar shows the first one, or those that
/// [`showing`](ProgressBar::showing) names.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::boltzmann::figures::{LEARNING_RATE, RECONSTRUCTION_ERROR};
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::observer::ProgressBar;
/// # use linfa::prelude::*;
/// # use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = Rbm::params(4).epochs(1).check()?;
/// let mut bar = ProgressBar::new("digits").showing(&[RECONSTRUCTION_ERROR, LEARNING_RATE]);
/// let rbm = params.run(&digits).observer(&mut bar).train()?;
/// # assert_eq!(rbm.nhidden(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ProgressBar {
    bar: Bar,
    label: String,
    shown: Vec<String>,
    /// Folds that have been dealt with, in any order.
    folds: usize,
}

impl ProgressBar {
    /// A bar that starts with `label`.
    pub fn new(label: impl std::convert::Into<String>) -> Self {
        let style = ProgressStyle::with_template("{msg:48} {wide_bar} {pos:>4}/{len} {eta:>4}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            bar: Bar::new(0).with_style(style),
            label: label.into(),
            shown: Vec::new(),
            folds: 0,
        }
    }

    /// Shows the figures of these names, of those that an epoch has.
    pub fn showing(mut self, names: &[&str]) -> Self {
        self.shown = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// The figures to show, each after a comma.
    fn figures(&self, figures: &Figures) -> String {
        let named = self.shown.iter().filter_map(|name| {
            let value = figures.get(name)?;
            Some((name.as_str(), value))
        });
        let first = figures.iter().take(usize::from(self.shown.is_empty()));
        named
            .chain(first)
            .map(|(name, value)| format!(", {name} {value:.4}"))
            .collect()
    }

    /// One more fold of a cross-validation, of which the next may be another's.
    fn draw_fold(&mut self, stage: &str, folds: usize) {
        self.folds = self.folds % folds.max(1) + 1;
        self.draw(stage, self.folds, folds);
    }

    fn draw(&self, stage: &str, done: usize, total: usize) {
        if self.bar.length() != Some(total as u64) || done <= 1 {
            self.bar.reset();
            self.bar.set_length(total as u64);
        }
        self.bar.set_message(format!("{} {stage}", self.label));
        self.bar.set_position(done as u64);
    }

    /// Starts at a position that earlier runs have reached, which does not count for the pace.
    fn resume(&self, stage: &str, done: usize, total: usize) {
        self.draw(stage, done, total);
        // the estimate notes the position, then forgets the pace
        self.bar.tick();
        self.bar.reset_eta();
    }
}

impl Observer for ProgressBar {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Epoch {
                stage,
                epoch,
                epochs,
                figures,
            } => {
                let stage = format!("{stage}{}", self.figures(figures));
                self.draw(&stage, *epoch, *epochs);
            }
            Event::Resumed {
                stage,
                epoch,
                epochs,
                ..
            } => self.resume(&stage.to_string(), *epoch, *epochs),
            Event::NotSaved { fault, .. } => {
                self.bar
                    .set_message(format!("{} not saved: {fault}", self.label));
            }
            Event::Finished { .. } => {}
            Event::Rows { done, total } => self.draw("information", *done, *total),
            Event::Trial { done, total } => self.draw("search", *done, *total),
            Event::Fold {
                folds, accuracy, ..
            } => self.draw_fold(&format!("fold, accuracy {accuracy:.4}"), *folds),
            Event::FoldFailed { folds, fault, .. } => {
                self.draw_fold(&format!("fold, failed: {fault}"), *folds);
            }
            Event::Download { file, done, total } => {
                self.draw(file, *done as usize, total.unwrap_or(*done) as usize);
            }
            Event::DownloadFailed { url, fault, .. } => {
                self.bar
                    .set_message(format!("{} {url}: {fault}", self.label));
            }
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_first_figure_is_shown_or_those_that_are_named() {
        let figures = Figures::default().with("error", 0.25).with("rate", 0.1);
        let bar = ProgressBar::new("test");
        assert_eq!(bar.figures(&figures), ", error 0.2500");
        let bar = bar.showing(&["rate", "gap", "error"]);
        assert_eq!(bar.figures(&figures), ", rate 0.1000, error 0.2500");
    }

    /// Without the reset, 90 epochs would seem to be done in the time of one.
    #[test]
    fn epochs_of_earlier_runs_do_not_count_for_the_pace() {
        let progress = ProgressBar::new("test");
        progress.resume("RBM", 90, 100);
        assert_eq!(progress.bar.position(), 90);
        std::thread::sleep(Duration::from_millis(50));
        progress.draw("RBM", 91, 100);
        progress.bar.tick();
        assert!(progress.bar.per_sec() < 21.0, "{}", progress.bar.per_sec());
        assert!(progress.bar.eta() > Duration::from_millis(400));
    }
}
