//! Events of a long computation, and observers that receive them.
//!
//! The library prints nothing: it hands each [`Event`] to an [`Observer`]. `()` ignores events;
//! a closure, a [`History`] or a `ProgressBar` (feature `progress`) makes use of them.
//!
//! What an epoch of training has measured are [`Figures`], each with a name. Boltzmann machines
//! name theirs in [`boltzmann::figures`](crate::boltzmann::figures); a model of your own reports
//! [`Event::Epoch`] with a [`Stage::named`] and figures of its own.

mod epoch_record;
mod event;
mod figures;
mod history;
mod observe;
#[cfg(feature = "progress")]
mod progress_bar;
mod stage;

pub use epoch_record::EpochRecord;
pub use event::Event;
pub use figures::{Figures, SECONDS};
pub use history::History;
pub use observe::Observer;
#[cfg(feature = "progress")]
pub use progress_bar::ProgressBar;
pub use stage::{Stage, TerminationReason};
