//! Whole training runs.

mod dbm;
mod rbm;
