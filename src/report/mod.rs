//! Pictures of models and curves of trainings.

pub mod plot;
