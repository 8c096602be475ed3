//! Observers: the receivers of events.

use super::event::Event;

/// Receives the events of a computation; every method has a default that does nothing.
///
/// `()` ignores all events, a closure over `&Event` is an observer, and so is a pair of observers.
///
/// # Example
///
/// A training that ends as soon as the reconstruction is good enough:
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::boltzmann::figures::RECONSTRUCTION_ERROR;
/// use linfa_fisher::observer::{Event, History, Observer, TerminationReason};
/// # use linfa::prelude::*;
/// # use linfa_fisher::{boltzmann::Rbm, datasets};
///
/// #[derive(Default)]
/// struct GoodEnough(bool);
///
/// impl Observer for GoodEnough {
///     fn observe(&mut self, event: &Event) {
///         if let Event::Epoch { figures, .. } = event {
///             self.0 = figures.get(RECONSTRUCTION_ERROR).is_some_and(|error| error < 0.1);
///         }
///     }
///
///     fn should_stop(&self) -> bool {
///         self.0
///     }
/// }
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let mut observer = (GoodEnough::default(), History::default());
/// Rbm::params(16).check()?.run(&digits).observer(&mut observer).train()?;
/// assert_eq!(observer.1.termination(), Some(TerminationReason::Interrupted));
/// # Ok(())
/// # }
/// ```
pub trait Observer {
    /// Called for each event, on the thread that called `fit`.
    fn observe(&mut self, event: &Event) {
        let _ = event;
    }

    /// Whether the training should stop now; asked after every epoch. The model is then that of the
    /// last epoch or, with early stopping, of the best one.
    fn should_stop(&self) -> bool {
        false
    }
}

impl Observer for () {}

impl<C: FnMut(&Event)> Observer for C {
    fn observe(&mut self, event: &Event) {
        self(event);
    }
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn observe(&mut self, event: &Event) {
        self.0.observe(event);
        self.1.observe(event);
    }

    fn should_stop(&self) -> bool {
        self.0.should_stop() || self.1.should_stop()
    }
}
