//! Features that are fitted on parts of the records, one after another or in several processes.

mod bounds;
mod scaled;
mod unscaled;

pub use bounds::ScoreBounds;
pub use scaled::ScaledParts;
pub use unscaled::FisherParts;

#[cfg(test)]
mod tests;
