//! Trainings from start to end.

mod dbm;
mod rbm;
