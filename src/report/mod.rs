//! What is shown to people: pictures of models, curves of trainings.

pub mod plot;
