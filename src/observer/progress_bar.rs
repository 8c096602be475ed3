//! A progress bar in the terminal.

use indicatif::{ProgressBar as Bar, ProgressStyle};

use super::{Event, Observer};

/// Draws training epochs, passes over the rows and folds as a progress bar on standard error, with the
/// time that remains. Nothing is drawn where standard error is not a terminal.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::observer::ProgressBar;
/// # use linfa::prelude::*;
/// # use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = Rbm::params(4).epochs(1).check()?;
/// let rbm = params.run(&digits).observer(&mut ProgressBar::new("digits")).train()?;
/// # assert_eq!(rbm.nhidden(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ProgressBar {
    bar: Bar,
    label: String,
}

impl ProgressBar {
    /// A bar that starts with `label`.
    pub fn new(label: impl std::convert::Into<String>) -> Self {
        let style = ProgressStyle::with_template("{msg:48} {wide_bar} {pos:>4}/{len} {eta:>4}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            bar: Bar::new(0).with_style(style),
            label: label.into(),
        }
    }

    fn draw(&self, stage: &str, done: usize, total: usize) {
        if self.bar.length() != Some(total as u64) || done <= 1 {
            self.bar.reset();
            self.bar.set_length(total as u64);
        }
        self.bar.set_message(format!("{} {stage}", self.label));
        self.bar.set_position(done as u64);
    }

    /// Starts at a position that says nothing of how fast the rest will be.
    fn resume(&self, stage: &str, done: usize, total: usize) {
        self.draw(stage, done, total);
        // the estimate takes note of the position, then forgets the pace
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
                statistics,
            } => {
                let error = statistics.reconstruction_error;
                let metric = match statistics.validation {
                    Some(validation) => format!(", validation {:.4}", validation.metric),
                    None => String::new(),
                };
                self.draw(
                    &format!("{stage}, error {error:.4}{metric}"),
                    *epoch,
                    *epochs,
                );
            }
            Event::Resumed {
                stage,
                epoch,
                epochs,
                ..
            } => self.resume(&stage.to_string(), *epoch, *epochs),
            Event::Finished { .. } => {}
            Event::Rows { done, total } => self.draw("information", *done, *total),
            Event::Fold {
                fold,
                folds,
                accuracy,
            } => self.draw(&format!("fold, accuracy {accuracy:.4}"), *fold, *folds),
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
